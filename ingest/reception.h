// How well one sender's RTP arrives: losses and jitter as receiver reports tell
// them (RFC 3550 section 6.4.1, appendices A.1, A.3, A.8). No I/O, no clock.
#ifndef GW_INGEST_RECEPTION_H
#define GW_INGEST_RECEPTION_H

#include "ingest/rtcp.h"
#include "ingest/rtp.h"
#include "ingest/rtp_stray.h"

#include <stdbool.h>
#include <stdint.h>

// Embedded by value; the fields are private, but for ssrc and jitter.
struct gw_reception {
    uint32_t clock_rate; // Hz
    bool begun;          // a packet was here
    uint32_t ssrc;
    uint16_t highest; // sequence number
    struct gw_rtp_stray stray;
    uint32_t cycles;       // how often it wrapped, * 65536
    uint32_t base;         // the first one
    uint32_t received;     // packets, doubled ones too
    uint32_t told;         // of `received`, at the last report
    uint32_t told_highest; // with its cycles, at the last report
    uint32_t jitter_16;    // 1/16 tick
    uint32_t transit;      // of the latest packet, ticks
    uint64_t report_ntp;   // of the sender's last report; 0: none
    uint64_t report_at_us; // when that came
};

// `clock_rate` in Hz; 0 is taken as 90000.
void gw_reception_init(struct gw_reception *r, uint32_t clock_rate);

// Counts a packet, in the order of arrival. Another sender begins anew; one from far off
// is none, unless a second one follows it.
void gw_reception_packet(struct gw_reception *r, const struct gw_rtp_packet *p,
                         uint64_t now_us);

// A sender report of this sender; those of others are ignored.
void gw_reception_report(struct gw_reception *r,
                         const struct gw_rtcp_sender_report *report, uint64_t now_us);

// What to tell the sender; the next one tells of what comes from now on. Returns
// false when nothing has arrived yet.
bool gw_reception_block(struct gw_reception *r, uint64_t now_us,
                        struct gw_rtcp_block *ret_block);

#endif
