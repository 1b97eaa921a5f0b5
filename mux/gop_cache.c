// In the pages lie, for each unit:  struct gw_unit | struct gw_frame | its bytes
//
// The first two are copies whose pointers to parameter sets hold references; that
// to the frame is of no use any more, nor is the frame's own count.

#include "mux/gop_cache.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum { HEADS = sizeof(struct gw_unit) + sizeof(struct gw_frame) }; // bytes

void gw_gop_cache_init(struct gw_gop_cache *c, struct gw_page_pool *pool,
                       size_t max_bytes)
{
    *c = (struct gw_gop_cache) { .pool = pool, .max_bytes = max_bytes };
}

size_t gw_gop_cache_growth(const struct gw_gop_cache *c, const struct gw_unit *unit)
{
    size_t room = c->end.page ? GW_PAGE_ROOM - c->end.at : 0;
    size_t need = HEADS + unit->frame->len;
    return need <= room ? 0 : (need - room + GW_PAGE_ROOM - 1) / GW_PAGE_ROOM;
}

static int add_page(struct gw_gop_cache *c)
{
    struct gw_page *page = gw_page_get(c->pool);
    if (!page)
        return -ENOMEM;
    page->next = NULL;
    if (c->end.page)
        c->end.page->next = page;
    else
        c->first = page;
    c->end = (struct gw_gop_place) { .page = page };
    c->pages++;
    return 0;
}

static int append(struct gw_gop_cache *c, const void *data, size_t len)
{
    const uint8_t *from = data;
    while (len) {
        if ((!c->end.page || c->end.at == GW_PAGE_ROOM) && add_page(c))
            return -ENOMEM;
        size_t room = GW_PAGE_ROOM - c->end.at;
        size_t part = len < room ? len : room;
        memcpy(c->end.page->data + c->end.at, from, part);
        c->end.at += part;
        from += part;
        len -= part;
    }
    return 0;
}

// Reads `len` bytes at `p` and goes behind them; without `to` it only goes.
static void take(struct gw_gop_place *p, void *to, size_t len)
{
    uint8_t *out = to;
    while (len) {
        if (p->at == GW_PAGE_ROOM)
            *p = (struct gw_gop_place) { .page = p->page->next };
        size_t room = GW_PAGE_ROOM - p->at;
        size_t part = len < room ? len : room;
        if (out) {
            memcpy(out, p->page->data + p->at, part);
            out += part;
        }
        p->at += part;
        len -= part;
    }
}

void gw_gop_cache_clear(struct gw_gop_cache *c)
{
    struct gw_gop_place place = { .page = c->first };
    for (size_t i = 0; i < c->count; i++) {
        struct gw_unit unit;
        struct gw_frame head;
        take(&place, &unit, sizeof(unit));
        take(&place, &head, sizeof(head));
        take(&place, NULL, head.len);
        gw_params_unref(&unit.params);
        gw_buf_unref(&head.params);
    }
    while (c->first) {
        struct gw_page *page = c->first;
        c->first = page->next;
        gw_page_put(c->pool, page);
    }
    c->end = (struct gw_gop_place) { 0 };
    c->pages = 0;
    c->count = 0;
    c->bytes = 0;
    c->cleared++;
}

static int write_unit(struct gw_gop_cache *c, const struct gw_unit *unit)
{
    const struct gw_frame *frame = unit->frame;
    int r = append(c, unit, sizeof(*unit));
    if (!r)
        r = append(c, frame, sizeof(*frame));
    if (!r)
        r = append(c, frame->data, frame->len);
    if (r)
        return r;
    if (unit->params)
        gw_params_ref(unit->params);
    if (frame->params)
        gw_buf_ref(frame->params);
    c->count++;
    c->bytes += sizeof(*frame) + frame->len;
    return 0;
}

int gw_gop_cache_push(struct gw_gop_cache *c, const struct gw_unit *unit)
{
    int r = -EMSGSIZE;

    if (unit->frame->key)
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
        .place = { .page = c->first },
        .left = c->count,
        .cleared = c->cleared,
    };
}

int gw_gop_read_next(struct gw_gop_reader *r, struct gw_unit *ret_unit)
{
    struct gw_unit unit;
    struct gw_frame head;

    if (!r->left || r->cleared != r->cache->cleared)
        return -ENODATA;
    take(&r->place, &unit, sizeof(unit));
    take(&r->place, &head, sizeof(head));
    unit.frame = gw_frame_create_like(&head);
    if (!unit.frame)
        return -ENOMEM;
    take(&r->place, unit.frame->data, head.len);
    unit.frame->len = head.len;
    if (unit.params)
        gw_params_ref(unit.params);
    r->left--;
    *ret_unit = unit;
    return 0;
}
