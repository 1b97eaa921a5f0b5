// Fragmented MP4 (ISO/IEC 14496-12) with one video track and, where asked for, a track
// of AAC or Opus: an init segment, then one moof and mdat per frame of either. What
// Media Source Extensions ask for.
//
// Times are the stream's own 90 kHz ticks, of both tracks. The writers need no
// allocation: the caller brings the room and asks the gw_writer whether it sufficed.
#ifndef GW_MUX_FMP4_H
#define GW_MUX_FMP4_H

#include "base/bytes.h"
#include "mux/params.h"
#include "mux/unit.h"

enum {
    GW_FMP4_TIMESCALE = 90000,
    GW_FMP4_INIT_MAX = 2048,           // bytes, without the params' records
    GW_FMP4_FRAGMENT_HEAD_BYTES = 112, // moof and the head of mdat
};

// Whether it has a place for that codec.
bool gw_fmp4_carries(enum gw_codec codec);

// Writes ftyp and moov with a track for `video` and, unless it is NULL, `audio`: at most
// GW_FMP4_INIT_MAX bytes and both records.
void gw_fmp4_write_init(struct gw_writer *w, const struct gw_params *video,
                        const struct gw_params *audio);

// Writes the GW_FMP4_FRAGMENT_HEAD_BYTES in front of the frame's bytes, which must
// follow.
// Returns 0, or -EMSGSIZE (nothing is written) when its times do not fit: a
// decode time under 0, or over 6 hours from the presentation time.
int gw_fmp4_write_fragment_head(struct gw_writer *w, const struct gw_unit *unit);

#endif
