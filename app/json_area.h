// A cell as a client writes it, as the GeoJSON that lists of cells come in, so that one
// reader judges both (map/geojson.h). No I/O; any thread.
#ifndef GW_APP_JSON_AREA_H
#define GW_APP_JSON_AREA_H

#include <stddef.h>

// `text` is an object with name, level, division, parent and geometry, as a GET answers
// it; what else it has is passed over. *ret_collection is a FeatureCollection of one
// feature with `code`, to be freed. Returns 0, -ENOMEM, -EBADMSG when it is no JSON
// object, or -EINVAL when its "code" is another one.
int gw_json_area_collection(const char *text, size_t len, const char *code,
                            char **ret_collection);

#endif
