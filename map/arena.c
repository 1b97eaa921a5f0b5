#include "map/arena.h"

#include <stdlib.h>
#include <string.h>

struct gw_arena_block {
    struct gw_arena_block *next;
    size_t used;
    size_t cap;
    char data[];
};

static struct gw_arena_block *add_block(struct gw_arena *a, size_t need)
{
    size_t cap = need > GW_ARENA_BLOCK / 4 ? need : GW_ARENA_BLOCK;
    struct gw_arena_block *b = malloc(sizeof(*b) + cap);
    if (!b)
        return NULL;
    b->used = 0;
    b->cap = cap;
    a->bytes += sizeof(*b) + cap;

    // A block of one long string goes behind the current one, whose rest stays
    // in use.
    if (a->blocks && cap == need) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = a->blocks;
        a->blocks = b;
    }
    return b;
}

const char *gw_arena_slice(struct gw_arena *a, const char *s, size_t len)
{
    if (len == 0)
        return "";
    struct gw_arena_block *b = a->blocks;
    if (!b || b->cap - b->used < len + 1)
        b = add_block(a, len + 1);
    if (!b)
        return NULL;

    char *copy = b->data + b->used;
    memcpy(copy, s, len);
    copy[len] = '\0';
    b->used += len + 1;
    return copy;
}

const char *gw_arena_string(struct gw_arena *a, const char *s)
{
    return gw_arena_slice(a, s, strlen(s));
}

void gw_arena_finish(struct gw_arena *a)
{
    for (struct gw_arena_block *b = a->blocks; b;) {
        struct gw_arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (struct gw_arena) { 0 };
}
