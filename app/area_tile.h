// A map tile of cells or divisions, as a Mapbox vector tile: polygons of the layer
// "cells" or "divisions". No I/O, any thread.
#ifndef GW_APP_AREA_TILE_H
#define GW_APP_AREA_TILE_H

#include "app/json.h"
#include "base/buf.h"
#include "map/area_tiles.h"

// The tile of those areas that world->view lies around, or sees a camera in; empty where
// there are none. An id is made of the code. The buffer is the caller's. Returns 0,
// -ENOMEM, -EMSGSIZE: larger than any tile may be, or -ENOTSUP: built without GEOS.
//
// Cell: code, name, level, kind, division, parent. Division: code, name, level, parent.
int gw_area_tile(struct gw_area_tiles *areas, const struct gw_json_world *world,
                 enum gw_area_kind kind, const struct gw_web_tile *tile,
                 struct gw_buf **ret_tile);

#endif
