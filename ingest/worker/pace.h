// Times of the packets of one source, on their way from libavformat to the engine:
// continuous where the source's are not, and when each packet is due. No I/O, no
// clock.
//
// A source that is live comes at its own pace. A recording, and a playlist that is
// fetched a segment at a time, come as fast as the line allows: they are held back to
// what their times say.
#ifndef GW_INGEST_WORKER_PACE_H
#define GW_INGEST_WORKER_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    // A step of the source's clock over this is no time that passes, but a new
    // beginning: a playlist's discontinuity, an encoder that restarted.
    GW_PACE_JUMP_90K = 10 * 90000,

    // Who is later than this does not catch up any more: the schedule moves.
    GW_PACE_LATE_US = 2 * 1000 * 1000,
};

struct gw_pace {
    bool hold;          // packets to their times
    bool begun;         // the rest is known
    bool restarted;     // what comes next follows, whatever its time
    int64_t in_90k;     // decoding time of the last packet, as it came
    int64_t out_90k;    // as it left
    int64_t step_90k;   // between the last two
    int64_t shift_90k;  // from in to out
    int64_t anchor_90k; // a packet that left with this time
    uint64_t anchor_us; // was due then
};

void gw_pace_init(struct gw_pace *p, bool hold);

// What comes next was moved in time: a file begins again.
void gw_pace_restart(struct gw_pace *p);

// Moves a packet's times, in ticks of 90 kHz; decoding times then only grow. Returns
// when it is due, by the clock of `now_us`; what is not after now_us is due at once.
uint64_t gw_pace_next(struct gw_pace *p, int64_t *dts_90k, int64_t *pts_90k,
                      uint64_t now_us);

// The same for a packet of the sound, which keeps its distance to the pictures. Returns
// false when it has none: no picture was there yet, or none since the last beginning.
// *ret_due_us is when it is due.
bool gw_pace_beside(const struct gw_pace *p, int64_t *dts_90k, int64_t *pts_90k,
                    uint64_t now_us, uint64_t *ret_due_us);

#endif
