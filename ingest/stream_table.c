// Open addressing with linear probing. Removal moves later entries of the run
// back, so there are no tombstones and a miss stays short for ever.

#include "ingest/stream_table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

enum { FIRST_SLOTS = 16 }; // slots are a power of two, at most 3/4 of them used

struct slot {
    void *value; // NULL: free
    uint32_t stream;
};

struct gw_stream_table {
    struct slot *slots;
    size_t mask; // number of slots - 1
    size_t count;
};

struct gw_stream_table *gw_stream_table_create(void)
{
    struct gw_stream_table *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->slots = calloc(FIRST_SLOTS, sizeof(*t->slots));
    if (!t->slots) {
        free(t);
        return NULL;
    }
    t->mask = FIRST_SLOTS - 1;
    return t;
}

void gw_stream_table_destroy(struct gw_stream_table *t)
{
    if (!t)
        return;
    free(t->slots);
    free(t);
}

// Where a stream's probing begins. Multiplied by 2^32 over the golden ratio:
// numbers given out one after another spread evenly.
static size_t home(const struct gw_stream_table *t, uint32_t stream)
{
    return (stream * 2654435769U >> 7) & t->mask;
}

// The slot of `stream`, or the free one where it would go.
static struct slot *find(const struct gw_stream_table *t, uint32_t stream)
{
    size_t at = home(t, stream);
    while (t->slots[at].value && t->slots[at].stream != stream)
        at = (at + 1) & t->mask;
    return &t->slots[at];
}

static int grow(struct gw_stream_table *t)
{
    struct gw_stream_table wider = { .mask = t->mask * 2 + 1, .count = t->count };
    wider.slots = calloc(wider.mask + 1, sizeof(*wider.slots));
    if (!wider.slots)
        return -ENOMEM;

    for (size_t i = 0; i <= t->mask; i++) {
        if (t->slots[i].value)
            *find(&wider, t->slots[i].stream) = t->slots[i];
    }
    free(t->slots);
    *t = wider;
    return 0;
}

int gw_stream_table_put(struct gw_stream_table *t, uint32_t stream, void *value)
{
    struct slot *slot = find(t, stream);
    if (!slot->value) {
        if ((t->count + 1) * 4 > (t->mask + 1) * 3) {
            int r = grow(t);
            if (r)
                return r;
            slot = find(t, stream);
        }
        t->count++;
    }
    *slot = (struct slot) { .value = value, .stream = stream };
    return 0;
}

void *gw_stream_table_get(const struct gw_stream_table *t, uint32_t stream)
{
    return find(t, stream)->value;
}

void *gw_stream_table_remove(struct gw_stream_table *t, uint32_t stream)
{
    struct slot *slot = find(t, stream);
    void *value = slot->value;
    if (!value)
        return NULL;
    t->count--;

    // Close the hole: an entry behind it may come forward unless its home lies
    // between the hole and itself.
    size_t hole = (size_t)(slot - t->slots);
    for (size_t at = (hole + 1) & t->mask; t->slots[at].value; at = (at + 1) & t->mask) {
        size_t probed = (at - home(t, t->slots[at].stream)) & t->mask;
        if (probed >= ((at - hole) & t->mask)) {
            t->slots[hole] = t->slots[at];
            hole = at;
        }
    }
    t->slots[hole].value = NULL;
    return value;
}

size_t gw_stream_table_count(const struct gw_stream_table *t)
{
    return t->count;
}

void *gw_stream_table_next(const struct gw_stream_table *t, size_t *pos)
{
    while (*pos <= t->mask) {
        void *value = t->slots[(*pos)++].value;
        if (value)
            return value;
    }
    return NULL;
}
