// POST, PUT, PATCH and DELETE below /api/v1/.
#ifndef GW_APP_API_WRITE_H
#define GW_APP_API_WRITE_H

#include "app/shard.h"
#include "ws/server.h"

// `path` begins behind "/api/v1/". Takes over the duty to reply.
void gw_api_write(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info, const char *path);

#endif
