// Distances on the globe, in metres; positions in degrees, WGS-84 taken for a sphere of
// its mean radius (0.6 % at most, far less than a camera's place is known by).
#ifndef GW_MAP_GEO_H
#define GW_MAP_GEO_H

#include "map/polygon.h"

#define GW_EARTH_RADIUS_M 6371008.8 // mean, IUGG

extern const struct gw_box gw_box_globe;

// Along the great circle.
double gw_distance_m(struct gw_point a, struct gw_point b);

// From `p` to the nearest point of the great-circle arc from `a` to `b`.
double gw_distance_to_arc_m(struct gw_point p, struct gw_point a, struct gw_point b);

// A box around all that is within `metres` of `p`: never too small. Where it would reach
// around a pole or across the date line it is the whole globe.
struct gw_box gw_box_around(struct gw_point p, double metres);

// The smallest box that holds both; neither may cross the date line.
struct gw_box gw_box_join(struct gw_box a, struct gw_box b);

#endif
