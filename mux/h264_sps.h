// What the engine needs to know of an H.264 sequence parameter set (ISO/IEC
// 14496-10 section 7.3.2.1.1 and Annex E). No allocation, no state.
#ifndef GW_MUX_H264_SPS_H
#define GW_MUX_H264_SPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_SPS_MACROBLOCKS_MAX = 139264, // of a picture: level 6.2, Table A-1
    GW_SPS_REORDER_MAX = 16,         // frames, section E.2.1
    GW_SPS_REORDER_UNKNOWN = -1,
};

struct gw_h264_sps {
    uint8_t profile_idc;
    uint8_t constraints; // the byte of constraint_set flags, as it stands
    uint8_t level_idc;
    uint8_t chroma_format_idc; // 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4
    uint8_t bit_depth_luma;    // 8 to 14
    uint8_t bit_depth_chroma;

    uint16_t width; // pixels, after cropping
    uint16_t height;

    // Frames that precede another in decoding order and follow it in output
    // order, at most: 0 without B-frames, or GW_SPS_REORDER_UNKNOWN.
    int reorder;

    // From the timing info, 90 kHz ticks a frame; 0 when it does not say.
    uint32_t interval_90k;

    // The VUI ends too early: reorder and interval are as without one.
    bool vui_truncated;
};

// Parses the NAL unit `nal` (its header byte included). Bytes behind the end of
// the parameter set are ignored: Reolink cameras send some.
// Returns 0, or -EBADMSG for what is no SPS, ends too early (outside the VUI) or
// has values out of the standard's range. *ret_sps is touched on success only.
int gw_h264_sps_parse(const void *nal, size_t len, struct gw_h264_sps *ret_sps);

#endif
