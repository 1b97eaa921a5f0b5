#include "map/id_set.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024 };

struct gw_id_slot {
    const char *id; // NULL: free
    size_t line;
};

// FNV-1a. The file is the operator's own: no defence against chosen collisions.
static size_t hash(const char *id)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *id; id++)
        h = (h ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
    return (size_t)(h ^ h >> 32);
}

static struct gw_id_slot *find(const struct gw_id_set *set, const char *id)
{
    size_t i = hash(id) & set->mask;
    while (set->slots[i].id && strcmp(set->slots[i].id, id) != 0)
        i = (i + 1) & set->mask;
    return &set->slots[i];
}

static int grow(struct gw_id_set *set)
{
    size_t slots = set->slots ? (set->mask + 1) * 2 : FIRST_SLOTS;
    struct gw_id_set bigger = *set;
    bigger.slots = calloc(slots, sizeof(*bigger.slots));
    bigger.mask = slots - 1;
    if (!bigger.slots)
        return -ENOMEM;
    for (size_t i = 0; set->slots && i <= set->mask; i++)
        if (set->slots[i].id)
            *find(&bigger, set->slots[i].id) = set->slots[i];
    free(set->slots);
    *set = bigger;
    return 0;
}

int gw_id_set_add(struct gw_id_set *set, const char *id, size_t line, size_t *ret_line)
{
    if (!set->slots || set->count * 2 > set->mask) {
        int r = grow(set);
        if (r < 0)
            return r;
    }
    struct gw_id_slot *slot = find(set, id);
    if (slot->id) {
        *ret_line = slot->line;
        return 0;
    }
    const char *copy = gw_arena_string(&set->strings, id);
    if (!copy)
        return -ENOMEM;
    *slot = (struct gw_id_slot) { copy, line };
    set->count++;
    *ret_line = 0;
    return 0;
}

bool gw_id_set_has(const struct gw_id_set *set, const char *id)
{
    return set->slots && find(set, id)->id;
}

void gw_id_set_finish(struct gw_id_set *set)
{
    free(set->slots);
    gw_arena_finish(&set->strings);
    *set = (struct gw_id_set) { 0 };
}
