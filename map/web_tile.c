#include "map/web_tile.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const double latitude_max = 85.05112877980659; // atan(sinh(pi))

// Digits up to `end`. Returns what is behind it, or NULL.
static const char *read_number(const char *p, const char *end, uint32_t limit,
                               uint32_t *ret_number)
{
    uint64_t number = 0;
    const char *first = p;
    for (; *p >= '0' && *p <= '9'; p++) {
        number = number * 10 + (uint64_t)(*p - '0');
        if (number >= limit)
            return NULL;
    }
    size_t len = strlen(end);
    bool one_way = p - first == 1 || (p > first && *first != '0');
    if (!one_way || strncmp(p, end, len) != 0)
        return NULL;
    *ret_number = (uint32_t)number;
    return p + len;
}

int gw_web_tile_read(const char *text, struct gw_web_tile *ret_tile)
{
    uint32_t z, x, y;
    const char *p = read_number(text, "/", GW_WEB_ZOOM_MAX + 1, &z);
    if (p)
        p = read_number(p, "/", 1u << z, &x);
    if (p)
        p = read_number(p, ".mvt", 1u << z, &y);
    if (!p || *p)
        return -EINVAL;
    *ret_tile = (struct gw_web_tile) { (int)z, x, y };
    return 0;
}

struct gw_web_place gw_web_place_of(struct gw_point p)
{
    double lat = fmax(-latitude_max, fmin(latitude_max, p.lat)) * M_PI / 180;
    double y = 0.5 - asinh(tan(lat)) / (2 * M_PI);
    return (struct gw_web_place) { p.lon / 360 + 0.5, fmax(0, fmin(1, y)) };
}

struct gw_point gw_web_place_back(struct gw_web_place place)
{
    return (struct gw_point) {
        .lon = (place.x - 0.5) * 360,
        .lat = atan(sinh((0.5 - place.y) * 2 * M_PI)) * 180 / M_PI,
    };
}

struct gw_box gw_web_tile_box(const struct gw_web_tile *tile, double margin)
{
    double side = ldexp(1, -tile->z);
    struct gw_point north_west = gw_web_place_back(
        (struct gw_web_place) { (tile->x - margin) * side, (tile->y - margin) * side });
    struct gw_point south_east = gw_web_place_back((struct gw_web_place) {
        (tile->x + 1 + margin) * side, (tile->y + 1 + margin) * side });
    // What lies beyond the square's edge was taken to be at it.
    return (struct gw_box) {
        .west = fmax(-180, north_west.lon),
        .east = fmin(180, south_east.lon),
        .south = tile->y + 1 == 1u << tile->z ? -90 : south_east.lat,
        .north = tile->y == 0 ? 90 : north_west.lat,
    };
}
