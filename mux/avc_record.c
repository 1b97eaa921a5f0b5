#include "mux/avc_record.h"

#include "mux/h264_sps.h"
#include "mux/nal_sets.h"

#include <stdio.h>

enum { LENGTH_BYTES = 4 };

enum kind { SPS, PPS };

static uint8_t type_of(const uint8_t *nal)
{
    return nal[0] & 0x1f;
}

static const struct gw_nal_set_kinds kinds = {
    .count = 2,
    .type = { [SPS] = 7, [PPS] = 8 },
    .max = { [SPS] = GW_AVC_SPS_MAX, [PPS] = GW_AVC_PPS_MAX },
    .type_of = type_of,
};

static void write_record(struct gw_writer *w, struct gw_reader sets,
                         const struct gw_nal_sets *found, const struct gw_h264_sps *sps)
{
    gw_write_u8(w, 1); // configurationVersion
    gw_write_u8(w, sps->profile_idc);
    gw_write_u8(w, sps->constraints);
    gw_write_u8(w, sps->level_idc);
    gw_write_u8(w, 0xfc | (LENGTH_BYTES - 1)); // reserved bits are 1
    gw_write_u8(w, (uint8_t)(0xe0 | found->count[SPS]));
    gw_nal_sets_write(&kinds, SPS, sets, w);
    gw_write_u8(w, (uint8_t)found->count[PPS]);
    gw_nal_sets_write(&kinds, PPS, sets, w);

    // Baseline, Main and Extended end here.
    if (sps->profile_idc == 66 || sps->profile_idc == 77 || sps->profile_idc == 88)
        return;
    gw_write_u8(w, 0xfc | sps->chroma_format_idc);
    gw_write_u8(w, (uint8_t)(0xf8 | (sps->bit_depth_luma - 8)));
    gw_write_u8(w, (uint8_t)(0xf8 | (sps->bit_depth_chroma - 8)));
    gw_write_u8(w, 0); // SPS extensions: for auxiliary pictures, which no camera has
}

int gw_avc_describe(struct gw_reader sets, struct gw_params *p, struct gw_writer *w)
{
    struct gw_nal_sets found;
    struct gw_h264_sps sps;

    int r = gw_nal_sets_count(&kinds, sets, &found);
    if (!r)
        r = gw_h264_sps_parse(found.first[SPS], found.first_len[SPS], &sps);
    if (r)
        return r;
    p->width = sps.width;
    p->height = sps.height;
    p->reorder = sps.reorder;
    p->interval_90k = sps.interval_90k;
    snprintf(p->codec_string, sizeof(p->codec_string), "avc1.%02X%02X%02X",
             sps.profile_idc, sps.constraints, sps.level_idc);
    write_record(w, sets, &found, &sps);
    return 0;
}
