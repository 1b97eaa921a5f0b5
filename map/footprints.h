// The buildings of the base map: footprints with holes, and heights. What is behind
// them is not seen (map/view.h).
//
// One thread while it grows; after gw_footprints_complete() it is immutable,
// reference-counted and readable from any thread.
#ifndef GW_MAP_FOOTPRINTS_H
#define GW_MAP_FOOTPRINTS_H

#include "map/polygon.h"

#include <stdint.h>

enum {
    GW_FOOTPRINTS_MAX = 2000 * 1000,            // a city; a district has 100,000
    GW_FOOTPRINT_POINTS_MAX = 20 * 1000 * 1000, // of all of them
};
#define GW_BUILDING_HEIGHT_MAX 1000.0 // metres

struct gw_footprints;

// A building, borrowed.
struct gw_footprint {
    const struct gw_point *points;
    const uint32_t *ring_ends; // one past each ring's last point, counted from `points`
    size_t ring_count;         // even-odd, as in a gw_shape
    double height_m;
};

// Returns NULL when out of memory.
struct gw_footprints *gw_footprints_create(void);
struct gw_footprints *gw_footprints_ref(struct gw_footprints *f);
void gw_footprints_unref(struct gw_footprints **pf);

// Copies the shape. Returns 0, -EINVAL for a height that is not above 0 and at most
// GW_BUILDING_HEIGHT_MAX, -EMSGSIZE over the bounds above, or -ENOMEM.
int gw_footprints_add(struct gw_footprints *f, const struct gw_shape *shape,
                      double height_m);

// Indexes them; nothing is added any more. Returns 0 or -ENOMEM.
int gw_footprints_complete(struct gw_footprints *f);

size_t gw_footprints_count(const struct gw_footprints *f);
struct gw_footprint gw_footprints_get(const struct gw_footprints *f, uint32_t index);
const struct gw_box *gw_footprints_box(const struct gw_footprints *f, uint32_t index);

// Calls `visit` once for each building whose box meets `where`.
void gw_footprints_visit(const struct gw_footprints *f, const struct gw_box *where,
                         void (*visit)(void *arg, uint32_t index), void *arg);

// A number that is another one, as good as always, when any building whose box meets
// `where` is another one or has another height.
uint64_t gw_footprints_hash(const struct gw_footprints *f, const struct gw_box *where);

#endif
