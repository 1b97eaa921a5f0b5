// Plane geometry in whole numbers, so that every machine gives the same bytes.
//
// The plane has its origin in the middle of the district and is measured in
// decimetres east and north. Output is in units of 1e-7 degree, WGS-84.
#ifndef GW_DISTRICT_GEOMETRY_H
#define GW_DISTRICT_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_point {
    int32_t x, y; // decimetres
};

struct gw_lonlat {
    int32_t lon, lat; // 1e-7 degree
};

enum {
    GW_M = 10,             // decimetres in a metre
    GW_KM = 10000,         // decimetres in a kilometre
    GW_DIRECTIONS = 64,    // steps of a full turn, 0 is east, 16 is north
    GW_NOISE_RANGE = 1024, // noise lies in [-range, range]
};

// Largest r with r * r <= v.
int64_t gw_isqrt(int64_t v);

// Distance in decimetres, rounded down, and its square.
int32_t gw_distance(struct gw_point a, struct gw_point b);
int64_t gw_distance2(struct gw_point a, struct gw_point b);

// The point `radius` decimetres from `from`; any direction, taken modulo a turn.
struct gw_point gw_polar(struct gw_point from, int direction, int32_t radius);

// The point at num/den of the way from a to b.
struct gw_point gw_between(struct gw_point a, struct gw_point b, int num, int den);

// Smooth noise; features are about `scale` decimetres wide.
int32_t gw_noise(uint32_t seed, struct gw_point at, int32_t scale);

// Where the point lies on the globe. Keeps order along each axis.
struct gw_lonlat gw_to_lonlat(struct gw_point p);

// Even-odd rule on a ring that does not repeat its first point.
bool gw_ring_contains(const struct gw_lonlat *ring, size_t n, struct gw_lonlat p);
bool gw_area_contains(const struct gw_point *ring, size_t n, struct gw_point p);

// Does `inner` lie within the ring, without touching its border? Both are simple
// and do not repeat their first points.
bool gw_ring_holds(const struct gw_lonlat *ring, size_t n, const struct gw_lonlat *inner,
                   size_t inner_n);

// Have the two no point in common? Likewise simple.
bool gw_rings_apart(const struct gw_lonlat *a, size_t an, const struct gw_lonlat *b,
                    size_t bn);

#endif
