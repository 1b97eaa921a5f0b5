// /api/v1/live-links: addresses of live pictures for somebody else's page.
#ifndef GW_APP_API_LINKS_H
#define GW_APP_API_LINKS_H

#include "app/shard.h"
#include "ws/server.h"

// Whether a path (behind "/api/v1/") is this one.
bool gw_is_links(const char *path);

// Takes over the duty to reply.
void gw_api_links(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info);

#endif
