// Divisions and cells from GeoJSON (RFC 7946). Bytes in, records out.
#ifndef GW_MAP_GEOJSON_H
#define GW_MAP_GEOJSON_H

#include "base/text.h"
#include "map/polygon.h"

#include <stddef.h>

enum {
    GW_GEOJSON_MAX = 256 * 1024 * 1024, // bytes of a file; 100,000 cells fit
    GW_GEOJSON_POINTS_MAX = 100 * 1000, // of one geometry
    GW_GEOJSON_NAME_MAX = 256,          // bytes of a name
};

// A feature that was understood. Strings are borrowed for the call, never NULL.
struct gw_geojson_area {
    size_t index; // of the feature, 1-based
    const char *code;
    const char *name;
    const char *parent;
    const char *division; // "" = the area is a division itself
    int level;            // 0 = not given
    const char *geometry; // as JSON text; "" = none
};

// A feature that was not: `property` is what is at fault, or "geometry", or "".
struct gw_geojson_problem {
    size_t index;
    const char *property;
    const char *value; // shortened by nobody; "" where it says nothing
    struct gw_text what;
};

struct gw_geojson_events {
    // Both return 0 to go on; anything else ends the reading with it.
    int (*on_area)(void *arg, const struct gw_geojson_area *area);
    int (*on_problem)(void *arg, const struct gw_geojson_problem *problem);
    void *arg;
};

// Reads a FeatureCollection of `len` bytes. Returns 0 also when features had
// problems, -EBADMSG when it is no FeatureCollection at all (*ret_offset is where
// the JSON breaks, or 0), -EMSGSIZE when it is over GW_GEOJSON_MAX, -ENOMEM, or
// what an event returned.
int gw_geojson_read(const char *data, size_t len, const struct gw_geojson_events *events,
                    size_t *ret_offset);

// A Polygon or MultiPolygon as text. Returns 0, -EBADMSG, -EMSGSIZE (over
// GW_GEOJSON_POINTS_MAX) or -ENOMEM; the caller finishes the shape.
int gw_geojson_shape(const char *geometry, struct gw_shape *ret_shape);

#endif
