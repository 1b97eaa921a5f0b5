#include "mux/params.h"

#include "base/bytes.h"
#include "mux/h264_sps.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAL_TYPE_MASK = 0x1f,
    NAL_TYPE_SPS = 7,
    NAL_TYPE_PPS = 8,
    RECORD_HEAD = 7, // bytes around the sets: 6 before, 1 between SPS and PPS
    RECORD_TAIL = 4, // bytes of the part for high profiles
    LENGTH_BYTES = 4,
};

// Where the sets lie in the source.
struct sets {
    const uint8_t *first_sps;
    size_t first_sps_len;
    unsigned sps;
    unsigned pps;
};

static const uint8_t *next_nal(struct gw_reader *r, size_t *ret_len)
{
    size_t len = gw_read_u32(r);
    const uint8_t *nal = gw_read_bytes(r, len);
    if (!nal || len == 0)
        return NULL;
    *ret_len = len;
    return nal;
}

static int count_sets(struct gw_reader r, struct sets *ret_sets)
{
    struct sets s = { 0 };

    while (gw_reader_left(&r)) {
        size_t len;
        const uint8_t *nal = next_nal(&r, &len);
        if (!nal)
            return -EBADMSG;
        switch (nal[0] & NAL_TYPE_MASK) {
        case NAL_TYPE_SPS:
            if (s.sps++ == 0) {
                s.first_sps = nal;
                s.first_sps_len = len;
            }
            break;
        case NAL_TYPE_PPS: s.pps++; break;
        default: return -EBADMSG;
        }
    }
    if (!s.sps || !s.pps)
        return -EBADMSG;
    if (s.sps > GW_PARAMS_SPS_MAX || s.pps > GW_PARAMS_PPS_MAX)
        return -EMSGSIZE;
    *ret_sets = s;
    return 0;
}

static void write_sets(struct gw_writer *w, struct gw_reader r, int type)
{
    while (gw_reader_left(&r)) {
        size_t len;
        const uint8_t *nal = next_nal(&r, &len);
        assert(nal); // counted before
        if ((nal[0] & NAL_TYPE_MASK) != type)
            continue;
        gw_write_u16(w, (uint16_t)len);
        gw_write_bytes(w, nal, len);
    }
}

static void write_record(struct gw_writer *w, struct gw_reader source,
                         const struct sets *sets, const struct gw_h264_sps *sps)
{
    gw_write_u8(w, 1); // configurationVersion
    gw_write_u8(w, sps->profile_idc);
    gw_write_u8(w, sps->constraints);
    gw_write_u8(w, sps->level_idc);
    gw_write_u8(w, 0xfc | (LENGTH_BYTES - 1)); // reserved bits are 1
    gw_write_u8(w, (uint8_t)(0xe0 | sets->sps));
    write_sets(w, source, NAL_TYPE_SPS);
    gw_write_u8(w, (uint8_t)sets->pps);
    write_sets(w, source, NAL_TYPE_PPS);

    // Baseline, Main and Extended end here.
    if (sps->profile_idc == 66 || sps->profile_idc == 77 || sps->profile_idc == 88)
        return;
    gw_write_u8(w, 0xfc | sps->chroma_format_idc);
    gw_write_u8(w, (uint8_t)(0xf8 | (sps->bit_depth_luma - 8)));
    gw_write_u8(w, (uint8_t)(0xf8 | (sps->bit_depth_chroma - 8)));
    gw_write_u8(w, 0); // SPS extensions: for auxiliary pictures, which no camera has
}

int gw_params_parse(struct gw_buf *source, struct gw_params **ret_params)
{
    if (gw_buf_len(source) > GW_PARAMS_BYTES_MAX)
        return -EMSGSIZE;
    struct gw_reader r = gw_reader_init(gw_buf_data(source), gw_buf_len(source));

    struct sets sets;
    int err = count_sets(r, &sets);
    if (err < 0)
        return err;
    struct gw_h264_sps sps;
    err = gw_h264_sps_parse(sets.first_sps, sets.first_sps_len, &sps);
    if (err < 0)
        return err;

    // The record has 2 bytes of length where the source has 4.
    size_t cap = RECORD_HEAD + gw_buf_len(source) + RECORD_TAIL;
    struct gw_params *p = malloc(sizeof(*p) + cap);
    if (!p)
        return -ENOMEM;
    *p = (struct gw_params) {
        .refs = 1,
        .source = gw_buf_ref(source),
        .width = sps.width,
        .height = sps.height,
        .reorder = sps.reorder,
        .interval_90k = sps.interval_90k,
    };
    snprintf(p->codec, sizeof(p->codec), "avc1.%02X%02X%02X", sps.profile_idc,
             sps.constraints, sps.level_idc);

    struct gw_writer w = gw_writer_init(p->avcc, cap);
    write_record(&w, r, &sets, &sps);
    assert(!w.failed);
    p->avcc_len = w.pos;
    *ret_params = p;
    return 0;
}

bool gw_params_same(const struct gw_params *p, const struct gw_buf *source)
{
    size_t len = gw_buf_len(source);
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
