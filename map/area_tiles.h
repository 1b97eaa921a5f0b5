// The borders of cells and divisions as map tiles show them: clipped, simplified, and
// encoded. Making them takes milliseconds and they seldom change, so they are kept, up to
// a bound, until an area does. Who may see which, and what they are called, is not in it.
//
// Any thread.
#ifndef GW_MAP_AREA_TILES_H
#define GW_MAP_AREA_TILES_H

#include "base/buf.h"
#include "map/snapshot.h"
#include "map/web_tile.h"

#include <stdbool.h>

enum {
    GW_AREA_TILES_MAX = 4096,                   // tiles that are kept
    GW_AREA_TILES_BYTES_MAX = 64 * 1024 * 1024, // of them
    GW_AREA_UNITS_MIN = 32, // what is smaller both ways, 4 pixels of 512, is not shown
};

enum gw_area_kind { GW_AREA_CELLS, GW_AREA_DIVISIONS, GW_AREA_KINDS };

struct gw_area_tiles;

// Returns NULL when out of memory.
struct gw_area_tiles *gw_area_tiles_create(void);
void gw_area_tiles_destroy(struct gw_area_tiles *a);

// The areas of the snapshot that a tile shows: a reference to pieces, which
// gw_area_pieces_next() reads. Returns 0, -ENOMEM, -EMSGSIZE: more than a tile may have,
// or -ENOTSUP where this was built without GEOS.
int gw_area_tiles_get(struct gw_area_tiles *a, const struct gw_snapshot *snapshot,
                      enum gw_area_kind kind, const struct gw_web_tile *tile,
                      struct gw_buf **ret_pieces);

// One area's geometry in a tile.
struct gw_area_piece {
    uint32_t area; // position in the snapshot's table
    uint32_t len;
    const uint8_t *commands; // for gw_mvt_geometry(); borrowed from the buffer
};

// Reads the piece at *pos, 0 at first, and moves on. False at the end.
bool gw_area_pieces_next(const struct gw_buf *pieces, size_t *pos,
                         struct gw_area_piece *ret_piece);

#endif
