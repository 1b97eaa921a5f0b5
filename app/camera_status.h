// GET /api/v1/cameras/{id}/status: how a camera's streams fare, and why.
#ifndef GW_APP_CAMERA_STATUS_H
#define GW_APP_CAMERA_STATUS_H

#include "app/shard.h"
#include "ws/server.h"

#include <stdbool.h>

// Whether `path`, without "/api/v1/", is such an address.
bool gw_is_camera_status(const char *path);

// Asks the shard that owns the camera, and replies when it has answered.
void gw_camera_status_reply(struct gw_shard *shard, struct gw_request *request,
                            const struct gw_request_info *info, const char *path);

#endif
