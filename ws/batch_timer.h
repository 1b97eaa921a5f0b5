// The one timer of a shard that wakes it for waiting walls: batch.h decides, this
// keeps the time. All calls on the shard's thread.
#ifndef GW_WS_BATCH_TIMER_H
#define GW_WS_BATCH_TIMER_H

#include "ws/batch.h"

#include <uv.h>

struct gw_batch_timer;

// `on_due` is called for each one that is due; it has left the line. Returns NULL when
// out of memory.
struct gw_batch_timer *
gw_batch_timer_create(uv_loop_t *loop, void (*on_due)(struct gw_batch_place *place));

// Takes a place in the line; on_due comes, unless the place leaves it before.
void gw_batch_timer_wait(struct gw_batch_timer *t, struct gw_batch_place *place,
                         uint64_t now_us);
void gw_batch_timer_leave(struct gw_batch_timer *t, struct gw_batch_place *place);

// Frees `t` when the loop has run its close callback. Nobody may wait any more. NULL
// is allowed.
void gw_batch_timer_destroy(struct gw_batch_timer *t);

#endif
