// Water and green: a river from north to south, a lake, ponds, parks, fields.

#include "tests/district/grid.h"

#include <assert.h>

enum {
    RIVER_X = 55 * GW_KM / 10,
    RIVER_STEP = 180 * GW_M,
    RIVER_HALF_WIDTH = 65 * GW_M,
    RIVER_END = 14 * GW_KM, // where it may at most leave the district
    POND_COUNT = 36,
    FIELD_COUNT = 150,
    WOOD_COUNT = 40,
    SCATTER_TRIES = 6000, // then the country is full
    BLOB_POINTS = 32,
    TOWN_RADIUS = 45 * GW_KM / 10,
};

struct gw_point gw_district_river(uint32_t seed, int32_t y)
{
    struct gw_point at = { 0, y };
    return (struct gw_point) {
        RIVER_X + gw_noise(seed ^ 41, at, 6 * GW_KM) * 900 * GW_M / GW_NOISE_RANGE +
            gw_noise(seed ^ 42, at, 18 * GW_KM / 10) * 320 * GW_M / GW_NOISE_RANGE,
        y,
    };
}

static void begin(struct gw_district *d, const char *kind, bool water)
{
    assert(d->area_count < GW_AREA_MAX);
    d->areas[d->area_count] =
        (struct gw_area) { .kind = kind, .water = water, .first = d->area_point_count };
}

static void add(struct gw_district *d, struct gw_point p)
{
    assert(d->area_point_count < GW_AREA_POINT_MAX);
    d->area_points[d->area_point_count++] = p;
    d->areas[d->area_count].n++;
}

static void bank(struct gw_district *d, int32_t from, int32_t to, int32_t step)
{
    for (int32_t y = from; step > 0 ? y <= to : y >= to; y += step) {
        struct gw_point p = gw_district_river(d->seed, y);
        int32_t half = RIVER_HALF_WIDTH +
                       gw_noise(d->seed ^ 43, p, GW_KM) * 25 * GW_M / GW_NOISE_RANGE;
        if (gw_district_inside(d, p))
            add(d, (struct gw_point) { p.x + (step > 0 ? half : -half), p.y });
    }
}

static void lay_river(struct gw_district *d)
{
    int32_t steps = RIVER_END / RIVER_STEP;
    begin(d, "river", true);
    bank(d, -steps * RIVER_STEP, steps * RIVER_STEP, RIVER_STEP);
    bank(d, steps * RIVER_STEP, -steps * RIVER_STEP, -RIVER_STEP);
    d->area_count++;
}

static void lay_blob(struct gw_district *d, const char *kind, bool water,
                     struct gw_point at, int32_t radius)
{
    begin(d, kind, water);
    for (int k = 0; k < GW_DIRECTIONS; k += GW_DIRECTIONS / BLOB_POINTS) {
        struct gw_point p = gw_polar(at, k, radius);
        int32_t bent =
            radius + gw_noise(d->seed ^ 44, p, radius) * (radius / 3) / GW_NOISE_RANGE;
        add(d, gw_polar(at, k, bent));
    }
    d->area_count++;
}

// A spot in the country, clear of the centre and the border.
static struct gw_point country(struct gw_district *d, int32_t clear)
{
    for (;;) {
        struct gw_point center = { 0, 0 }, p = gw_tiling_center((uint32_t)gw_rng_below(
                                               &d->rng, GW_TILING_TILES));
        bool in = gw_distance(p, center) > TOWN_RADIUS;
        for (int k = 0; k < GW_DIRECTIONS && in; k += GW_DIRECTIONS / 8)
            in = gw_district_inside(d, gw_polar(p, k, clear));
        if (in)
            return p;
    }
}

static int32_t nearest_village(const struct gw_district *d, struct gw_point p)
{
    int32_t near = INT32_MAX;
    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        int32_t distance = gw_distance(p, d->villages[i].seat);
        near = distance < near ? distance : near;
    }
    return near;
}

// Fields and ponds lie between the villages, as far from them as they are large.
static void scatter(struct gw_district *d, const char *kind, bool water, int count,
                    int least_m, int most_m)
{
    int laid = 0;
    for (int tries = 0; laid < count && tries < SCATTER_TRIES; tries++) {
        int32_t radius = gw_district_random(d, least_m, most_m) * GW_M;
        struct gw_point p = country(d, 2 * radius);
        if (nearest_village(d, p) < radius * 4 / 3 + 150 * GW_M)
            continue;
        lay_blob(d, kind, water, p, radius);
        laid++;
    }
}

static void lay_parks(struct gw_district *d, int index)
{
    struct gw_grid g = gw_grid(d, index);
    for (int i = -g.half; i < g.half; i++)
        for (int j = -g.half; j < g.half; j++) {
            if (!gw_block_has(&g, i, j) || !gw_block_is_park(&g, i, j))
                continue;
            begin(d, "park", false);
            add(d, gw_block_point(&g, i, j, 60, 60));
            add(d, gw_block_point(&g, i, j, 940, 60));
            add(d, gw_block_point(&g, i, j, 940, 940));
            add(d, gw_block_point(&g, i, j, 60, 940));
            d->area_count++;
        }
}

bool gw_district_in_water(const struct gw_district *d, struct gw_point p)
{
    for (size_t i = 0; i < d->area_count; i++) {
        const struct gw_area *a = &d->areas[i];
        if (a->water && gw_area_contains(&d->area_points[a->first], a->n, p))
            return true;
    }
    return false;
}

void gw_district_landscape(struct gw_district *d)
{
    lay_river(d);
    scatter(d, "lake", true, 1, 330, 360);
    scatter(d, "pond", true, POND_COUNT, 40, 110);
    for (int i = 0; i < GW_GRID_COUNT; i++)
        lay_parks(d, i);
    scatter(d, "field", false, FIELD_COUNT, 120, 320);
    scatter(d, "wood", false, WOOD_COUNT, 80, 200);
}
