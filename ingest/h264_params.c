#include "ingest/h264_params.h"

#include <assert.h>
#include <errno.h>

#include "base/bit_reader.h"
#include "ingest/h264_nal.h"

enum {
    HEADER = 8,           // bits, of the NAL unit
    SPS_HEAD = 8 + 8 + 8, // bits: profile, constraints, level
    SPS_ID_MAX = 31,
    PPS_ID_MAX = 255,
};

enum kind { KIND_SPS, KIND_PPS, KINDS };

static_assert(GW_H264_SPS_MAX + GW_H264_PPS_MAX <= GW_PARAM_SETS_MAX, "all have room");

// ITU-T H.264 sections 7.3.2.1.1 and 7.3.2.2.
static int read_set(const uint8_t *nal, size_t len, size_t *ret_kind, unsigned *ret_id)
{
    unsigned type = len ? gw_h264_type(nal[0]) : 0;
    if (type != GW_H264_SPS && type != GW_H264_PPS)
        return -EBADMSG;

    struct gw_bit_reader bits = gw_bit_reader_init(nal, len);
    (void)gw_bit_read(&bits, type == GW_H264_SPS ? HEADER + SPS_HEAD : HEADER);
    uint32_t id = gw_bit_read_ue(&bits);
    if (bits.failed || id > (type == GW_H264_SPS ? SPS_ID_MAX : PPS_ID_MAX))
        return -EBADMSG;
    *ret_kind = type == GW_H264_SPS ? KIND_SPS : KIND_PPS;
    *ret_id = id;
    return 0;
}

const struct gw_param_syntax gw_h264_param_syntax = {
    .kinds = KINDS,
    .max = { [KIND_SPS] = GW_H264_SPS_MAX, [KIND_PPS] = GW_H264_PPS_MAX },
    .read = read_set,
};
