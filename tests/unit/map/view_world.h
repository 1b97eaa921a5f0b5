// Random quarters of a town for the tests of what cameras see: buildings as rings for
// gridwall and as convex parts for whoever needs triangles.
#ifndef GW_TESTS_VIEW_WORLD_H
#define GW_TESTS_VIEW_WORLD_H

#include "base/rng.h"
#include "map/footprints.h"
#include "map/plane.h"

enum { PART_CORNERS = 4, PARTS_MAX = 4, WORLD_BUILDINGS_MAX = 400 };

struct world_building {
    struct gw_xy ring[2][8]; // on the world's plane
    size_t ring_points[2];
    size_t rings;
    struct gw_xy parts[PARTS_MAX][PART_CORNERS];
    size_t part_count;
    double height_m;
};

struct view_world {
    struct gw_plane plane;
    struct world_building buildings[WORLD_BUILDINGS_MAX];
    size_t count;
};

// In [0, 1).
double world_part(struct gw_rng *rng);
double world_between(struct gw_rng *rng, double least, double most);

// A block, an L or a courtyard, turned, its middle within `side_m` around the origin.
void world_add_random(struct view_world *w, struct gw_rng *rng, double side_m);

// One ring of four corners.
void world_add_block(struct view_world *w, const struct gw_xy corners[4],
                     double height_m);

// Makes `footprints` of the first `n` buildings; the caller unrefs it.
struct gw_footprints *world_footprints(const struct view_world *w, size_t n);

#endif
