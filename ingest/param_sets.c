#include "ingest/param_sets.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"

enum { LENGTH_BYTES = 4 };

struct set {
    const uint8_t *nal; // borrowed
    size_t len;         // bytes of nal
    unsigned id;
};

// The sets of one kind, oldest first.
struct kind {
    struct set sets[GW_PARAM_SETS_MAX];
    size_t count;
};

static struct gw_reader reader(const struct gw_buf *params)
{
    if (!params)
        return gw_reader_init(NULL, 0);
    return gw_reader_init(gw_buf_data(params), gw_buf_len(params));
}

static void add(struct kind *k, const struct set *s, size_t max)
{
    for (size_t i = 0; i < k->count; i++) {
        if (k->sets[i].id == s->id) {
            k->sets[i] = *s;
            return;
        }
    }
    if (k->count == max) {
        memmove(k->sets, k->sets + 1, (max - 1) * sizeof(*k->sets));
        k->count--;
    }
    k->sets[k->count++] = *s;
}

static int take(const struct gw_param_syntax *syntax, struct kind *kinds,
                const uint8_t *nal, size_t len)
{
    struct set s = { .nal = nal, .len = len };
    size_t kind;

    int r = syntax->read(nal, len, &kind, &s.id);
    if (!r)
        add(&kinds[kind], &s, syntax->max[kind]);
    return r;
}

static void read_all(const struct gw_param_syntax *syntax, const struct gw_buf *params,
                     struct kind *kinds)
{
    struct gw_reader r = reader(params);

    while (gw_reader_left(&r)) {
        uint32_t len = gw_read_u32(&r);
        const uint8_t *nal = gw_read_bytes(&r, len);
        int error = nal ? take(syntax, kinds, nal, len) : -EBADMSG;
        assert(!error); // it was made here
        (void)error;
    }
}

static bool same_bytes(const struct gw_buf *params, const uint8_t *data, size_t len)
{
    return params && gw_buf_len(params) == len && !memcmp(gw_buf_data(params), data, len);
}

int gw_param_sets_take(const struct gw_param_syntax *syntax, struct gw_buf **params,
                       const uint8_t *nal, size_t len)
{
    struct kind kinds[GW_PARAM_KINDS_MAX] = { 0 };

    if (len > GW_PARAM_SET_BYTES_MAX)
        return -EMSGSIZE;
    read_all(syntax, *params, kinds);
    int r = take(syntax, kinds, nal, len);
    if (r)
        return r;

    uint8_t bytes[GW_PARAM_SETS_MAX * (LENGTH_BYTES + GW_PARAM_SET_BYTES_MAX)];
    struct gw_writer w = gw_writer_init(bytes, sizeof(bytes));
    for (size_t k = 0; k < syntax->kinds; k++) {
        for (size_t i = 0; i < kinds[k].count; i++) {
            gw_write_u32(&w, (uint32_t)kinds[k].sets[i].len);
            gw_write_bytes(&w, kinds[k].sets[i].nal, kinds[k].sets[i].len);
        }
    }
    assert(!w.failed);
    if (same_bytes(*params, bytes, w.pos))
        return 0;

    struct gw_buf *changed = gw_buf_copy(bytes, w.pos);
    if (!changed)
        return -ENOMEM;
    gw_buf_unref(params);
    *params = changed;
    return 0;
}

bool gw_param_sets_complete(const struct gw_param_syntax *syntax,
                            const struct gw_buf *params)
{
    struct kind kinds[GW_PARAM_KINDS_MAX] = { 0 };
    bool complete = true;

    read_all(syntax, params, kinds);
    for (size_t k = 0; k < syntax->kinds; k++)
        complete = complete && kinds[k].count > 0;
    return complete;
}
