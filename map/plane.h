// The plane around a place, in metres: x to the east, y to the north. Good to some
// kilometres; at 20 km it is off by a few metres.
#ifndef GW_MAP_PLANE_H
#define GW_MAP_PLANE_H

#include "map/polygon.h"

struct gw_xy {
    double x, y; // metres
};

struct gw_plane {
    struct gw_point origin;
    double x_of_lon, y_of_lat; // metres a degree
};

struct gw_plane gw_plane_around(struct gw_point origin);
struct gw_xy gw_plane_of(const struct gw_plane *plane, struct gw_point p);
struct gw_point gw_plane_back(const struct gw_plane *plane, struct gw_xy p);

static inline double gw_cross(struct gw_xy a, struct gw_xy b)
{
    return a.x * b.y - a.y * b.x;
}

static inline double gw_dot(struct gw_xy a, struct gw_xy b)
{
    return a.x * b.x + a.y * b.y;
}

static inline struct gw_xy gw_minus(struct gw_xy a, struct gw_xy b)
{
    return (struct gw_xy) { a.x - b.x, a.y - b.y };
}

// The point of the segment from `a` to `b` that is nearest to `p`.
struct gw_xy gw_nearest_on(struct gw_xy a, struct gw_xy b, struct gw_xy p);

#endif
