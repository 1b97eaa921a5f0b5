#include "map/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct gw_arena_block {
    struct gw_arena_block *next;
    size_t used;
    size_t cap;
    alignas(void *) char data[];
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

static char *take(struct gw_arena *a, size_t size, size_t align)
{
    struct gw_arena_block *b = a->blocks;
    size_t at = b ? (b->used + align - 1) / align * align : 0;
    if (!b || b->cap < at + size) {
        b = add_block(a, size);
        at = 0;
    }
    if (!b)
        return NULL;
    b->used = at + size;
    return b->data + at;
}

void *gw_arena_alloc(struct gw_arena *a, size_t size)
{
    return take(a, size, alignof(void *));
}

const char *gw_arena_slice(struct gw_arena *a, const char *s, size_t len)
{
    if (len == 0)
        return "";
    char *copy = take(a, len + 1, 1);
    if (!copy)
        return NULL;
    memcpy(copy, s, len);
    copy[len] = '\0';
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
