// Roads: streets of the grids, a ring around the centre, radials to the towns and
// on to the border, town to town, and from every village towards its town.

#include "tests/district/grid.h"
#include "tests/district/names.h"

#include <assert.h>
#include <stdio.h>

enum {
    RING_RADIUS = 43 * GW_KM / 10,
    BEND_LEAST = 220 * GW_M, // shorter pieces stay straight
    BEND_PARTS = 12,         // a piece bends by up to a twelfth of its length
    MAIN_EVERY = 3,          // every third street is a main road
    BORDER_STEP = 300 * GW_M,
};

static void begin(struct gw_district *d, enum gw_road_class rank)
{
    assert(d->road_count < GW_ROAD_MAX);
    d->roads[d->road_count] =
        (struct gw_road) { .rank = rank, .first = d->road_point_count };
}

static void add(struct gw_district *d, struct gw_point p)
{
    assert(d->road_point_count < GW_ROAD_POINT_MAX);
    d->road_points[d->road_point_count++] = p;
    d->roads[d->road_count].n++;
}

// A road of one point is none.
static void end(struct gw_district *d)
{
    if (d->roads[d->road_count].n > 1)
        d->road_count++;
    else
        d->road_point_count = d->roads[d->road_count].first;
}

static void bend(struct gw_district *d, struct gw_point a, struct gw_point b)
{
    int32_t length = gw_distance(a, b);
    if (length < BEND_LEAST) {
        add(d, b);
        return;
    }
    int32_t most = length / BEND_PARTS;
    struct gw_point mid = gw_between(a, b, 1, 2);
    mid.x += gw_district_random(d, -most, most);
    mid.y += gw_district_random(d, -most, most);
    bend(d, a, mid);
    bend(d, mid, b);
}

static void country_road(struct gw_district *d, enum gw_road_class rank,
                         struct gw_point from, struct gw_point to)
{
    begin(d, rank);
    add(d, from);
    bend(d, from, to);
}

// One line of a grid: i fixed when `avenue`, else j.
static void grid_line(struct gw_district *d, const struct gw_grid *g, int fixed,
                      bool avenue)
{
    bool wide = g->core ? fixed % MAIN_EVERY == 0 : fixed == 0;
    begin(d, wide ? GW_ROAD_MAIN : GW_ROAD_STREET);
    for (int k = -g->half; k <= g->half; k++) {
        int i = avenue ? fixed : k, j = avenue ? k : fixed;
        if (gw_grid_has(g, i, j))
            add(d, gw_grid_point(g, i, j));
    }
    const char *name =
        avenue ? gw_avenue_name(fixed + g->half) : gw_street_name(fixed + g->half);
    int town = g->core ? 0 : (int)(g->seed - d->seed) + GW_CORE_COUNT - 1;
    struct gw_road *r = &d->roads[d->road_count];
    if (g->core)
        snprintf(r->name, sizeof(r->name), "%s", name);
    else // the first two letters of the town's name tell its streets from others
        snprintf(r->name, sizeof(r->name), "%.6s%s", d->towns[town].name, name);
    end(d);
}

static void add_crossings(struct gw_district *d, const struct gw_grid *g, int first_road)
{
    int lines = 2 * g->half + 1, avenue[32], street[32], next = first_road;
    for (int pass = 0; pass < 2; pass++)
        for (int k = -g->half; k <= g->half; k++) {
            int count = 0;
            for (int m = -g->half; m <= g->half; m++)
                count += pass ? gw_grid_has(g, m, k) : gw_grid_has(g, k, m);
            (pass ? street : avenue)[k + g->half] = count > 1 ? next++ : -1;
        }
    for (int i = 0; i < lines; i++)
        for (int j = 0; j < lines; j++) {
            if (avenue[i] < 0 || street[j] < 0 ||
                !gw_grid_has(g, i - g->half, j - g->half))
                continue;
            assert(d->crossing_count < GW_CROSSING_MAX);
            d->crossings[d->crossing_count++] =
                (struct gw_crossing) { gw_grid_point(g, i - g->half, j - g->half),
                                       avenue[i], street[j] };
        }
}

static void lay_grid(struct gw_district *d, int index)
{
    struct gw_grid g = gw_grid(d, index);
    int first = (int)d->road_count;
    for (int k = -g.half; k <= g.half; k++)
        grid_line(d, &g, k, true);
    for (int k = -g.half; k <= g.half; k++)
        grid_line(d, &g, k, false);
    add_crossings(d, &g, first);
}

