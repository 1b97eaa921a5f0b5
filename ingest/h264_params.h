// Keeps the H.264 parameter sets in force as one immutable buffer, in the form of
// gw_frame.params: SPS first, then PPS, each behind a 32-bit length.
#ifndef GW_INGEST_H264_PARAMS_H
#define GW_INGEST_H264_PARAMS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    // Cameras use one or two of each. Of more the latest are kept.
    GW_H264_SPS_MAX = 4,
    GW_H264_PPS_MAX = 8,
    GW_H264_SET_BYTES_MAX = 1024, // of one set; usually under 100
};

// Takes an SPS (NAL unit type 7) or PPS (8), header included, no start code. One
// with the same id is replaced; *params becomes another buffer only when something
// truly changed. *params may be NULL: none are known yet.
// Returns 0; -EBADMSG when it is neither or its id cannot be read; -EMSGSIZE when
// it is over the limit; -ENOMEM. *params is untouched on failure.
int gw_h264_params_take(struct gw_buf **params, const uint8_t *nal, size_t len);

// Whether a decoder can start with them: at least one SPS and one PPS. NULL is
// allowed.
bool gw_h264_params_complete(const struct gw_buf *params);

#endif
