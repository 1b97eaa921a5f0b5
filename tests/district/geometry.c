#include "tests/district/geometry.h"

enum {
    CENTER_LON = 1168300000, // 1e-7 degree
    CENTER_LAT = 355500000,
    // 1e-10 degree in a decimetre: 1 / 11.132 km along a meridian, and that over
    // the cosine of the centre's latitude along a parallel.
    LON_PER_DM = 11041,
    LAT_PER_DM = 8983,
    SINE_ONE = 10000,
    QUARTER = GW_DIRECTIONS / 4,
};

int64_t gw_isqrt(int64_t v)
{
    int64_t root = 0;
    for (int64_t bit = (int64_t)1 << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= v)
            root += bit;
    return root;
}

int64_t gw_distance2(struct gw_point a, struct gw_point b)
{
    int64_t dx = (int64_t)a.x - b.x, dy = (int64_t)a.y - b.y;
    return dx * dx + dy * dy;
}

int32_t gw_distance(struct gw_point a, struct gw_point b)
{
    return (int32_t)gw_isqrt(gw_distance2(a, b));
}

static int32_t sine(int direction)
{
    static const int16_t quarter[QUARTER + 1] = {
        0,    980,  1951, 2903, 3827, 4714, 5556, 6344,     7071,
        7730, 8315, 8819, 9239, 9569, 9808, 9952, SINE_ONE,
    };
    int d = direction & (GW_DIRECTIONS - 1);
    int in_half = d & (2 * QUARTER - 1);
    int32_t s = quarter[in_half <= QUARTER ? in_half : 2 * QUARTER - in_half];
    return d < 2 * QUARTER ? s : -s;
}

struct gw_point gw_polar(struct gw_point from, int direction, int32_t radius)
{
    return (struct gw_point) {
        from.x + (int32_t)((int64_t)radius * sine(direction + QUARTER) / SINE_ONE),
        from.y + (int32_t)((int64_t)radius * sine(direction) / SINE_ONE),
    };
}

struct gw_point gw_between(struct gw_point a, struct gw_point b, int num, int den)
{
    return (struct gw_point) {
        a.x + (int32_t)((int64_t)(b.x - a.x) * num / den),
        a.y + (int32_t)((int64_t)(b.y - a.y) * num / den),
    };
}

static int32_t floor_div(int32_t a, int32_t b)
{
    return a / b - (a % b < 0);
}

static int64_t corner(uint32_t seed, int32_t ix, int32_t iy)
{
    uint32_t h =
        seed * 0x9e3779b1u ^ (uint32_t)ix * 0x85ebca6bu ^ (uint32_t)iy * 0xc2b2ae35u;
    h = (h ^ h >> 15) * 0x2c1b3c6du;
    h = (h ^ h >> 12) * 0x297a2d39u;
    h ^= h >> 15;
    return (int64_t)(h % (2 * GW_NOISE_RANGE + 1)) - GW_NOISE_RANGE;
}

// 0..1024 to 0..1024 with level ends, 3t^2 - 2t^3.
static int64_t ease(int64_t t)
{
    return t * t * (3 * 1024 - 2 * t) / (1024 * 1024);
}

int32_t gw_noise(uint32_t seed, struct gw_point at, int32_t scale)
{
    int32_t ix = floor_div(at.x, scale), iy = floor_div(at.y, scale);
    int64_t u = ease((int64_t)(at.x - ix * scale) * 1024 / scale);
    int64_t v = ease((int64_t)(at.y - iy * scale) * 1024 / scale);
    int64_t south = corner(seed, ix, iy) * (1024 - u) + corner(seed, ix + 1, iy) * u;
    int64_t north =
        corner(seed, ix, iy + 1) * (1024 - u) + corner(seed, ix + 1, iy + 1) * u;
    return (int32_t)((south * (1024 - v) + north * v) / (1024 * 1024));
}

struct gw_lonlat gw_to_lonlat(struct gw_point p)
{
    return (struct gw_lonlat) {
        CENTER_LON + (int32_t)((int64_t)p.x * LON_PER_DM / 1000),
        CENTER_LAT + (int32_t)((int64_t)p.y * LAT_PER_DM / 1000),
    };
}

// Does a ray from p to the east cross the edge a-b?
static bool crosses(int64_t ax, int64_t ay, int64_t bx, int64_t by, int64_t px,
                    int64_t py)
{
    if ((ay > py) == (by > py))
        return false;
    int64_t side = (bx - ax) * (py - ay) - (px - ax) * (by - ay);
    return by > ay ? side > 0 : side < 0;
}

bool gw_ring_contains(const struct gw_lonlat *ring, size_t n, struct gw_lonlat p)
{
    bool in = false;
    for (size_t i = 0, j = n - 1; i < n; j = i++)
        if (crosses(ring[j].lon, ring[j].lat, ring[i].lon, ring[i].lat, p.lon, p.lat))
            in = !in;
    return in;
}

bool gw_area_contains(const struct gw_point *ring, size_t n, struct gw_point p)
{
    bool in = false;
    for (size_t i = 0, j = n - 1; i < n; j = i++)
        if (crosses(ring[j].x, ring[j].y, ring[i].x, ring[i].y, p.x, p.y))
            in = !in;
    return in;
}

// On which side of a-b p lies: > 0 left, 0 on the line.
static int64_t side_of(struct gw_lonlat a, struct gw_lonlat b, struct gw_lonlat p)
{
    return ((int64_t)b.lon - a.lon) * ((int64_t)p.lat - a.lat) -
           ((int64_t)p.lon - a.lon) * ((int64_t)b.lat - a.lat);
}

static bool in_box(struct gw_lonlat a, struct gw_lonlat b, struct gw_lonlat p)
{
    return (a.lon < b.lon ? a.lon <= p.lon && p.lon <= b.lon
                          : b.lon <= p.lon && p.lon <= a.lon) &&
           (a.lat < b.lat ? a.lat <= p.lat && p.lat <= b.lat
                          : b.lat <= p.lat && p.lat <= a.lat);
}

static bool edges_meet(struct gw_lonlat a, struct gw_lonlat b, struct gw_lonlat c,
                       struct gw_lonlat d)
{
    int64_t ac = side_of(a, b, c), ad = side_of(a, b, d);
    int64_t ca = side_of(c, d, a), cb = side_of(c, d, b);
    if ((ac == 0 && in_box(a, b, c)) || (ad == 0 && in_box(a, b, d)) ||
        (ca == 0 && in_box(c, d, a)) || (cb == 0 && in_box(c, d, b)))
        return true;
    return ac && ad && ca && cb && (ac > 0) != (ad > 0) && (ca > 0) != (cb > 0);
}

static bool borders_meet(const struct gw_lonlat *a, size_t an, const struct gw_lonlat *b,
                         size_t bn)
{
    for (size_t i = 0, j = an - 1; i < an; j = i++)
        for (size_t k = 0, m = bn - 1; k < bn; m = k++)
            if (edges_meet(a[j], a[i], b[m], b[k]))
                return true;
    return false;
}

bool gw_ring_holds(const struct gw_lonlat *ring, size_t n, const struct gw_lonlat *inner,
                   size_t inner_n)
{
    return gw_ring_contains(ring, n, inner[0]) && !borders_meet(ring, n, inner, inner_n);
}

bool gw_rings_apart(const struct gw_lonlat *a, size_t an, const struct gw_lonlat *b,
                    size_t bn)
{
    return !gw_ring_contains(a, an, b[0]) && !gw_ring_contains(b, bn, a[0]) &&
           !borders_meet(a, an, b, bn);
}
