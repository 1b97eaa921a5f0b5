// Whether a session that plays still lives, and when it is to be kept alive. It lives as
// long as its video comes, whatever the camera answers (quirk 8): packets without a long
// silence between them, and whole pictures among them. A line that is far too slow
// delivers packets for ever, and hardly a picture. No I/O, no clock.
#ifndef GW_INGEST_RTSP_LIVENESS_H
#define GW_INGEST_RTSP_LIVENESS_H

#include "base/source.h"
#include "ingest/rtsp_media.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_RTSP_KEEPALIVE_MAX_S = 30,  // between two keep-alives, at most
    GW_RTSP_UDP_SILENCE_MS = 3000, // by UDP, for the first packet of the video
    GW_RTSP_BYE_MS = 2000,         // for a packet of the video behind its BYE
};

// Embedded by value; the fields are private.
struct gw_rtsp_liveness {
    uint64_t stall_us;
    uint64_t keepalive_us; // between two
    uint64_t keepalive_at_us;
    uint64_t played_us; // when PLAY was answered
    uint64_t left_us;   // when BYE was seen; 0: not, or packets came since
};

// PLAY was answered. The camera gives a session up after `timeout_s` without a word of
// ours. We give the camera up after `stall_us` without a packet of its video (STALLED),
// and once packets came for that long of which none made a picture whole (INCOMPLETE).
// The latter is judged by packets' own times: one that sends a picture every few seconds
// (a time-lapse profile), or nothing but other pictures until its first key frame
// (quirk 36), is not taken for it, nor is a picture that silence cut in two.
void gw_rtsp_liveness_begin(struct gw_rtsp_liveness *l, uint32_t timeout_s,
                            uint64_t stall_us, uint64_t now_us);

// To be called at the deadline at the latest. Returns why the session is over, or NONE;
// then *ret_ping says whether a keep-alive is due now.
enum gw_cause gw_rtsp_liveness_check(struct gw_rtsp_liveness *l,
                                     const struct gw_rtsp_media *media, uint64_t now_us,
                                     bool *ret_ping);

uint64_t gw_rtsp_liveness_deadline_us(const struct gw_rtsp_liveness *l,
                                      const struct gw_rtsp_media *media);

#endif
