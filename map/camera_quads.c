#include "map/camera_quads.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

// Moves the bits of `v` to the even places, and back.
static uint64_t spread(uint32_t v)
{
    uint64_t b = v;
    b = (b | b << 16) & 0x0000ffff0000ffff;
    b = (b | b << 8) & 0x00ff00ff00ff00ff;
    b = (b | b << 4) & 0x0f0f0f0f0f0f0f0f;
    b = (b | b << 2) & 0x3333333333333333;
    return (b | b << 1) & 0x5555555555555555;
}

static uint32_t gather(uint64_t b)
{
    b &= 0x5555555555555555;
    b = (b | b >> 1) & 0x3333333333333333;
    b = (b | b >> 2) & 0x0f0f0f0f0f0f0f0f;
    b = (b | b >> 4) & 0x00ff00ff00ff00ff;
    b = (b | b >> 8) & 0x0000ffff0000ffff;
    return (uint32_t)(b | b >> 16);
}

static uint64_t join(uint32_t column, uint32_t row)
{
    return spread(row) << 1 | spread(column);
}

void gw_quad_split(uint64_t key, uint32_t *ret_column, uint32_t *ret_row)
{
    *ret_column = gather(key);
    *ret_row = gather(key >> 1);
}

// The square's far edges belong to the last step.
static uint32_t step_of(double share)
{
    double steps = ldexp(1, GW_QUAD_LEVELS);
    return share * steps >= steps ? UINT32_MAX : (uint32_t)(fmax(0, share) * steps);
}

static int compare(const void *a, const void *b)
{
    const struct gw_camera_quad *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->camera > y->camera) - (x->camera < y->camera);
}

int gw_camera_quads_init(struct gw_camera_quads *quads, const struct gw_camera *cameras,
                         size_t n)
{
    struct gw_camera_quads q = { .items = calloc(n + 1, sizeof(*q.items)) };
    if (!q.items)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (isnan(cameras[i].lon) || isnan(cameras[i].lat))
            continue;
        struct gw_web_place place =
            gw_web_place_of((struct gw_point) { cameras[i].lon, cameras[i].lat });
        q.items[q.count++] = (struct gw_camera_quad) {
            .key = join(step_of(place.x), step_of(place.y)),
            .camera = (uint32_t)i,
            .num = cameras[i].num,
        };
    }
    qsort(q.items, q.count, sizeof(*q.items), compare);
    *quads = q;
    return 0;
}

void gw_camera_quads_finish(struct gw_camera_quads *quads)
{
    free(quads->items);
    *quads = (struct gw_camera_quads) { 0 };
}

// The first item with a key of at least `key`.
static size_t first_from(const struct gw_camera_quads *quads, uint64_t key)
{
    size_t low = 0, high = quads->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (quads->items[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct gw_camera_quad *gw_camera_quads_in(const struct gw_camera_quads *quads,
                                                const struct gw_web_tile *tile,
                                                size_t *ret_n)
{
    int rest = GW_QUAD_LEVELS - tile->z; // bits of an axis below the tile's
    uint64_t column = (uint64_t)tile->x << rest, row = (uint64_t)tile->y << rest;
    uint64_t key = join((uint32_t)column, (uint32_t)row);
    size_t first = first_from(quads, key);
    uint64_t keys = tile->z ? (uint64_t)1 << 2 * rest : 0; // 0: 2^64, all there are
    uint64_t end = key + keys;
    size_t last = end == 0 ? quads->count : first_from(quads, end);
    *ret_n = last - first;
    return quads->items + first;
}
