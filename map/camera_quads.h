// Cameras in the order of a quadtree over the square of Web Mercator: those of any map
// tile, and of any part of it that is a tile further down, lie next to each other. So
// a tile is found by bisection, and clusters are runs of one list.
#ifndef GW_MAP_CAMERA_QUADS_H
#define GW_MAP_CAMERA_QUADS_H

#include "map/snapshot.h"
#include "map/web_tile.h"

enum { GW_QUAD_LEVELS = 32 }; // bits of each axis in a key

// A camera that has a position, which is good to a centimetre here.
struct gw_camera_quad {
    uint64_t key;    // row and column, their bits in turns, the highest first
    uint32_t camera; // position in the snapshot's table of cameras
    uint32_t num;    // the camera's
};

// All zero is an index of no cameras.
struct gw_camera_quads {
    struct gw_camera_quad *items; // sorted by key, then camera
    size_t count;
};

// Returns 0 or -ENOMEM.
int gw_camera_quads_init(struct gw_camera_quads *quads, const struct gw_camera *cameras,
                         size_t n);

void gw_camera_quads_finish(struct gw_camera_quads *quads);

// The cameras of a tile, borrowed. Each camera is in one tile of a zoom.
const struct gw_camera_quad *gw_camera_quads_in(const struct gw_camera_quads *quads,
                                                const struct gw_web_tile *tile,
                                                size_t *ret_n);

// Column and row of a key, in 2^GW_QUAD_LEVELS steps from the north-west.
void gw_quad_split(uint64_t key, uint32_t *ret_column, uint32_t *ret_row);

#endif
