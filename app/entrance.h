// Somebody who has come in, or goes: the session is written down before the browser is
// told, so that what was acknowledged outlives the engine.
#ifndef GW_APP_ENTRANCE_H
#define GW_APP_ENTRANCE_H

#include "app/access.h"
#include "app/shard.h"
#include "ws/server.h"

// Replies 204 with the entrance's cookie, once it is on disk. On a disk that takes
// nothing more people come in all the same; their sessions end with the engine, which is
// logged. On the shard's thread; the entrance is copied.
void gw_entrance_reply(struct gw_shard *shard, struct gw_request *request,
                       const struct gw_entrance *entrance);

#endif
