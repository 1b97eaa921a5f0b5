#include "mux/h265_sps.h"

#include "mux/h264_sps.h"
#include "mux/sps_syntax.h"

#include <assert.h>
#include <errno.h>

enum {
    NAL_TYPE_SPS = 33,
    SUB_LAYERS_MAX = 6,  // sps_max_sub_layers_minus1; 7 is reserved
    BIT_DEPTH_MORE = 7,  // than 8, that a decoder configuration record has room for
    SHORT_TERM_MAX = 64, // sets of reference pictures
    LONG_TERM_MAX = 32,  // reference pictures
    PICTURES_MAX = 16,   // of one set
};

static_assert((int)GW_H265_REORDER_MAX <= (int)GW_SPS_REORDER_MAX,
              "decode times cover it");

struct parse {
    struct gw_sps_syntax syntax;
    struct gw_h265_sps sps;
    unsigned sub_layers;   // beside the first
    unsigned poc_lsb_bits; // of a picture's order count
};

static void skip(struct parse *p, unsigned bits)
{
    for (; bits > 32; bits -= 32)
        (void)gw_bit_read(&p->syntax.bits, 32);
    (void)gw_bit_read(&p->syntax.bits, bits);
}

// Section 7.3.3.
static void parse_profile(struct parse *p)
{
    unsigned sub_layer_bits = 0;

    p->sps.profile_space = (uint8_t)gw_bit_read(&p->syntax.bits, 2);
    p->sps.high_tier = gw_bit_read_flag(&p->syntax.bits);
    p->sps.profile_idc = (uint8_t)gw_bit_read(&p->syntax.bits, 5);
    p->sps.compatibility = gw_bit_read(&p->syntax.bits, 32);
    for (unsigned i = 0; i < GW_H265_CONSTRAINT_BYTES; i++)
        p->sps.constraints[i] = (uint8_t)gw_bit_read(&p->syntax.bits, 8);
    p->sps.level_idc = (uint8_t)gw_bit_read(&p->syntax.bits, 8);

    if (!p->sub_layers)
        return;
    for (unsigned i = 0; i < 8; i++) { // flags of those that are not there are 0
        sub_layer_bits += gw_bit_read_flag(&p->syntax.bits) ? 88 : 0; // profile and tier
        sub_layer_bits += gw_bit_read_flag(&p->syntax.bits) ? 8 : 0;  // level
    }
    skip(p, sub_layer_bits);
}

static void parse_size(struct parse *p)
{
    p->sps.chroma_format_idc = (uint8_t)gw_sps_read_ue_max(&p->syntax, 3);
    // separate_colour_plane_flag: the units of cropping are those of 4:4:4 all the
    // same.
    if (p->sps.chroma_format_idc == 3)
        (void)gw_bit_read_flag(&p->syntax.bits);

    uint32_t width = gw_sps_read_ue_max(&p->syntax, GW_SPS_SIDE_MAX);
    uint32_t height = gw_sps_read_ue_max(&p->syntax, GW_SPS_SIDE_MAX);
    if (!width || !height || width * height > GW_H265_SAMPLES_MAX)
        p->syntax.bad = true;
    if (gw_bit_read_flag(&p->syntax.bits)) // conformance_window_flag
        gw_sps_read_crop(&p->syntax, p->sps.chroma_format_idc, false, &width, &height);
    p->sps.width = (uint16_t)width;
    p->sps.height = (uint16_t)height;

    p->sps.bit_depth_luma = (uint8_t)(8 + gw_sps_read_ue_max(&p->syntax, BIT_DEPTH_MORE));
    p->sps.bit_depth_chroma =
        (uint8_t)(8 + gw_sps_read_ue_max(&p->syntax, BIT_DEPTH_MORE));
}

static void parse_reorder(struct parse *p)
{
    p->poc_lsb_bits = 4 + gw_sps_read_ue_max(&p->syntax, 12);
    bool each = gw_bit_read_flag(&p->syntax.bits); // sub_layer_ordering_info_present_flag
    for (unsigned i = each ? 0 : p->sub_layers; i <= p->sub_layers; i++) {
        (void)gw_sps_read_ue_max(&p->syntax,
                                 PICTURES_MAX - 1); // sps_max_dec_pic_buffering_minus1
        p->sps.reorder = (uint8_t)gw_sps_read_ue_max(&p->syntax, GW_H265_REORDER_MAX);
        (void)gw_bit_read_ue(&p->syntax.bits); // sps_max_latency_increase_plus1
    }
}

// Section 7.3.4: read for its length only.
static void skip_scaling_lists(struct parse *p)
{
    for (unsigned size = 0; size < 4; size++) {
        unsigned count = size == 0 ? 16 : 64;
        for (unsigned matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
            if (!gw_bit_read_flag(&p->syntax.bits)) { // scaling_list_pred_mode_flag
                (void)gw_bit_read_ue(&p->syntax.bits);
                continue;
            }
            if (size > 1)
                (void)gw_bit_read_se(&p->syntax.bits); // scaling_list_dc_coef_minus8
            for (unsigned i = 0; i < count; i++)
                (void)gw_bit_read_se(&p->syntax.bits);
        }
    }
}

