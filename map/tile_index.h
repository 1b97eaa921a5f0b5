// Boxes by place: which of up to four million boxes meet a given one.
//
// Squares of 1/1024 degree, and of twice, four times, ... that size: a box goes to the
// level whose squares are as large as itself, so it is in four of them at most, whether
// it is a shed or half a district, and one that lies astray costs the others nothing.
// Boxes across the date line are taken for boxes around the globe.
#ifndef GW_MAP_TILE_INDEX_H
#define GW_MAP_TILE_INDEX_H

#include "map/polygon.h"

#include <stdint.h>

enum { GW_TILE_ITEMS_MAX = (1 << 22) - 1 };

// All zero is an index of nothing.
struct gw_tile_index {
    const struct gw_box *boxes; // borrowed
    uint64_t *entries;          // level, row, column and item, sorted
    size_t count;
    uint32_t levels; // bit n: something is in level n
};

// `boxes` are to stay where they are as long as the index. Returns 0, -ENOMEM, or
// -EMSGSIZE for more than GW_TILE_ITEMS_MAX.
int gw_tile_index_init(struct gw_tile_index *index, const struct gw_box *boxes, size_t n);

void gw_tile_index_finish(struct gw_tile_index *index);

// Calls `visit` once for each item whose box meets `where`. Any thread.
void gw_tile_index_visit(const struct gw_tile_index *index, const struct gw_box *where,
                         void (*visit)(void *arg, uint32_t item), void *arg);

#endif
