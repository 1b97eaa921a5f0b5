// The health round: asks each camera of a shard once in an interval whether it answers,
// evenly spread, so that the online rate is known without pulling video.
#ifndef GW_APP_PROBER_H
#define GW_APP_PROBER_H

#include "app/shard.h"

struct gw_prober;

// On the shard's loop, whose router must exist; 0 for `interval_us`: never asks.
// Returns 0 or negative errno.
int gw_prober_create(struct gw_shard *shard, uint64_t interval_us,
                     struct gw_prober **ret_prober);

// Frees it once the loop has run its close callbacks. NULL is allowed.
void gw_prober_destroy(struct gw_prober *p);

#endif
