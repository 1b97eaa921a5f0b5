// Many cameras in one request, each way in one transaction: POST cameras:bulk with a list
// of changes, and PATCH cameras?CONDITIONS with one change for all that fit.
#ifndef GW_APP_API_BULK_H
#define GW_APP_API_BULK_H

#include "app/shard.h"
#include "ws/server.h"

#include <stdbool.h>

// `path` begins behind "/api/v1/".
bool gw_is_bulk(const struct gw_request_info *info, const char *path);

// Takes over the duty to reply.
void gw_api_bulk(struct gw_shard *shard, struct gw_request *request,
                 const struct gw_request_info *info, const char *path);

#endif
