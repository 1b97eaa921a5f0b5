#include "ingest/h264_params.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "ingest/h264_nal.h"

struct set {
    const uint8_t *nal; // borrowed
    size_t len;         // bytes of nal
    unsigned type;      // GW_H264_SPS or _PPS
    unsigned id;        // seq_parameter_set_id or pic_parameter_set_id
};

enum {
    SPS_ID_AT = 4,    // byte: after NAL header, profile, constraints and level
    PPS_ID_AT = 1,    // byte: after the NAL header
    ID_ZEROS_MAX = 8, // ids end at 255: ue(v) has no more leading zeros
};

// Reads an Exp-Golomb code at the beginning of `p` (ITU-T H.264 section 9.1).
// Emulation prevention bytes cannot occur within one that is small enough.
static int read_id(const uint8_t *p, size_t len, unsigned *ret_id)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++)
        bits = bits << 8 | (i < len ? p[i] : 0U);

    unsigned zeros = 0;
    while (zeros <= ID_ZEROS_MAX && !(bits & 0x80000000U >> zeros))
        zeros++;
    if (zeros > ID_ZEROS_MAX || 2 * zeros + 1 > 8 * len)
        return -EBADMSG;
    *ret_id = (bits >> (31 - 2 * zeros)) - 1;
    return 0;
}

static int read_set(const uint8_t *nal, size_t len, struct set *ret_set)
{
    struct set s = { .nal = nal, .len = len, .type = len ? gw_h264_type(nal[0]) : 0 };
    if (s.type != GW_H264_SPS && s.type != GW_H264_PPS)
        return -EBADMSG;

    size_t at = s.type == GW_H264_SPS ? SPS_ID_AT : PPS_ID_AT;
    if (len <= at || read_id(nal + at, len - at, &s.id))
        return -EBADMSG;
    *ret_set = s;
    return 0;
}

// Steps through the sets of a buffer that was made here.
static bool next_set(struct gw_reader *r, struct set *ret_set)
{
    uint32_t len = gw_read_u32(r);
    const uint8_t *nal = gw_read_bytes(r, len);

    return !r->failed && !read_set(nal, len, ret_set);
}

static struct gw_reader reader(const struct gw_buf *params)
{
    if (!params)
        return gw_reader_init(NULL, 0);
    return gw_reader_init(gw_buf_data(params), gw_buf_len(params));
}

static size_t add(struct set *sets, size_t count, const struct set *s, size_t max)
{
    for (size_t i = 0; i < count; i++) {
        if (sets[i].id == s->id) {
            sets[i] = *s;
            return count;
        }
    }
    if (count == max) {
        memmove(sets, sets + 1, (max - 1) * sizeof(*sets));
        count--;
    }
    sets[count] = *s;
    return count + 1;
}

static void write_sets(struct gw_writer *w, const struct set *sets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        gw_write_u32(w, (uint32_t)sets[i].len);
        gw_write_bytes(w, sets[i].nal, sets[i].len);
    }
}

static bool same_bytes(const struct gw_buf *params, const uint8_t *data, size_t len)
{
    return params && gw_buf_len(params) == len && !memcmp(gw_buf_data(params), data, len);
}

int gw_h264_params_take(struct gw_buf **params, const uint8_t *nal, size_t len)
{
    struct set sps[GW_H264_SPS_MAX];
    struct set pps[GW_H264_PPS_MAX];
    size_t sps_count = 0;
    size_t pps_count = 0;
    struct set taken;

    if (len > GW_H264_SET_BYTES_MAX)
        return -EMSGSIZE;
    int r = read_set(nal, len, &taken);
    if (r)
        return r;

    struct gw_reader old = reader(*params);
    for (struct set s; next_set(&old, &s);) {
        if (s.type == GW_H264_SPS)
            sps_count = add(sps, sps_count, &s, GW_H264_SPS_MAX);
        else
            pps_count = add(pps, pps_count, &s, GW_H264_PPS_MAX);
    }
    if (taken.type == GW_H264_SPS)
        sps_count = add(sps, sps_count, &taken, GW_H264_SPS_MAX);
    else
        pps_count = add(pps, pps_count, &taken, GW_H264_PPS_MAX);

    uint8_t bytes[(GW_H264_SPS_MAX + GW_H264_PPS_MAX) * (4 + GW_H264_SET_BYTES_MAX)];
    struct gw_writer w = gw_writer_init(bytes, sizeof(bytes));
    write_sets(&w, sps, sps_count);
    write_sets(&w, pps, pps_count);
    if (same_bytes(*params, bytes, w.pos))
        return 0;

    struct gw_buf *changed = gw_buf_copy(bytes, w.pos);
    if (!changed)
        return -ENOMEM;
    gw_buf_unref(params);
    *params = changed;
    return 0;
}

bool gw_h264_params_complete(const struct gw_buf *params)
{
    struct gw_reader r = reader(params);
    bool has_sps = false;
    bool has_pps = false;

    for (struct set s; next_set(&r, &s);) {
        has_sps = has_sps || s.type == GW_H264_SPS;
        has_pps = has_pps || s.type == GW_H264_PPS;
    }
    return has_sps && has_pps;
}
