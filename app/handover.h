// Hands the frames of one stream from the shard that owns it to another shard
// that has viewers of it: once a frame, however many viewers wait there.
#ifndef GW_APP_HANDOVER_H
#define GW_APP_HANDOVER_H

#include "app/shard.h"
#include "mux/hub.h"

struct gw_handover;

struct gw_handover_config {
    struct gw_hub *hub;
    struct gw_shard *to;
    uint32_t stream;
    uint32_t epoch;    // the other shard's, goes back with every frame
    uint64_t *dropped; // counts frames the other shard had no room for
};

// Subscribes; what the hub has cached is sent within the call. Owner's thread,
// as all below. Returns 0 or -ENOMEM.
int gw_handover_create(const struct gw_handover_config *config,
                       struct gw_handover **ret_handover);

// Tells the other shard how the source fares.
void gw_handover_status(struct gw_handover *handover,
                        const struct gw_source_status *status);

// Tells the other shard that nothing will come: it ends its viewers, and unsubscribes.
void gw_handover_refuse(struct gw_handover *handover);

// Of the subscription that it serves.
uint32_t gw_handover_epoch(const struct gw_handover *handover);

// Unsubscribes. NULL is allowed.
void gw_handover_destroy(struct gw_handover *handover);

// The same when the hub goes as a whole. NULL is allowed.
void gw_handover_abandon(struct gw_handover *handover);

#endif
