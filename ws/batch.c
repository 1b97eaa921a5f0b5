#include "ws/batch.h"

#include <stddef.h>

void gw_batch_wait(struct gw_batch *b, struct gw_batch_place *place, uint64_t now_us)
{
    if (place->due_us)
        return;
    // Time does not go back: the line is in order of what is due.
    place->due_us = (now_us / GW_BATCH_US + 1) * GW_BATCH_US;
    place->prev = b->last;
    place->next = NULL;
    if (b->last)
        b->last->next = place;
    else
        b->first = place;
    b->last = place;
}

void gw_batch_leave(struct gw_batch *b, struct gw_batch_place *place)
{
    if (!place->due_us)
        return;
    if (place->prev)
        place->prev->next = place->next;
    else
        b->first = place->next;
    if (place->next)
        place->next->prev = place->prev;
    else
        b->last = place->prev;
    place->prev = NULL;
    place->next = NULL;
    place->due_us = 0;
}

void gw_batch_fetch_next(const struct gw_batch *b)
{
    if (!b->first)
        return;
    gw_hot_fetch(&b->first->hot);
    gw_hot_fetch_bytes(b->first->next, sizeof(*b->first));
}

uint64_t gw_batch_left_us(const struct gw_batch *b, uint64_t now_us)
{
    if (!b->first)
        return UINT64_MAX;
    uint64_t due_us = b->first->due_us;
    return due_us > now_us + GW_BATCH_EARLY_US ? due_us - now_us : 0;
}

struct gw_batch_place *gw_batch_take(struct gw_batch *b, uint64_t now_us)
{
    if (gw_batch_left_us(b, now_us) > 0)
        return NULL;
    struct gw_batch_place *place = b->first;
    gw_batch_leave(b, place);
    return place;
}
