// Tiles of web maps: the world in Web Mercator as a square, cut into 2^z by 2^z tiles
// that are counted from the north-west. No I/O, any thread.
#ifndef GW_MAP_WEB_TILE_H
#define GW_MAP_WEB_TILE_H

#include "map/polygon.h"

#include <stdint.h>

enum { GW_WEB_ZOOM_MAX = 22 };

struct gw_web_tile {
    int z; // 0 to GW_WEB_ZOOM_MAX
    uint32_t x, y;
};

// A place on the square: 0 to 1 to the east and to the south.
struct gw_web_place {
    double x, y;
};

// Reads "Z/X/Y.mvt". Returns 0, or -EINVAL for what is no such text (a number has digits
// alone, and no zero in front) or no tile of the pyramid.
int gw_web_tile_read(const char *text, struct gw_web_tile *ret_tile);

// Latitudes beyond 85.05 degrees, where the square ends, are taken to be there.
// Longitudes are not limited: beyond the date line x goes on.
struct gw_web_place gw_web_place_of(struct gw_point p);
struct gw_point gw_web_place_back(struct gw_web_place place);

// The ground of a tile with `margin` of its side around it. Not across the date line:
// there it ends.
struct gw_box gw_web_tile_box(const struct gw_web_tile *tile, double margin);

#endif
