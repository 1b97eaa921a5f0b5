// /api/v1/session and /api/v1/set-up: signing in and out, and the first administrator.
#ifndef GW_APP_API_SESSION_H
#define GW_APP_API_SESSION_H

#include "app/shard.h"
#include "ws/server.h"

// Whether a path (behind "/api/v1/") is one of the two.
bool gw_is_session(const char *path);

// Takes over the duty to reply.
void gw_api_session(struct gw_shard *shard, struct gw_request *request,
                    const struct gw_request_info *info, const char *path);

#endif
