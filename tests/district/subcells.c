// What lies inside and beside the grids: special grids, residential compounds,
// buildings, stairwells. No dice are thrown here: all of it follows from what
// stands.
//
// A special grid is a whole block that a school, a hospital, a mall or a park has
// to itself: it is cut out of the basic grid around it. A compound is the box
// around neighbouring residential buildings of one block. Where the border of a
// grid runs through a block, the block's rows of buildings, and then the buildings
// of a row, are parted until each part lies within one grid; a building that the
// border cuts stands in its grid without a code of its own.

#include "tests/district/grid.h"
#include "tests/district/names.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    QUAD = 4,
    FENCE = 5, // thousandths of a block around the buildings of a compound
    VILLAGE_FENCE = 5 * GW_M,
    SPECIAL_FROM = 60,
    SPECIAL_TO = 940,
    STAIRWELL_WIDTH = 25 * GW_M,
    STAIRWELL_MAX = 4,
    TOWER_M = 36, // as high a building is a tower: lifts, two stairwells at most
    TOWER_STAIRWELLS = 2,
};

// Rows in which areas are counted, 1e-7 degree of latitude.
enum {
    SPECIAL_ROW = 90000, // about a kilometre
    COMPOUND_ROW = 9000,
    BUILDING_ROW = 4500,
    STAIRWELL_ROW = 10000000, // one row: from west to east only
};

struct box {
    int u0, v0, u1, v1; // thousandths of a block
};

static void block_quad(const struct gw_district *d, const struct gw_block *b,
                       struct box box, struct gw_point ret_quad[QUAD])
{
    struct gw_grid g = gw_grid(d, b->grid);
    ret_quad[0] = gw_block_point(&g, b->i, b->j, box.u0, box.v0);
    ret_quad[1] = gw_block_point(&g, b->i, b->j, box.u1, box.v0);
    ret_quad[2] = gw_block_point(&g, b->i, b->j, box.u1, box.v1);
    ret_quad[3] = gw_block_point(&g, b->i, b->j, box.u0, box.v1);
}

// The grid in whose inside the quad lies, or -1; also where a compound or special
// grid stands in its way (a town has grown around a village).
static int grid_around(const struct gw_district *d, const struct gw_point quad[QUAD])
{
    struct gw_lonlat corner[QUAD];
    for (int k = 0; k < QUAD; k++)
        corner[k] = gw_to_lonlat(quad[k]);
    for (size_t i = 0; i < d->subcell_count; i++) {
        const struct gw_subcell *s = &d->subcells[i];
        if (s->kind <= GW_SUBCELL_COMPOUND &&
            !gw_rings_apart(&d->subcell_points[s->first], s->n, corner, QUAD))
            return -1;
    }
    for (int c = 0; c < GW_CELL_COUNT; c++) {
        const struct gw_ring *ring = &d->cells[c].ring;
        if (gw_ring_has(ring, corner[0]) &&
            gw_ring_holds(ring->points, ring->n, corner, QUAD))
            return c;
    }
    return -1;
}

static int add(struct gw_district *d, enum gw_subcell_kind kind, int parent)
{
    assert(d->subcell_count < GW_SUBCELL_MAX);
    d->subcells[d->subcell_count] = (struct gw_subcell) {
        .kind = kind,
        .parent = parent,
        .first = d->subcell_point_count,
    };
    return (int)d->subcell_count++;
}

static void add_point(struct gw_district *d, struct gw_point p)
{
    assert(d->subcell_point_count < GW_SUBCELL_POINT_MAX);
    d->subcell_points[d->subcell_point_count++] = gw_to_lonlat(p);
    d->subcells[d->subcell_count - 1].n++;
}

static void add_quad(struct gw_district *d, const struct gw_point quad[QUAD])
{
    for (int k = 0; k < QUAD; k++)
        add_point(d, quad[k]);
}

static int stairwells_of(const struct gw_building *b)
{
    int most = b->height_m >= TOWER_M ? TOWER_STAIRWELLS : STAIRWELL_MAX;
    int n = gw_distance(b->corner[0], b->corner[1]) / STAIRWELL_WIDTH;
    return n < 1 ? 1 : n > most ? most : n;
}

