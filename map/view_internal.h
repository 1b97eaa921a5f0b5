// Between the parts of the visibility computation; nobody else includes it.
#ifndef GW_MAP_VIEW_INTERNAL_H
#define GW_MAP_VIEW_INTERNAL_H

#include "map/plane.h"
#include "map/view.h"

#include <stdatomic.h>

#define GW_VIEW_ARC (2.5 * M_PI / 180) // a circle is drawn as chords of this angle
#define GW_VIEW_GAP_M 1e-3             // what is narrower is no gap

// Seen between `near` and `far`, lines from the slice's first ray (0) to its last (1);
// metres from the lens. One that has the view's own near or far at both rays is not a
// line but the circle's arc between them.
struct gw_band {
    float near0, far0, near1, far1;
};

struct gw_view {
    atomic_uint refs;
    struct gw_plane plane; // around the lens
    enum gw_view_place place;
    bool full; // all around: the last ray is the first one
    bool simplified;
    float near, far;  // of the ground that the picture shows
    double start;     // of the first ray, radians counter-clockwise from east
    float *angles;    // of the rays, from `start`; slice_count + 1
    uint32_t *firsts; // of each slice in `bands`; slice_count + 1
    struct gw_band *bands;
    uint32_t slice_count, band_count;
};

// ---- the scene: what is around a lens ----

struct gw_wall {
    struct gw_xy a, b; // counter-clockwise once aligned
    uint32_t block;
    double from, to;    // sweep angles
    double least, most; // distances from the lens
};

// A building within range.
struct gw_block {
    uint32_t first_wall, wall_count; // before walls are aligned
    double height_m;
    double shadow; // where a ray leaves it, times this: end of what is hidden
    bool inside;   // the lens stands in it,
    bool indoors;  // and below its roof
};

struct gw_scene {
    struct gw_plane plane; // origin: the lens
    enum gw_view_place place;
    struct gw_wall *walls;
    struct gw_block *blocks;
    size_t wall_count, wall_cap, block_count, block_cap;
    double start, width; // of the sweep, radians
    bool full;
    double near_m, far_m;
};

// Collects buildings and decides where the lens is. Returns 0 or -ENOMEM; finish it in
// either case.
int gw_scene_init(struct gw_scene *scene, const struct gw_eye *eye,
                  const struct gw_footprints *buildings);
void gw_scene_finish(struct gw_scene *scene);

// ---- slices as they come ----

struct gw_view_builder {
    float *angles;
    uint32_t *firsts;
    struct gw_band *bands;
    size_t slices, slice_cap, bands_n, band_cap;
    int64_t *ids; // of the last slice's lines: near and far of each band
    size_t id_cap;
};

// A band and the lines that bound it, by number.
struct gw_slice_band {
    struct gw_band band;
    int64_t near_id, far_id;
};

// Adds the slice up to sweep angle `to`; one bounded by the same lines as the slice
// before it makes that one wider. Returns 0, -ENOMEM, or -EMSGSIZE beyond
// GW_VIEW_BANDS_MAX.
int gw_view_builder_add(struct gw_view_builder *b, double to,
                        const struct gw_slice_band *bands, size_t n);
void gw_view_builder_finish(struct gw_view_builder *b);

static inline bool gw_band_near_is_arc(const struct gw_view *v, const struct gw_band *b)
{
    return b->near0 >= v->near && b->near0 <= v->near && b->near1 >= v->near &&
           b->near1 <= v->near;
}

static inline bool gw_band_far_is_arc(const struct gw_view *v, const struct gw_band *b)
{
    return b->far0 >= v->far && b->far1 >= v->far;
}

// Both return 0, -ENOMEM or -EMSGSIZE.
int gw_view_sweep(const struct gw_scene *scene, struct gw_view_builder *b);
int gw_view_simplify(const struct gw_scene *scene, struct gw_view_builder *b);

#endif
