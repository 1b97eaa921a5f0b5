#include "base/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { FIRST_SLOTS = 16 };

void gw_table_init(struct gw_table *t)
{
    *t = (struct gw_table) { 0 };
}

void gw_table_finish(struct gw_table *t)
{
    free(t->slots);
    gw_table_init(t);
}

// Neighbouring numbers, as streams have them, land far apart.
static size_t home(const struct gw_table *t, uint32_t key)
{
    uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 32) & t->mask;
}

// The slot that holds `key`, or the free one where it belongs.
static struct gw_table_slot *find(const struct gw_table *t, uint32_t key)
{
    size_t i = home(t, key);
    while (t->slots[i].value && t->slots[i].key != key)
        i = (i + 1) & t->mask;
    return &t->slots[i];
}

void *gw_table_get(const struct gw_table *t, uint32_t key)
{
    return t->slots ? find(t, key)->value : NULL;
}

static int grow(struct gw_table *t)
{
    size_t slots = t->slots ? (t->mask + 1) * 2 : FIRST_SLOTS;
    struct gw_table bigger = {
        .slots = calloc(slots, sizeof(*bigger.slots)),
        .mask = slots - 1,
        .count = t->count,
    };
    if (!bigger.slots)
        return -ENOMEM;
    for (size_t i = 0; t->slots && i <= t->mask; i++)
        if (t->slots[i].value)
            *find(&bigger, t->slots[i].key) = t->slots[i];
    free(t->slots);
    *t = bigger;
    return 0;
}

int gw_table_put(struct gw_table *t, uint32_t key, void *value)
{
    assert(value);
    if (!t->slots || (t->count + 1) * 4 > (t->mask + 1) * 3) {
        int r = grow(t);
        if (r < 0)
            return r;
    }
    struct gw_table_slot *slot = find(t, key);
    if (!slot->value)
        t->count++;
    *slot = (struct gw_table_slot) { .key = key, .value = value };
    return 0;
}

void *gw_table_remove(struct gw_table *t, uint32_t key)
{
    if (!t->slots)
        return NULL;
    struct gw_table_slot *slot = find(t, key);
    void *value = slot->value;
    if (!value)
        return NULL;

    // Close the gap, so that no later entry of the run becomes unreachable.
    size_t gap = (size_t)(slot - t->slots);
    for (size_t i = (gap + 1) & t->mask; t->slots[i].value; i = (i + 1) & t->mask) {
        size_t from_home = (i - home(t, t->slots[i].key)) & t->mask;
        size_t from_gap = (i - gap) & t->mask;
        if (from_home >= from_gap) {
            t->slots[gap] = t->slots[i];
            gap = i;
        }
    }
    t->slots[gap] = (struct gw_table_slot) { 0 };
    t->count--;
    return value;
}

void *gw_table_next(const struct gw_table *t, size_t *pos)
{
    while (t->slots && *pos <= t->mask) {
        void *value = t->slots[(*pos)++].value;
        if (value)
            return value;
    }
    return NULL;
}
