// What a map tile shows of an area: clipped to the tile and a margin, simplified to its
// units, valid by the rules of vector tiles. The geometry is GEOS's. No I/O; one thread.
#ifndef GW_MAP_AREA_CLIP_H
#define GW_MAP_AREA_CLIP_H

#include "map/polygon.h"
#include "map/protobuf.h"
#include "map/web_tile.h"

// Units around a tile, so that the line along its edge is outside of what is drawn.
enum { GW_AREA_MARGIN = 64 };

struct gw_area_clip;

// Returns 0, -ENOMEM, or -ENOTSUP where this was built without GEOS.
int gw_area_clip_create(struct gw_area_clip **ret_clip);

// NULL is allowed.
void gw_area_clip_destroy(struct gw_area_clip *c);

// Appends a polygon's commands (map/mvt.h), or nothing where the tile shows nothing of
// it. Rings within rings count by even and odd; what crosses itself
// becomes valid as GEOS does it. An area across the date line is in tiles on both sides
// of it. Failures are remembered in `commands`. Returns 0 or -ENOMEM.
int gw_area_clip_write(struct gw_area_clip *c, const struct gw_shape *shape,
                       const struct gw_web_tile *tile, struct gw_protobuf *commands);

#endif
