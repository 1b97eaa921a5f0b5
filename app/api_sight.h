// GET /api/v1/cameras?sees=lon,lat and /api/v1/cameras/{id}/view.
#ifndef GW_APP_API_SIGHT_H
#define GW_APP_API_SIGHT_H

#include "app/api_answer.h"
#include "app/camera_query.h"
#include "app/json.h"
#include "map/sight.h"

struct gw_answer gw_api_sightings(const struct gw_json_world *world,
                                  const struct gw_sight *sight,
                                  const struct gw_camera_question *question,
                                  enum gw_lang lang);

// Before its view is computed, a camera's wedge is the answer.
struct gw_answer gw_api_view(const struct gw_camera *camera, const struct gw_sight *sight,
                             enum gw_lang lang);

#endif
