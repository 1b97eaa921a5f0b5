// What cameras see, as JSON. As app/json.h: no I/O, any thread, buffers that the caller
// owns or NULL when out of memory.
#ifndef GW_APP_JSON_SIGHT_H
#define GW_APP_JSON_SIGHT_H

#include "app/json.h"
#include "map/sight.h"

// {"items": [...], "buildings": whether any are known}
struct gw_buf *gw_json_sightings(const struct gw_json_world *w,
                                 const struct gw_sighting *sightings, size_t n,
                                 bool buildings);

// A GeoJSON Feature: what `camera` sees as a MultiPolygon. `judged`: buildings were
// looked at.
struct gw_buf *gw_json_view(const struct gw_camera *camera, const struct gw_eye *eye,
                            const struct gw_view *view, bool judged);

#endif
