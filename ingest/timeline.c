#include "ingest/timeline.h"

enum {
    TICKS_PER_S = 90000, // of what comes out
    US_PER_S = 1000 * 1000,
    REBASE_TICKS = 1 << 30, // keeps the products below far from overflow
};

static int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t passed_us(uint64_t from_us, uint64_t to_us)
{
    return to_us > from_us ? (int64_t)(to_us - from_us) : 0;
}

static int64_t to_ticks(int64_t us)
{
    return us * TICKS_PER_S / US_PER_S;
}

void gw_timeline_init(struct gw_timeline *tl)
{
    *tl = (struct gw_timeline) { .clock_rate = TICKS_PER_S };
}

void gw_timeline_restart(struct gw_timeline *tl, uint32_t clock_rate)
{
    tl->clock_rate = clock_rate ? clock_rate : TICKS_PER_S;
    tl->now.set = false;
    tl->rival.set = false;
}

// The step from the newest frame of `a`, in the camera's ticks. Modulo 2^32 and
// signed: a wrap is a step like any other.
static int64_t step_from(const struct gw_timeline_anchor *a, uint32_t timestamp)
{
    return (int32_t)(timestamp - a->timestamp);
}

// From the base each time, so that rounding does not add up.
static int64_t pts_by(const struct gw_timeline *tl, const struct gw_timeline_anchor *a,
                      uint32_t timestamp)
{
    int64_t ticks = a->ticks + step_from(a, timestamp);
    return a->base_pts_90k + ticks * TICKS_PER_S / tl->clock_rate;
}

static bool fits(const struct gw_timeline *tl, const struct gw_timeline_anchor *a,
                 uint32_t timestamp, uint64_t arrived_us)
{
    // Two frames never share a time: such a clock stands still.
    if (!a->set || timestamp == a->timestamp)
        return false;

    int64_t step_us = step_from(a, timestamp) * US_PER_S / tl->clock_rate;
    if (step_us > passed_us(a->arrived_us, arrived_us) + GW_TIMELINE_AHEAD_MAX_US)
        return false;

    // Frames in between may have been bridged by less than the time that passed: what
    // is right by the anchor would then be a jump.
    int64_t ahead = pts_by(tl, a, timestamp) - tl->latest_pts_90k;
    return ahead >= -to_ticks(GW_TIMELINE_BACK_MAX_US) &&
           ahead <=
               to_ticks(passed_us(tl->latest_us, arrived_us) + GW_TIMELINE_AHEAD_MAX_US);
}

static int64_t advance(const struct gw_timeline *tl, struct gw_timeline_anchor *a,
                       uint32_t timestamp, uint64_t arrived_us)
{
    int64_t pts = pts_by(tl, a, timestamp);
    int64_t step = step_from(a, timestamp);
    if (step < 0)
        return pts; // a B-frame: the newest stays what steps are measured from

    a->ticks += step;
    a->timestamp = timestamp;
    a->arrived_us = arrived_us;
    if (a->ticks > REBASE_TICKS) {
        a->base_pts_90k = pts;
        a->ticks = 0;
    }
    return pts;
}

// The time of a frame whose timestamp says nothing: one step after the latest.
// Arrival decides only while the camera has not shown its frame rate: it
// jitters, and a frame placed too late would have the next one step back.
static int64_t bridge(const struct gw_timeline *tl, uint64_t arrived_us)
{
    int64_t waited = to_ticks(passed_us(tl->arrived_us, arrived_us));
    int64_t step = tl->step_90k ? tl->step_90k : waited;
    int64_t limit = to_ticks(GW_TIMELINE_BRIDGE_MAX_US);

    return tl->latest_pts_90k + max_i64(1, min_i64(step, limit));
}

static int64_t place(struct gw_timeline *tl, uint32_t timestamp, uint64_t arrived_us)
{
    if (fits(tl, &tl->now, timestamp, arrived_us)) {
        tl->rival.set = false;
        return advance(tl, &tl->now, timestamp, arrived_us);
    }
    if (fits(tl, &tl->rival, timestamp, arrived_us)) {
        tl->now = tl->rival;
        tl->rival.set = false;
        return advance(tl, &tl->now, timestamp, arrived_us);
    }

    struct gw_timeline_anchor here = {
        .set = true,
        .timestamp = timestamp,
        .arrived_us = arrived_us,
        .base_pts_90k = tl->begun ? bridge(tl, arrived_us) : 0,
    };
    tl->jumped = tl->jumped || tl->now.set;
    if (tl->now.set)
        tl->rival = here;
    else
        tl->now = here;
    return here.base_pts_90k;
}

int64_t gw_timeline_next(struct gw_timeline *tl, uint32_t timestamp, uint64_t arrived_us)
{
    bool believed = fits(tl, &tl->now, timestamp, arrived_us);
    int64_t pts = place(tl, timestamp, arrived_us);

    if (!tl->begun || pts > tl->latest_pts_90k) {
        if (tl->begun && believed)
            tl->step_90k = pts - tl->latest_pts_90k;
        tl->latest_pts_90k = pts;
        tl->latest_us = arrived_us;
    }
    tl->begun = true;
    tl->arrived_us = arrived_us;
    return pts;
}
