#include "map/plane.h"

#include <math.h>

#include "map/geo.h"

#define RADIANS (M_PI / 180)

struct gw_plane gw_plane_around(struct gw_point origin)
{
    double y = GW_EARTH_RADIUS_M * RADIANS;
    // At a pole a degree of longitude has no length; what is there stays finite.
    double x = y * fmax(cos(origin.lat * RADIANS), 1e-6);
    return (struct gw_plane) { origin, x, y };
}

struct gw_xy gw_plane_of(const struct gw_plane *plane, struct gw_point p)
{
    return (struct gw_xy) { (p.lon - plane->origin.lon) * plane->x_of_lon,
                            (p.lat - plane->origin.lat) * plane->y_of_lat };
}

struct gw_point gw_plane_back(const struct gw_plane *plane, struct gw_xy p)
{
    return (struct gw_point) { plane->origin.lon + p.x / plane->x_of_lon,
                               plane->origin.lat + p.y / plane->y_of_lat };
}

struct gw_xy gw_nearest_on(struct gw_xy a, struct gw_xy b, struct gw_xy p)
{
    struct gw_xy along = gw_minus(b, a);
    double length2 = gw_dot(along, along);
    double t = length2 > 0 ? gw_dot(gw_minus(p, a), along) / length2 : 0;
    t = fmin(fmax(t, 0), 1);
    return (struct gw_xy) { a.x + t * along.x, a.y + t * along.y };
}
