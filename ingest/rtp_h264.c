#include "ingest/rtp_h264.h"

#include <errno.h>

#include "ingest/h264_nal.h"
#include "ingest/h264_params.h"
#include "ingest/nal_units.h"

enum {
    STAP_A = 24,
    FU_A = 28,
    FU_B = 29,         // the last of the payload structures that are defined
    FU_HEAD = 2,       // bytes: indicator and header
    HEADER_NRI = 0xe0, // forbidden_zero_bit and nal_ref_idc of a NAL unit's header
    TYPE = 0x1f,
};

static enum gw_nal_role role(const uint8_t *nal)
{
    unsigned type = gw_h264_type(nal[0]);

    if (type == 0 || type > GW_H264_TYPE_MAX)
        return GW_NAL_MALFORMED;
    if (type == GW_H264_SPS || type == GW_H264_PPS)
        return GW_NAL_PARAMS;
    if (type == GW_H264_AUD || type == GW_H264_FILLER)
        return GW_NAL_NEEDLESS;
    if (type == GW_H264_IDR)
        return GW_NAL_KEY_SLICE;
    return gw_h264_is_slice(type) ? GW_NAL_SLICE : GW_NAL_OTHER;
}

static int take_fragment(struct gw_access_unit *u, const uint8_t *data, size_t len)
{
    if (len < FU_HEAD)
        return -EBADMSG;
    uint8_t header = (uint8_t)((data[0] & HEADER_NRI) | (data[1] & TYPE));
    return gw_nal_units_take_fragment(u, data[1], &header, data + FU_HEAD, len - FU_HEAD);
}

static int take(struct gw_access_unit *u, const struct gw_rtp_packet *p)
{
    unsigned type = gw_h264_type(p->payload[0]);
    if (type == FU_A)
        return take_fragment(u, p->payload, p->len);

    int r = gw_nal_units_end(u);
    if (r)
        return r;
    if (type == STAP_A)
        return gw_nal_units_take_aggregate(u, p->payload + 1, p->len - 1);
    if (type <= GW_H264_TYPE_MAX)
        return gw_nal_units_take(u, p->payload, p->len);
    return type <= FU_B ? -ENOTSUP : -EBADMSG;
}

static const struct gw_nal_syntax syntax = {
    .header_bytes = 1,
    .role = role,
    .begins_picture = gw_h264_begins_picture,
};

const struct gw_payload_format gw_rtp_h264 = {
    .codec = GW_CODEC_H264,
    .state_bytes = sizeof(struct gw_nal_units),
    .take = take,
    .end = gw_nal_units_end,
    .reset = gw_nal_units_reset,
    .nal = &syntax,
    .params = &gw_h264_param_syntax,
};
