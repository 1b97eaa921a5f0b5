#include "mux/h264_sps.h"

#include "mux/sps_syntax.h"

#include <errno.h>

enum {
    NAL_TYPE_SPS = 7,
    PROFILE_BASELINE = 66,
    CONSTRAINT_SET3 = 0x10,
    MACROBLOCK = 16, // pixels
};

// What later parts of the syntax depend on.
struct parse {
    struct gw_sps_syntax syntax;
    struct gw_h264_sps sps;
    unsigned poc_type;
};

// Profiles whose SPS has the chroma part: section 7.3.2.1.1.
static bool has_chroma_part(uint8_t profile_idc)
{
    switch (profile_idc) {
    case 100:
    case 110:
    case 122:
    case 244:
    case 44:
    case 83:
    case 86:
    case 118:
    case 128:
    case 138:
    case 139:
    case 134:
    case 135: return true;
    default: return false;
    }
}

// Section 7.3.2.1.1.1: the list is read for its length only.
static void skip_scaling_list(struct parse *p, unsigned size)
{
    int last = 8;
    for (unsigned i = 0; i < size; i++) {
        int32_t delta = gw_bit_read_se(&p->syntax.bits);
        if (delta < -128 || delta > 127) {
            p->syntax.bad = true;
            return;
        }
        int next = (last + delta + 256) % 256;
        if (next == 0)
            return; // the rest repeats the last value
        last = next;
    }
}

static void parse_chroma(struct parse *p)
{
    p->sps.chroma_format_idc = (uint8_t)gw_sps_read_ue_max(&p->syntax, 3);
    // separate_colour_plane_flag: for cropping only ChromaArrayType counts, and
    // that gives the same units as 4:4:4.
    if (p->sps.chroma_format_idc == 3)
        (void)gw_bit_read_flag(&p->syntax.bits);
    p->sps.bit_depth_luma = (uint8_t)(8 + gw_sps_read_ue_max(&p->syntax, 6));
    p->sps.bit_depth_chroma = (uint8_t)(8 + gw_sps_read_ue_max(&p->syntax, 6));
    (void)gw_bit_read_flag(&p->syntax.bits); // qpprime_y_zero_transform_bypass_flag

    if (!gw_bit_read_flag(&p->syntax.bits)) // seq_scaling_matrix_present_flag
        return;
    unsigned lists = p->sps.chroma_format_idc == 3 ? 12 : 8;
    for (unsigned i = 0; i < lists; i++)
        if (gw_bit_read_flag(&p->syntax.bits))
            skip_scaling_list(p, i < 6 ? 16 : 64);
}

static void parse_order_count(struct parse *p)
{
    (void)gw_sps_read_ue_max(&p->syntax, 12); // log2_max_frame_num_minus4
    p->poc_type = gw_sps_read_ue_max(&p->syntax, 2);
    if (p->poc_type == 0)
        (void)gw_sps_read_ue_max(&p->syntax, 12); // log2_max_pic_order_cnt_lsb_minus4
    if (p->poc_type != 1)
        return;

    (void)gw_bit_read_flag(&p->syntax.bits); // delta_pic_order_always_zero_flag
    (void)gw_bit_read_se(&p->syntax.bits);   // offset_for_non_ref_pic
    (void)gw_bit_read_se(&p->syntax.bits);   // offset_for_top_to_bottom_field
    uint32_t cycle = gw_sps_read_ue_max(&p->syntax, 255);
    for (uint32_t i = 0; i < cycle; i++)
        (void)gw_bit_read_se(&p->syntax.bits);
}

static void parse_size(struct parse *p)
{
    uint32_t columns =
        1 + gw_sps_read_ue_max(&p->syntax, GW_SPS_SIDE_MAX / MACROBLOCK - 1);
    uint32_t rows = 1 + gw_sps_read_ue_max(&p->syntax, GW_SPS_SIDE_MAX / MACROBLOCK - 1);
    bool frames_only = gw_bit_read_flag(&p->syntax.bits);
    if (!frames_only) {
        (void)gw_bit_read_flag(&p->syntax.bits); // mb_adaptive_frame_field_flag
        rows *= 2;                               // a map unit is a pair of rows
    }
    (void)gw_bit_read_flag(&p->syntax.bits); // direct_8x8_inference_flag

    uint32_t width = columns * MACROBLOCK;
    uint32_t height = rows * MACROBLOCK;
    if (gw_bit_read_flag(&p->syntax.bits))
        gw_sps_read_crop(&p->syntax, p->sps.chroma_format_idc, !frames_only, &width,
                         &height);
    if (height > GW_SPS_SIDE_MAX || columns * rows > GW_SPS_MACROBLOCKS_MAX)
        p->syntax.bad = true;
    p->sps.width = (uint16_t)width;
    p->sps.height = (uint16_t)height;
}

