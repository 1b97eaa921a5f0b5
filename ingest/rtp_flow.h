// The RTP packets of one medium up to what its payload says: taken apart, put behind the
// ones before by their numbers, counted; and the times of the frames that come of them.
// For video_track.c and audio_track.c. It lives over any number of sessions; no I/O,
// reads no clock.
#ifndef GW_INGEST_RTP_FLOW_H
#define GW_INGEST_RTP_FLOW_H

#include "base/frame.h"
#include "ingest/rtcp.h"
#include "ingest/rtp.h"
#include "ingest/rtp_sequence.h"
#include "ingest/timeline.h"
#include "ingest/wallclock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_rtp_flow_stats {
    uint64_t packets;   // of the right payload type
    uint64_t ignored;   // of another payload type, or of a medium that is not taken
    uint64_t lost;      // gaps in the sequence numbers
    uint64_t late;      // doubled or out of order; dropped
    uint64_t malformed; // dropped
};

// Embedded by value; the fields are private but for the stats.
struct gw_rtp_flow {
    struct gw_rtp_flow_stats stats;
    struct gw_timeline timeline;
    struct gw_wallclock wallclock;

    // Of this session.
    struct gw_rtp_sequence sequence;
    uint8_t payload_type;
    uint32_t clock_rate; // Hz

    uint64_t now_us; // of the packet in hand
    uint64_t unix_us;
};

void gw_rtp_flow_init(struct gw_rtp_flow *f);

// A new session. A clock rate of 0 is taken as 90000.
void gw_rtp_flow_start(struct gw_rtp_flow *f, uint8_t payload_type, uint32_t clock_rate);

// Takes one packet, borrowed for the call. Returns whether its payload is to be looked
// at: *ret_packet and *ret_step are set then. `wanted`: the medium is taken at all.
bool gw_rtp_flow_take(struct gw_rtp_flow *f, const void *data, size_t len, bool wanted,
                      uint64_t now_us, uint64_t unix_us, struct gw_rtp_packet *ret_packet,
                      struct gw_rtp_step *ret_step);

// What the medium's sender reports of its clock.
void gw_rtp_flow_report(struct gw_rtp_flow *f,
                        const struct gw_rtcp_sender_report *report);

// Sets the times of a frame with that timestamp: when it is to be shown, when it arrived
// (with the packet in hand), and when it was taken.
void gw_rtp_flow_stamp(struct gw_rtp_flow *f, uint32_t timestamp, struct gw_frame *frame);

#endif
