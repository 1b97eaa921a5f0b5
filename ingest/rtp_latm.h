// Access units of AAC from RTP payloads of MP4A-LATM (RFC 6416 section 6, RFC 3016
// section 4; ISO/IEC 14496-3 section 1.7.3): an audioMuxElement in a packet or over
// several. Its StreamMuxConfig stands in the description, or in the elements themselves
// (cpresent=1). One program of one layer, whose lengths stand ahead of the units, is
// spoken: cameras have nothing else to send. No I/O, no clock. One session's audio, one
// thread.
#ifndef GW_INGEST_RTP_LATM_H
#define GW_INGEST_RTP_LATM_H

#include "base/aac_config.h"
#include "base/frame.h"
#include "ingest/media.h"
#include "ingest/rtp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTP_LATM_UNIT_MAX = 8191,         // bytes, as of rtp_aac.h
    GW_RTP_LATM_UNITS_MAX = 64,          // in one element: what 6 bits can say
    GW_RTP_LATM_ELEMENT_MAX = 16 * 1024, // bytes of an element over several packets
};

// What a StreamMuxConfig says.
struct gw_latm_mux {
    struct gw_aac_config config;
    uint8_t asc[GW_AAC_CONFIG_MAX]; // AudioSpecificConfig
    size_t asc_len;                 // 0: nothing was said yet
    unsigned units;                 // in one element
    bool others;                    // data of other kinds stand behind them
};

// Embedded by value; read `mux` and `dropped`, the rest is private.
struct gw_rtp_latm {
    struct gw_latm_mux mux;
    bool in_band;        // elements say it themselves
    uint32_t clock_rate; // of RTP timestamps, Hz

    struct gw_frame *part;   // of an element over several packets; NULL: none is begun
    uint32_t part_timestamp; // of its packets
    bool splits;             // this sender was seen to part elements
    bool torn;               // what comes up to the next marker may lack its beginning
    uint64_t dropped; // elements that were begun and not finished, or came too early
};

// Begins a session by what the SDP says. `l` is finished or all zero. Returns 0;
// -EBADMSG (a config that is missing, too long or cannot be read), -EMSGSIZE (over
// GW_AAC_CONFIG_MAX), or -ENOTSUP (a structure or a coding that is not spoken).
int gw_rtp_latm_init(struct gw_rtp_latm *l, const struct gw_media_format *audio);

// Packets are missing: drops an element that was begun.
void gw_rtp_latm_gap(struct gw_rtp_latm *l);

// Takes a packet's payload. `on_unit` gets a frame with bytes and codec only, borrowed
// for the call; at most GW_RTP_LATM_UNITS_MAX a packet; `mux` is that of the unit then.
// Returns 0, or an error: the rest of the element is dropped.
//   -EBADMSG   malformed
//   -EMSGSIZE  over a limit above
//   -ENOTSUP   a configuration in band that is not spoken
//   -EPROTO    the configuration did not come yet
//   -ENOMEM
int gw_rtp_latm_packet(struct gw_rtp_latm *l, const struct gw_rtp_packet *p,
                       void (*on_unit)(void *arg, struct gw_frame *unit,
                                       uint32_t timestamp),
                       void *arg);

// All zero is allowed.
void gw_rtp_latm_finish(struct gw_rtp_latm *l);

#endif