// The corners of its stairwells are points of the building's border too, so that
// they tile it to the last digit.
static void add_flats(struct gw_district *d, const struct gw_building *b, int compound)
{
    int n = stairwells_of(b), building = add(d, GW_SUBCELL_BUILDING, compound);
    struct gw_point front[STAIRWELL_MAX + 1], back[STAIRWELL_MAX + 1];
    for (int k = 0; k <= n; k++) {
        front[k] = gw_between(b->corner[0], b->corner[1], k, n);
        back[k] = gw_between(b->corner[3], b->corner[2], k, n);
    }
    for (int k = 0; k <= n; k++)
        add_point(d, front[k]);
    for (int k = n; k >= 0; k--)
        add_point(d, back[k]);
    for (int k = 0; k < n; k++) {
        add(d, GW_SUBCELL_STAIRWELL, building);
        add_quad(
            d, (struct gw_point[QUAD]) { front[k], front[k + 1], back[k + 1], back[k] });
    }
}

static struct box around(const struct gw_building *first, size_t n)
{
    struct box box = { 1000, 1000, 0, 0 };
    for (const struct gw_building *b = first; b < first + n; b++) {
        box.u0 = b->u0 < box.u0 ? b->u0 : box.u0;
        box.v0 = b->v0 < box.v0 ? b->v0 : box.v0;
        box.u1 = b->u1 > box.u1 ? b->u1 : box.u1;
        box.v1 = b->v1 > box.v1 ? b->v1 : box.v1;
    }
    return (struct box) { box.u0 - FENCE, box.v0 - FENCE, box.u1 + FENCE,
                          box.v1 + FENCE };
}

// Where to part: before the row that begins nearest to the middle, and a single
// row in the middle. Buildings of a block come row by row.
static size_t parting(const struct gw_building *first, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (first[i].v0 != first[i - 1].v0 &&
            (!best || labs((long)(2 * i) - (long)n) < labs((long)(2 * best) - (long)n)))
            best = i;
    return best ? best : n / 2;
}

static void add_compounds(struct gw_district *d, const struct gw_block *block,
                          const struct gw_building *first, size_t n)
{
    struct gw_point quad[QUAD];
    block_quad(d, block, around(first, n), quad);
    int grid = grid_around(d, quad);
    if (grid >= 0) {
        int compound = add(d, GW_SUBCELL_COMPOUND, grid);
        d->subcells[compound].block = block;
        add_quad(d, quad);
        for (size_t i = 0; i < n; i++)
            add_flats(d, &first[i], compound);
    } else if (n > 1) {
        size_t cut = parting(first, n);
        add_compounds(d, block, first, cut);
        add_compounds(d, block, first + cut, n - cut);
    }
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static void village_quad(const struct gw_building *first, size_t n,
                         struct gw_point ret_quad[QUAD])
{
    struct gw_point low = first->corner[0], high = low;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < QUAD; k++) {
            struct gw_point p = first[i].corner[k];
            low = (struct gw_point) { least(low.x, p.x), least(low.y, p.y) };
            high = (struct gw_point) { most(high.x, p.x), most(high.y, p.y) };
        }
    low = (struct gw_point) { low.x - VILLAGE_FENCE, low.y - VILLAGE_FENCE };
    high = (struct gw_point) { high.x + VILLAGE_FENCE, high.y + VILLAGE_FENCE };
    ret_quad[0] = low;
    ret_quad[1] = (struct gw_point) { high.x, low.y };
    ret_quad[2] = high;
    ret_quad[3] = (struct gw_point) { low.x, high.y };
}

static void add_village(struct gw_district *d, const struct gw_block *block)
{
    const struct gw_building *first = &d->buildings[block->first];
    struct gw_point quad[QUAD];
    village_quad(first, block->n, quad);
    int grid = grid_around(d, quad);
    if (grid < 0)
        return; // no place of its own: the houses stand in their grids
    int compound = add(d, GW_SUBCELL_COMPOUND, grid);
    d->subcells[compound].block = block;
    add_quad(d, quad);
    for (size_t i = 0; i < block->n; i++) {
        add(d, GW_SUBCELL_BUILDING, compound);
        add_quad(d, first[i].corner);
    }
}

static void add_special(struct gw_district *d, const struct gw_block *block)
{
    struct gw_point quad[QUAD];
    struct box box = { SPECIAL_FROM, SPECIAL_FROM, SPECIAL_TO, SPECIAL_TO };
    block_quad(d, block, box, quad);
    int grid = grid_around(d, quad);
    if (grid < 0)
        return; // a border runs through it: it stays with its basic grids
    int special = add(d, GW_SUBCELL_SPECIAL, grid);
    d->subcells[special].block = block;
    add_quad(d, quad);
}

