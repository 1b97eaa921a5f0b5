// H.264's parameter sets, for param_sets.h: SPS (NAL unit type 7), then PPS (8).
#ifndef GW_INGEST_H264_PARAMS_H
#define GW_INGEST_H264_PARAMS_H

#include "ingest/param_sets.h"

enum {
    // Cameras use one or two of each.
    GW_H264_SPS_MAX = 4,
    GW_H264_PPS_MAX = 8,
};

extern const struct gw_param_syntax gw_h264_param_syntax;

#endif
