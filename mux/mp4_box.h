// Boxes of ISO/IEC 14496-12 (section 4.2), nested by calls: what is written between a
// box's beginning and gw_mp4_box_end() lies in it.
#ifndef GW_MUX_MP4_BOX_H
#define GW_MUX_MP4_BOX_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

// `type` has four characters. Returns where the box starts, for gw_mp4_box_end().
size_t gw_mp4_box(struct gw_writer *w, const char *type);
size_t gw_mp4_full_box(struct gw_writer *w, const char *type, uint8_t version,
                       uint32_t flags);

// Writes the size of the box that starts there.
void gw_mp4_box_end(struct gw_writer *w, size_t start);

void gw_mp4_zeros(struct gw_writer *w, size_t count);

#endif
