// FLV (Adobe Flash Video File Format Specification, version 10.1, Annex E) with
// one video track and, where asked for, an audio track of AAC or G.711, for players such
// as mpegts.js. H.265 is in the tags of Enhanced
// RTMP (version 1, "Enhanced Video", FourCC hvc1).
//
// The writers need no allocation: the caller brings the room and asks the
// gw_writer whether it sufficed.
#ifndef GW_MUX_FLV_H
#define GW_MUX_FLV_H

#include "base/bytes.h"
#include "mux/params.h"
#include "mux/unit.h"

enum {
    GW_FLV_HEADER_MAX = 128,         // bytes
    GW_FLV_SEQUENCE_HEADER_MAX = 20, // without the params' record
    GW_FLV_FRAME_TAIL_BYTES = 4,
};

// Whether it has a place for that codec.
bool gw_flv_carries(enum gw_codec codec);

// Writes what a file starts with: its header and an onMetaData tag with the
// picture's size. Players wait for an audio that is announced. At most
// GW_FLV_HEADER_MAX bytes.
void gw_flv_write_header(struct gw_writer *w, const struct gw_params *p, bool with_audio);

// Writes the tag with the decoder's configuration:
// at most GW_FLV_SEQUENCE_HEADER_MAX + p->record_len bytes. `dts_90k` is the decode
// time of the frame that follows.
void gw_flv_write_sequence_header(struct gw_writer *w, const struct gw_params *p,
                                  int64_t dts_90k);

// How many bytes the head of a codec's frames has.
size_t gw_flv_frame_head_bytes(enum gw_codec codec);

// Writes what goes before and behind the access unit's bytes. The head returns 0,
// or -EMSGSIZE (nothing is written) when the access unit is over 16 MiB or its
// presentation time over 2 hours from its decode time.
int gw_flv_write_frame_head(struct gw_writer *w, const struct gw_unit *unit);
void gw_flv_write_frame_tail(struct gw_writer *w, const struct gw_unit *unit);

#endif
