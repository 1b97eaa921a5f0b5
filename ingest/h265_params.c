#include "ingest/h265_params.h"

#include <assert.h>
#include <errno.h>

#include "base/bit_reader.h"
#include "ingest/h265_nal.h"

enum {
    VPS_ID_BITS = 4,
    SPS_ID_MAX = 15,
    PPS_ID_MAX = 63,
    SUB_LAYERS_MAX = 6, // sps_max_sub_layers_minus1; 7 is reserved
    PROFILE_BITS = 88,  // of profile_tier_level(), for one layer
    LEVEL_BITS = 8,
};

enum kind { KIND_VPS, KIND_SPS, KIND_PPS, KINDS };

static_assert(GW_H265_VPS_MAX + GW_H265_SPS_MAX + GW_H265_PPS_MAX <= GW_PARAM_SETS_MAX,
              "all have room");

static void skip(struct gw_bit_reader *bits, unsigned count)
{
    for (; count > 32; count -= 32)
        (void)gw_bit_read(bits, 32);
    (void)gw_bit_read(bits, count);
}

// ITU-T H.265 section 7.3.3.
static void skip_profile_tier_level(struct gw_bit_reader *bits, unsigned sub_layers)
{
    unsigned count = 0; // bits of what the sub-layers have present

    skip(bits, PROFILE_BITS + LEVEL_BITS);
    if (!sub_layers)
        return;
    for (unsigned i = 0; i < 8; i++) { // flags of those that are not there are 0
        count += gw_bit_read_flag(bits) ? PROFILE_BITS : 0;
        count += gw_bit_read_flag(bits) ? LEVEL_BITS : 0;
    }
    skip(bits, count);
}

// Section 7.3.2.2: the id stands behind all that says what a decoder must be able to.
static uint32_t read_sps_id(struct gw_bit_reader *bits)
{
    (void)gw_bit_read(bits, VPS_ID_BITS);
    unsigned sub_layers = gw_bit_read(bits, 3);
    (void)gw_bit_read_flag(bits); // sps_temporal_id_nesting_flag
    if (sub_layers > SUB_LAYERS_MAX)
        return UINT32_MAX;
    skip_profile_tier_level(bits, sub_layers);
    return gw_bit_read_ue(bits);
}

static int read_set(const uint8_t *nal, size_t len, size_t *ret_kind, unsigned *ret_id)
{
    if (len < GW_H265_HEADER_BYTES)
        return -EBADMSG;

    struct gw_bit_reader bits = gw_bit_reader_init(nal, len);
    uint32_t id;
    uint32_t max;
    size_t kind;
    skip(&bits, 8 * GW_H265_HEADER_BYTES);
    switch (gw_h265_type(nal)) {
    case GW_H265_VPS:
        kind = KIND_VPS;
        max = UINT8_MAX;
        id = gw_bit_read(&bits, VPS_ID_BITS);
        break;
    case GW_H265_SPS:
        kind = KIND_SPS;
        max = SPS_ID_MAX;
        id = read_sps_id(&bits);
        break;
    case GW_H265_PPS:
        kind = KIND_PPS;
        max = PPS_ID_MAX;
        id = gw_bit_read_ue(&bits);
        break;
    default: return -EBADMSG;
    }
    if (bits.failed || id > max)
        return -EBADMSG;
    *ret_kind = kind;
    *ret_id = id;
    return 0;
}

const struct gw_param_syntax gw_h265_param_syntax = {
    .kinds = KINDS,
    .max = {
        [KIND_VPS] = GW_H265_VPS_MAX,
        [KIND_SPS] = GW_H265_SPS_MAX,
        [KIND_PPS] = GW_H265_PPS_MAX,
    },
    .read = read_set,
};
