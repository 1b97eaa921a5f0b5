#include "tests/district/grid.h"

#include <stdlib.h>

enum {
    CORE_PITCH = 400 * GW_M,
    CORE_RADIUS = 38 * GW_KM / 10,
    SEAT_PITCH = 230 * GW_M,
    SEAT_RADIUS = 560 * GW_M,
    PARK_ONE_IN = 14,
};

struct gw_grid gw_grid(const struct gw_district *d, int index)
{
    bool core = index == 0;
    return (struct gw_grid) {
        .seed = d->seed + (uint32_t)index,
        .center =
            core ? (struct gw_point) { 0, 0 } : d->towns[GW_CORE_COUNT + index - 1].seat,
        .pitch = core ? CORE_PITCH : SEAT_PITCH,
        .radius = core ? CORE_RADIUS : SEAT_RADIUS,
        .angle = core ? 1 : index % 5 - 2,
        .half = core ? 9 : 3,
        .core = core,
    };
}

struct gw_point gw_grid_point(const struct gw_grid *g, int i, int j)
{
    // Streets stand at unlike distances, and all of them bend a little.
    int32_t uneven_i = gw_noise(g->seed ^ 21, (struct gw_point) { i * 100, 0 }, 70);
    int32_t uneven_j = gw_noise(g->seed ^ 22, (struct gw_point) { j * 100, 0 }, 70);
    int32_t along = i * g->pitch + uneven_i * (g->pitch / 5) / GW_NOISE_RANGE;
    int32_t across = j * g->pitch + uneven_j * (g->pitch / 5) / GW_NOISE_RANGE;
    struct gw_point p = gw_polar(g->center, g->angle, along);
    p = gw_polar(p, g->angle + GW_DIRECTIONS / 4, across);
    int32_t dx = gw_noise(g->seed ^ 23, p, 5 * g->pitch);
    int32_t dy = gw_noise(g->seed ^ 24, p, 5 * g->pitch);
    return (struct gw_point) { p.x + dx * (g->pitch / 2) / GW_NOISE_RANGE,
                               p.y + dy * (g->pitch / 2) / GW_NOISE_RANGE };
}

bool gw_grid_has(const struct gw_grid *g, int i, int j)
{
    struct gw_point p = gw_grid_point(g, i, j);
    int32_t rim = g->radius + gw_noise(g->seed ^ 25, p, g->radius / 2) * (g->radius / 6) /
                                  GW_NOISE_RANGE;
    return abs(i) <= g->half && abs(j) <= g->half && gw_distance(p, g->center) < rim;
}

bool gw_block_has(const struct gw_grid *g, int i, int j)
{
    return gw_grid_has(g, i, j) && gw_grid_has(g, i + 1, j) && gw_grid_has(g, i, j + 1) &&
           gw_grid_has(g, i + 1, j + 1);
}

bool gw_block_is_park(const struct gw_grid *g, int i, int j)
{
    struct gw_rng rng;
    gw_rng_init(&rng, g->seed + (uint64_t)(i + 50) * 1000 + (uint64_t)(j + 50));
    return gw_rng_below(&rng, PARK_ONE_IN) == 0;
}

struct gw_point gw_block_point(const struct gw_grid *g, int i, int j, int u, int v)
{
    struct gw_point south =
        gw_between(gw_grid_point(g, i, j), gw_grid_point(g, i + 1, j), u, 1000);
    struct gw_point north =
        gw_between(gw_grid_point(g, i, j + 1), gw_grid_point(g, i + 1, j + 1), u, 1000);
    return gw_between(south, north, v, 1000);
}
