// Buildings along the streets of the grids and in the villages, and the places
// that people go to.

#include "tests/district/grid.h"
#include "tests/district/names.h"

#include <assert.h>
#include <stdio.h>

enum {
    FLOOR_M = 3,
    MARGIN = 90, // thousandths of a block left to its streets
    HOUSES_LEAST = 3,
    HOUSES_MOST = 6,
    SCHOOL_VILLAGES = 5, // one village in so many has a school
    FUEL_COUNT = 34,
};

// Returns NULL where nothing can stand.
static struct gw_building *add_building(struct gw_district *d,
                                        const struct gw_point corner[4], int height_m)
{
    for (int k = 0; k < 4; k++)
        if (gw_district_in_water(d, corner[k]) || !gw_district_inside(d, corner[k]))
            return NULL;
    assert(d->building_count < GW_BUILDING_MAX);
    struct gw_building *b = &d->buildings[d->building_count++];
    for (int k = 0; k < 4; k++)
        b->corner[k] = corner[k];
    b->height_m = height_m;
    return b;
}

static void keep_block(struct gw_district *d, const struct gw_block *block)
{
    assert(d->block_count < GW_BLOCK_MAX);
    d->blocks[d->block_count++] = *block;
}

// The part of block (i, j) from (u0, v0) to (u1, v1), in thousandths.
static void add_lot(struct gw_district *d, const struct gw_grid *g, int i, int j, int u0,
                    int v0, int u1, int v1, int height_m)
{
    struct gw_point corner[4] = {
        gw_block_point(g, i, j, u0, v0),
        gw_block_point(g, i, j, u1, v0),
        gw_block_point(g, i, j, u1, v1),
        gw_block_point(g, i, j, u0, v1),
    };
    struct gw_building *b = add_building(d, corner, height_m);
    if (!b)
        return;
    b->u0 = u0;
    b->v0 = v0;
    b->u1 = u1;
    b->v1 = v1;
}

// Rows of slabs that face south, as nearly every compound has them.
static void build_compound(struct gw_district *d, const struct gw_grid *g, int i, int j,
                           int floors)
{
    int rows = gw_district_random(d, 3, 4), columns = gw_district_random(d, 2, 4);
    int step_v = (1000 - 2 * MARGIN) / rows, step_u = (1000 - 2 * MARGIN) / columns;
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++) {
            if (gw_district_random(d, 0, 9) == 0)
                continue; // a yard
            int u = MARGIN + c * step_u + gw_district_random(d, 0, step_u / 10);
            int v = MARGIN + r * step_v;
            int depth = g->core ? 45 : 60;
            int width = step_u * (floors > 12 ? 55 : 84) / 100;
            add_lot(d, g, i, j, u, v, u + width, v + depth,
                    (floors + gw_district_random(d, -1, 1)) * FLOOR_M);
        }
}

// A podium along the street with towers on it.
static void build_shops(struct gw_district *d, const struct gw_grid *g, int i, int j,
                        int floors)
{
    add_lot(d, g, i, j, 90, 90, 910, 300, 4 * FLOOR_M);
    add_lot(d, g, i, j, 90, 360, 300, 910, 5 * FLOOR_M);
    for (int k = 0; k < 3; k++) {
        int u = 380 + k * 180, v = gw_district_random(d, 400, 560);
        add_lot(d, g, i, j, u, v, u + 110, v + 130,
                (floors + gw_district_random(d, -4, 5)) * FLOOR_M);
    }
    add_lot(d, g, i, j, 420, 780, 900, 900, 6 * FLOOR_M);
}

static void build_works(struct gw_district *d, const struct gw_grid *g, int i, int j)
{
    for (int k = 0; k < 4; k++) {
        int u = k % 2 ? 530 : 100, v = k / 2 ? 540 : 100;
        // One at a time: compilers differ in the order of arguments.
        int width = gw_district_random(d, 260, 380);
        int depth = gw_district_random(d, 200, 340);
        int height_m = gw_district_random(d, 7, 13);
        add_lot(d, g, i, j, u, v, u + width, v + depth, height_m);
    }
}

static int floors_at(struct gw_district *d, const struct gw_grid *g, struct gw_point p)
{
    if (!g->core)
        return gw_district_random(d, 3, 6);
    int32_t out = gw_distance(p, g->center) * 10 / g->radius; // tenths of the way out
    int tall = 26 - 2 * (int)out;
    return gw_district_random(d, 0, 9) < 6
               ? gw_district_random(d, 5, 7)
               : gw_district_random(d, tall / 2 + 4, tall + 4);
}

