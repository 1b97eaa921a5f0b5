// A map tile of cameras, as a Mapbox vector tile: who stands alone as a point of the
// layer "cameras", several that are close together as one of the layer "clusters". No
// I/O, any thread.
#ifndef GW_APP_CAMERA_TILE_H
#define GW_APP_CAMERA_TILE_H

#include "app/json.h"
#include "base/buf.h"
#include "map/web_tile.h"

enum {
    // A cluster is what stands in one of 8 by 8 squares of a tile, which a map draws 32
    // or
    // 64 pixels wide. They are squares of the world: the same cameras make the same
    // cluster, with the same id, however the map is moved.
    GW_CLUSTER_LEVELS = 3,

    // Deeper, each camera is a point: a tile is less than 300 m wide there. Unless a tile
    // would have more of them than this, as where a whole village was entered on
    // one position: it stays clustered.
    GW_CLUSTER_ZOOM_MAX = 16,
    GW_TILE_POINTS_MAX = 10000,
};

// The tile of those cameras that world->view sees; empty where there are none. The buffer
// is the caller's. Returns 0, -ENOMEM, or -EMSGSIZE: larger than any tile may be.
//
// Point: the camera's number as id; id, name, kind, division, cell, state. Cluster: an id
// of its square; cameras, and of how many each state is; west, south, east, north of the
// cameras, in degrees.
int gw_camera_tile(const struct gw_json_world *world, const struct gw_web_tile *tile,
                   struct gw_buf **ret_tile);

#endif
