// What a camera sees of the ground: its wedge and range, cut by buildings.
//
// The model (docs/visibility.md): flat ground, buildings as prisms with flat roofs, a
// target GW_TARGET_HEIGHT_M above ground. A building hides its own ground and what is
// behind it, as far as its shadow reaches when the lens is higher than its roof.
//
// A view is a row of slices, side by side around the lens; in each, bands that are seen,
// bounded by straight lines. Immutable, reference-counted, readable from any thread.
#ifndef GW_MAP_VIEW_H
#define GW_MAP_VIEW_H

#include "map/eye.h"
#include "map/footprints.h"

#include <stddef.h>
#include <stdint.h>

enum {
    // Bands of a view; 16 bytes each. One that needs more is simplified: it then shows
    // less than is seen, never more.
    GW_VIEW_BANDS_MAX = 16 * 1024,
    // Beyond so many walls within range a view is simplified from the start.
    GW_VIEW_EXACT_WALLS = 6000,
    GW_VIEW_STEPS = 2048, // slices of a circle that is simplified
};
#define GW_VIEW_MOVE_MAX_M 10.0 // a lens inside a building is taken out by as much

// Where the lens was found to be.
enum gw_view_place {
    GW_VIEW_OPEN,    // under the sky
    GW_VIEW_ON_WALL, // in or at a building: taken to be on the outside of its wall
    GW_VIEW_ON_ROOF, // above the building that it stands in
    GW_VIEW_INDOORS, // deep in a building, or facing inwards: sees up to its walls
};

struct gw_view;

// `eye` is complete (gw_eye_complete()); `buildings` may be NULL. Returns 0 or -ENOMEM.
int gw_view_create(const struct gw_eye *eye, const struct gw_footprints *buildings,
                   struct gw_view **ret_view);

struct gw_view *gw_view_ref(struct gw_view *v);
void gw_view_unref(struct gw_view **pv);

// Of all that a view is computed from: equal keys, equal views.
uint64_t gw_view_key(const struct gw_eye *eye, const struct gw_footprints *buildings);

// Whether somebody who stands there is seen. A lens sees its own foot.
bool gw_view_contains(const struct gw_view *v, double lon, double lat);

enum gw_view_place gw_view_place(const struct gw_view *v);
bool gw_view_simplified(const struct gw_view *v);
struct gw_point gw_view_lens(const struct gw_view *v);
double gw_view_area_m2(const struct gw_view *v);
size_t gw_view_bytes(const struct gw_view *v);

// The view as polygons that do not overlap: each ring is closed; an inner ring comes
// behind the outer one that it belongs to. Returns what `on_ring` does when that is not
// 0, which ends it, or 0, or -ENOMEM.
int gw_view_rings(const struct gw_view *v,
                  int (*on_ring)(void *arg, bool inner, const struct gw_point *points,
                                 size_t n),
                  void *arg);

// The first building between the lens and a place that hides it. False: none does.
struct gw_view_obstacle {
    double distance_m; // of its wall from the lens
    double height_m;
    struct gw_point at;
};
bool gw_view_obstacle(const struct gw_view *v, const struct gw_eye *eye,
                      const struct gw_footprints *buildings, double lon, double lat,
                      struct gw_view_obstacle *ret_obstacle);

#endif
