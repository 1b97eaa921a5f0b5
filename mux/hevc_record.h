// H.265 parameter sets as players ask for them. For params.c only.
#ifndef GW_MUX_HEVC_RECORD_H
#define GW_MUX_HEVC_RECORD_H

#include "base/bytes.h"
#include "mux/params.h"

enum {
    GW_HEVC_SETS_MAX = 64,            // of each kind: section 7.4.3 knows fewer
    GW_HEVC_RECORD_MORE = 23 + 3 * 3, // bytes beside the sets
};

// Sets codec, size and times of `p`, and writes the HEVCDecoderConfigurationRecord
// (ISO/IEC 14496-15 section 8.3.3.1). Returns as gw_params_parse(); what was set or
// written is of no use then.
int gw_hevc_describe(struct gw_reader sets, struct gw_params *p, struct gw_writer *w);

#endif
