#include "mux/params.h"

#include "base/aac_config.h"
#include "base/bytes.h"
#include "mux/avc_record.h"
#include "mux/hevc_record.h"
#include "mux/opus.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICKS_PER_S = 90000,
    RECORD_MORE_MAX = GW_HEVC_RECORD_MORE, // bytes of a record beside the sets
};

static_assert(RECORD_MORE_MAX >= (int)GW_AVC_RECORD_MORE, "the room is for every record");

// AAC: an AudioSpecificConfig is its own record.
static int describe_aac(struct gw_reader r, struct gw_params *p, struct gw_writer *w)
{
    struct gw_aac_config config;
    int error = gw_aac_config_parse(r.data, r.len, &config);

    if (error)
        return error;
    snprintf(p->codec_string, sizeof(p->codec_string), "mp4a.40.%u", config.object_type);
    p->interval_90k = config.frame_samples * TICKS_PER_S / config.sample_rate;
    gw_write_bytes(w, r.data, r.len);
    return 0;
}

static int describe_opus(struct gw_reader r, struct gw_params *p, struct gw_writer *w)
{
    struct gw_opus_head head;
    int error = gw_opus_head_parse(r.data, r.len, &head);

    if (error)
        return error;
    snprintf(p->codec_string, sizeof(p->codec_string), "opus");
    gw_write_bytes(w, r.data, r.len);
    return 0;
}

static int describe(struct gw_reader sets, struct gw_params *p, struct gw_writer *w)
{
    switch (p->codec) {
    case GW_CODEC_H264: return gw_avc_describe(sets, p, w);
    case GW_CODEC_H265: return gw_hevc_describe(sets, p, w);
    case GW_CODEC_AAC: return describe_aac(sets, p, w);
    case GW_CODEC_OPUS: return describe_opus(sets, p, w);
    case GW_CODEC_NONE:
    case GW_CODEC_JPEG:
    case GW_CODEC_PCMA:
    case GW_CODEC_PCMU: break;
    }
    return -ENOTSUP;
}

int gw_params_parse(enum gw_codec codec, struct gw_buf *source,
                    struct gw_params **ret_params)
{
    size_t len = gw_buf_len(source);
    if (len > GW_PARAMS_BYTES_MAX)
        return -EMSGSIZE;

    // A record has 2 bytes of length where the source has 4.
    size_t cap = RECORD_MORE_MAX + len;
    struct gw_params *p = malloc(sizeof(*p) + cap);
    if (!p)
        return -ENOMEM;
    *p = (struct gw_params) { .refs = 1, .codec = codec, .source = gw_buf_ref(source) };

    struct gw_writer w = gw_writer_init(p->record, cap);
    int r = describe(gw_reader_init(gw_buf_data(source), len), p, &w);
    if (r) {
        gw_params_unref(&p);
        return r;
    }
    assert(!w.failed);
    p->record_len = w.pos;
    *ret_params = p;
    return 0;
}

bool gw_params_same(const struct gw_params *p, enum gw_codec codec,
                    const struct gw_buf *source)
{
    size_t len = gw_buf_len(source);
    if (p->codec != codec)
        return false;
    return p->source == source ||
           (gw_buf_len(p->source) == len &&
            memcmp(gw_buf_data(p->source), gw_buf_data(source), len) == 0);
}

struct gw_params *gw_params_ref(struct gw_params *p)
{
    assert(p->refs > 0);
    p->refs++;
    return p;
}

void gw_params_unref(struct gw_params **pp)
{
    struct gw_params *p = *pp;
    *pp = NULL;
    if (p && --p->refs == 0) {
        gw_buf_unref(&p->source);
        free(p);
    }
}
