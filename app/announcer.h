// Tells every wall socket which cameras changed their state, at most once a
// second, however many changed.
#ifndef GW_APP_ANNOUNCER_H
#define GW_APP_ANNOUNCER_H

#include "app/shard.h"

#include <stdint.h>

struct gw_announcer;

// One a shard, for the cameras it owns; all calls on its thread. Returns 0 or
// negative errno.
int gw_announcer_create(struct gw_shard *shard, struct gw_announcer **ret_announcer);

// The state of this camera changed.
void gw_announcer_note(struct gw_announcer *a, uint32_t camera_num);

// Tells the wall sockets of `shard` how these cameras fare, each of those that its guest
// sees: `nums` holds uint32_t. GW_MESSAGE_STATES brings it.
void gw_announcer_tell(struct gw_shard *shard, const struct gw_buf *nums);

// Frees it once the loop has run its close callbacks. NULL is allowed.
void gw_announcer_destroy(struct gw_announcer *a);

#endif
