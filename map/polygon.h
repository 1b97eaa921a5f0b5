// Points in polygons, in degrees on the plane of longitude and latitude.
//
// A border belongs to its polygon. Beside that, each inner point of two polygons
// with a common edge is in at least one of them, whatever rounding does: an edge
// is judged the same from both sides. So cells that tile a town leave no camera
// out; who gets one on a common border, map/locate.h decides.
#ifndef GW_MAP_POLYGON_H
#define GW_MAP_POLYGON_H

#include <stdbool.h>
#include <stddef.h>

struct gw_point {
    double lon, lat; // degrees
};

// A box; west > east crosses the date line.
struct gw_box {
    double west, south, east, north; // degrees, borders belong to it
};

// Rings of one polygon or of several (a multipolygon), outer and inner alike: a
// point is inside when it is inside an odd number of rings.
struct gw_shape {
    struct gw_point *points;
    size_t point_count;
    size_t *ring_ends; // one past each ring's last point
    size_t ring_count;
    // Around all rings. Never west > east: across the date line longitudes go on
    // beyond 180 or below -180.
    struct gw_box box;
};

bool gw_box_contains(const struct gw_box *box, double lon, double lat);

// Whether a ring of `n` points, closed or not, contains the point. Fewer than
// three points contain nothing. An edge longer than 180 degrees is taken to cross
// the date line.
bool gw_ring_contains(const struct gw_point *ring, size_t n, double lon, double lat);

// Room for so many points and rings, all zero. Returns 0 or -ENOMEM.
int gw_shape_init(struct gw_shape *shape, size_t points, size_t rings);

// All zero is allowed.
void gw_shape_finish(struct gw_shape *shape);

// Sets the box; call it once the points are there.
void gw_shape_complete(struct gw_shape *shape);

bool gw_shape_contains(const struct gw_shape *shape, double lon, double lat);

#endif
