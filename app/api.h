// /api/v1, /healthz and /metrics (docs/api.md).
//
// Reading works on a snapshot in a thread of the pool, so that a list of ten
// thousand cameras holds up no picture; writing goes to the store thread. Both
// come back to the shard that was asked.
#ifndef GW_APP_API_H
#define GW_APP_API_H

#include "app/shard.h"
#include "ws/server.h"

// The server's hook on_request. Takes over the duty to reply.
void gw_api_handle(struct gw_shard *shard, struct gw_request *request,
                   const struct gw_request_info *info);

#endif
