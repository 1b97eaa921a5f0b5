#include "map/tile_index.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "map/geo.h"

enum {
    LEVELS = 20,
    LEVEL_SHIFT = 59,
    ROW_SHIFT = 41, // 18 bits: 180 * 1024 squares
    COLUMN_SHIFT = 22,
    ITEM_MASK = GW_TILE_ITEMS_MAX,
    TILES_OF_BOX = 4,
};
#define TILES_A_DEGREE 1024.0

// Squares of one level, borders included.
struct window {
    uint32_t west, south, east, north;
};

static uint32_t tile(double degrees, double last, unsigned level)
{
    return (uint32_t)(fmin(fmax(degrees, 0), last) * TILES_A_DEGREE) >> level;
}

static struct gw_box plain(const struct gw_box *box)
{
    return box->west <= box->east ? *box : gw_box_globe;
}

static struct window window_of(const struct gw_box *box, unsigned level)
{
    struct gw_box b = plain(box);
    // The last square is one that exists: 360 and 180 degrees belong to it.
    const double east = 360 - 0.5 / TILES_A_DEGREE, north = 180 - 0.5 / TILES_A_DEGREE;
    return (struct window) {
        .west = tile(b.west + 180, east, level),
        .south = tile(b.south + 90, north, level),
        .east = tile(b.east + 180, east, level),
        .north = tile(b.north + 90, north, level),
    };
}

static unsigned level_of(const struct gw_box *box)
{
    for (unsigned level = 0; level < LEVELS - 1; level++) {
        struct window w = window_of(box, level);
        if (w.east - w.west <= 1 && w.north - w.south <= 1)
            return level;
    }
    return LEVELS - 1;
}

static uint64_t key(unsigned level, uint32_t row, uint32_t column)
{
    return (uint64_t)level << LEVEL_SHIFT | (uint64_t)row << ROW_SHIFT |
           (uint64_t)column << COLUMN_SHIFT;
}

static void add(struct gw_tile_index *index, uint32_t item)
{
    unsigned level = level_of(&index->boxes[item]);
    struct window w = window_of(&index->boxes[item], level);
    for (uint32_t row = w.south; row <= w.north; row++)
        for (uint32_t column = w.west; column <= w.east; column++)
            index->entries[index->count++] = key(level, row, column) | item;
    index->levels |= 1u << level;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int gw_tile_index_init(struct gw_tile_index *index, const struct gw_box *boxes, size_t n)
{
    if (n > GW_TILE_ITEMS_MAX)
        return -EMSGSIZE;
    struct gw_tile_index made = {
        .boxes = boxes,
        .entries = calloc(n * TILES_OF_BOX + 1, sizeof(*made.entries)),
    };
    if (!made.entries)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        add(&made, (uint32_t)i);
    qsort(made.entries, made.count, sizeof(*made.entries), compare);
    uint64_t *fitting = realloc(made.entries, (made.count + 1) * sizeof(*made.entries));
    if (fitting)
        made.entries = fitting;
    *index = made;
    return 0;
}

void gw_tile_index_finish(struct gw_tile_index *index)
{
    free(index->entries);
    *index = (struct gw_tile_index) { 0 };
}

static size_t lower(const struct gw_tile_index *index, uint64_t at_least)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->entries[middle] < at_least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool meet(const struct gw_box *a, const struct gw_box *b)
{
    return a->west <= b->east && b->west <= a->east && a->south <= b->north &&
           b->south <= a->north;
}

// Of the squares that an item shares with the window only the first one counts.
static bool first_of(const struct gw_box *box, unsigned level, const struct window *w,
                     uint64_t entry)
{
    struct window own = window_of(box, level);
    uint32_t west = own.west > w->west ? own.west : w->west;
    uint32_t south = own.south > w->south ? own.south : w->south;
    return (entry & ~(uint64_t)ITEM_MASK) == key(level, south, west);
}

static void visit_level(const struct gw_tile_index *index, unsigned level,
                        const struct gw_box *where,
                        void (*visit)(void *arg, uint32_t item), void *arg)
{
    struct window w = window_of(where, level);
    for (uint32_t row = w.south; row <= w.north; row++) {
        uint64_t last = key(level, row, w.east) | ITEM_MASK;
        for (size_t i = lower(index, key(level, row, w.west));
             i < index->count && index->entries[i] <= last; i++) {
            uint32_t item = (uint32_t)(index->entries[i] & ITEM_MASK);
            struct gw_box box = plain(&index->boxes[item]);
            if (meet(&box, where) && first_of(&box, level, &w, index->entries[i]))
                visit(arg, item);
        }
    }
}

void gw_tile_index_visit(const struct gw_tile_index *index, const struct gw_box *where,
                         void (*visit)(void *arg, uint32_t item), void *arg)
{
    struct gw_box box = plain(where);
    for (unsigned level = 0; level < LEVELS; level++)
        if (index->levels & 1u << level)
            visit_level(index, level, &box, visit, arg);
}
