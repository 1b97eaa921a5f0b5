// What a set of map tiles holds and where it is, as TileJSON 3.0.0.
#ifndef GW_APP_JSON_TILES_H
#define GW_APP_JSON_TILES_H

#include "base/buf.h"

// A tag that features of a layer have.
struct gw_tile_field {
    const char *name, *type; // "String", "Number"
};

enum { GW_TILE_LAYERS_MAX = 2, GW_TILE_FIELDS_MAX = 16 };

struct gw_tile_layer {
    const char *name;
    struct gw_tile_field fields[GW_TILE_FIELDS_MAX]; // up to one without name
};

struct gw_tile_set {
    const char *name;                                // "cameras"
    struct gw_tile_layer layers[GW_TILE_LAYERS_MAX]; // up to one without name
};

// `origin`: how whoever asks reaches us, "https://wall.example:8443"; "": not known, the
// address of the tiles is a path then. Returns NULL when out of memory.
struct gw_buf *gw_json_tile_set(const struct gw_tile_set *set, const char *origin);

#endif
