// PUT and DELETE of one grid cell.
#ifndef GW_APP_API_CELLS_H
#define GW_APP_API_CELLS_H

#include "app/shard.h"
#include "ws/server.h"

#include <stdbool.h>

// `path` begins behind "/api/v1/".
bool gw_is_cell_write(const struct gw_request_info *info, const char *path);

// Takes over the duty to reply.
void gw_api_cell_write(struct gw_shard *shard, struct gw_request *request,
                       const struct gw_request_info *info, const char *path);

#endif
