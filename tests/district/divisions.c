// Towns, villages and grid cells.
//
// In the centre a community is split into several cells; in the country
// neighbouring villages share one, which belongs to the largest of them. So no
// border of a cell cuts a village that shares it, and both layers tile the towns.

#include "tests/district/district.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    RADIUS = 144 * GW_KM / 10, // about 650 km2
    DENSE_COUNT = 64,          // communities with cells of their own
    DENSE_THREE = 24,          // of these, the innermost have three, the rest two
    DENSE_CELLS = 2 * DENSE_COUNT + DENSE_THREE,
    SHARED_CELLS = GW_CELL_COUNT - DENSE_CELLS,
    SHARE_MAX = 4,                  // villages in one cell
    COMMUNITY_RADIUS = 1000 * GW_M, // around the seat of an outer street
    DARTS = 300,                    // misses before the spacing is relaxed
    RIVER_CLEARANCE = 250 * GW_M,
};

static bool inside(uint32_t seed, struct gw_point p)
{
    int32_t r = RADIUS + gw_noise(seed ^ 1, p, 7 * GW_KM) * 1900 * GW_M / GW_NOISE_RANGE +
                gw_noise(seed ^ 2, p, 2 * GW_KM) * 450 * GW_M / GW_NOISE_RANGE;
    return gw_distance(p, (struct gw_point) { 0, 0 }) < r;
}

// Three streets share the centre; seven towns stand around it.
static int divide_towns(struct gw_district *d)
{
    struct gw_tiling_seed seeds[GW_TOWN_COUNT];
    struct gw_point center = { 0, 0 };
    for (int i = 0; i < GW_TOWN_COUNT; i++) {
        bool core = i < GW_CORE_COUNT;
        int turn = core ? i * GW_DIRECTIONS / GW_CORE_COUNT + 6
                        : (i - GW_CORE_COUNT) * GW_DIRECTIONS / 7 + 3;
        int wobble = gw_district_random(d, -1, 1);
        int32_t radius = core ? 17 * GW_KM / 10 : 88 * GW_KM / 10;
        radius += gw_district_random(d, -300, 300) * GW_M;
        d->towns[i].seat = gw_polar(center, turn + wobble, radius);
        seeds[i] = (struct gw_tiling_seed) { d->towns[i].seat, (uint16_t)(i + 1), 1 };
    }
    int r =
        gw_tiling_grow(d->tiling, GW_LAYER_TOWN, GW_LAYER_DISTRICT, seeds, GW_TOWN_COUNT);
    // What no town could grow to is an island off the border: it is left out.
    for (uint32_t tile = 0; tile < GW_TILING_TILES; tile++)
        if (!gw_tiling_label(d->tiling, GW_LAYER_TOWN, tile))
            gw_tiling_set(d->tiling, GW_LAYER_DISTRICT, tile, 0);
    return r;
}

// How far villages stand apart where people live like this, in decimetres.
static int32_t spacing(const struct gw_district *d, struct gw_point p)
{
    struct gw_point center = { 0, 0 };
    int32_t s = 420 * GW_M + gw_distance(p, center) / 6;
    if (s > 1300 * GW_M)
        s = 1300 * GW_M;
    for (int i = GW_CORE_COUNT; i < GW_TOWN_COUNT; i++) {
        int32_t near = 550 * GW_M + gw_distance(p, d->towns[i].seat) / 3;
        s = near < s ? near : s;
    }
    return s;
}

static bool fits(const struct gw_district *d, int n, struct gw_point p, int percent)
{
    struct gw_point river = gw_district_river(d->seed, p.y);
    if (abs(p.x - river.x) < RIVER_CLEARANCE)
        return false;
    int64_t apart = (int64_t)spacing(d, p) * percent / 100;
    for (int i = 0; i < n; i++)
        if (gw_distance2(d->villages[i].seat, p) < apart * apart)
            return false;
    return true;
}

