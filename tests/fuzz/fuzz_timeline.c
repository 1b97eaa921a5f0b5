// A camera whose clock does anything.
//
// Property: time never jumps. It steps back by no more than B-frames do, and ahead by
// no more than the time that passed and the bounds of timeline.h; and once the camera
// behaves, it is followed exactly after little more than the second that B-frames may
// step back: up to then a time stamp may happen to be one that was there already.
//
// Input: the clock rate (2 bytes, in units of 100 Hz), then records of 6 bytes: what
// happens, milliseconds that pass, and 4 bytes of a timestamp or of its step.
#include "ingest/timeline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    RECORD = 6,
    RESTART = 1, // a new session
    STEP = 2,    // the 4 bytes are a step of the timestamp
    FRAME = 4,   // it goes on by a frame
    TICKS = 90000,
    GOOD_FRAMES = 40, // 1.6 s
    SETTLING = 30,
    FRAME_US = 40 * 1000,
};

struct run {
    struct gw_timeline tl;
    uint32_t rate;
    uint32_t timestamp;
    uint64_t now_us;
    bool any;
    int64_t greatest;
    uint64_t greatest_us;
};

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static int64_t to_ticks(uint64_t us)
{
    return (int64_t)(us * 9 / 100);
}

static int64_t next(struct run *r)
{
    int64_t pts = gw_timeline_next(&r->tl, r->timestamp, r->now_us);

    if (!r->any)
        demand(pts == 0);
    demand(pts >= r->greatest - to_ticks(GW_TIMELINE_BACK_MAX_US));
    demand(pts <= r->greatest + to_ticks(r->now_us - r->greatest_us) +
                      to_ticks(GW_TIMELINE_AHEAD_MAX_US) +
                      to_ticks(GW_TIMELINE_BRIDGE_MAX_US));
    if (!r->any || pts > r->greatest) {
        r->greatest = pts;
        r->greatest_us = r->now_us;
    }
    r->any = true;
    return pts;
}

static uint32_t word(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void happen(struct run *r, const uint8_t *record)
{
    r->now_us += (uint64_t)record[1] * 1000;
    if (record[0] & RESTART)
        gw_timeline_restart(&r->tl, r->rate);
    if (record[0] & FRAME)
        r->timestamp += r->rate / 25;
    else
        r->timestamp = word(record + 2) + (record[0] & STEP ? r->timestamp : 0);
    (void)next(r);
}

static void behave(struct run *r)
{
    int64_t before = 0;

    for (unsigned i = 0; i < GOOD_FRAMES; i++) {
        r->timestamp += r->rate / 25;
        r->now_us += FRAME_US;
        int64_t pts = next(r);
        int64_t off = pts - before - TICKS / 25;
        demand(i < SETTLING || (off >= -1 && off <= 1)); // rounded
        before = pts;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run r = { .now_us = 1000000 };

    if (size < 2)
        return 0;
    // A rate that 25 divides: the camera's own steps are exact.
    r.rate = 100 * ((uint32_t)data[0] << 8 | data[1]);
    gw_timeline_init(&r.tl);
    gw_timeline_restart(&r.tl, r.rate);
    r.rate = r.rate ? r.rate : TICKS;
    for (data += 2, size -= 2; size >= RECORD; data += RECORD, size -= RECORD)
        happen(&r, data);
    behave(&r);
    return 0;
}
