// Joins, on one shard, viewers with streams: registry -> pull -> hub -> viewer,
// and the shards among each other.
//
//   owner:   ingest --frames--> hub --packets--> viewers of this shard
//                                \--frames--> one message a frame and shard
//   others:  messages --frames--> hub --packets--> viewers of that shard
#ifndef GW_APP_ROUTER_H
#define GW_APP_ROUTER_H

#include "app/push_door.h"
#include "app/shard.h"
#include "ingest/ingest.h"
#include "mux/hub.h"
#include "ws/server.h"

struct gw_router;

// `shard` is borrowed; its loop and server must exist. Returns 0 or -errno.
int gw_router_create(struct gw_shard *shard, struct gw_router **ret_router);

// The viewers must be gone. NULL is allowed.
void gw_router_destroy(struct gw_router *router);

// The server's hook on_open; the viewer's others go to its view (view.h).
void gw_router_open(struct gw_router *router, struct gw_viewer *viewer,
                    const struct gw_wish *wish);

// Messages from other shards, see shard.h. References in them stay the caller's.
void gw_router_on_subscribe(struct gw_router *router, const struct gw_message *m);
void gw_router_on_unsubscribe(struct gw_router *router, const struct gw_message *m);
void gw_router_on_refused(struct gw_router *router, const struct gw_message *m);
void gw_router_on_frame(struct gw_router *router, const struct gw_message *m);
void gw_router_on_push(struct gw_router *router, const struct gw_message *m);
void gw_router_on_status(struct gw_router *router, const struct gw_message *m);

// Finds out whether the camera answers, if it is this shard's and not pulled anyway.
void gw_router_probe(struct gw_router *router, const struct gw_camera *camera);

// The registry changed: start and stop what is pulled always, take new addresses.
void gw_router_on_registry(struct gw_router *router);

// Notes for the norms how long the pictures of this shard's live streams took to come.
// Those of others were noted when they ended.
void gw_router_note_delays(struct gw_router *router);

struct gw_router_stats {
    uint32_t routes;
    uint64_t handover_dropped; // frames another shard was too busy for
    struct gw_ingest_stats ingest;
    struct gw_push_stats push;
    struct gw_hub_stats hub;
};

// One stream of this shard's cameras.
struct gw_router_stream {
    struct gw_source_status status; // IDLE when nobody pulls it
    struct gw_ingest_stream source;
    struct gw_hub_stream cached;
};

void gw_router_stream(const struct gw_router *router, uint32_t stream,
                      struct gw_router_stream *ret_stream);

void gw_router_stats(const struct gw_router *router, struct gw_router_stats *ret_stats);

#endif
