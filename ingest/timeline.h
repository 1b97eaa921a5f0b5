// Turns the 32-bit RTP timestamps of a camera into presentation times that never
// wrap and never jump, over any number of sessions. No I/O, reads no clock.
//
// Cameras stamp single frames hours back or ahead (Intelbras), start again from 0
// after a reconnect (Tapo) or when their clock is set (Dahua). So a timestamp is
// believed only while its step from the frame before fits to the time that passed
// here, and to what was given out meanwhile. One that does not fit gets the time of the
// next frame; two in a row that fit to each other are where the camera's clock now
// stands.
#ifndef GW_INGEST_TIMELINE_H
#define GW_INGEST_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    // With B-frames presentation times step back in decode order, by a few frames:
    // never further than this behind the greatest so far.
    GW_TIMELINE_BACK_MAX_US = 1000 * 1000,

    // How far a step may exceed the time that passed here: frames that were held
    // up on their way arrive together.
    GW_TIMELINE_AHEAD_MAX_US = 1000 * 1000,

    // The first frame after a jump follows the latest before by at most this.
    GW_TIMELINE_BRIDGE_MAX_US = 1000 * 1000,
};

// A timestamp of the camera and the presentation time that it stands for.
struct gw_timeline_anchor {
    bool set;
    uint32_t timestamp;   // of the newest frame that went by this anchor
    uint64_t arrived_us;  // of that frame
    int64_t ticks;        // the camera's clock since base_pts_90k
    int64_t base_pts_90k; // what the anchor began with
};

// Embedded by value; the fields are private but for jumped.
struct gw_timeline {
    uint32_t clock_rate;             // Hz
    struct gw_timeline_anchor now;   // what timestamps are read by
    struct gw_timeline_anchor rival; // begun by a timestamp that did not fit
    bool begun;
    bool jumped;            // a timestamp did not fit: read it
    int64_t latest_pts_90k; // the greatest so far
    uint64_t latest_us;     // when it came
    int64_t step_90k;       // latest step forward, 0 while none is known
    uint64_t arrived_us;    // of the latest frame
};

void gw_timeline_init(struct gw_timeline *tl);

// A new session, or another sender: timestamps start anywhere. `clock_rate` in
// Hz; 0 is taken as 90000.
void gw_timeline_restart(struct gw_timeline *tl, uint32_t clock_rate);

// Returns the presentation time, in 90 kHz ticks, of the next frame in decode
// order. The very first is 0. `arrived_us` does not go back.
int64_t gw_timeline_next(struct gw_timeline *tl, uint32_t timestamp, uint64_t arrived_us);

#endif
