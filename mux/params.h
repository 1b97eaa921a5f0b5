// The parameter sets of a stream, in the forms that players ask for.
//
// Parsed once when they change, then shared by every frame they are in force for.
// Immutable; references are counted without atomics: one shard.
#ifndef GW_MUX_PARAMS_H
#define GW_MUX_PARAMS_H

#include "base/buf.h"
#include "base/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_PARAMS_BYTES_MAX = 16 * 1024, // of all sets together
    GW_CODEC_STRING_BYTES = 48,      // the longest has 41, with its NUL
};

struct gw_params {
    unsigned refs; // for gw_params_ref() and gw_params_unref() only
    enum gw_codec codec;
    struct gw_buf *source; // what was parsed: gw_frame.params. Owned

    char codec_string[GW_CODEC_STRING_BYTES]; // RFC 6381 section 3.3
    uint16_t width;                           // pixels, after cropping
    uint16_t height;
    int reorder;           // frames, or GW_SPS_REORDER_UNKNOWN: see h264_sps.h
    uint32_t interval_90k; // a frame's time, 0 when not known

    // AVCDecoderConfigurationRecord or HEVCDecoderConfigurationRecord, ISO/IEC
    // 14496-15 sections 5.3.3.1 and 8.3.3.1. AAC: AudioSpecificConfig. Opus: OpusHead.
    size_t record_len; // bytes
    uint8_t record[];
};

// Parses gw_frame.params of a codec (32-bit length and NAL unit; VPS, SPS, PPS) and
// takes a reference to it; the caller owns the one reference to *ret_params.
// Size and times are those of the first SPS.
// Returns 0, -EBADMSG (a kind of set is missing, a length does not fit, an SPS that
// cannot be read), -EMSGSIZE (over a limit: above, avc_record.h, hevc_record.h),
// -ENOTSUP (a codec without parameter sets) or -ENOMEM.
int gw_params_parse(enum gw_codec codec, struct gw_buf *source,
                    struct gw_params **ret_params);

// True when `source` holds the same sets: cameras repeat theirs.
bool gw_params_same(const struct gw_params *p, enum gw_codec codec,
                    const struct gw_buf *source);

// Adds a reference. Returns `p`.
struct gw_params *gw_params_ref(struct gw_params *p);

// Drops the caller's reference and sets *pp to NULL. A NULL *pp is allowed.
void gw_params_unref(struct gw_params **pp);

#endif
