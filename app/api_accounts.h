// /api/v1/users and /api/v1/tokens: who may come in. For administrators, and for
// everybody the change of the own password.
#ifndef GW_APP_API_ACCOUNTS_H
#define GW_APP_API_ACCOUNTS_H

#include "app/shard.h"
#include "ws/server.h"

// Whether a path (behind "/api/v1/") is one of theirs.
bool gw_is_accounts(const char *path);

// Takes over the duty to reply, also to who may not.
void gw_api_accounts(struct gw_shard *shard, struct gw_request *request,
                     const struct gw_request_info *info, const char *path);

#endif
