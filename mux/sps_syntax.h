// What sequence parameter sets of H.264 and H.265 say in the same words: bounded codes,
// the cropping of a picture, and the beginning of the VUI (ISO/IEC 14496-10 and 23008-2,
// Annex E). For h264_sps.c and h265_sps.c.
#ifndef GW_MUX_SPS_SYNTAX_H
#define GW_MUX_SPS_SYNTAX_H

#include "base/bit_reader.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_SPS_SIDE_MAX = 16384,          // pixels; a larger picture is hostile
    GW_SPS_INTERVAL_MAX_90K = 900000, // 10 s a picture; more is nonsense
};

// Embedded by value. It goes on after a violation and remembers it, as its reader does.
struct gw_sps_syntax {
    struct gw_bit_reader bits;
    bool bad; // a value out of range
};

// ue(v) that the standard bounds; 0 for one above.
uint32_t gw_sps_read_ue_max(struct gw_sps_syntax *s, uint32_t max);

// Reads four offsets and takes them off the picture's sides: table 6-1 of either
// standard. `fields`: its rows are counted in pairs.
void gw_sps_read_crop(struct gw_sps_syntax *s, unsigned chroma_format_idc, bool fields,
                      uint32_t *width, uint32_t *height);

// Aspect ratio, overscan, signal type and place of the chroma samples.
void gw_sps_skip_vui_picture(struct gw_sps_syntax *s);

// Reads units in a tick and ticks a second: a picture lasts `ticks`. Returns 0 for what
// says nothing, or nonsense.
uint32_t gw_sps_read_interval_90k(struct gw_sps_syntax *s, unsigned ticks);

#endif
