// What tiling.c and outline.c share: the paving and its corners.
#ifndef GW_DISTRICT_OUTLINE_H
#define GW_DISTRICT_OUTLINE_H

#include "tests/district/tiling.h"

// Corners lie in bands, one below each row and one above the last; in a band one
// every half tile. Corner (band, i) has the number band * GW_BAND_CORNERS + i.
enum {
    GW_BAND_CORNERS = 2 * GW_TILING_COLS + 2,
    GW_CORNERS = GW_BAND_CORNERS * (GW_TILING_ROWS + 1),
};

struct gw_tiling {
    uint32_t seed;
    uint16_t label[GW_LAYER_COUNT][GW_TILING_TILES];
    struct gw_point corner[GW_CORNERS]; // settled position
    bool kept[GW_CORNERS];              // false: thinned out
};

#endif
