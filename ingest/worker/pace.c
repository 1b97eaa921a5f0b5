#include "ingest/worker/pace.h"

enum {
    FIRST_STEP_90K = 3600, // 25 pictures a second, until we know better
    STEP_MAX_90K = 90000,
};

void gw_pace_init(struct gw_pace *p, bool hold)
{
    *p = (struct gw_pace) { .hold = hold, .step_90k = FIRST_STEP_90K };
}

void gw_pace_restart(struct gw_pace *p)
{
    p->restarted = true;
}

static bool is_jump(const struct gw_pace *p, int64_t dts_90k)
{
    // As unsigned numbers: times come from outside and may be at both ends.
    uint64_t step = (uint64_t)dts_90k - (uint64_t)p->in_90k + GW_PACE_JUMP_90K;
    return p->restarted || step > 2 * (uint64_t)GW_PACE_JUMP_90K;
}

static int64_t move(const struct gw_pace *p, int64_t in_90k)
{
    return (int64_t)((uint64_t)in_90k + (uint64_t)p->shift_90k);
}

static void follow(struct gw_pace *p, int64_t dts_90k)
{
    int64_t next = p->begun ? p->out_90k + p->step_90k : 0;

    if (!p->begun || is_jump(p, dts_90k))
        p->shift_90k = (int64_t)((uint64_t)next - (uint64_t)dts_90k);
    p->in_90k = dts_90k;
    p->restarted = false;
}

static uint64_t scheduled(const struct gw_pace *p, int64_t out_90k)
{
    int64_t since_us = (out_90k - p->anchor_90k) * 1000 / 90;
    return since_us > 0 ? p->anchor_us + (uint64_t)since_us : p->anchor_us;
}

static uint64_t due(struct gw_pace *p, uint64_t now_us)
{
    uint64_t due_us = scheduled(p, p->out_90k);

    if (!p->hold)
        return now_us;
    if (p->begun && due_us + GW_PACE_LATE_US > now_us)
        return due_us;
    p->anchor_90k = p->out_90k;
    p->anchor_us = now_us;
    return now_us;
}

uint64_t gw_pace_next(struct gw_pace *p, int64_t *dts_90k, int64_t *pts_90k,
                      uint64_t now_us)
{
    uint64_t ahead = (uint64_t)*pts_90k - (uint64_t)*dts_90k;

    follow(p, *dts_90k);
    int64_t out = move(p, *dts_90k);
    if (p->begun && out <= p->out_90k)
        out = p->out_90k + 1;
    int64_t step = out - p->out_90k;
    if (p->begun && step <= STEP_MAX_90K)
        p->step_90k = step;
    p->out_90k = out;
    uint64_t due_us = due(p, now_us);
    p->begun = true;

    *dts_90k = out;
    // A picture is shown when it is decoded or later, but not ever so much later.
    *pts_90k = ahead <= GW_PACE_JUMP_90K ? out + (int64_t)ahead : out;
    return due_us;
}

bool gw_pace_beside(const struct gw_pace *p, int64_t *dts_90k, int64_t *pts_90k,
                    uint64_t now_us, uint64_t *ret_due_us)
{
    if (!p->begun || is_jump(p, *dts_90k))
        return false;
    *dts_90k = move(p, *dts_90k);
    *pts_90k = *dts_90k; // a sound is decoded in the order in which it is heard
    *ret_due_us = p->hold ? scheduled(p, *dts_90k) : now_us;
    return true;
}
