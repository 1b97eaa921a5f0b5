// What ingest reads of an H.264 NAL unit: its type, and where pictures begin
// (ITU-T H.264 table 7-1 and sections 7.3.3, B.1).
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

// Returns the offset of the next start code 00 00 01 at or after `from`, or `len`
// when there is none.
size_t gw_h264_find_start_code(const uint8_t *data, size_t len, size_t from);

// Cuts the next NAL unit out of bytes in which Annex B start codes may occur: one
// ahead of the first unit is skipped, zeros at the end do not belong to a unit.
// Start with *pos = 0. Returns false when there are no more.
bool gw_h264_next_nal(const uint8_t *data, size_t len, size_t *pos,
                      const uint8_t **ret_nal, size_t *ret_nal_len);

#endif
