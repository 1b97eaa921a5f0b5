// Which RTP packets of one medium belong behind the ones before (RFC 3550 appendix
// A.1). No I/O, no clock; one session at a time.
#ifndef GW_INGEST_RTP_SEQUENCE_H
#define GW_INGEST_RTP_SEQUENCE_H

#include "ingest/rtp.h"

#include <stdbool.h>
#include <stdint.h>

// Embedded by value; the fields are private but for ssrc.
struct gw_rtp_sequence {
    bool has_sender; // a packet was here: ssrc and next_seq are set
    bool has_late;   // late_seq is set
    uint32_t ssrc;
    uint16_t next_seq;
    uint16_t late_seq; // of the latest packet that was behind
};

// Where a packet stands.
struct gw_rtp_step {
    bool late;       // doubled or out of order: to be dropped
    bool new_sender; // in the midst of a session: its clock starts anywhere, too
    unsigned lost;   // packets missing right before it; of an unknown number, 1
};

// A new session: the first packet begins the count. All zero is the same.
void gw_rtp_sequence_init(struct gw_rtp_sequence *s);

// Takes the next packet of the medium's own payload type.
struct gw_rtp_step gw_rtp_sequence_take(struct gw_rtp_sequence *s,
                                        const struct gw_rtp_packet *p);

// Takes a packet of another payload type: they may count with the others (quirk 27,
// Geovision).
void gw_rtp_sequence_pass_over(struct gw_rtp_sequence *s, const struct gw_rtp_packet *p);

#endif
