// Mapbox vector tiles, version 2.1: layers of features, each with a geometry in the
// tile's own units and tags.
//
// A tile is written from front to back: a layer, its features one by one, the next layer.
// Of a feature first its tags, then its geometry. Failures are remembered and told by
// gw_mvt_finish(). No I/O; one thread.
#ifndef GW_MAP_MVT_H
#define GW_MAP_MVT_H

#include "base/buf.h"
#include "map/protobuf.h"

#include <stddef.h>
#include <stdint.h>

enum {
    GW_MVT_EXTENT = 4096, // units of a tile's side; x to the east, y to the south
    GW_MVT_KEYS_MAX = 16, // of a layer
};

enum gw_mvt_type { GW_MVT_POINT = 1, GW_MVT_POLYGON = 3 }; // section 4.3.4

struct gw_mvt_point {
    int32_t x, y;
};

struct gw_mvt;

// Returns NULL when out of memory.
struct gw_mvt *gw_mvt_create(void);
void gw_mvt_destroy(struct gw_mvt *m);

// Ends the layer before and begins another one. A layer without features is left out.
// `name`, UTF-8, is to stay until the layer ends.
void gw_mvt_layer(struct gw_mvt *m, const char *name);

// Ends the feature before and begins another one; ids are the layer's own, and below 2^53
// for readers that count in floating point.
void gw_mvt_feature(struct gw_mvt *m, enum gw_mvt_type type, uint64_t id);

// A tag of the feature. Texts are UTF-8, `key` is static: at most GW_MVT_KEYS_MAX of a
// layer.
void gw_mvt_text(struct gw_mvt *m, const char *key, const char *value);
void gw_mvt_count(struct gw_mvt *m, const char *key, uint64_t value);
void gw_mvt_number(struct gw_mvt *m, const char *key, double value);

// The feature's geometry: one point, or a polygon that gw_mvt_ring() wrote.
void gw_mvt_point(struct gw_mvt *m, struct gw_mvt_point point);
void gw_mvt_geometry(struct gw_mvt *m, const void *commands, size_t len);

// Writes the tile to a buffer, the caller's; empty when no layer has a feature. Returns
// 0, -ENOMEM, or -EMSGSIZE: larger than GW_PROTOBUF_MAX.
int gw_mvt_finish(struct gw_mvt *m, struct gw_buf **ret_tile);

// Appends a ring of 3 points or more, not closed, to a polygon's commands; `pcursor`,
// {0, 0} where they begin, is where the ring before has left it. By section 4.3.4.4 a
// ring around ground has a positive area by the shoelace formula in tile units, and one
// around a hole of it, which comes behind, a negative one.
void gw_mvt_ring(struct gw_protobuf *commands, const struct gw_mvt_point *points,
                 size_t n, struct gw_mvt_point *pcursor);

#endif
