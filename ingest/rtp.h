// Reads the fixed header of RTP packets (RFC 3550 section 5.1). No state, no I/O.
#ifndef GW_INGEST_RTP_H
#define GW_INGEST_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_rtp_packet {
    uint8_t payload_type; // 0..127
    bool marker;
    uint16_t seq;
    uint32_t timestamp; // in units of the payload's clock rate
    uint32_t ssrc;
    const uint8_t *payload; // borrowed from the packet
    size_t len;             // bytes of payload: no extension, no padding; may be 0

    // The header extension (RFC 3550 section 5.3.1), borrowed likewise; NULL: none.
    const uint8_t *extension;
    size_t extension_len;       // bytes of it, without its own head
    uint16_t extension_profile; // what it means
};

// Takes one whole packet apart. Contributing sources are skipped.
// Returns 0, or -EBADMSG: another version, or a length in it that does not fit
// into the packet (*ret_packet is untouched).
int gw_rtp_parse(const void *data, size_t len, struct gw_rtp_packet *ret_packet);

#endif