static void skip_coding_tools(struct parse *p)
{
    for (unsigned i = 0; i < 6; i++) // sizes of blocks, depths of transform trees
        (void)gw_bit_read_ue(&p->syntax.bits);
    if (gw_bit_read_flag(&p->syntax.bits))     // scaling_list_enabled_flag
        if (gw_bit_read_flag(&p->syntax.bits)) // sps_scaling_list_data_present_flag
            skip_scaling_lists(p);
    (void)gw_bit_read(&p->syntax.bits, 2);   // AMP, sample adaptive offset
    if (gw_bit_read_flag(&p->syntax.bits)) { // pcm_enabled_flag
        (void)gw_bit_read(&p->syntax.bits, 4 + 4);
        (void)gw_bit_read_ue(&p->syntax.bits);
        (void)gw_bit_read_ue(&p->syntax.bits);
        (void)gw_bit_read_flag(&p->syntax.bits);
    }
}

// A set that is told as the difference to the one before it, which has `before`
// pictures.
static unsigned skip_predicted_set(struct parse *p, unsigned before)
{
    unsigned count = 0;

    (void)gw_bit_read_flag(&p->syntax.bits); // delta_rps_sign
    (void)gw_bit_read_ue(&p->syntax.bits);   // abs_delta_rps_minus1
    for (unsigned i = 0; i <= before; i++) {
        // used_by_curr_pic_flag, else use_delta_flag.
        if (gw_bit_read_flag(&p->syntax.bits) || gw_bit_read_flag(&p->syntax.bits))
            count++;
    }
    if (count > PICTURES_MAX)
        p->syntax.bad = true;
    return count;
}

static unsigned skip_explicit_set(struct parse *p)
{
    unsigned negative = gw_sps_read_ue_max(&p->syntax, PICTURES_MAX);
    unsigned positive = gw_sps_read_ue_max(&p->syntax, PICTURES_MAX - negative);

    for (unsigned i = 0; i < negative + positive; i++) {
        (void)gw_bit_read_ue(&p->syntax.bits); // delta_poc_minus1
        (void)gw_bit_read_flag(&p->syntax.bits);
    }
    return negative + positive;
}

// Section 7.3.7.
static void skip_reference_sets(struct parse *p)
{
    unsigned sets = gw_sps_read_ue_max(&p->syntax, SHORT_TERM_MAX);
    unsigned pictures = 0;

    for (unsigned i = 0; i < sets && !p->syntax.bad && !p->syntax.bits.failed; i++) {
        bool predicted = i && gw_bit_read_flag(&p->syntax.bits);
        pictures = predicted ? skip_predicted_set(p, pictures) : skip_explicit_set(p);
    }
    if (!gw_bit_read_flag(&p->syntax.bits)) // long_term_ref_pics_present_flag
        return;
    unsigned long_term = gw_sps_read_ue_max(&p->syntax, LONG_TERM_MAX);
    for (unsigned i = 0; i < long_term; i++)
        (void)gw_bit_read(&p->syntax.bits, p->poc_lsb_bits + 1);
}

static void skip_vui_picture(struct parse *p)
{
    gw_sps_skip_vui_picture(&p->syntax);
    (void)gw_bit_read(&p->syntax.bits, 3); // neutral chroma, fields, frame_field_info
    if (gw_bit_read_flag(&p->syntax.bits)) // default_display_window_flag
        for (unsigned i = 0; i < 4; i++)
            (void)gw_bit_read_ue(&p->syntax.bits);
}

// All behind the reordering, which is there for the timing only.
static void parse_tail(struct parse *p)
{
    uint32_t interval_90k = 0;

    skip_coding_tools(p);
    skip_reference_sets(p);
    (void)gw_bit_read(&p->syntax.bits, 2);   // temporal motion vectors, strong smoothing
    if (gw_bit_read_flag(&p->syntax.bits)) { // vui_parameters_present_flag
        skip_vui_picture(p);
        if (gw_bit_read_flag(&p->syntax.bits)) // vui_timing_info_present_flag
            interval_90k = gw_sps_read_interval_90k(&p->syntax, 1);
    }
    p->sps.tail_broken = p->syntax.bits.failed || p->syntax.bad;
    p->sps.interval_90k = p->sps.tail_broken ? 0 : interval_90k;
}

int gw_h265_sps_parse(const void *nal, size_t len, struct gw_h265_sps *ret_sps)
{
    struct parse p = { .syntax.bits = gw_bit_reader_init(nal, len) };

    // forbidden_zero_bit, nal_unit_type, nuh_layer_id, nuh_temporal_id_plus1. Layers
    // above the first have other fields.
    if (gw_bit_read(&p.syntax.bits, 1 + 6 + 6) != NAL_TYPE_SPS << 6)
        return -EBADMSG;
    (void)gw_bit_read(&p.syntax.bits, 3);
    (void)gw_bit_read(&p.syntax.bits, 4); // sps_video_parameter_set_id
    p.sub_layers = gw_bit_read(&p.syntax.bits, 3);
    if (p.sub_layers > SUB_LAYERS_MAX)
        return -EBADMSG;
    p.sps.temporal_layers = (uint8_t)(p.sub_layers + 1);
    p.sps.temporal_nested = gw_bit_read_flag(&p.syntax.bits);
    parse_profile(&p);
    (void)gw_sps_read_ue_max(&p.syntax, 15); // sps_seq_parameter_set_id
    parse_size(&p);
    parse_reorder(&p);
    if (p.syntax.bits.failed || p.syntax.bad)
        return -EBADMSG;

    parse_tail(&p);
    *ret_sps = p.sps;
    return 0;
}
