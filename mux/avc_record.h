// H.264 parameter sets as players ask for them. For params.c only.
#ifndef GW_MUX_AVC_RECORD_H
#define GW_MUX_AVC_RECORD_H

#include "base/bytes.h"
#include "mux/params.h"

enum {
    GW_AVC_SPS_MAX = 31,        // the record has 5 bits for their number
    GW_AVC_PPS_MAX = 255,       // and 8 for these
    GW_AVC_RECORD_MORE = 7 + 4, // bytes beside the sets
};

// Sets codec, size and times of `p`, and writes the AVCDecoderConfigurationRecord
// (ISO/IEC 14496-15 section 5.3.3.1). Returns as gw_params_parse(); what was set or
// written is of no use then.
int gw_avc_describe(struct gw_reader sets, struct gw_params *p, struct gw_writer *w);

#endif
