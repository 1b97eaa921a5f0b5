// Fragmented MP4 (ISO/IEC 14496-12) with one video track: an init segment, then
// one moof and mdat per access unit. What Media Source Extensions ask for.
//
// Times are the stream's own 90 kHz ticks. The writers need no allocation: the
// caller brings the room and asks the gw_writer whether it sufficed.
#ifndef GW_MUX_FMP4_H
#define GW_MUX_FMP4_H

#include "base/bytes.h"
#include "mux/params.h"
#include "mux/unit.h"

enum {
    GW_FMP4_TIMESCALE = 90000,
    GW_FMP4_INIT_MAX = 1024,           // bytes, without the params' record
    GW_FMP4_FRAGMENT_HEAD_BYTES = 112, // moof and the head of mdat
};

// Whether it has a place for that codec.
bool gw_fmp4_carries(enum gw_codec codec);

// Writes ftyp and moov: at most GW_FMP4_INIT_MAX + p->record_len bytes.
void gw_fmp4_write_init(struct gw_writer *w, const struct gw_params *p);

// Writes the GW_FMP4_FRAGMENT_HEAD_BYTES in front of the access unit's bytes,
// which must follow.
// Returns 0, or -EMSGSIZE (nothing is written) when its times do not fit: a
// decode time under 0, or over 6 hours from the presentation time.
int gw_fmp4_write_fragment_head(struct gw_writer *w, const struct gw_unit *unit);

#endif
