// Buildings from a base map's GeoJSON (RFC 7946), feature by feature: a file of 100,000
// of them costs no more memory than its largest one, beside what is kept. Bytes in,
// buildings out.
#ifndef GW_MAP_FOOTPRINT_READER_H
#define GW_MAP_FOOTPRINT_READER_H

#include "map/footprints.h"

#include <stddef.h>

#define GW_STOREY_M 3.0          // of a building of which only storeys are known
#define GW_BUILDING_HEIGHT_M 6.0 // of one of which nothing is: two storeys hide somebody

struct gw_footprint_report {
    size_t features;
    size_t buildings; // added
    size_t guessed;   // of them, without a height or storeys
    size_t refused;   // no area, or one that cannot be read
};

// Adds the areas of a FeatureCollection of `len` bytes. A height is the property
// "height" in metres, or storeys: "levels", "building:levels", "floors", "floor" or 层数;
// numbers, or text that begins with one. Returns 0 also when features were refused,
// -EBADMSG when it is no FeatureCollection or breaks off (some may have been added),
// -EMSGSIZE over the bounds of map/geojson.h or map/footprints.h, or -ENOMEM.
int gw_footprints_read(const char *data, size_t len, struct gw_footprints *into,
                       struct gw_footprint_report *ret_report);

#endif
