#include "map/intern.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 256 };

// FNV-1a
static size_t hash(const char *s)
{
    uint64_t h = 0xcbf29ce484222325;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3;
    return (size_t)(h ^ h >> 32);
}

// Where `s` is, or where it would go.
static const char **slot_of(const struct gw_intern *in, const char *s)
{
    size_t at = hash(s) & in->mask;
    while (in->slots[at] && strcmp(in->slots[at], s) != 0)
        at = (at + 1) & in->mask;
    return &in->slots[at];
}

static int grow(struct gw_intern *in)
{
    size_t old = in->slots ? in->mask + 1 : 0;
    size_t room = old ? old * 2 : SLOTS_MIN;
    struct gw_intern bigger = { calloc(room, sizeof(*bigger.slots)), room - 1,
                                in->count };
    if (!bigger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < old; i++)
        if (in->slots[i])
            *slot_of(&bigger, in->slots[i]) = in->slots[i];
    free(in->slots);
    *in = bigger;
    return 0;
}

const char *gw_intern_string(struct gw_intern *in, struct gw_arena *strings,
                             const char *s)
{
    if (!*s)
        return "";
    if ((!in->slots || in->count * 2 > in->mask) && grow(in) < 0)
        return NULL;
    const char **slot = slot_of(in, s);
    if (!*slot) {
        *slot = gw_arena_string(strings, s);
        in->count += *slot != NULL;
    }
    return *slot;
}

void gw_intern_finish(struct gw_intern *in)
{
    free(in->slots);
    *in = (struct gw_intern) { 0 };
}
