// What ingest reads of an H.265 NAL unit: its type, and where pictures begin
// (ITU-T H.265 table 7-1 and sections 7.3.1.2, 7.3.6.1).
#ifndef GW_INGEST_H265_NAL_H
#define GW_INGEST_H265_NAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_H265_HEADER_BYTES = 2 };

// nal_unit_type
enum {
    GW_H265_TRAIL_N = 0,
    GW_H265_RASL_R = 9, // slices of 10 to 15 are reserved
    GW_H265_BLA_W_LP = 16,
    GW_H265_CRA = 21, // 22 to 31 are reserved
    GW_H265_VPS = 32,
    GW_H265_SPS = 33,
    GW_H265_PPS = 34,
    GW_H265_SEI_PREFIX = 39,
    GW_H265_SEI_SUFFIX = 40,
    GW_H265_TYPE_MAX = 47, // above are the packet types of RFC 7798
};

// `nal` has at least the header.
static inline unsigned gw_h265_type(const uint8_t *nal)
{
    return nal[0] >> 1 & 0x3fU;
}

static inline unsigned gw_h265_layer(const uint8_t *nal)
{
    return (nal[0] & 1U) << 5 | nal[1] >> 3;
}

// nuh_temporal_id_plus1 is never 0.
static inline bool gw_h265_has_temporal_id(const uint8_t *nal)
{
    return nal[1] & 7;
}

// Whether a picture of this type can be decoded without the ones before (IRAP).
// Pictures that are presented before it may lack references then: a decoder that
// starts here leaves them out (RASL, section 8.1.3).
static inline bool gw_h265_is_entry(unsigned type)
{
    return type >= GW_H265_BLA_W_LP && type <= GW_H265_CRA;
}

// Whether a slice is the first of its picture: first_slice_segment_in_pic_flag is
// the first bit behind the header.
static inline bool gw_h265_begins_picture(const uint8_t *nal, size_t len)
{
    return len > GW_H265_HEADER_BYTES && nal[GW_H265_HEADER_BYTES] & 0x80;
}

#endif
