// What the engine needs to know of an H.265 sequence parameter set (ISO/IEC 23008-2
// section 7.3.2.2 and Annex E). No allocation, no state.
#ifndef GW_MUX_H265_SPS_H
#define GW_MUX_H265_SPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_H265_SAMPLES_MAX = 35651584, // luma samples of a picture: level 6.2, Table A.8
    GW_H265_REORDER_MAX = 15,       // pictures: section A.4.2
    GW_H265_CONSTRAINT_BYTES = 6,
};

struct gw_h265_sps {
    // profile_tier_level(), section 7.3.3.
    uint8_t profile_space; // 0 to 3
    bool high_tier;
    uint8_t profile_idc; // 0 to 31
    uint32_t compatibility;
    uint8_t constraints[GW_H265_CONSTRAINT_BYTES];
    uint8_t level_idc;

    uint8_t temporal_layers; // 1 to 7
    bool temporal_nested;
    uint8_t chroma_format_idc; // 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4
    uint8_t bit_depth_luma;    // 8 to 15
    uint8_t bit_depth_chroma;

    uint16_t width; // pixels, at most GW_SPS_SIDE_MAX, after cropping
    uint16_t height;

    // Pictures that precede another in decoding order and follow it in output
    // order, at most.
    uint8_t reorder;

    // From the timing info, 90 kHz ticks a picture; 0 when it does not say.
    uint32_t interval_90k;

    // It ends too early or makes no sense behind the reordering: all that a player
    // needs was read, and there is no interval.
    bool tail_broken;
};

// Parses the NAL unit `nal` (its two header bytes included). Bytes behind the end of
// the parameter set are ignored.
// Returns 0, or -EBADMSG for what is no SPS, ends too early or has values out of the
// standard's range. *ret_sps is touched on success only.
int gw_h265_sps_parse(const void *nal, size_t len, struct gw_h265_sps *ret_sps);

#endif
