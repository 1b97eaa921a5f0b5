// GET /api/v1/norms and /api/v1/norms/history: how the cameras meet the norms, now and
// over time (docs/norms.md). In a thread of the pool.
#ifndef GW_APP_API_NORMS_H
#define GW_APP_API_NORMS_H

#include "app/api_read.h"
#include "app/query_string.h"

// Whether `path`, without "/api/v1/", is the first of these: the shards are asked for
// delays before.
bool gw_is_norms(const char *path);

struct gw_answer gw_api_norm_history(const struct gw_json_world *world,
                                     const struct gw_read_request *request,
                                     const struct gw_query_string *params);
struct gw_answer gw_api_norms(const struct gw_json_world *world,
                              const struct gw_read_request *request,
                              const struct gw_query_string *params);

#endif
