// What map/sight.c keeps and map/sight_who.c reads; nobody else includes it.
#ifndef GW_MAP_SIGHT_INTERNAL_H
#define GW_MAP_SIGHT_INTERNAL_H

#include "base/table.h"
#include "map/sight.h"
#include "map/tile_index.h"

struct gw_sight_item {
    struct gw_sight_camera camera;
    uint64_t key; // of `view`, and there before it
    _Atomic(struct gw_view *) view;
};

struct gw_sight {
    atomic_uint refs;
    struct gw_sight_item *items;
    struct gw_box *boxes; // of what each reaches
    size_t count;
    struct gw_tile_index index;
    struct gw_table by_num;
    struct gw_footprints *buildings; // NULL: none are known
};

#endif
