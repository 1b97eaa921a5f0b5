// GET /api/v1/viewers: who watches what, and what waits for whom.
#ifndef GW_APP_VIEWER_LIST_H
#define GW_APP_VIEWER_LIST_H

#include "app/shard.h"
#include "ws/server.h"

enum {
    // Of an answer, over all shards: those for whom most waits. More would keep the
    // shard from its pictures.
    GW_VIEWER_LIST_MAX = 1000,
};

// Asks every shard, and replies when all have answered.
void gw_viewer_list_reply(struct gw_shard *shard, struct gw_request *request,
                          enum gw_lang lang);

#endif
