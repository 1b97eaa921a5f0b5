// What ingest reads of an H.264 NAL unit: its type, and where pictures begin
// (ITU-T H.264 table 7-1 and sections 7.3.3).
#ifndef GW_INGEST_H264_NAL_H
#define GW_INGEST_H264_NAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// nal_unit_type
enum {
    GW_H264_SLICE = 1,
    GW_H264_PARTITION_A = 2,
    GW_H264_PARTITION_C = 4,
    GW_H264_IDR = 5,
    GW_H264_SEI = 6,
    GW_H264_SPS = 7,
    GW_H264_PPS = 8,
    GW_H264_AUD = 9,
    GW_H264_FILLER = 12,
    GW_H264_TYPE_MAX = 23, // above are the packet types of RFC 6184
};

static inline unsigned gw_h264_type(uint8_t header)
{
    return header & 0x1fU;
}

// Whether a unit of this type carries a part of the coded picture.
static inline bool gw_h264_is_slice(unsigned type)
{
    return type >= GW_H264_SLICE && type <= GW_H264_IDR;
}

// Whether a slice is the first of its picture. first_mb_in_slice comes first in
// its header, as ue(v): a set bit is 0. `nal` has the NAL unit's header.
static inline bool gw_h264_begins_picture(const uint8_t *nal, size_t len)
{
    return len > 1 && nal[1] & 0x80;
}

#endif
