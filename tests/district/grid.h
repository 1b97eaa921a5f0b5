// The street grids of the centre and of the seven town seats: bent by noise, so
// that no block is a square.
#ifndef GW_DISTRICT_GRID_H
#define GW_DISTRICT_GRID_H

#include "tests/district/district.h"

enum { GW_GRID_COUNT = 1 + GW_TOWN_COUNT - GW_CORE_COUNT };

struct gw_grid {
    uint32_t seed;
    struct gw_point center;
    int32_t pitch, radius; // decimetres
    int angle;             // direction of its west-east streets
    int half;              // crossings are numbered -half..half
    bool core;
};

// Grid 0 is the centre's, the others belong to the outer towns in order.
struct gw_grid gw_grid(const struct gw_district *d, int index);

// Crossing (i, j), and whether the town reaches that far.
struct gw_point gw_grid_point(const struct gw_grid *g, int i, int j);
bool gw_grid_has(const struct gw_grid *g, int i, int j);

// The block north-east of crossing (i, j): is it all there, is it a park, and a
// point in it, u and v in thousandths from its south-western corner.
bool gw_block_has(const struct gw_grid *g, int i, int j);
bool gw_block_is_park(const struct gw_grid *g, int i, int j);
struct gw_point gw_block_point(const struct gw_grid *g, int i, int j, int u, int v);

#endif
