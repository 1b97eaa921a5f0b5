// One shard's routes, for the files of the router: route.c keeps them, router.c moves
// frames and viewers along them, router_registry.c says which are kept though nobody
// watches. On the shard's thread.
#ifndef GW_APP_ROUTE_H
#define GW_APP_ROUTE_H

#include "app/announcer.h"
#include "app/handover.h"
#include "app/push_door.h"
#include "app/router.h"
#include "base/table.h"

// One stream on this shard, as long as somebody needs it here.
struct gw_route {
    uint32_t stream;
    bool demanded;  // the hub has subscribers
    uint32_t epoch; // since when: of our subscription at the owner, and of refusals
    bool stale;     // the registry changed since it was looked at

    // How urgently it is pulled though nobody watches; GW_PRIORITIES: not (owner only).
    enum gw_priority kept;
    struct gw_source_status status;
    struct gw_handover *handovers[GW_SHARDS_MAX]; // to other shards (owner only)
};

struct gw_router {
    struct gw_shard *shard;
    struct gw_engine *engine;
    struct gw_ingest *ingest;
    struct gw_push_door *push_door;
    struct gw_hub *hub;
    struct gw_announcer *announcer;
    struct gw_table routes;
    uint32_t next_epoch;
    uint64_t handover_dropped;
};

// Whether the stream's camera belongs to this shard.
bool gw_route_is_ours(const struct gw_router *router, uint32_t stream);

// The stream's route, or NULL. The second one makes it; NULL: out of memory.
struct gw_route *gw_route_find(const struct gw_router *router, uint32_t stream);
struct gw_route *gw_route_need(struct gw_router *router, uint32_t stream);

// Frees a route that nobody needs. An owner's route stays until ingest is done with the
// stream: it lingers.
void gw_route_release(struct gw_router *router, struct gw_route *route);

// The stream's address as the registry has it now; empty: there is no such stream.
// `ret_snapshot` keeps it alive. *ret_camera (NULL: not wanted) may become NULL.
const char *gw_route_url(struct gw_router *router, uint32_t stream,
                         struct gw_snapshot **ret_snapshot,
                         const struct gw_camera **ret_camera);

// Starts or ends what the route of a stream of ours needs: a source that pushes is waited
// for, any other one is pulled. Without memory for that its viewers are told; one that is
// kept is tried again with the camera's next probe.
void gw_route_pull(struct gw_router *router, struct gw_route *route);

// Notes what a new status of a stream of ours tells of its camera's health; `route` has
// the one before. The second one, what a probe tells.
void gw_router_note_health(struct gw_router *router, const struct gw_route *route,
                           const struct gw_source_status *status);
void gw_router_note_probe(struct gw_router *router, uint32_t stream, enum gw_cause cause);

// ingest's hook: what came of gw_router_probe().
void gw_router_on_probed(void *arg, uint32_t stream, enum gw_cause cause);

// What viewers are told of a stream that is not, or not any more.
extern const struct gw_text gw_router_no_camera;
extern const struct gw_text gw_router_no_stream;

#endif
