// Lets sources in that push to this shard's streams: finds whose path it is in the
// registry, and hands a source of another shard over.
//
//   rtsp://ENGINE/push/{camera id}       main stream
//   rtsp://ENGINE/push/{camera id}/sub   sub stream
//
// The camera's address of that stream is push://:KEY@.
#ifndef GW_APP_PUSH_DOOR_H
#define GW_APP_PUSH_DOOR_H

#include "app/shard.h"
#include "ingest/push.h"

#include <stdbool.h>

struct gw_push_door;

struct gw_push_door_config {
    struct gw_shard *shard; // borrowed; its loop must exist
    void (*on_frame)(void *arg, uint32_t stream, struct gw_frame *frame);
    void (*on_status)(void *arg, const struct gw_source_status *status);
    void *arg;
};

// Returns 0 or -errno. `config` is copied.
int gw_push_door_create(const struct gw_push_door_config *config,
                        struct gw_push_door **ret_door);

// The shard's loop frees what is left. NULL is allowed.
void gw_push_door_destroy(struct gw_push_door *door);

// A source connects: GW_MESSAGE_PUSH. The request in it stays the caller's.
void gw_push_door_open(struct gw_push_door *door, const struct gw_message *m);

// Somebody wants the stream, or nobody any more. Returns 0 or -ENOMEM.
int gw_push_door_want(struct gw_push_door *door, uint32_t stream, bool wanted);

// The registry changed: a source whose camera or key is gone is shut out.
void gw_push_door_recheck(struct gw_push_door *door);

void gw_push_door_stats(const struct gw_push_door *door, struct gw_push_stats *ret_stats);

// Is this address of the registry one that a source pushes to?
bool gw_push_door_is_push(const char *url);

#endif
