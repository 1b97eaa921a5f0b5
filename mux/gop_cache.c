// In the pages lie, for each unit:  struct gw_unit | struct gw_frame | its bytes
//
// The first two are copies, the second without its count. Their pointers to parameter
// sets borrow what `sets` holds; that to the frame is of no use any more.

#include "mux/gop_cache.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    // A frame without its count, which other threads change meanwhile.
    HEAD_AT = offsetof(struct gw_frame, codec),
    HEAD = sizeof(struct gw_frame) - HEAD_AT,
    HEADS = sizeof(struct gw_unit) + HEAD, // bytes
};

static_assert(offsetof(struct gw_frame, refs) < HEAD_AT, "the count comes first");

struct gw_gop_sets {
    struct gw_gop_sets *next;
    struct gw_params *params;
    struct gw_buf *source;
    struct gw_buf *audio; // of the key frame
};

void gw_gop_cache_init(struct gw_gop_cache *c, struct gw_page_pool *pool,
                       size_t max_bytes)
{
    *c = (struct gw_gop_cache) {
        .pool = pool,
        .pages = GW_PAGE_LIST_EMPTY,
        .max_bytes = max_bytes,
    };
}

size_t gw_gop_cache_growth(const struct gw_gop_cache *c, const struct gw_unit *unit)
{
    size_t room = c->pages.count ? GW_PAGE_BYTES - c->end : 0;
    size_t need = HEADS + unit->frame->len;
    return need <= room ? 0 : (need - room + GW_PAGE_BYTES - 1) / GW_PAGE_BYTES;
}

static int append(struct gw_gop_cache *c, const void *data, size_t len)
{
    const uint8_t *from = data;
    while (len) {
        if (!c->pages.count || c->end == GW_PAGE_BYTES) {
            if (gw_page_add(c->pool, &c->pages))
                return -ENOMEM;
            c->end = 0;
        }
        size_t room = GW_PAGE_BYTES - c->end;
        size_t part = len < room ? len : room;
        memcpy(gw_page_data(c->pool, c->pages.last) + c->end, from, part);
        c->end += part;
        from += part;
        len -= part;
    }
    return 0;
}

void gw_gop_cache_clear(struct gw_gop_cache *c)
{
    while (c->sets) {
        struct gw_gop_sets *sets = c->sets;
        c->sets = sets->next;
        gw_params_unref(&sets->params);
        gw_buf_unref(&sets->source);
        gw_buf_unref(&sets->audio);
        free(sets);
    }
    gw_page_list_clear(c->pool, &c->pages);
    c->end = 0;
    c->count = 0;
    c->bytes = 0;
    c->cleared++;
}

// Holds the parameter sets of a unit as long as the cache holds units.
static int keep_sets(struct gw_gop_cache *c, const struct gw_unit *unit)
{
    struct gw_buf *source = unit->frame->params;
    struct gw_buf *audio = unit->frame->audio_params;
    // The latest of the video and of the audio: two, as long as nothing changes.
    struct gw_gop_sets *known = c->sets;
    for (int i = 0; i < 2 && known; i++, known = known->next)
        if (known->params == unit->params && known->source == source &&
            (!audio || known->audio == audio))
            return 0;
    struct gw_gop_sets *sets = malloc(sizeof(*sets));
    if (!sets)
        return -ENOMEM;
    *sets = (struct gw_gop_sets) {
        .next = c->sets,
        .params = unit->params ? gw_params_ref(unit->params) : NULL,
        .source = source ? gw_buf_ref(source) : NULL,
        .audio = audio ? gw_buf_ref(audio) : NULL,
    };
    c->sets = sets;
    return 0;
}

static int write_unit(struct gw_gop_cache *c, const struct gw_unit *unit)
{
    const struct gw_frame *frame = unit->frame;
    int r = keep_sets(c, unit);
    if (!r)
        r = append(c, unit, sizeof(*unit));
    if (!r)
        r = append(c, (const uint8_t *)frame + HEAD_AT, HEAD);
    if (!r)
        r = append(c, frame->data, frame->len);
    if (r)
        return r;
    c->count++;
    c->bytes += sizeof(*frame) + frame->len;
    return 0;
}

int gw_gop_cache_push(struct gw_gop_cache *c, const struct gw_unit *unit)
{
    int r = -EMSGSIZE;

    if (unit->frame->key && !gw_codec_is_audio(unit->frame->codec))
        gw_gop_cache_clear(c);
    else if (c->count == 0)
        return 0;

    if (sizeof(*unit->frame) + unit->frame->len <= c->max_bytes - c->bytes &&
        c->count < GW_GOP_FRAMES_MAX)
        r = write_unit(c, unit);
    if (r)
        gw_gop_cache_clear(c);
    return r;
}

struct gw_gop_reader gw_gop_read(const struct gw_gop_cache *c)
{
    return (struct gw_gop_reader) {
        .cache = c,
        .page = c->pages.first,
        .left = c->count,
        .cleared = c->cleared,
    };
}

static void take(struct gw_gop_reader *r, void *to, size_t len)
{
    uint8_t *out = to;
    while (len) {
        if (r->at == GW_PAGE_BYTES) {
            r->page = gw_page_next(r->cache->pool, r->page);
            r->at = 0;
        }
        size_t room = GW_PAGE_BYTES - r->at;
        size_t part = len < room ? len : room;
        memcpy(out, gw_page_data(r->cache->pool, r->page) + r->at, part);
        r->at += part;
        out += part;
        len -= part;
    }
}

int gw_gop_read_next(struct gw_gop_reader *r, struct gw_unit *ret_unit)
{
    struct gw_unit unit;
    struct gw_frame head = { 0 };

    if (!r->left || r->cleared != r->cache->cleared)
        return -ENODATA;
    take(r, &unit, sizeof(unit));
    take(r, (uint8_t *)&head + HEAD_AT, HEAD);
    unit.frame = gw_frame_create_like(&head);
    if (!unit.frame)
        return -ENOMEM;
    take(r, unit.frame->data, head.len);
    unit.frame->len = head.len;
    if (unit.params)
        gw_params_ref(unit.params);
    r->left--;
    *ret_unit = unit;
    return 0;
}
