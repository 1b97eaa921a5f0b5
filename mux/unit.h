// An access unit with what packaging needs beside the frame itself.
#ifndef GW_MUX_UNIT_H
#define GW_MUX_UNIT_H

#include "base/frame.h"
#include "mux/params.h"

#include <stdbool.h>
#include <stdint.h>

struct gw_unit {
    struct gw_frame *frame;
    struct gw_params *params; // in force for it; NULL when they cannot be read
    int64_t dts_90k;          // decode time: see decode_time.h
    uint32_t duration_90k;    // what containers call its duration
    uint32_t ordinal;         // of the stream's units, audio and all, +1 each
    bool gap;                 // access units are missing right before it
};

#endif
