// The sample entry of an MP4 track: how its samples are coded, with what a decoder must
// know ahead of them. Video by ISO/IEC 14496-15 (avc1, hvc1), AAC by 14496-1 and -14
// (mp4a with esds), Opus by "Encapsulation of Opus in ISO Base Media File Format" 4.3.
#ifndef GW_MUX_MP4_ENTRY_H
#define GW_MUX_MP4_ENTRY_H

#include "base/bytes.h"
#include "mux/params.h"

#include <stdbool.h>

// Whether there is one for that codec. G.711 has none that browsers or the registry
// (mp4ra.org) agree on.
bool gw_mp4_has_entry(enum gw_codec codec);

// `p` is of a codec that has one. At most 192 bytes more than p->record_len.
void gw_mp4_write_entry(struct gw_writer *w, const struct gw_params *p);

#endif
