// What a camera says of its audio, AudioSpecificConfig or OpusHead, and an Opus packet.
// Property: what parses is within the limits, and an MP4 can describe it: one box, whole,
// of the size that the header promises.
#include "base/aac_config.h"
#include "base/bytes.h"
#include "mux/mp4_entry.h"
#include "mux/opus.h"
#include "mux/params.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum {
    ENTRY_MORE = 192, // of gw_mp4_write_entry(): beside the record
    DURATION_MAX_90K = 10800,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void check_aac(const void *data, size_t len)
{
    struct gw_aac_config c;

    if (gw_aac_config_parse(data, len, &c))
        return;
    demand(len <= GW_AAC_CONFIG_MAX);
    demand(c.channels >= 1 && c.channels <= 8);
    demand(c.sample_rate >= 7350 && c.sample_rate <= 96000);
    demand(c.frame_samples == 1024 || c.frame_samples == 960);
}

static void check_opus(const void *data, size_t len)
{
    struct gw_opus_head h;

    if (gw_opus_head_parse(data, len, &h) == 0)
        demand(h.channels == 1 || h.channels == 2);
    demand(gw_opus_duration_90k(data, len) <= DURATION_MAX_90K);
}

static void check_entry(const struct gw_params *p)
{
    uint8_t *out = malloc(ENTRY_MORE + p->record_len);
    demand(out);
    struct gw_writer w = gw_writer_init(out, ENTRY_MORE + p->record_len);

    gw_mp4_write_entry(&w, p);
    demand(!w.failed);
    struct gw_reader size = gw_reader_init(out, 4);
    demand(gw_read_u32(&size) == w.pos);
    free(out);
}

// The first byte says which codec it is.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    enum gw_codec codec = data[0] & 1 ? GW_CODEC_OPUS : GW_CODEC_AAC;
    struct gw_buf *source = gw_buf_copy(data + 1, size - 1);
    struct gw_params *p = NULL;

    demand(source);
    check_aac(data + 1, size - 1);
    check_opus(data + 1, size - 1);
    if (gw_params_parse(codec, source, &p) == 0)
        check_entry(p);
    gw_params_unref(&p);
    gw_buf_unref(&source);
    return 0;
}