// For qsort: whose a subcell is, where it stands, and which it is.
struct standing {
    int owner, row;
    int32_t lon;
    size_t index;
};

static int in_reading_order(const void *pa, const void *pb)
{
    const struct standing *a = pa, *b = pb;
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    if (a->row != b->row)
        return a->row > b->row ? -1 : 1;
    if (a->lon != b->lon)
        return a->lon < b->lon ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

// Special grids are counted in their community, the rest in what they lie in.
static int owner_of(const struct gw_district *d, const struct gw_subcell *s)
{
    return s->kind == GW_SUBCELL_SPECIAL ? d->cells[s->parent].village : s->parent;
}

static void name_compound(const struct gw_district *d, struct gw_subcell *s)
{
    const struct gw_block *b = s->block;
    int parts = 0, own = 0;
    for (size_t i = 0; i < d->subcell_count; i++)
        if (d->subcells[i].kind == GW_SUBCELL_COMPOUND && d->subcells[i].block == b) {
            parts++;
            own = &d->subcells[i] <= s ? parts : own;
        }
    char numeral[GW_NUMERAL_BYTES];
    gw_numeral(own, numeral);
    snprintf(s->name, sizeof(s->name), "%.60s%s%s", b->name, parts > 1 ? numeral : "",
             parts > 1 ? "组团" : "");
}

static void name_subcell(const struct gw_district *d, struct gw_subcell *s, int number)
{
    const char *above = "";
    switch (s->kind) {
    case GW_SUBCELL_SPECIAL:
        above = d->villages[d->cells[s->parent].village].code;
        snprintf(s->code, sizeof(s->code), "%.12sZ%02d", above, number);
        snprintf(s->name, sizeof(s->name), "%.60s专属网格", s->block->name);
        return;
    case GW_SUBCELL_COMPOUND:
        above = d->cells[s->parent].code;
        name_compound(d, s);
        break;
    case GW_SUBCELL_BUILDING:
        above = d->subcells[s->parent].code;
        snprintf(s->name, sizeof(s->name), "%d号楼", number);
        break;
    case GW_SUBCELL_STAIRWELL:
        above = d->subcells[s->parent].code;
        snprintf(s->name, sizeof(s->name), "%d单元", number);
        break;
    case GW_SUBCELL_KINDS: break; // no subcell is that
    }
    snprintf(s->code, sizeof(s->code), "%.21s%03d", above, number);
}

// A kind at a time, from the top: a code begins with the one above.
static int number_kind(struct gw_district *d, enum gw_subcell_kind kind, int32_t row)
{
    struct standing *order = malloc(sizeof(*order) * (d->subcell_count + 1));
    size_t n = 0;
    if (!order)
        return -ENOMEM;
    for (size_t i = 0; i < d->subcell_count; i++) {
        const struct gw_subcell *s = &d->subcells[i];
        struct gw_lonlat at = d->subcell_points[s->first];
        if (s->kind == kind)
            order[n++] = (struct standing) { owner_of(d, s), at.lat / row, at.lon, i };
    }
    qsort(order, n, sizeof(*order), in_reading_order);
    for (size_t i = 0, number = 0; i < n; i++) {
        number = i && order[i].owner == order[i - 1].owner ? number + 1 : 1;
        name_subcell(d, &d->subcells[order[i].index], (int)number);
    }
    free(order);
    return 0;
}

int gw_district_subdivide(struct gw_district *d)
{
    static const int32_t rows[GW_SUBCELL_KINDS] = {
        [GW_SUBCELL_SPECIAL] = SPECIAL_ROW,
        [GW_SUBCELL_COMPOUND] = COMPOUND_ROW,
        [GW_SUBCELL_BUILDING] = BUILDING_ROW,
        [GW_SUBCELL_STAIRWELL] = STAIRWELL_ROW,
    };
    for (size_t i = 0; i < d->block_count; i++) {
        const struct gw_block *b = &d->blocks[i];
        if (b->special)
            add_special(d, b);
        else if (b->village && b->n > 0)
            add_village(d, b);
        else if (b->n > 0)
            add_compounds(d, b, &d->buildings[b->first], b->n);
    }
    int r = 0;
    for (int kind = 0; kind < GW_SUBCELL_KINDS && r == 0; kind++)
        r = number_kind(d, (enum gw_subcell_kind)kind, rows[kind]);
    return r;
}
