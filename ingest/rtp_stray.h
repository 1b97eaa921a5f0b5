// What RTP sequence numbers say of a packet that a network of datagrams brought: RFC 3550
// appendix A.1. No I/O.
#ifndef GW_INGEST_RTP_STRAY_H
#define GW_INGEST_RTP_STRAY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_RTP_MISORDER_MAX = 100, // behind by up to so many is old or doubled
    GW_RTP_DROPOUT_MAX = 3000, // ahead by up to so many: those between were lost
};

// Embedded by value, all zero at first.
struct gw_rtp_stray {
    bool set; // the packet before this one was a stray
    uint16_t seq;
};

// May have come already; `next` is the number that is expected. A network that doubles
// or delays packets in bursts brings any number of these in a row.
static inline bool gw_rtp_is_behind(uint16_t next, uint16_t seq)
{
    return next != seq && (uint16_t)(next - seq) <= GW_RTP_MISORDER_MAX;
}

// Too far off to be either behind or ahead.
static inline bool gw_rtp_is_far(uint16_t next, uint16_t seq)
{
    return (uint16_t)(seq - next) > GW_RTP_DROPOUT_MAX && !gw_rtp_is_behind(next, seq);
}

// Is it one that comes from far behind, to be dropped? To be asked of each packet: two
// far ones in a row are no strays, but a sender that counts anew.
static inline bool gw_rtp_stray_take(struct gw_rtp_stray *s, uint16_t next, uint16_t seq)
{
    bool follows = s->set && seq == (uint16_t)(s->seq + 1);

    s->seq = seq;
    s->set = gw_rtp_is_far(next, seq) && !follows;
    return s->set;
}

#endif
