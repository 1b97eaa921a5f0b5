#include "ingest/rtp_h265.h"

#include <errno.h>

#include "ingest/h265_nal.h"
#include "ingest/h265_params.h"
#include "ingest/nal_units.h"

enum {
    AP = 48,
    FU = 49,
    PACI = 50, // the last of the payload structures that are defined
    FU_HEAD = GW_H265_HEADER_BYTES + 1,
    HEADER_REST = 0x81, // forbidden_zero_bit and the high bit of nuh_layer_id
    TYPE = 0x3f,
};

static enum gw_nal_role role(const uint8_t *nal)
{
    unsigned type = gw_h265_type(nal);

    // A start code that a camera left in front (V380's do) reads as a temporal id
    // that cannot be.
    if (type > GW_H265_TYPE_MAX || !gw_h265_has_temporal_id(nal))
        return GW_NAL_MALFORMED;
    // Layers above the first are for scalable and 3D video; players know one.
    if (gw_h265_layer(nal))
        return GW_NAL_NEEDLESS;
    if (gw_h265_is_entry(type))
        return GW_NAL_KEY_SLICE;
    if (type <= GW_H265_RASL_R)
        return GW_NAL_SLICE;
    if (type >= GW_H265_VPS && type <= GW_H265_PPS)
        return GW_NAL_PARAMS;
    if (type == GW_H265_SEI_PREFIX || type == GW_H265_SEI_SUFFIX)
        return GW_NAL_OTHER;
    return GW_NAL_NEEDLESS; // delimiters, filler, and what is reserved
}

static int take_fragment(struct gw_access_unit *u, const uint8_t *data, size_t len)
{
    if (len < FU_HEAD)
        return -EBADMSG;
    uint8_t fu = data[GW_H265_HEADER_BYTES];
    uint8_t header[GW_H265_HEADER_BYTES] = {
        (uint8_t)((data[0] & HEADER_REST) | (fu & TYPE) << 1),
        data[1],
    };
    return gw_nal_units_take_fragment(u, fu, header, data + FU_HEAD, len - FU_HEAD);
}

static int take(struct gw_access_unit *u, const struct gw_rtp_packet *p)
{
    if (p->len < GW_H265_HEADER_BYTES)
        return -EBADMSG;
    unsigned type = gw_h265_type(p->payload);
    if (type == FU)
        return take_fragment(u, p->payload, p->len);

    int r = gw_nal_units_end(u);
    if (r)
        return r;
    if (type == AP)
        return gw_nal_units_take_aggregate(u, p->payload + GW_H265_HEADER_BYTES,
                                           p->len - GW_H265_HEADER_BYTES);
    if (type <= GW_H265_TYPE_MAX)
        return gw_nal_units_take(u, p->payload, p->len);
    return type <= PACI ? -ENOTSUP : -EBADMSG;
}

static const struct gw_nal_syntax syntax = {
    .header_bytes = GW_H265_HEADER_BYTES,
    .role = role,
    .begins_picture = gw_h265_begins_picture,
};

const struct gw_payload_format gw_rtp_h265 = {
    .codec = GW_CODEC_H265,
    .state_bytes = sizeof(struct gw_nal_units),
    .take = take,
    .end = gw_nal_units_end,
    .reset = gw_nal_units_reset,
    .nal = &syntax,
    .params = &gw_h265_param_syntax,
};