// Throws darts, standing closer and closer until all are placed.
static int divide_villages(struct gw_district *d)
{
    struct gw_tiling_seed seeds[GW_VILLAGE_COUNT];
    int percent = 130, misses = 0;
    for (int n = 0; n < GW_VILLAGE_COUNT;) {
        uint32_t tile = (uint32_t)gw_rng_below(&d->rng, GW_TILING_TILES);
        uint16_t town = gw_tiling_label(d->tiling, GW_LAYER_TOWN, tile);
        struct gw_point at = gw_tiling_center(tile);
        if (!town || !fits(d, n, at, percent)) {
            if (++misses % DARTS == 0 && percent > 10)
                percent--;
            continue;
        }
        d->villages[n].seat = at;
        d->villages[n].town = town - 1;
        seeds[n] = (struct gw_tiling_seed) { at, (uint16_t)(n + 1), town };
        n++;
    }
    return gw_tiling_grow(d->tiling, GW_LAYER_VILLAGE, GW_LAYER_TOWN, seeds,
                          GW_VILLAGE_COUNT);
}

static int64_t from_center2(const struct gw_division *v)
{
    return gw_distance2(v->seat, (struct gw_point) { 0, 0 });
}

static int innermost(const struct gw_district *d)
{
    int best = -1;
    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        const struct gw_division *v = &d->villages[i];
        if (v->town >= GW_CORE_COUNT || v->grids)
            continue;
        if (best < 0 || from_center2(v) < from_center2(&d->villages[best]))
            best = i;
    }
    return best;
}

static int choose_dense(struct gw_district *d)
{
    for (int i = 0; i < DENSE_COUNT; i++) {
        int v = innermost(d);
        if (v < 0)
            return -ERANGE;
        d->villages[v].grids = i < DENSE_THREE ? 3 : 2;
        d->villages[v].community = true;
    }
    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        struct gw_division *v = &d->villages[i];
        if (v->town >= GW_CORE_COUNT && v->town < GW_STREET_COUNT &&
            gw_distance(v->seat, d->towns[v->town].seat) < COMMUNITY_RADIUS)
            v->community = true;
    }
    return 0;
}

// The tile of a village that is farthest from the seats its cells already have.
static struct gw_point farthest(const struct gw_district *d, int village, int first,
                                int n)
{
    struct gw_point best = d->villages[village].seat;
    int64_t best2 = -1;
    for (uint32_t tile = 0; tile < GW_TILING_TILES; tile++) {
        if (gw_tiling_label(d->tiling, GW_LAYER_VILLAGE, tile) != village + 1)
            continue;
        struct gw_point p = gw_tiling_center(tile);
        int64_t near2 = n ? INT64_MAX : gw_distance2(p, d->villages[village].seat);
        for (int i = first; i < first + n; i++) {
            int64_t d2 = gw_distance2(p, d->cells[i].seat);
            near2 = d2 < near2 ? d2 : near2;
        }
        if (near2 > best2) {
            best2 = near2;
            best = p;
        }
    }
    return best;
}

// The first seat is the tile farthest out, the next ones keep away from it.
static int split_dense(struct gw_district *d, int *cell_count)
{
    struct gw_tiling_seed seeds[DENSE_CELLS];
    int n = 0;
    for (int v = 0; v < GW_VILLAGE_COUNT; v++) {
        int first = n;
        for (int k = 0; k < d->villages[v].grids; k++, n++) {
            assert(n < DENSE_CELLS);
            d->cells[n].seat = farthest(d, v, first, k);
            d->cells[n].village = v;
            seeds[n] = (struct gw_tiling_seed) { d->cells[n].seat, (uint16_t)(n + 1),
                                                 (uint16_t)(v + 1) };
        }
    }
    *cell_count = n;
    return gw_tiling_grow(d->tiling, GW_LAYER_CELL, GW_LAYER_VILLAGE, seeds, (size_t)n);
}

// Which villages share a cell: group[v] is the largest village of the group.
struct sharing {
    int group[GW_VILLAGE_COUNT];
    int members[GW_VILLAGE_COUNT];
    int area[GW_VILLAGE_COUNT];
    bool touch[GW_VILLAGE_COUNT][GW_VILLAGE_COUNT];
};

static void survey(struct gw_district *d, struct sharing *s)
{
    for (uint32_t tile = 0; tile < GW_TILING_TILES; tile++) {
        int v = gw_tiling_label(d->tiling, GW_LAYER_VILLAGE, tile) - 1;
        if (v < 0)
            continue;
        d->villages[v].area_tiles++;
        uint32_t next[6];
        gw_tiling_neighbours(tile, next);
        for (int k = 0; k < 6; k++) {
            int w = gw_tiling_label(d->tiling, GW_LAYER_VILLAGE, next[k]) - 1;
            if (w >= 0 && w != v)
                s->touch[v][w] = true;
        }
    }
    for (int v = 0; v < GW_VILLAGE_COUNT; v++) {
        s->group[v] = v;
        s->members[v] = 1;
        s->area[v] = d->villages[v].area_tiles;
    }
}

