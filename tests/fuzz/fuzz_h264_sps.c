// Property: what parses is within the limits, and bytes behind the parameter set
// change nothing.
#include "mux/h264_sps.h"

#include "mux/sps_syntax.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EXTRA = 8 }; // bytes

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_limits(const struct gw_h264_sps *s)
{
    if (s->width == 0 || s->width > GW_SPS_SIDE_MAX || s->height == 0 ||
        s->height > GW_SPS_SIDE_MAX || s->reorder < GW_SPS_REORDER_UNKNOWN ||
        s->reorder > GW_SPS_REORDER_MAX || s->chroma_format_idc > 3 ||
        s->bit_depth_luma < 8 || s->bit_depth_luma > 14)
        abort();
}

static void check_same(const struct gw_h264_sps *a, const struct gw_h264_sps *b)
{
    if (a->width != b->width || a->height != b->height || a->reorder != b->reorder ||
        a->interval_90k != b->interval_90k || a->vui_truncated != b->vui_truncated)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_h264_sps sps;
    if (gw_h264_sps_parse(data, size, &sps) < 0)
        return 0;
    check_limits(&sps);
    if (sps.vui_truncated)
        return 0; // more bytes would complete it

    uint8_t *longer = malloc(size + EXTRA);
    if (!longer)
        return 0;
    memcpy(longer, data, size);
    memset(longer + size, size & 1 ? 0xff : 0x00, EXTRA);
    struct gw_h264_sps again;
    if (gw_h264_sps_parse(longer, size + EXTRA, &again) < 0)
        abort();
    check_same(&sps, &again);
    free(longer);
    return 0;
}
