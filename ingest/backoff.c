#include "ingest/backoff.h"

// The minimum, doubled that often, up to the maximum.
static uint64_t doubled_us(const struct gw_backoff_limits *limits, unsigned times)
{
    uint64_t us = limits->min_us;

    for (unsigned i = 0; i < times && us < limits->max_us; i++)
        us = us > UINT64_MAX / 2 ? UINT64_MAX : us * 2;
    return us < limits->max_us ? us : limits->max_us;
}

// Never below the minimum, whatever a wall may wait at most.
static uint64_t wall_max_us(const struct gw_backoff_limits *limits)
{
    return limits->wall_max_us > limits->min_us ? limits->wall_max_us : limits->min_us;
}

static uint64_t draw_us(const struct gw_backoff *b,
                        const struct gw_backoff_limits *limits, bool wall,
                        struct gw_rng *rng)
{
    uint64_t ceiling_us = doubled_us(limits, b->failures);

    if (wall && ceiling_us > wall_max_us(limits))
        ceiling_us = wall_max_us(limits);
    return limits->min_us + gw_rng_below(rng, ceiling_us - limits->min_us + 1);
}

void gw_backoff_fail(struct gw_backoff *b, const struct gw_backoff_limits *limits,
                     bool wall, struct gw_rng *rng, uint64_t now_us)
{
    b->failures++;
    b->failed_us = now_us;
    b->retry_us = now_us + draw_us(b, limits, wall, rng);
    b->in_vain = b->recalled ? b->in_vain + 1 : 0;
    b->recalled = false;
}

bool gw_backoff_hurry(struct gw_backoff *b, const struct gw_backoff_limits *limits)
{
    uint64_t latest_us = b->failed_us + wall_max_us(limits);

    if (!b->failures || b->retry_us <= latest_us)
        return false;
    b->retry_us = latest_us;
    return true;
}

bool gw_backoff_recall(struct gw_backoff *b, const struct gw_backoff_limits *limits,
                       uint64_t now_us)
{
    uint64_t soonest_us = b->failed_us + doubled_us(limits, b->in_vain);

    if (!b->failures || b->retry_us <= soonest_us || b->retry_us <= now_us)
        return false;
    b->recalled = true;
    b->retry_us = soonest_us > now_us ? soonest_us : now_us;
    return true;
}
