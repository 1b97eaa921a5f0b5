// Built without GEOS: areas are not in tiles.
#include "map/area_clip.h"

#include <errno.h>

int gw_area_clip_create(struct gw_area_clip **ret_clip)
{
    (void)ret_clip;
    return -ENOTSUP;
}

void gw_area_clip_destroy(struct gw_area_clip *c)
{
    (void)c;
}

int gw_area_clip_write(struct gw_area_clip *c, const struct gw_shape *shape,
                       const struct gw_web_tile *tile, struct gw_protobuf *commands)
{
    (void)c;
    (void)shape;
    (void)tile;
    (void)commands;
    return -ENOTSUP;
}
