// GET /api/v1/tiles/...: map tiles, and what there is of them. Any thread.
#ifndef GW_APP_API_TILES_H
#define GW_APP_API_TILES_H

#include "app/api_read.h"

// `path` is what stands behind "tiles/".
struct gw_answer gw_api_tiles(const struct gw_json_world *world,
                              const struct gw_read_request *request, const char *path);

#endif
