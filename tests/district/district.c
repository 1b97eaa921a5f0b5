#include "tests/district/district.h"

#include <errno.h>
#include <stdlib.h>

bool gw_district_inside(const struct gw_district *d, struct gw_point p)
{
    return gw_tiling_label(d->tiling, GW_LAYER_DISTRICT, gw_tiling_at(p));
}

int gw_district_random(struct gw_district *d, int from, int to)
{
    return from + (int)gw_rng_below(&d->rng, (uint64_t)(to - from + 1));
}

static int generate(struct gw_district *d, size_t cameras)
{
    int r = gw_district_divide(d);
    if (r)
        return r;
    gw_district_name(d);
    gw_district_lay_roads(d);
    gw_district_landscape(d);
    gw_district_build(d);
    r = gw_district_subdivide(d);
    return r ? r : gw_district_place_cameras(d, cameras);
}

int gw_district_create(uint64_t seed, size_t cameras, struct gw_district **ret_district)
{
    struct gw_district *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    gw_rng_init(&d->rng, seed);
    d->seed = (uint32_t)gw_rng_next(&d->rng);

    int r = generate(d, cameras);
    if (r) {
        gw_district_destroy(d);
        return r;
    }
    *ret_district = d;
    return 0;
}

void gw_district_destroy(struct gw_district *d)
{
    if (!d)
        return;
    free(d->ring.points);
    for (int i = 0; i < GW_TOWN_COUNT; i++)
        free(d->towns[i].ring.points);
    for (int i = 0; i < GW_VILLAGE_COUNT; i++)
        free(d->villages[i].ring.points);
    for (int i = 0; i < GW_CELL_COUNT; i++)
        free(d->cells[i].ring.points);
    gw_tiling_destroy(d->tiling);
    free(d->cameras);
    free(d);
}
