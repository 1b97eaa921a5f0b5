// Decode times of a stream's frames, which RTP does not carry: it stamps frames
// with their presentation time, and with B-frames these come out of order.
//
// Each frame is stamped when it arrives; none is held back. With a reordering
// depth d, as the SPS states it, the decode time is the (d+1)-th latest
// presentation time so far: never later than the frame's own, and strictly
// increasing. Without B-frames it is the presentation time. One stream, one thread.
#ifndef GW_MUX_DECODE_TIME_H
#define GW_MUX_DECODE_TIME_H

#include "mux/h264_sps.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    // A key frame this far from what came before starts the times anew. Ticks.
    GW_DECODE_TIME_LEAP_90K = 2 * 90000,

    // Bounds of a duration, and what it is taken for before anything is known.
    GW_DURATION_MIN_90K = 90,
    GW_DURATION_MAX_90K = 2 * 90000,
    GW_DURATION_DEFAULT_90K = 3600,
};

struct gw_decode_time {
    unsigned depth;                         // d
    unsigned count;                         // of latest, at most depth + 1
    int64_t latest[GW_SPS_REORDER_MAX + 1]; // presentation times, ascending
    bool running;                           // last_90k is valid
    int64_t last_90k;                       // the last decode time
    uint32_t duration_90k;
};

// Starts a timeline. `reorder` and `interval_90k` as in struct gw_h264_sps. An
// unknown depth is taken as 0 and learned when presentation times go backwards.
void gw_decode_time_init(struct gw_decode_time *t, int reorder, uint32_t interval_90k);

// The parameter sets changed; decode times go on where they were.
void gw_decode_time_change(struct gw_decode_time *t, int reorder, uint32_t interval_90k);

// Stamps the next frame in decode order and returns its decode time. `key` says
// that no later frame is presented before this one.
//
// A stream that reorders more than was known gets, while that is learned, decode
// times later than the presentation time. They still increase strictly, unless a
// key frame lies GW_DECODE_TIME_LEAP_90K or more in the past: then the source
// started over.
int64_t gw_decode_time_next(struct gw_decode_time *t, int64_t pts_90k, bool key);

// What containers should call the duration of the frame just stamped, in whose
// place the next one's decode time is the truth. It is the longest step of late
// rather than the last one: Media Source Extensions (section 3.5.8, step 6) takes
// a step of over twice the duration for a discontinuity, and throws away all up
// to the next key frame.
uint32_t gw_decode_time_duration(const struct gw_decode_time *t);

#endif