static struct gw_point on_ring(const struct gw_district *d, int direction)
{
    struct gw_point center = { 0, 0 }, p = gw_polar(center, direction, RING_RADIUS);
    return gw_polar(center, direction,
                    RING_RADIUS + gw_noise(d->seed ^ 31, p, 3 * GW_KM) * 350 * GW_M /
                                      GW_NOISE_RANGE);
}

static void lay_ring(struct gw_district *d)
{
    begin(d, GW_ROAD_TRUNK);
    for (int k = 0; k <= GW_DIRECTIONS; k++)
        add(d, on_ring(d, k));
    snprintf(d->roads[d->road_count].name, GW_NAME_BYTES, "环城路");
    end(d);
}

static int direction_to(struct gw_point to)
{
    int best = 0;
    for (int k = 1; k < GW_DIRECTIONS; k++) {
        struct gw_point center = { 0, 0 };
        if (gw_distance2(gw_polar(center, k, 9 * GW_KM), to) <
            gw_distance2(gw_polar(center, best, 9 * GW_KM), to))
            best = k;
    }
    return best;
}

// The last step outward from a seat that is still in the district.
static struct gw_point border_beyond(const struct gw_district *d, struct gw_point seat,
                                     int direction)
{
    struct gw_point p = seat, next = seat;
    for (int32_t r = BORDER_STEP; gw_district_inside(d, next); r += BORDER_STEP) {
        p = next;
        next = gw_polar(seat, direction, r);
    }
    return p;
}

// Where a radial enters the streets of the centre, so that it ends at none of
// their buildings.
static struct gw_point nearest_crossing(const struct gw_district *d, struct gw_point p)
{
    struct gw_point best = d->crossings[0].at;
    for (size_t i = 1; i < d->crossing_count; i++)
        if (gw_distance2(d->crossings[i].at, p) < gw_distance2(best, p))
            best = d->crossings[i].at;
    return best;
}

static void lay_radial(struct gw_district *d, int town)
{
    struct gw_point seat = d->towns[town].seat, center = { 0, 0 };
    int direction = direction_to(seat);
    enum gw_road_class rank = town % 2 ? GW_ROAD_TRUNK : GW_ROAD_MAIN;
    struct gw_point from = gw_polar(center, direction, RING_RADIUS);
    country_road(d, rank, nearest_crossing(d, from), on_ring(d, direction));
    bend(d, on_ring(d, direction), seat);
    bend(d, seat, border_beyond(d, seat, direction));
    snprintf(d->roads[d->road_count].name, GW_NAME_BYTES, "%.6s大道",
             d->towns[town].name);
    end(d);
}

static void lay_town_to_town(struct gw_district *d, int a, int b)
{
    country_road(d, GW_ROAD_MAIN, d->towns[a].seat, d->towns[b].seat);
    snprintf(d->roads[d->road_count].name, GW_NAME_BYTES, "%.3s%.3s路", d->towns[a].name,
             d->towns[b].name);
    end(d);
}

// To the nearest village that is closer to the seat, or to the seat.
static void lay_village(struct gw_district *d, int village)
{
    const struct gw_division *v = &d->villages[village];
    struct gw_point seat = d->towns[v->town].seat, to = seat;
    int64_t own2 = gw_distance2(v->seat, seat);
    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        const struct gw_division *w = &d->villages[i];
        if (w->town == v->town && gw_distance2(w->seat, seat) < own2 &&
            gw_distance2(v->seat, w->seat) < gw_distance2(v->seat, to))
            to = w->seat;
    }
    country_road(d, GW_ROAD_STREET, v->seat, to);
    snprintf(d->roads[d->road_count].name, GW_NAME_BYTES, "%.60s路", v->name);
    end(d);
}

void gw_district_lay_roads(struct gw_district *d)
{
    for (int i = 0; i < GW_GRID_COUNT; i++)
        lay_grid(d, i);
    lay_ring(d);
    for (int i = GW_CORE_COUNT; i < GW_TOWN_COUNT; i++) {
        lay_radial(d, i);
        lay_town_to_town(d, i, i + 1 < GW_TOWN_COUNT ? i + 1 : GW_CORE_COUNT);
    }
    for (int i = 0; i < GW_VILLAGE_COUNT; i++)
        if (!d->villages[i].grids)
            lay_village(d, i);
}
