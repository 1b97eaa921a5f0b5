// /api/v1/screens: wall screens, which nobody sits at to sign in. A screen shows a code,
// an administrator enters it, and the screen is in.
#ifndef GW_APP_API_SCREENS_H
#define GW_APP_API_SCREENS_H

#include "app/shard.h"
#include "ws/server.h"

// Whether a path (behind "/api/v1/") is one of these.
bool gw_is_screens(const char *path);

// Takes over the duty to reply, also to who may not.
void gw_api_screens(struct gw_shard *shard, struct gw_request *request,
                    const struct gw_request_info *info, const char *path);

#endif
