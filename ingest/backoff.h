// How long a stream that failed is let alone: a wait that is drawn anew after each
// failure, full jitter below a ceiling that doubles. Cameras that fell silent together do
// not come back together. No I/O, no clock.
#ifndef GW_INGEST_BACKOFF_H
#define GW_INGEST_BACKOFF_H

#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>

struct gw_backoff_limits {
    uint64_t min_us;      // of a wait; > 0
    uint64_t max_us;      // >= min
    uint64_t wall_max_us; // the same for what somebody looks at
};

// Embedded by value; all zero at first. Read it; `retry_us` may be set.
struct gw_backoff {
    unsigned failures;  // in a row
    uint64_t failed_us; // the last of them
    uint64_t retry_us;  // no attempt before
    bool recalled;      // the wait that ends at retry_us was cut short
    unsigned in_vain;   // such waits in a row that ended in a failure
};

// One more failure. `wall`: somebody looks, and it may go away by itself.
void gw_backoff_fail(struct gw_backoff *b, const struct gw_backoff_limits *limits,
                     bool wall, struct gw_rng *rng, uint64_t now_us);

// Somebody looks now: a wait that was drawn for nobody need not be sat out. Returns
// whether it is shorter for that.
bool gw_backoff_hurry(struct gw_backoff *b, const struct gw_backoff_limits *limits);

// Its host, or all around it, answers again. A host that comes and goes is not to be
// hammered by that: the least wait doubles each time that the recall was in vain.
// Returns whether the wait is shorter for that.
bool gw_backoff_recall(struct gw_backoff *b, const struct gw_backoff_limits *limits,
                       uint64_t now_us);

#endif