// Section E.1.2.
static void skip_hrd(struct parse *p)
{
    uint32_t buffers = 1 + gw_sps_read_ue_max(&p->syntax, 31);
    (void)gw_bit_read(&p->syntax.bits, 4 + 4);
    for (uint32_t i = 0; i < buffers; i++) {
        (void)gw_bit_read_ue(&p->syntax.bits);
        (void)gw_bit_read_ue(&p->syntax.bits);
        (void)gw_bit_read_flag(&p->syntax.bits);
    }
    (void)gw_bit_read(&p->syntax.bits, 5 + 5 + 5 + 5);
}

static void parse_restriction(struct parse *p)
{
    (void)gw_bit_read_flag(&p->syntax.bits); // motion_vectors_over_pic_boundaries_flag
    for (unsigned i = 0; i < 4; i++)         // sizes and lengths of motion vectors
        (void)gw_sps_read_ue_max(&p->syntax, 16);
    p->sps.reorder = (int)gw_sps_read_ue_max(&p->syntax, GW_SPS_REORDER_MAX);
    (void)gw_bit_read_ue(&p->syntax.bits); // max_dec_frame_buffering
}

static void parse_vui(struct parse *p)
{
    struct gw_h264_sps before = p->sps;

    gw_sps_skip_vui_picture(&p->syntax);
    if (gw_bit_read_flag(&p->syntax.bits)) { // timing_info_present_flag
        // A tick is the time of a field: section E.2.1.
        p->sps.interval_90k = gw_sps_read_interval_90k(&p->syntax, 2);
        (void)gw_bit_read_flag(&p->syntax.bits); // fixed_frame_rate_flag
    }
    bool nal_hrd = gw_bit_read_flag(&p->syntax.bits);
    if (nal_hrd)
        skip_hrd(p);
    bool vcl_hrd = gw_bit_read_flag(&p->syntax.bits);
    if (vcl_hrd)
        skip_hrd(p);
    if (nal_hrd || vcl_hrd)
        (void)gw_bit_read_flag(&p->syntax.bits); // low_delay_hrd_flag
    (void)gw_bit_read_flag(&p->syntax.bits);     // pic_struct_present_flag
    if (gw_bit_read_flag(&p->syntax.bits))       // bitstream_restriction_flag
        parse_restriction(p);

    // Everything that decoding needs was read before.
    if (p->syntax.bits.failed) {
        p->sps = before;
        p->sps.vui_truncated = true;
    }
}

// What is known of the reordering when the VUI does not say: section E.2.1 for
// the intra profiles, A.2.1 for Baseline (no B slices), 8.2.1.3 for type 2.
static int reorder_without_vui(const struct parse *p)
{
    bool intra = has_chroma_part(p->sps.profile_idc) && p->sps.profile_idc != 118 &&
                 p->sps.profile_idc != 128 && (p->sps.constraints & CONSTRAINT_SET3);
    if (intra || p->sps.profile_idc == PROFILE_BASELINE || p->poc_type == 2)
        return 0;
    return GW_SPS_REORDER_UNKNOWN;
}

int gw_h264_sps_parse(const void *nal, size_t len, struct gw_h264_sps *ret_sps)
{
    struct parse p = {
        .syntax.bits = gw_bit_reader_init(nal, len),
        .sps = { .chroma_format_idc = 1, .bit_depth_luma = 8, .bit_depth_chroma = 8 },
    };

    // forbidden_zero_bit, nal_ref_idc, nal_unit_type.
    if ((gw_bit_read(&p.syntax.bits, 8) & 0x9f) != NAL_TYPE_SPS)
        return -EBADMSG;
    p.sps.profile_idc = (uint8_t)gw_bit_read(&p.syntax.bits, 8);
    p.sps.constraints = (uint8_t)gw_bit_read(&p.syntax.bits, 8);
    p.sps.level_idc = (uint8_t)gw_bit_read(&p.syntax.bits, 8);
    (void)gw_sps_read_ue_max(&p.syntax, 31); // seq_parameter_set_id
    if (has_chroma_part(p.sps.profile_idc))
        parse_chroma(&p);
    parse_order_count(&p);
    (void)gw_sps_read_ue_max(&p.syntax, 16); // max_num_ref_frames
    (void)gw_bit_read_flag(&p.syntax.bits);  // gaps_in_frame_num_value_allowed_flag
    parse_size(&p);
    bool vui = gw_bit_read_flag(&p.syntax.bits);
    if (p.syntax.bits.failed)
        return -EBADMSG;

    p.sps.reorder = reorder_without_vui(&p);
    if (vui)
        parse_vui(&p);
    if (p.syntax.bad)
        return -EBADMSG;
    *ret_sps = p.sps;
    return 0;
}