static bool may_share(const struct gw_district *d, const struct sharing *s, int a, int b)
{
    return s->touch[a][b] && s->group[a] != s->group[b] &&
           d->villages[a].town == d->villages[b].town && !d->villages[a].grids &&
           !d->villages[b].grids &&
           s->members[s->group[a]] + s->members[s->group[b]] <= SHARE_MAX;
}

// Merges the two neighbouring groups that are smallest together.
static bool merge_once(const struct gw_district *d, struct sharing *s)
{
    int a = -1, b = -1, least = INT32_MAX;
    for (int v = 0; v < GW_VILLAGE_COUNT; v++)
        for (int w = v + 1; w < GW_VILLAGE_COUNT; w++) {
            int sum = s->area[s->group[v]] + s->area[s->group[w]];
            if (sum < least && may_share(d, s, v, w)) {
                least = sum;
                a = s->group[v];
                b = s->group[w];
            }
        }
    if (a < 0)
        return false;
    int keep = d->villages[a].area_tiles >= d->villages[b].area_tiles ? a : b;
    int members = s->members[a] + s->members[b];
    for (int v = 0; v < GW_VILLAGE_COUNT; v++)
        if (s->group[v] == a || s->group[v] == b)
            s->group[v] = keep;
    s->members[keep] = members;
    s->area[keep] = least;
    return true;
}

static int share_country(struct gw_district *d, int cell_count)
{
    struct sharing *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    survey(d, s);
    bool merged = true;
    for (int groups = GW_VILLAGE_COUNT - DENSE_COUNT; merged && groups > SHARED_CELLS;
         groups--)
        merged = merge_once(d, s);

    uint16_t label[GW_VILLAGE_COUNT + 1] = { 0 };
    for (int v = 0; merged && v < GW_VILLAGE_COUNT; v++) {
        if (d->villages[v].grids || s->group[v] != v)
            continue;
        d->cells[cell_count].village = v;
        d->cells[cell_count].seat = d->villages[v].seat;
        label[v] = (uint16_t)++cell_count;
    }
    for (uint32_t tile = 0; merged && tile < GW_TILING_TILES; tile++) {
        int v = gw_tiling_label(d->tiling, GW_LAYER_VILLAGE, tile) - 1;
        if (v >= 0 && !d->villages[v].grids)
            gw_tiling_set(d->tiling, GW_LAYER_CELL, tile, label[s->group[v]]);
    }
    free(s);
    return merged ? 0 : -ERANGE;
}

static int outline(struct gw_district *d)
{
    struct gw_ring towns[GW_TOWN_COUNT] = { 0 }, villages[GW_VILLAGE_COUNT] = { 0 },
                   cells[GW_CELL_COUNT] = { 0 };
    int r = gw_tiling_settle(d->tiling);
    if (!r)
        r = gw_tiling_outline(d->tiling, GW_LAYER_DISTRICT, &d->ring, 1);
    if (!r)
        r = gw_tiling_outline(d->tiling, GW_LAYER_TOWN, towns, GW_TOWN_COUNT);
    if (!r)
        r = gw_tiling_outline(d->tiling, GW_LAYER_VILLAGE, villages, GW_VILLAGE_COUNT);
    if (!r)
        r = gw_tiling_outline(d->tiling, GW_LAYER_CELL, cells, GW_CELL_COUNT);
    // Taken over even after a failure: the district frees them.
    for (int i = 0; i < GW_TOWN_COUNT; i++)
        d->towns[i].ring = towns[i];
    for (int i = 0; i < GW_VILLAGE_COUNT; i++)
        d->villages[i].ring = villages[i];
    for (int i = 0; i < GW_CELL_COUNT; i++)
        d->cells[i].ring = cells[i];
    return r;
}

int gw_district_divide(struct gw_district *d)
{
    d->tiling = gw_tiling_create(d->seed, inside);
    if (!d->tiling)
        return -ENOMEM;
    int cells = 0, r = divide_towns(d);
    if (!r)
        r = divide_villages(d);
    if (!r)
        r = choose_dense(d);
    if (!r)
        r = split_dense(d, &cells);
    if (!r)
        r = share_country(d, cells);
    return r ? r : outline(d);
}
