#include "mux/decode_time.h"

#include <assert.h>
#include <string.h>

enum {
    // Between decode times that have to be made up: a millisecond, so that they
    // differ in FLV too.
    STEP_90K = 90,
    DECAY = 16, // a duration moves this fraction towards a shorter step
};

static uint32_t clamp_duration(int64_t ticks)
{
    if (ticks < GW_DURATION_MIN_90K)
        return GW_DURATION_MIN_90K;
    return ticks > GW_DURATION_MAX_90K ? GW_DURATION_MAX_90K : (uint32_t)ticks;
}

void gw_decode_time_change(struct gw_decode_time *t, int reorder, uint32_t interval_90k)
{
    assert(reorder >= GW_SPS_REORDER_UNKNOWN && reorder <= GW_SPS_REORDER_MAX);
    t->depth = reorder == GW_SPS_REORDER_UNKNOWN ? 0 : (unsigned)reorder;
    t->count = 0;
    t->duration_90k =
        interval_90k ? clamp_duration(interval_90k) : GW_DURATION_DEFAULT_90K;
}

void gw_decode_time_init(struct gw_decode_time *t, int reorder, uint32_t interval_90k)
{
    *t = (struct gw_decode_time) { 0 };
    gw_decode_time_change(t, reorder, interval_90k);
}

static void insert(struct gw_decode_time *t, int64_t pts)
{
    unsigned i = 0;
    while (i < t->count && t->latest[i] < pts)
        i++;
    memmove(t->latest + i + 1, t->latest + i, (t->count - i) * sizeof(t->latest[0]));
    t->latest[i] = pts;
    t->count++;
}

static void remember(struct gw_decode_time *t, int64_t pts)
{
    if (t->count == t->depth + 1) {
        if (pts < t->latest[0] && t->depth < GW_SPS_REORDER_MAX) {
            t->depth++; // more reordering than we knew
        } else {
            // The earliest makes room.
            if (pts < t->latest[0])
                pts = t->latest[0];
            t->count--;
            memmove(t->latest, t->latest + 1, t->count * sizeof(t->latest[0]));
        }
    }
    insert(t, pts);
}

static void leap_at_key(struct gw_decode_time *t, int64_t pts)
{
    if (t->count == 0)
        return;
    int64_t step = pts - t->latest[t->count - 1];
    if (step > -GW_DECODE_TIME_LEAP_90K && step < GW_DECODE_TIME_LEAP_90K)
        return;
    // Decode times lag behind: none of before is later than a leap ahead.
    t->count = 0;
    t->running = false;
}

// The earliest decode time that still increases.
static int64_t floor_of(const struct gw_decode_time *t, int64_t pts)
{
    return t->last_90k + STEP_90K <= pts ? t->last_90k + STEP_90K : t->last_90k + 1;
}

static void measure(struct gw_decode_time *t, int64_t step)
{
    uint32_t seen = clamp_duration(step);
    if (seen >= t->duration_90k)
        t->duration_90k = seen;
    else
        t->duration_90k -= (t->duration_90k - seen) / DECAY;
}

int64_t gw_decode_time_next(struct gw_decode_time *t, int64_t pts_90k, bool key)
{
    if (key)
        leap_at_key(t, pts_90k);
    remember(t, pts_90k);

    // The first frames have nothing d places back: they are squeezed in between
    // the first one and what is presented next, rather than put before it, where
    // a timeline that starts at 0 has no room.
    bool known = t->count == t->depth + 1;
    int64_t dts = pts_90k;
    if (t->running) {
        dts = floor_of(t, pts_90k);
        if (known && t->latest[0] > dts)
            dts = t->latest[0];
        measure(t, dts - t->last_90k);
    }
    t->running = true;
    t->last_90k = dts;
    return dts;
}

uint32_t gw_decode_time_duration(const struct gw_decode_time *t)
{
    return t->duration_90k;
}
