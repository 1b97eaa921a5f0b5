#include "app/health.h"

#include "app/engine.h"
#include "app/norm_words.h"
#include "base/clock.h"

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

enum {
    PAGE = 4096, // cameras of a page; pages come as numbers do
    PAGES = GW_CAMERA_NUM_MAX / PAGE,
    AGE_BITS = 24, // minutes: 31 years
};

// A finding is a cause and a minute in one atomic, so that both fit together. All zero:
// nothing was found. The outcome's cause is one more than enum gw_cause has.
struct camera {
    _Atomic uint32_t outcome;
    _Atomic uint32_t faults[2];
    _Atomic uint32_t delays_us[GW_DELAYS];
};

struct page {
    struct camera cameras[PAGE];
};

struct gw_health {
    _Atomic(struct page *) pages[PAGES];
};

static_assert(GW_CAUSES + 1 <= 1 << (32 - AGE_BITS), "a cause has no room");

struct gw_health *gw_health_create(void)
{
    return calloc(1, sizeof(struct gw_health));
}

void gw_health_destroy(struct gw_health *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < PAGES; i++)
        free(atomic_load_explicit(&h->pages[i], memory_order_relaxed));
    free(h);
}

// Of the shard that owns the camera; another shard may need the page at the same time.
static struct camera *camera_of(struct gw_health *h, uint32_t stream)
{
    uint32_t num = gw_camera_of(stream);
    if (num >= GW_CAMERA_NUM_MAX)
        return NULL;
    _Atomic(struct page *) *slot = &h->pages[num / PAGE];
    struct page *page = atomic_load_explicit(slot, memory_order_acquire);
    if (page)
        return &page->cameras[num % PAGE];

    struct page *fresh = calloc(1, sizeof(*fresh));
    if (!fresh)
        return NULL;
    if (atomic_compare_exchange_strong_explicit(slot, &page, fresh, memory_order_acq_rel,
                                                memory_order_acquire))
        page = fresh;
    else
        free(fresh);
    return &page->cameras[num % PAGE];
}

static uint32_t minute_of(uint64_t now_us)
{
    return (uint32_t)(now_us / (60ull * GW_SECOND)) & ((1u << AGE_BITS) - 1);
}

static uint32_t finding(unsigned code, uint64_t now_us)
{
    return (uint32_t)code << AGE_BITS | minute_of(now_us);
}

// 0: nothing, or too long ago.
static unsigned code_of(uint32_t finding, uint64_t now_us)
{
    uint32_t found_min = finding & ((1u << AGE_BITS) - 1);
    if (minute_of(now_us) > found_min + GW_HEALTH_KEPT_MIN)
        return 0;
    return finding >> AGE_BITS;
}

static void note(_Atomic uint32_t *where, uint32_t value)
{
    atomic_store_explicit(where, value, memory_order_relaxed);
}

static void note_outcome(struct camera *c, enum gw_cause cause, uint64_t now_us)
{
    note(&c->outcome, finding(1u + cause, now_us));
}

// What a description shows, so that a good one disproves it.
static bool is_of_description(unsigned cause)
{
    return cause == GW_CAUSE_NO_VIDEO || cause == GW_CAUSE_CODEC;
}

// The camera is there, and its pictures do not come, or are not whole.
static bool is_of_pictures(enum gw_cause cause)
{
    enum gw_norm_word word = gw_norm_of_cause(cause);
    return word == GW_NORM_NO_VIDEO || word == GW_NORM_STALLED;
}

void gw_health_on_pictures(struct gw_health *h, uint32_t stream, uint64_t now_us)
{
    struct camera *c = camera_of(h, stream);
    if (!c)
        return;
    note(&c->faults[stream % 2], 0);
    note_outcome(c, GW_CAUSE_NONE, now_us);
}

void gw_health_on_answer(struct gw_health *h, uint32_t stream, uint64_t now_us)
{
    struct camera *c = camera_of(h, stream);
    if (!c)
        return;
    _Atomic uint32_t *fault = &c->faults[stream % 2];
    if (is_of_description(code_of(*fault, now_us)))
        note(fault, 0);
    note_outcome(c, GW_CAUSE_NONE, now_us);
}

void gw_health_on_failure(struct gw_health *h, uint32_t stream, enum gw_cause cause,
                          bool other_live, uint64_t now_us)
{
    struct camera *c = camera_of(h, stream);
    if (!c || cause == GW_CAUSE_NONE)
        return;
    if (is_of_pictures(cause))
        note(&c->faults[stream % 2], finding(cause, now_us));
    note_outcome(c, other_live ? GW_CAUSE_NONE : cause, now_us);
}

void gw_health_set_delays(struct gw_health *h, uint32_t stream,
                          const struct gw_delays *delays)
{
    struct camera *c = camera_of(h, stream);
    for (int i = 0; c && i < GW_DELAYS; i++)
        if (delays->us[i])
            note(&c->delays_us[i], delays->us[i]);
}

struct gw_verdict gw_health_get(const struct gw_health *h, uint32_t num, uint64_t now_us)
{
    struct gw_verdict v = { 0 };
    if (num >= GW_CAMERA_NUM_MAX)
        return v;
    const struct page *page =
        atomic_load_explicit(&h->pages[num / PAGE], memory_order_acquire);
    if (!page)
        return v;

    const struct camera *c = &page->cameras[num % PAGE];
    unsigned outcome =
        code_of(atomic_load_explicit(&c->outcome, memory_order_relaxed), now_us);
    if (outcome) {
        v.judged = true;
        v.cause = (enum gw_cause)(outcome - 1);
    }
    for (int sub = 0; sub < 2; sub++)
        v.faults[sub] = (enum gw_cause)code_of(
            atomic_load_explicit(&c->faults[sub], memory_order_relaxed), now_us);
    for (int i = 0; i < GW_DELAYS; i++)
        v.delays.us[i] = atomic_load_explicit(&c->delays_us[i], memory_order_relaxed);
    return v;
}
