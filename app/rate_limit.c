#include "app/rate_limit.h"

#include "base/clock.h"

#include <stdlib.h>

struct place {
    uint64_t key; // of a name; 0: free
    uint64_t
        due_us; // when all that was asked is worked off (the "theoretical arrival time")
};

struct gw_rate_limit {
    uint64_t seed;
    struct place rows[GW_RATE_ROWS][GW_RATE_ROW];
};

struct gw_rate_limit *gw_rate_limit_create(uint64_t seed)
{
    struct gw_rate_limit *l = calloc(1, sizeof(*l));
    if (l)
        l->seed = seed;
    return l;
}

void gw_rate_limit_destroy(struct gw_rate_limit *l)
{
    free(l);
}

// FNV-1a from a secret start, its bits then mixed as splitmix64 does.
static uint64_t key_of(const struct gw_rate_limit *l, const char *name)
{
    uint64_t h = l->seed ^ 14695981039346656037u;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 1099511628211u;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    h ^= h >> 31;
    return h ? h : 1;
}

static struct place *find(struct gw_rate_limit *l, uint64_t key)
{
    struct place *row = l->rows[key % GW_RATE_ROWS], *least = row;
    for (struct place *p = row; p < row + GW_RATE_ROW; p++) {
        if (p->key == key)
            return p;
        if (p->due_us < least->due_us)
            least = p;
    }
    *least = (struct place) { .key = key };
    return least;
}

static uint32_t seconds(uint64_t us)
{
    return (uint32_t)((us + GW_SECOND - 1) / GW_SECOND);
}

struct gw_rate_verdict gw_rate_limit_ask(struct gw_rate_limit *l, const char *name,
                                         const struct gw_rate *rate, uint64_t now_us)
{
    struct place *place = find(l, key_of(l, name));
    uint64_t each_us = GW_SECOND / rate->per_s;
    uint64_t room_us = each_us * rate->burst;
    uint64_t due_us = place->due_us > now_us ? place->due_us : now_us;
    // A limit that was lowered must not lock out for long who asked under the old one.
    if (due_us > now_us + room_us)
        due_us = now_us + room_us;
    uint64_t used_us = due_us + each_us - now_us;
    struct gw_rate_verdict v = { .allowed = used_us <= room_us };
    if (v.allowed)
        due_us += each_us;
    else
        v.retry_s = seconds(used_us - room_us);
    place->due_us = due_us;
    v.remaining = (room_us - (due_us - now_us)) / each_us;
    v.reset_s = seconds(due_us - now_us);
    return v;
}
