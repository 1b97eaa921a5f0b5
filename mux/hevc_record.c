#include "mux/hevc_record.h"

#include "mux/h265_sps.h"
#include "mux/nal_sets.h"

#include <inttypes.h>
#include <stdio.h>

enum { LENGTH_BYTES = 4, ALL_SETS_ARE_HERE = 0x80 };

enum kind { VPS, SPS, PPS, KINDS };

static uint8_t type_of(const uint8_t *nal)
{
    return nal[0] >> 1 & 0x3f;
}

static const struct gw_nal_set_kinds kinds = {
    .count = KINDS,
    .type = { [VPS] = 32, [SPS] = 33, [PPS] = 34 },
    .max = { [VPS] = GW_HEVC_SETS_MAX,
             [SPS] = GW_HEVC_SETS_MAX,
             [PPS] = GW_HEVC_SETS_MAX },
    .type_of = type_of,
};

static void write_record(struct gw_writer *w, struct gw_reader sets,
                         const struct gw_nal_sets *found, const struct gw_h265_sps *sps)
{
    gw_write_u8(w, 1); // configurationVersion
    gw_write_u8(
        w, (uint8_t)(sps->profile_space << 6 | sps->high_tier << 5 | sps->profile_idc));
    gw_write_u32(w, sps->compatibility);
    gw_write_bytes(w, sps->constraints, sizeof(sps->constraints));
    gw_write_u8(w, sps->level_idc);
    // Reserved bits are 1. What segmentation and parallelism allow, and the frame
    // rate, are not said: all 0.
    gw_write_u16(w, 0xf000); // min_spatial_segmentation_idc
    gw_write_u8(w, 0xfc);    // parallelismType
    gw_write_u8(w, 0xfc | sps->chroma_format_idc);
    gw_write_u8(w, (uint8_t)(0xf8 | (sps->bit_depth_luma - 8)));
    gw_write_u8(w, (uint8_t)(0xf8 | (sps->bit_depth_chroma - 8)));
    gw_write_u16(w, 0); // avgFrameRate
    gw_write_u8(w, (uint8_t)(sps->temporal_layers << 3 | sps->temporal_nested << 2 |
                             (LENGTH_BYTES - 1)));

    gw_write_u8(w, KINDS);
    for (size_t kind = 0; kind < KINDS; kind++) {
        // As `hvc1` demands: none come in the samples.
        gw_write_u8(w, ALL_SETS_ARE_HERE | kinds.type[kind]);
        gw_write_u16(w, (uint16_t)found->count[kind]);
        gw_nal_sets_write(&kinds, kind, sets, w);
    }
}

static uint32_t reverse_bits(uint32_t v)
{
    uint32_t reversed = 0;
    for (unsigned i = 0; i < 32; i++)
        reversed |= (v >> i & 1) << (31 - i);
    return reversed;
}

// ISO/IEC 14496-15 section E.3.
static void write_codec(char *out, size_t cap, const struct gw_h265_sps *sps)
{
    static const char *const spaces[] = { "", "A", "B", "C" };
    size_t constraints = GW_H265_CONSTRAINT_BYTES;
    int len = snprintf(out, cap, "hvc1.%s%u.%" PRIX32 ".%c%u", spaces[sps->profile_space],
                       sps->profile_idc, reverse_bits(sps->compatibility),
                       sps->high_tier ? 'H' : 'L', sps->level_idc);

    while (constraints && !sps->constraints[constraints - 1])
        constraints--;
    for (size_t i = 0; i < constraints; i++)
        len += snprintf(out + len, cap - (size_t)len, ".%X", sps->constraints[i]);
}

int gw_hevc_describe(struct gw_reader sets, struct gw_params *p, struct gw_writer *w)
{
    struct gw_nal_sets found;
    struct gw_h265_sps sps;

    int r = gw_nal_sets_count(&kinds, sets, &found);
    if (!r)
        r = gw_h265_sps_parse(found.first[SPS], found.first_len[SPS], &sps);
    if (r)
        return r;
    p->width = sps.width;
    p->height = sps.height;
    p->reorder = sps.reorder;
    p->interval_90k = sps.interval_90k;
    write_codec(p->codec_string, sizeof(p->codec_string), &sps);
    write_record(w, sets, &found, &sps);
    return 0;
}
