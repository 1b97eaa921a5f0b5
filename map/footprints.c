#include "map/footprints.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "map/room.h"
#include "map/tile_index.h"

struct building {
    uint32_t first_point, first_ring, ring_count;
    float height_m;
    uint64_t hash;
};

struct gw_footprints {
    atomic_uint refs;
    struct building *buildings;
    struct gw_box *boxes;
    struct gw_point *points;
    uint32_t *ring_ends;
    size_t count, cap, box_cap;
    size_t point_count, point_cap;
    size_t ring_count, ring_cap;
    struct gw_tile_index index;
};

struct gw_footprints *gw_footprints_create(void)
{
    struct gw_footprints *f = calloc(1, sizeof(*f));
    if (f)
        atomic_init(&f->refs, 1);
    return f;
}

struct gw_footprints *gw_footprints_ref(struct gw_footprints *f)
{
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

void gw_footprints_unref(struct gw_footprints **pf)
{
    struct gw_footprints *f = *pf;
    *pf = NULL;
    if (!f || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
        return;
    gw_tile_index_finish(&f->index);
    free(f->buildings);
    free(f->boxes);
    free(f->points);
    free(f->ring_ends);
    free(f);
}

static int make_all_room(struct gw_footprints *f, const struct gw_shape *shape)
{
    int r = gw_room_make(&f->buildings, &f->cap, f->count, 1, sizeof(*f->buildings));
    if (r == 0)
        r = gw_room_make(&f->boxes, &f->box_cap, f->count, 1, sizeof(*f->boxes));
    if (r == 0)
        r = gw_room_make(&f->points, &f->point_cap, f->point_count, shape->point_count,
                         sizeof(*f->points));
    if (r == 0)
        r = gw_room_make(&f->ring_ends, &f->ring_cap, f->ring_count, shape->ring_count,
                         sizeof(*f->ring_ends));
    return r;
}

// FNV-1a over 64-bit words, mixed at the end so that sums of them differ too.
static uint64_t hash(uint64_t seed, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    uint64_t h = 0xcbf29ce484222325 ^ seed;
    for (size_t i = 0; i + 8 <= bytes; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, sizeof(word));
        h = (h ^ word) * 0x100000001b3;
        h ^= h >> 29;
    }
    h *= 0x9e3779b97f4a7c15;
    return h ^ h >> 32;
}

int gw_footprints_add(struct gw_footprints *f, const struct gw_shape *shape,
                      double height_m)
{
    if (!(height_m > 0 && height_m <= GW_BUILDING_HEIGHT_MAX))
        return -EINVAL;
    if (f->count >= GW_FOOTPRINTS_MAX ||
        shape->point_count > GW_FOOTPRINT_POINTS_MAX - f->point_count)
        return -EMSGSIZE;
    int r = make_all_room(f, shape);
    if (r < 0)
        return r;

    struct building *b = &f->buildings[f->count];
    *b = (struct building) {
        .first_point = (uint32_t)f->point_count,
        .first_ring = (uint32_t)f->ring_count,
        .ring_count = (uint32_t)shape->ring_count,
        .height_m = (float)height_m,
        .hash = hash((uint64_t)(height_m * 1000) ^ shape->ring_count << 32, shape->points,
                     shape->point_count * sizeof(*shape->points)),
    };
    if (shape->point_count)
        memcpy(f->points + f->point_count, shape->points,
               shape->point_count * sizeof(*shape->points));
    for (size_t i = 0; i < shape->ring_count; i++)
        f->ring_ends[f->ring_count + i] = (uint32_t)shape->ring_ends[i];
    f->boxes[f->count] = shape->box;
    f->point_count += shape->point_count;
    f->ring_count += shape->ring_count;
    f->count++;
    return 0;
}

int gw_footprints_complete(struct gw_footprints *f)
{
    return gw_tile_index_init(&f->index, f->boxes, f->count);
}

size_t gw_footprints_count(const struct gw_footprints *f)
{
    return f->count;
}

struct gw_footprint gw_footprints_get(const struct gw_footprints *f, uint32_t index)
{
    const struct building *b = &f->buildings[index];
    return (struct gw_footprint) {
        .points = f->points + b->first_point,
        .ring_ends = f->ring_ends + b->first_ring,
        .ring_count = b->ring_count,
        .height_m = (double)b->height_m,
    };
}

const struct gw_box *gw_footprints_box(const struct gw_footprints *f, uint32_t index)
{
    return &f->boxes[index];
}

void gw_footprints_visit(const struct gw_footprints *f, const struct gw_box *where,
                         void (*visit)(void *arg, uint32_t index), void *arg)
{
    gw_tile_index_visit(&f->index, where, visit, arg);
}

struct sum {
    const struct gw_footprints *f;
    uint64_t hash;
};

static void add_hash(void *arg, uint32_t index)
{
    struct sum *sum = arg;
    sum->hash += sum->f->buildings[index].hash;
}

uint64_t gw_footprints_hash(const struct gw_footprints *f, const struct gw_box *where)
{
    struct sum sum = { .f = f };
    gw_tile_index_visit(&f->index, where, add_hash, &sum);
    return sum.hash;
}
