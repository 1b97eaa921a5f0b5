#include "ingest/deadlines.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int gw_deadlines_reserve(struct gw_deadlines *h, size_t count)
{
    if (count <= h->cap)
        return 0;

    size_t cap = count > h->cap * 2 ? count : h->cap * 2;
    struct gw_deadline **heap = realloc(h->heap, cap * sizeof(struct gw_deadline *));
    if (!heap)
        return -ENOMEM;
    h->heap = heap;
    h->cap = cap;
    return 0;
}

void gw_deadlines_finish(struct gw_deadlines *h)
{
    free(h->heap);
    *h = (struct gw_deadlines) { 0 };
}

// Below, indices count from 1: the children of i are 2i and 2i + 1.
static struct gw_deadline *at(const struct gw_deadlines *h, size_t i)
{
    return h->heap[i - 1];
}

static void put(struct gw_deadlines *h, size_t i, struct gw_deadline *d)
{
    h->heap[i - 1] = d;
    d->place = i;
}

static void rise(struct gw_deadlines *h, size_t i, struct gw_deadline *d)
{
    for (; i > 1 && at(h, i / 2)->at_us > d->at_us; i /= 2)
        put(h, i, at(h, i / 2));
    put(h, i, d);
}

static void sink(struct gw_deadlines *h, size_t i, struct gw_deadline *d)
{
    for (size_t child; (child = 2 * i) <= h->count; i = child) {
        if (child < h->count && at(h, child + 1)->at_us < at(h, child)->at_us)
            child++;
        if (at(h, child)->at_us >= d->at_us)
            break;
        put(h, i, at(h, child));
    }
    put(h, i, d);
}

// Puts `d` where `i` is free, and then where it belongs.
static void settle(struct gw_deadlines *h, size_t i, struct gw_deadline *d)
{
    if (i > 1 && at(h, i / 2)->at_us > d->at_us)
        rise(h, i, d);
    else
        sink(h, i, d);
}

static void take_out(struct gw_deadlines *h, struct gw_deadline *d)
{
    size_t i = d->place;
    if (i == GW_DEADLINE_NONE)
        return;

    struct gw_deadline *last = at(h, h->count--);
    d->place = GW_DEADLINE_NONE;
    if (last != d)
        settle(h, i, last);
}

void gw_deadlines_set(struct gw_deadlines *h, struct gw_deadline *d, uint64_t at_us)
{
    d->at_us = at_us;
    if (at_us == UINT64_MAX) {
        take_out(h, d);
        return;
    }
    if (d->place == GW_DEADLINE_NONE) {
        assert(h->count < h->cap);
        d->place = ++h->count;
    }
    settle(h, d->place, d);
}

struct gw_deadline *gw_deadlines_first(const struct gw_deadlines *h)
{
    return h->count ? h->heap[0] : NULL;
}
