#include "app/states.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 4096, // cameras of a page; pages come as numbers do
    PAGES = GW_CAMERA_NUM_MAX / PAGE,
};

// state in the low byte, cause in the next: one atomic, so both fit together
struct page {
    _Atomic uint16_t conditions[PAGE];
};

struct gw_states {
    _Atomic(struct page *) pages[PAGES];
};

static const char *const names[GW_CAMERA_STATES] = {
    [GW_CAMERA_UNKNOWN] = "unknown", [GW_CAMERA_CONNECTING] = "connecting",
    [GW_CAMERA_LIVE] = "live",       [GW_CAMERA_ONLINE] = "online",
    [GW_CAMERA_OFFLINE] = "offline",
};

const char *gw_camera_state_name(enum gw_camera_state state)
{
    return names[state];
}

int gw_camera_state_of_name(const char *name)
{
    for (int i = 0; i < GW_CAMERA_STATES; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

struct gw_states *gw_states_create(void)
{
    return calloc(1, sizeof(struct gw_states));
}

void gw_states_destroy(struct gw_states *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < PAGES; i++)
        free(atomic_load_explicit(&s->pages[i], memory_order_relaxed));
    free(s);
}

struct gw_camera_condition gw_states_get(const struct gw_states *s, uint32_t num)
{
    struct gw_camera_condition unknown = { GW_CAMERA_UNKNOWN, GW_CAUSE_NONE };
    if (num >= GW_CAMERA_NUM_MAX)
        return unknown;
    struct page *page = atomic_load_explicit(&s->pages[num / PAGE], memory_order_acquire);
    if (!page)
        return unknown;
    unsigned packed =
        atomic_load_explicit(&page->conditions[num % PAGE], memory_order_relaxed);
    return (struct gw_camera_condition) {
        .state = (enum gw_camera_state)(packed & 0xff),
        .cause = (enum gw_cause)(packed >> 8),
    };
}

// Two shards may need the same page first: one wins, the other frees its own.
static struct page *page_of(struct gw_states *s, uint32_t num)
{
    _Atomic(struct page *) *slot = &s->pages[num / PAGE];
    struct page *page = atomic_load_explicit(slot, memory_order_acquire);
    if (page)
        return page;

    struct page *fresh = calloc(1, sizeof(*fresh));
    if (!fresh)
        return NULL;
    if (atomic_compare_exchange_strong_explicit(slot, &page, fresh, memory_order_acq_rel,
                                                memory_order_acquire))
        return fresh;
    free(fresh);
    return page;
}

int gw_states_set(struct gw_states *s, uint32_t num, struct gw_camera_condition now)
{
    if (num >= GW_CAMERA_NUM_MAX)
        return -EMSGSIZE;
    struct page *page = page_of(s, num);
    if (!page)
        return -ENOMEM;
    uint16_t packed = (uint16_t)((unsigned)now.state | (unsigned)now.cause << 8);
    uint16_t before = atomic_exchange_explicit(&page->conditions[num % PAGE], packed,
                                               memory_order_relaxed);
    return (before & 0xff) != (packed & 0xff);
}