// Returns whether people live there.
static bool build_block(struct gw_district *d, const struct gw_grid *g, int i, int j)
{
    struct gw_point middle = gw_block_point(g, i, j, 500, 500);
    int floors = floors_at(d, g, middle), dice = gw_district_random(d, 0, 99);
    int32_t out = gw_distance(middle, g->center) * 100 / g->radius;
    if (g->core && dice > out + 15)
        build_shops(d, g, i, j, floors + 4);
    else if (g->core && out > 65 && dice < 30)
        build_works(d, g, i, j);
    else {
        build_compound(d, g, i, j, floors);
        return true;
    }
    return false;
}

// Houses in a row or two by the village road.
static void build_village(struct gw_district *d, const struct gw_division *v)
{
    int houses = gw_district_random(d, HOUSES_LEAST, HOUSES_MOST);
    int turn = gw_district_random(d, -2, 2);
    struct gw_block block = { .village = true, .first = d->building_count };
    for (int k = 0; k < houses; k++) {
        int32_t w = gw_district_random(d, 14, 34) * GW_M;
        int32_t h = gw_district_random(d, 9, 12) * GW_M;
        struct gw_point at = gw_polar(v->seat, turn, (k / 2 * 46 - 30) * GW_M);
        at = gw_polar(at, turn + GW_DIRECTIONS / 4, (k % 2 ? -34 : 18) * GW_M);
        struct gw_point east = gw_polar(at, turn, w);
        struct gw_point corner[4] = {
            at,
            east,
            gw_polar(east, turn + GW_DIRECTIONS / 4, h),
            gw_polar(at, turn + GW_DIRECTIONS / 4, h),
        };
        add_building(d, corner, gw_district_random(d, 4, 9));
    }
    block.n = d->building_count - block.first;
    snprintf(block.name, GW_NAME_BYTES, "%.60s居民点", v->name);
    keep_block(d, &block);
}

static struct gw_place *add_place(struct gw_district *d, enum gw_place_kind kind,
                                  struct gw_point at)
{
    assert(d->place_count < GW_PLACE_MAX);
    struct gw_place *p = &d->places[d->place_count++];
    p->kind = kind;
    p->at = at;
    return p;
}

// What stands in a block of the centre; the rest are residential compounds.
static const struct gw_place *place_in_core(struct gw_district *d, int n,
                                            struct gw_point at)
{
    static const char *const compounds[] = { "花园", "小区", "家园", "名苑", "华庭" };
    static const char *const first[] = { "锦绣", "阳光", "龙泽", "御景", "书香",
                                         "金色", "明德", "九州", "凤凰", "和谐" };
    struct gw_place *place;
    char *name;
    int serial = n / 8 + 1;
    switch (n % 8) {
    case 0:
        place = add_place(d, GW_PLACE_SCHOOL, at);
        name = place->name;
        snprintf(name, GW_NAME_BYTES, n % 16 ? "第%d中学" : "实验小学%d校区", serial);
        break;
    case 3:
        place = add_place(d, serial % 3 ? GW_PLACE_HOTEL : GW_PLACE_HOSPITAL, at);
        name = place->name;
        snprintf(name, GW_NAME_BYTES, serial % 3 ? "如归酒店%d号店" : "人民医院%d院区",
                 serial);
        break;
    case 5:
        place = add_place(d, GW_PLACE_MALL, at);
        name = place->name;
        snprintf(name, GW_NAME_BYTES, "%s商场%d店", first[serial % 10], serial);
        break;
    default:
        place = add_place(d, GW_PLACE_COMPOUND, at);
        name = place->name;
        snprintf(name, GW_NAME_BYTES, "%s%s%d区", first[n % 10], compounds[n / 10 % 5],
                 n / 50 + 1);
        break;
    }
    return place;
}

// What institutions have to themselves; hotels share their block with others.
static bool is_institution(const struct gw_place *place)
{
    return place->kind == GW_PLACE_SCHOOL || place->kind == GW_PLACE_HOSPITAL ||
           place->kind == GW_PLACE_MALL || place->kind == GW_PLACE_PARK;
}

