// Cameras by place: buckets of equal size over all that have a position. A question
// for a part of the map then looks at the cameras of some buckets, not at all.
#ifndef GW_MAP_CAMERA_GRID_H
#define GW_MAP_CAMERA_GRID_H

#include "map/polygon.h"
#include "map/snapshot.h"

// All zero is a grid without cameras.
struct gw_camera_grid {
    struct gw_box box; // around all of them
    uint32_t columns, rows;
    uint32_t *starts; // of each bucket in `items`, row by row from the south; one more
    uint32_t *items;  // positions in the table of cameras, ascending within a bucket
};

// Buckets of a part of the map, borders included.
struct gw_grid_window {
    uint32_t west, south, east, north; // columns and rows; empty when west > east
};

// Returns 0 or -ENOMEM.
int gw_camera_grid_init(struct gw_camera_grid *grid, const struct gw_camera *cameras,
                        size_t n);

void gw_camera_grid_finish(struct gw_camera_grid *grid);

// The buckets that `box` touches; west > east (across the date line): all.
struct gw_grid_window gw_camera_grid_window(const struct gw_camera_grid *grid,
                                            const struct gw_box *box);

// How many cameras are in a window. Time goes with its rows.
size_t gw_camera_grid_count(const struct gw_camera_grid *grid,
                            const struct gw_grid_window *window);

// Those of one of its rows: indexes, borrowed.
const uint32_t *gw_camera_grid_row(const struct gw_camera_grid *grid,
                                   const struct gw_grid_window *window, uint32_t row,
                                   size_t *ret_n);

#endif
