// What the builder writes and the snapshot and its queries read; nobody else
// includes it.
#ifndef GW_MAP_SNAPSHOT_INTERNAL_H
#define GW_MAP_SNAPSHOT_INTERNAL_H

#include "base/table.h"
#include "map/arena.h"
#include "map/camera_grid.h"
#include "map/camera_quads.h"
#include "map/camera_words.h"
#include "map/cell_tree.h"
#include "map/snapshot.h"

#include <stdatomic.h>

#define GW_NO_CELL UINT32_MAX // an enum holds int only

// Indexes are positions in `cameras`, which is sorted by id: so a set of them in
// ascending order is a list in order of ids.
struct gw_snapshot {
    atomic_uint refs;
    uint64_t version;
    struct gw_arena strings;

    struct gw_camera *cameras;
    struct gw_division *divisions;
    struct gw_cell *cells;
    struct gw_department *departments;
    size_t camera_count, division_count, cell_count, department_count;

    struct gw_cell_tree tree;
    uint32_t *cell_numbers; // of each camera: its cell's number in `tree`, or GW_NO_CELL

    uint32_t *by_cell;       // sorted by cell_numbers, then id
    uint32_t *by_division;   // sorted by division code, then id
    uint32_t *by_department; // sorted by department, then id
    struct gw_camera_grid grid;
    struct gw_camera_quads quads;
    struct gw_camera_words words;
    struct gw_table by_num;
};

#endif