// Keeps block (i, j) with all buildings from `first` on. `place` is what it is
// known for, NULL: nothing.
static void add_block(struct gw_district *d, struct gw_block block,
                      const struct gw_place *place)
{
    struct gw_grid g = gw_grid(d, block.grid);
    block.n = d->building_count - block.first;
    block.special = place && is_institution(place);
    if (place && place->kind != GW_PLACE_HOTEL)
        snprintf(block.name, GW_NAME_BYTES, "%s", place->name);
    else
        snprintf(block.name, GW_NAME_BYTES, "%s%d号院", gw_avenue_name(block.i + g.half),
                 block.j + g.half + 1);
    keep_block(d, &block);
}

static const struct gw_place *place_park(struct gw_district *d, struct gw_point gate)
{
    struct gw_place *park = add_place(d, GW_PLACE_PARK, gate);
    snprintf(park->name, GW_NAME_BYTES, "街心公园%zu号", d->place_count);
    return park;
}

static void build_grid(struct gw_district *d, int index)
{
    struct gw_grid g = gw_grid(d, index);
    int n = 0;
    for (int i = -g.half; i < g.half; i++)
        for (int j = -g.half; j < g.half; j++) {
            if (!gw_block_has(&g, i, j))
                continue;
            struct gw_block block = { index, i, j, .first = d->building_count };
            struct gw_point gate = gw_block_point(&g, i, j, 500, 70);
            if (gw_block_is_park(&g, i, j)) {
                add_block(d, block, place_park(d, gate));
                continue;
            }
            bool lived_in = build_block(d, &g, i, j);
            const struct gw_place *place = g.core ? place_in_core(d, n++, gate) : NULL;
            if (lived_in || (place && is_institution(place)))
                add_block(d, block, place);
        }
}

// Every town has its own office, school, hospital, ...
static void place_in_town(struct gw_district *d, const struct gw_division *town, int n)
{
    static const struct {
        enum gw_place_kind kind;
        const char *name;
    } own[] = {
        { GW_PLACE_GOVERNMENT, "政府" }, { GW_PLACE_SCHOOL, "中心小学" },
        { GW_PLACE_SCHOOL, "中学" },     { GW_PLACE_HOSPITAL, "卫生院" },
        { GW_PLACE_STATION, "客运站" },  { GW_PLACE_HOTEL, "招待所" },
        { GW_PLACE_MALL, "供销商场" },   { GW_PLACE_SCHOOL, "幼儿园" },
    };
    static const char *const plants[] = { "自来水厂", "燃气门站", "热电厂", "变电站",
                                          "污水处理厂" };
    for (int k = 0; k < 8; k++) {
        struct gw_point at =
            gw_polar(town->seat, k * GW_DIRECTIONS / 8 + n, (120 + 45 * k) * GW_M);
        snprintf(add_place(d, own[k].kind, at)->name, GW_NAME_BYTES, "%.60s%s",
                 town->name, own[k].name);
    }
    struct gw_point edge = gw_polar(town->seat, 7 * n, 900 * GW_M);
    snprintf(add_place(d, GW_PLACE_PLANT, edge)->name, GW_NAME_BYTES, "%.60s%s",
             town->name, plants[n % 5]);
}

// Petrol stations stand by the large roads.
static void place_fuel(struct gw_district *d)
{
    for (int n = 0; n < FUEL_COUNT;) {
        const struct gw_road *r =
            &d->roads[gw_district_random(d, 0, (int)d->road_count - 1)];
        if (r->rank == GW_ROAD_STREET)
            continue;
        struct gw_point at =
            d->road_points[r->first + gw_rng_below(&d->rng, (uint64_t)r->n)];
        at.x += 45 * GW_M;
        if (!gw_district_inside(d, at) || gw_district_in_water(d, at))
            continue;
        snprintf(add_place(d, GW_PLACE_FUEL, at)->name, GW_NAME_BYTES, "%.60s第%d加油站",
                 r->name, ++n);
    }
}

void gw_district_build(struct gw_district *d)
{
    for (int i = 0; i < GW_GRID_COUNT; i++)
        build_grid(d, i);
    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        const struct gw_division *v = &d->villages[i];
        if (v->grids)
            continue;
        build_village(d, v);
        if (i % SCHOOL_VILLAGES == 0)
            snprintf(
                add_place(d, GW_PLACE_SCHOOL, gw_polar(v->seat, i, 120 * GW_M))->name,
                GW_NAME_BYTES, "%.60s小学", v->name);
    }
    for (int i = 0; i < GW_TOWN_COUNT; i++)
        place_in_town(d, &d->towns[i], i);
    place_fuel(d);
}
