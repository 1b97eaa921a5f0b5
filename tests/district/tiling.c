#include "tests/district/tiling.h"

#include "tests/district/outline.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    TILE_W = 600, // decimetres from column to column
    TILE_H = 520, // from row to row: 600 * sqrt(3) / 2
    HALF_W = GW_TILING_COLS * TILE_W / 2,
    HALF_H = GW_TILING_ROWS * TILE_H / 2,
    HEAP_MAX = 6 * GW_TILING_TILES, // a tile is offered once by each neighbour
};

struct offer {
    int64_t distance2;
    uint32_t tile;
    uint32_t seed; // index
};

struct heap {
    struct offer *offers;
    size_t n;
};

static bool before(const struct offer *a, const struct offer *b)
{
    if (a->distance2 != b->distance2)
        return a->distance2 < b->distance2;
    return a->tile != b->tile ? a->tile < b->tile : a->seed < b->seed;
}

static void heap_push(struct heap *h, struct offer o)
{
    assert(h->n < HEAP_MAX);
    size_t i = h->n++;
    for (; i && before(&o, &h->offers[(i - 1) / 2]); i = (i - 1) / 2)
        h->offers[i] = h->offers[(i - 1) / 2];
    h->offers[i] = o;
}

static struct offer heap_pop(struct heap *h)
{
    struct offer top = h->offers[0], last = h->offers[--h->n];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && before(&h->offers[child + 1], &h->offers[child]))
            child++;
        if (!before(&h->offers[child], &last))
            break;
        h->offers[i] = h->offers[child];
    }
    h->offers[i] = last;
    return top;
}

struct gw_tiling *gw_tiling_create(uint32_t seed,
                                   bool (*inside)(uint32_t seed, struct gw_point p))
{
    struct gw_tiling *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->seed = seed;
    for (uint32_t i = 0; i < GW_TILING_TILES; i++)
        t->label[GW_LAYER_DISTRICT][i] = inside(seed, gw_tiling_center(i));
    return t;
}

void gw_tiling_destroy(struct gw_tiling *t)
{
    free(t);
}

uint16_t gw_tiling_label(const struct gw_tiling *t, enum gw_layer layer, uint32_t tile)
{
    return t->label[layer][tile];
}

void gw_tiling_set(struct gw_tiling *t, enum gw_layer layer, uint32_t tile,
                   uint16_t label)
{
    t->label[layer][tile] = label;
}

// Odd rows are shifted east by half a tile.
struct gw_point gw_tiling_center(uint32_t tile)
{
    int32_t row = (int32_t)(tile / GW_TILING_COLS),
            col = (int32_t)(tile % GW_TILING_COLS);
    return (struct gw_point) {
        col * TILE_W + (row & 1) * TILE_W / 2 + TILE_W / 2 - HALF_W,
        row * TILE_H - HALF_H,
    };
}

static int32_t clamp(int32_t v, int32_t max)
{
    return v < 0 ? 0 : v > max ? max : v;
}

uint32_t gw_tiling_at(struct gw_point p)
{
    int32_t row = clamp((p.y + HALF_H + TILE_H / 2) / TILE_H, GW_TILING_ROWS - 1);
    int32_t col =
        clamp((p.x + HALF_W - (row & 1) * TILE_W / 2) / TILE_W, GW_TILING_COLS - 1);
    return (uint32_t)(row * GW_TILING_COLS + col);
}

// East, north-east, north-west, west, south-west, south-east. The district keeps
// clear of the paving's edge, where this would wrap around.
void gw_tiling_neighbours(uint32_t tile, uint32_t ret_tiles[6])
{
    uint32_t odd = tile / GW_TILING_COLS & 1, all = GW_TILING_TILES;
    uint32_t up = (tile + GW_TILING_COLS) % all,
             down = (tile + all - GW_TILING_COLS) % all;
    ret_tiles[0] = (tile + 1) % all;
    ret_tiles[1] = (up + odd) % all;
    ret_tiles[2] = (up + all + odd - 1) % all;
    ret_tiles[3] = (tile + all - 1) % all;
    ret_tiles[4] = (down + all + odd - 1) % all;
    ret_tiles[5] = (down + odd) % all;
}

// Two sizes of bends: a valley's and a field's.
static struct gw_point bend(uint32_t seed, struct gw_point p)
{
    int32_t wide_x = gw_noise(seed ^ 11, p, 25 * GW_KM / 10);
    int32_t wide_y = gw_noise(seed ^ 12, p, 25 * GW_KM / 10);
    int32_t fine_x = gw_noise(seed ^ 13, p, 500 * GW_M);
    int32_t fine_y = gw_noise(seed ^ 14, p, 500 * GW_M);
    return (struct gw_point) {
        p.x + (wide_x * 400 + fine_x * 130) * GW_M / GW_NOISE_RANGE,
        p.y + (wide_y * 400 + fine_y * 130) * GW_M / GW_NOISE_RANGE,
    };
}

static void offer_tile(const struct gw_tiling *t, struct heap *heap,
                       const struct gw_tiling_seed *seeds, uint32_t seed, uint32_t tile)
{
    struct gw_point to = bend(t->seed, gw_tiling_center(tile));
    struct gw_point from = bend(t->seed, seeds[seed].at);
    heap_push(heap, (struct offer) { gw_distance2(from, to), tile, seed });
}

int gw_tiling_grow(struct gw_tiling *t, enum gw_layer layer, enum gw_layer within,
                   const struct gw_tiling_seed *seeds, size_t n)
{
    struct heap heap = { .offers = malloc(sizeof(struct offer) * HEAP_MAX) };
    if (!heap.offers)
        return -ENOMEM;
    for (uint32_t i = 0; i < n; i++)
        offer_tile(t, &heap, seeds, i, gw_tiling_at(seeds[i].at));

    while (heap.n) {
        struct offer o = heap_pop(&heap);
        if (t->label[layer][o.tile])
            continue;
        t->label[layer][o.tile] = seeds[o.seed].label;
        uint32_t next[6];
        gw_tiling_neighbours(o.tile, next);
        for (int k = 0; k < 6; k++)
            if (!t->label[layer][next[k]] &&
                t->label[within][next[k]] == seeds[o.seed].within)
                offer_tile(t, &heap, seeds, o.seed, next[k]);
    }
    free(heap.offers);
    return 0;
}

bool gw_ring_has(const struct gw_ring *ring, struct gw_lonlat p)
{
    return p.lon >= ring->min.lon && p.lon <= ring->max.lon && p.lat >= ring->min.lat &&
           p.lat <= ring->max.lat && gw_ring_contains(ring->points, ring->n, p);
}
