#include "mux/gop_shelf.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>

void gw_gop_budget_init(struct gw_gop_budget *b, size_t max_bytes)
{
    b->max_bytes = max_bytes;
    atomic_init(&b->used_bytes, 0);
}

void gw_gop_shelf_init(struct gw_gop_shelf *s, struct gw_gop_budget *budget)
{
    *s = (struct gw_gop_shelf) { .budget = budget };
    gw_page_pool_init(&s->pool);
}

void gw_gop_shelf_finish(struct gw_gop_shelf *s)
{
    for (size_t i = 0; i < GW_GOP_RANKS; i++)
        assert(!s->lines[i].first);
    gw_page_pool_finish(&s->pool);
}

static size_t rank_of(uint32_t viewers)
{
    return viewers < GW_GOP_RANKS ? viewers : GW_GOP_RANKS - 1;
}

static struct gw_gop_line *line_of(struct gw_gop_shelf *s, const struct gw_gop_cache *c)
{
    return &s->lines[rank_of(c->viewers)];
}

static void enter_first(struct gw_gop_line *line, struct gw_gop_cache *c)
{
    c->shelved = true;
    c->prev = NULL;
    c->next = line->first;
    if (line->first)
        line->first->prev = c;
    else
        line->last = c;
    line->first = c;
}

static void enter_last(struct gw_gop_line *line, struct gw_gop_cache *c)
{
    c->shelved = true;
    c->next = NULL;
    c->prev = line->last;
    if (line->last)
        line->last->next = c;
    else
        line->first = c;
    line->last = c;
}

static void leave(struct gw_gop_line *line, struct gw_gop_cache *c)
{
    c->shelved = false;
    if (c->prev)
        c->prev->next = c->next;
    else
        line->first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        line->last = c->prev;
}

// After anything that changed a cache: the sums go with it. Relaxed: the budget is a
// number, nothing else is read by it.
static void account(struct gw_gop_shelf *s, size_t bytes_before, size_t pages_before,
                    const struct gw_gop_cache *c)
{
    s->bytes += c->bytes - bytes_before;
    if (!s->budget || c->pages.count == pages_before)
        return;
    // Unsigned: a difference below zero wraps, and so does the sum, back.
    atomic_fetch_add_explicit(&s->budget->used_bytes,
                              (c->pages.count - pages_before) * GW_PAGE_BYTES,
                              memory_order_relaxed);
}

// Empties a cache that keeps its place in the line.
static void empty(struct gw_gop_shelf *s, struct gw_gop_cache *c)
{
    size_t bytes = c->bytes;
    size_t pages = c->pages.count;
    gw_gop_cache_clear(c);
    account(s, bytes, pages, c);
    if (!s->held)
        gw_page_pool_pack(&s->pool);
}

void gw_gop_shelf_clear(struct gw_gop_shelf *s, struct gw_gop_cache *c)
{
    empty(s, c);
    if (c->shelved)
        leave(line_of(s, c), c);
}

// Whose cache goes so that `c` has room; NULL: `c` itself has to do without.
static struct gw_gop_cache *victim_for(const struct gw_gop_shelf *s,
                                       const struct gw_gop_cache *c)
{
    size_t rank = rank_of(c->viewers);
    struct gw_gop_cache *first = s->lines[0].first;

    if (rank == 0)
        return c->shelved && first != c ? first : NULL;
    for (size_t i = 1; i < rank && !first; i++)
        first = s->lines[i].first;
    return first;
}

static bool has_room(const struct gw_gop_shelf *s, const struct gw_gop_cache *c,
                     size_t pages)
{
    if (!s->budget)
        return true;
    size_t max = s->budget->max_bytes;
    size_t used = atomic_load_explicit(&s->budget->used_bytes, memory_order_relaxed);
    if (!c->viewers)
        max -= max / GW_GOP_RESERVE_SHARE;
    return used <= max && pages * GW_PAGE_BYTES <= max - used;
}

static int make_room(struct gw_gop_shelf *s, struct gw_gop_cache *c,
                     const struct gw_unit *unit)
{
    size_t pages = gw_gop_cache_growth(c, unit);
    while (!has_room(s, c, pages)) {
        struct gw_gop_cache *victim = victim_for(s, c);
        if (!victim)
            return -ENOSPC;
        gw_gop_shelf_clear(s, victim);
        s->shed++;
    }
    return 0;
}

void gw_gop_shelf_push(struct gw_gop_shelf *s, struct gw_gop_cache *c,
                       const struct gw_unit *unit)
{
    if (unit->frame->key && !gw_codec_is_audio(unit->frame->codec))
        empty(s, c);
    else if (c->count == 0)
        return;

    if (make_room(s, c, unit)) {
        gw_gop_shelf_clear(s, c);
        s->shed++;
        return;
    }
    size_t bytes = c->bytes;
    size_t pages = c->pages.count;
    int r = gw_gop_cache_push(c, unit);
    account(s, bytes, pages, c);
    if (r) {
        gw_gop_shelf_clear(s, c);
        s->evicted++;
    } else if (!c->shelved) {
        enter_first(line_of(s, c), c);
    }
}

void gw_gop_shelf_watch(struct gw_gop_shelf *s, struct gw_gop_cache *c, uint32_t viewers)
{
    bool move = c->shelved && rank_of(c->viewers) != rank_of(viewers);
    if (move)
        leave(line_of(s, c), c);
    c->viewers = viewers;
    if (move)
        enter_last(line_of(s, c), c);
}

void gw_gop_shelf_hold(struct gw_gop_shelf *s)
{
    s->held++;
}

void gw_gop_shelf_release(struct gw_gop_shelf *s)
{
    assert(s->held > 0);
    s->held--;
}

void gw_gop_shelf_stats(const struct gw_gop_shelf *s,
                        struct gw_gop_shelf_stats *ret_stats)
{
    *ret_stats = (struct gw_gop_shelf_stats) {
        .bytes = s->bytes,
        .memory = s->pool.resident * GW_PAGE_BYTES,
        .evicted = s->evicted,
        .shed = s->shed,
    };
}
