// Layers of areas that tile the district exactly.
//
// The plane is paved with small hexagons and every layer gives each hexagon a
// label. Three hexagons meet in a corner, never four, so a border is a chain of
// corners that needs no tie-breaking. Corners are smoothed and thinned once, for
// all layers together: both sides of a border walk over the same points, and the
// borders of one layer that follow those of another are equal to the last digit.
#ifndef GW_DISTRICT_TILING_H
#define GW_DISTRICT_TILING_H

#include "tests/district/geometry.h"

enum {
    GW_TILING_COLS = 580,
    GW_TILING_ROWS = 660,
    GW_TILING_TILES = GW_TILING_COLS * GW_TILING_ROWS,
};

enum gw_layer {
    GW_LAYER_DISTRICT,
    GW_LAYER_TOWN,
    GW_LAYER_VILLAGE,
    GW_LAYER_CELL,
    GW_LAYER_COUNT,
};

// From where an area grows, and inside which label of the layer above.
struct gw_tiling_seed {
    struct gw_point at;
    uint16_t label; // > 0
    uint16_t within;
};

// A closed ring, counter-clockwise; the first point is not repeated.
struct gw_ring {
    struct gw_lonlat *points; // owned
    size_t n;
    struct gw_lonlat min, max;
};

struct gw_tiling;

// Every tile that `inside` accepts belongs to label 1 of the district layer.
// Returns NULL when out of memory.
struct gw_tiling *gw_tiling_create(uint32_t seed,
                                   bool (*inside)(uint32_t seed, struct gw_point p));
void gw_tiling_destroy(struct gw_tiling *t);

// 0 = outside. `tile` is in [0, GW_TILING_TILES).
uint16_t gw_tiling_label(const struct gw_tiling *t, enum gw_layer layer, uint32_t tile);
void gw_tiling_set(struct gw_tiling *t, enum gw_layer layer, uint32_t tile,
                   uint16_t label);

// The middle of a tile, the tile of a point (clamped to the paving), and its six
// neighbours.
struct gw_point gw_tiling_center(uint32_t tile);
uint32_t gw_tiling_at(struct gw_point p);
void gw_tiling_neighbours(uint32_t tile, uint32_t ret_tiles[6]);

// Labels the tiles of `layer` with the nearest seed inside the seed's label of
// layer `within`. Distances are bent by noise; areas are connected. Returns 0 or
// -ENOMEM.
int gw_tiling_grow(struct gw_tiling *t, enum gw_layer layer, enum gw_layer within,
                   const struct gw_tiling_seed *seeds, size_t n);

// Smooths and thins the borders of all layers. Once, after the last label.
// Returns 0 or -ENOMEM.
int gw_tiling_settle(struct gw_tiling *t);

// The outlines of labels 1..n of a layer; the caller frees each `points`. Returns
// 0, -ENOMEM, or -ERANGE when an area is not one piece without holes.
int gw_tiling_outline(const struct gw_tiling *t, enum gw_layer layer,
                      struct gw_ring *ret_rings, size_t n);

// Is the point inside the ring? A point is in exactly one ring of a layer.
bool gw_ring_has(const struct gw_ring *ring, struct gw_lonlat p);

#endif
