// POST /api/v1/cameras/{id}/probe: pulls the camera's stream for some seconds and tells
// in words what came.
#ifndef GW_APP_API_PROBE_H
#define GW_APP_API_PROBE_H

#include "app/shard.h"
#include "ws/server.h"

// Takes over the duty to reply.
void gw_api_probe(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info, const char *id);

#endif
