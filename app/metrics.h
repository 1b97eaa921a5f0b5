// GET /metrics: what every shard counted, as Prometheus text (exposition format
// 0.0.4).
#ifndef GW_APP_METRICS_H
#define GW_APP_METRICS_H

#include "app/shard.h"
#include "ws/server.h"

// Asks every shard, on its own thread, and replies when all have answered.
void gw_metrics_reply(struct gw_shard *shard, struct gw_request *request);

#endif
