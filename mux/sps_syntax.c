#include "mux/sps_syntax.h"

enum { ASPECT_EXTENDED_SAR = 255 };

uint32_t gw_sps_read_ue_max(struct gw_sps_syntax *s, uint32_t max)
{
    uint32_t v = gw_bit_read_ue(&s->bits);
    if (v <= max)
        return v;
    s->bad = true;
    return 0;
}

void gw_sps_read_crop(struct gw_sps_syntax *s, unsigned chroma_format_idc, bool fields,
                      uint32_t *width, uint32_t *height)
{
    uint64_t unit_x = chroma_format_idc == 1 || chroma_format_idc == 2 ? 2 : 1;
    uint64_t unit_y = (chroma_format_idc == 1 ? 2 : 1) * (fields ? 2 : 1);

    uint64_t left = gw_bit_read_ue(&s->bits);
    uint64_t right = gw_bit_read_ue(&s->bits);
    uint64_t top = gw_bit_read_ue(&s->bits);
    uint64_t bottom = gw_bit_read_ue(&s->bits);
    uint64_t cut_x = (left + right) * unit_x;
    uint64_t cut_y = (top + bottom) * unit_y;
    if (cut_x >= *width || cut_y >= *height) {
        s->bad = true;
        return;
    }
    *width -= (uint32_t)cut_x;
    *height -= (uint32_t)cut_y;
}

void gw_sps_skip_vui_picture(struct gw_sps_syntax *s)
{
    struct gw_bit_reader *bits = &s->bits;

    if (gw_bit_read_flag(bits)) // aspect_ratio_info_present_flag
        if (gw_bit_read(bits, 8) == ASPECT_EXTENDED_SAR)
            (void)gw_bit_read(bits, 32);
    if (gw_bit_read_flag(bits)) // overscan_info_present_flag
        (void)gw_bit_read_flag(bits);
    if (gw_bit_read_flag(bits)) { // video_signal_type_present_flag
        (void)gw_bit_read(bits, 3 + 1);
        if (gw_bit_read_flag(bits)) // colour_description_present_flag
            (void)gw_bit_read(bits, 24);
    }
    if (gw_bit_read_flag(bits)) { // chroma_loc_info_present_flag
        (void)gw_sps_read_ue_max(s, 5);
        (void)gw_sps_read_ue_max(s, 5);
    }
}

uint32_t gw_sps_read_interval_90k(struct gw_sps_syntax *s, unsigned ticks)
{
    uint64_t units = gw_bit_read(&s->bits, 32);
    uint64_t scale = gw_bit_read(&s->bits, 32);
    uint64_t interval = scale ? units * ticks * 90000 / scale : 0;

    return interval <= GW_SPS_INTERVAL_MAX_90K ? (uint32_t)interval : 0;
}
