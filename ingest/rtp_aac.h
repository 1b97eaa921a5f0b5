// Access units of AAC from RTP payloads (RFC 3640: several units a packet, a unit over
// several packets). Interleaving (section 3.2.3.2) is not spoken: no camera sends it.
// No I/O, no clock. One session's audio, one thread.
#ifndef GW_INGEST_RTP_AAC_H
#define GW_INGEST_RTP_AAC_H

#include "base/aac_config.h"
#include "base/frame.h"
#include "ingest/media.h"
#include "ingest/rtp.h"

#include <stdint.h>

enum {
    GW_RTP_AAC_UNIT_MAX = 8191, // bytes: what 13 bits can say, AAC-hbr's bound
    GW_RTP_AAC_UNITS_MAX = 64,  // in one packet
};

// The bits of an AU header: section 4.1.
struct gw_rtp_aac_layout {
    unsigned size;
    unsigned index; // of the first header; `delta` of the others
    unsigned delta;
    unsigned cts;
    unsigned dts;
    unsigned random_access; // 0 or 1
    unsigned state;
    unsigned auxiliary; // of the size of the auxiliary section
};

// Embedded by value; read `config`, `asc` and `dropped`, the rest is private.
struct gw_rtp_aac {
    struct gw_rtp_aac_layout layout;
    struct gw_aac_config config;
    uint8_t asc[GW_AAC_CONFIG_MAX]; // AudioSpecificConfig
    size_t asc_len;
    uint32_t unit_ticks; // of the RTP clock

    struct gw_frame *part;   // of a unit over several packets; NULL: none is begun
    uint32_t part_timestamp; // of its packets
    uint64_t dropped;        // units that were begun and not finished
};

// Begins a session by what the SDP says. `a` is finished or all zero. Returns 0;
// -EBADMSG (a config that is missing or cannot be read), or -ENOTSUP (another mode).
int gw_rtp_aac_init(struct gw_rtp_aac *a, const struct gw_media_format *audio);

// Packets are missing: drops a unit that was begun.
void gw_rtp_aac_gap(struct gw_rtp_aac *a);

// Takes a packet's payload. `on_unit` gets a frame with bytes and codec only, borrowed
// for the call; at most GW_RTP_AAC_UNITS_MAX a packet. A part whose rest did not come
// is dropped. Returns 0, -EBADMSG (nothing of the packet was taken), -EMSGSIZE (likewise;
// over a limit) or -ENOMEM.
int gw_rtp_aac_packet(struct gw_rtp_aac *a, const struct gw_rtp_packet *p,
                      void (*on_unit)(void *arg, struct gw_frame *unit,
                                      uint32_t timestamp),
                      void *arg);

// All zero is allowed.
void gw_rtp_aac_finish(struct gw_rtp_aac *a);

#endif
