// Property: what parses is within the limits, and bytes behind the parameter set
// change nothing of what players need.
#include "mux/h265_sps.h"

#include "mux/sps_syntax.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EXTRA = 8 }; // bytes

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void check_limits(const struct gw_h265_sps *s)
{
    demand(s->width > 0 && s->width <= GW_SPS_SIDE_MAX);
    demand(s->height > 0 && s->height <= GW_SPS_SIDE_MAX);
    demand((uint32_t)s->width * s->height <= GW_H265_SAMPLES_MAX);
    demand(s->reorder <= GW_H265_REORDER_MAX && s->chroma_format_idc <= 3);
    demand(s->bit_depth_luma >= 8 && s->bit_depth_luma <= 15);
    demand(s->bit_depth_chroma >= 8 && s->bit_depth_chroma <= 15);
    demand(s->temporal_layers >= 1 && s->temporal_layers <= 7);
    demand(s->profile_space <= 3 && s->profile_idc <= 31);
    demand(!s->tail_broken || !s->interval_90k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_h265_sps sps;
    if (gw_h265_sps_parse(data, size, &sps) < 0)
        return 0;
    check_limits(&sps);

    uint8_t *longer = malloc(size + EXTRA);
    if (!longer)
        return 0;
    memcpy(longer, data, size);
    memset(longer + size, size & 1 ? 0xff : 0x00, EXTRA);
    struct gw_h265_sps again;
    demand(gw_h265_sps_parse(longer, size + EXTRA, &again) == 0);
    demand(again.width == sps.width && again.height == sps.height);
    demand(again.reorder == sps.reorder);
    // More bytes may complete what ended too early.
    demand(sps.tail_broken || again.interval_90k == sps.interval_90k);
    free(longer);
    return 0;
}
