// A grid of buckets over the box of all cells, about as many buckets as cells.
// Each bucket lists the cells whose boxes reach into it, best first; cells over
// many buckets stand in a list of their own, so that a district among buildings
// does not fill them all.
#include "map/locate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "map/arena.h"
#include "map/geojson.h"

enum { WIDE_BUCKETS = 64 }; // a cell over more buckets than this is wide

struct area {
    const char *code;
    int level;
    struct gw_shape shape;
};

struct list {
    uint32_t *areas; // ascending: the best first
    size_t count, cap;
};

struct gw_locator {
    struct gw_arena strings;
    struct area *areas; // deepest level first, then by code
    size_t count;
    struct gw_box box; // of all areas; longitudes may be beyond 180
    size_t side;       // buckets in each direction
    struct list *buckets;
    struct list wide;
};

struct span {
    size_t west, south, east, north; // buckets, all included
};

static int compare_areas(const void *a, const void *b)
{
    const struct area *x = a, *y = b;
    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    return strcmp(x->code, y->code);
}

static int append(struct list *list, uint32_t area)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 4;
        uint32_t *areas = realloc(list->areas, cap * sizeof(*areas));
        if (!areas)
            return -ENOMEM;
        list->areas = areas;
        list->cap = cap;
    }
    list->areas[list->count++] = area;
    return 0;
}

static int read_areas(struct gw_locator *l, const struct gw_cell *cells, size_t n)
{
    l->areas = calloc(n + 1, sizeof(*l->areas));
    if (!l->areas)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        struct area *area = &l->areas[l->count];
        if (!*cells[i].geometry)
            continue;
        int r = gw_geojson_shape(cells[i].geometry, &area->shape);
        if (r == -ENOMEM)
            return r;
        if (r < 0)
            continue;
        l->count++;
        area->level = cells[i].level;
        area->code = gw_arena_string(&l->strings, cells[i].code);
        if (!area->code)
            return -ENOMEM;
    }
    if (l->count > 1)
        qsort(l->areas, l->count, sizeof(*l->areas), compare_areas);
    return 0;
}

static void measure(struct gw_locator *l)
{
    l->box = (struct gw_box) { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (size_t i = 0; i < l->count; i++) {
        const struct gw_box *box = &l->areas[i].shape.box;
        l->box.west = fmin(l->box.west, box->west);
        l->box.east = fmax(l->box.east, box->east);
        l->box.south = fmin(l->box.south, box->south);
        l->box.north = fmax(l->box.north, box->north);
    }
    l->side = (size_t)ceil(sqrt((double)l->count));
}

// The bucket of a coordinate within [low, high]. Monotonic, so whatever lies in
// an area's box is in one of the area's buckets, rounding included.
static size_t bucket(const struct gw_locator *l, double v, double low, double high)
{
    double width = high - low;
    double at = width > 0 ? (v - low) / width * (double)l->side : 0;
    return at >= (double)l->side ? l->side - 1 : (size_t)at;
}

static struct span span_of(const struct gw_locator *l, const struct gw_box *box)
{
    return (struct span) {
        .west = bucket(l, box->west, l->box.west, l->box.east),
        .east = bucket(l, box->east, l->box.west, l->box.east),
        .south = bucket(l, box->south, l->box.south, l->box.north),
        .north = bucket(l, box->north, l->box.south, l->box.north),
    };
}

static int fill(struct gw_locator *l)
{
    l->buckets = calloc(l->side * l->side + 1, sizeof(*l->buckets));
    if (!l->buckets)
        return -ENOMEM;
    int r = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        struct span s = span_of(l, &l->areas[i].shape.box);
        bool wide = (s.east - s.west + 1) * (s.north - s.south + 1) > WIDE_BUCKETS;
        if (wide)
            r = append(&l->wide, i);
        for (size_t y = s.south; y <= s.north && !wide && r == 0; y++)
            for (size_t x = s.west; x <= s.east && r == 0; x++)
                r = append(&l->buckets[y * l->side + x], i);
        if (r < 0)
            return r;
    }
    return 0;
}

int gw_locator_create(const struct gw_cell *cells, size_t n,
                      struct gw_locator **ret_locator)
{
    struct gw_locator *l = calloc(1, sizeof(*l));
    int r = l ? read_areas(l, cells, n) : -ENOMEM;
    if (r == 0) {
        measure(l);
        r = fill(l);
    }
    if (r < 0) {
        gw_locator_destroy(l);
        return r;
    }
    *ret_locator = l;
    return 0;
}

void gw_locator_destroy(struct gw_locator *l)
{
    if (!l)
        return;
    for (size_t i = 0; l->buckets && i < l->side * l->side; i++)
        free(l->buckets[i].areas);
    for (size_t i = 0; i < l->count; i++)
        gw_shape_finish(&l->areas[i].shape);
    free(l->wide.areas);
    free(l->buckets);
    free(l->areas);
    gw_arena_finish(&l->strings);
    free(l);
}

bool gw_locator_empty(const struct gw_locator *l)
{
    return l->count == 0;
}

// The best area of the list that contains the point and is better than `best`.
static size_t search(const struct gw_locator *l, const struct list *list, double lon,
                     double lat, size_t best)
{
    for (size_t i = 0; i < list->count && list->areas[i] < best; i++)
        if (gw_shape_contains(&l->areas[list->areas[i]].shape, lon, lat))
            return list->areas[i];
    return best;
}

const char *gw_locator_find(const struct gw_locator *l, double lon, double lat)
{
    size_t best = search(l, &l->wide, lon, lat, l->count);

    // Where cells cross the date line, the box goes on beyond 180.
    for (int turns = -1; turns <= 1; turns++) {
        double x = lon + turns * 360.0;
        if (!gw_box_contains(&l->box, x, lat))
            continue;
        size_t column = bucket(l, x, l->box.west, l->box.east);
        size_t row = bucket(l, lat, l->box.south, l->box.north);
        best = search(l, &l->buckets[row * l->side + column], lon, lat, best);
    }
    return best < l->count ? l->areas[best].code : "";
}
