#include "map/geo.h"

#include <math.h>

#define RADIANS (M_PI / 180)

const struct gw_box gw_box_globe = { -180, -90, 180, 90 };

struct vector {
    double x, y, z;
};

// Haversine formula, exact for near points too.
double gw_distance_m(struct gw_point a, struct gw_point b)
{
    double sin_lat = sin((b.lat - a.lat) * RADIANS / 2);
    double sin_lon = sin((b.lon - a.lon) * RADIANS / 2);
    double h = sin_lat * sin_lat +
               cos(a.lat * RADIANS) * cos(b.lat * RADIANS) * sin_lon * sin_lon;
    return 2 * GW_EARTH_RADIUS_M * asin(sqrt(fmin(h, 1)));
}

static struct vector vector(struct gw_point p)
{
    double lon = p.lon * RADIANS;
    double lat = p.lat * RADIANS;
    return (struct vector) { cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat) };
}

static struct vector cross(struct vector a, struct vector b)
{
    return (struct vector) { a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z,
                             a.x * b.y - a.y * b.x };
}

static double dot(struct vector a, struct vector b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

double gw_distance_to_arc_m(struct gw_point p, struct gw_point a, struct gw_point b)
{
    struct vector vp = vector(p), va = vector(a), vb = vector(b);
    struct vector normal = cross(va, vb);
    double length = sqrt(dot(normal, normal));

    // Beside the arc, not beyond one of its ends.
    if (length > 0 && dot(cross(normal, va), vp) >= 0 && dot(cross(vb, normal), vp) >= 0)
        return GW_EARTH_RADIUS_M * asin(fmin(fabs(dot(vp, normal)) / length, 1));
    return fmin(gw_distance_m(p, a), gw_distance_m(p, b));
}

struct gw_box gw_box_around(struct gw_point p, double metres)
{
    double angle = metres / GW_EARTH_RADIUS_M; // radians
    double lat = angle / RADIANS;

    if (p.lat + lat >= 90 || p.lat - lat <= -90)
        return gw_box_globe;
    // Where the circle's meridians touch it.
    double lon = asin(fmin(sin(angle) / cos(p.lat * RADIANS), 1)) / RADIANS;
    const double more = 1e-9; // what rounding may take away
    struct gw_box box = { p.lon - lon - more, p.lat - lat - more, p.lon + lon + more,
                          p.lat + lat + more };
    return box.west < -180 || box.east > 180 ? gw_box_globe : box;
}

struct gw_box gw_box_join(struct gw_box a, struct gw_box b)
{
    return (struct gw_box) { fmin(a.west, b.west), fmin(a.south, b.south),
                             fmax(a.east, b.east), fmax(a.north, b.north) };
}
