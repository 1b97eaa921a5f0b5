// H.265's parameter sets, for param_sets.h: VPS (NAL unit type 32), then SPS (33),
// then PPS (34).
#ifndef GW_INGEST_H265_PARAMS_H
#define GW_INGEST_H265_PARAMS_H

#include "ingest/param_sets.h"

enum {
    // Cameras use one of each, sometimes a second PPS.
    GW_H265_VPS_MAX = 2,
    GW_H265_SPS_MAX = 4,
    GW_H265_PPS_MAX = 8,
};

extern const struct gw_param_syntax gw_h265_param_syntax;

#endif
