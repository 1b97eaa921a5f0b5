#include "map/norm_hour.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 4096, // cameras of a page; pages come as numbers do
    PAGES = GW_NORM_NUM_MAX / PAGE,
};

struct page {
    uint8_t minutes[PAGE][GW_NORM_WORDS];
};

struct gw_norm_hour {
    uint32_t hour;
    uint64_t minutes;
    struct page *pages[PAGES];
};

struct gw_norm_hour *gw_norm_hour_create(uint32_t hour)
{
    struct gw_norm_hour *h = calloc(1, sizeof(*h));
    if (h)
        h->hour = hour;
    return h;
}

void gw_norm_hour_destroy(struct gw_norm_hour *h)
{
    if (!h)
        return;
    gw_norm_hour_clear(h);
    free(h);
}

uint32_t gw_norm_hour_of(const struct gw_norm_hour *h)
{
    return h->hour;
}

bool gw_norm_hour_has(const struct gw_norm_hour *h, unsigned minute)
{
    assert(minute < GW_NORM_MINUTES);
    return h->minutes >> minute & 1;
}

void gw_norm_hour_mark(struct gw_norm_hour *h, unsigned minute)
{
    assert(minute < GW_NORM_MINUTES);
    h->minutes |= 1ull << minute;
}

uint64_t gw_norm_hour_minutes(const struct gw_norm_hour *h)
{
    return h->minutes;
}

int gw_norm_hour_count(struct gw_norm_hour *h, uint32_t num, enum gw_norm_word word)
{
    if (num >= GW_NORM_NUM_MAX)
        return 0;
    struct page **page = &h->pages[num / PAGE];
    if (!*page)
        *page = calloc(1, sizeof(**page));
    if (!*page)
        return -ENOMEM;
    uint8_t *minutes = &(*page)->minutes[num % PAGE][word];
    if (*minutes < GW_NORM_MINUTES)
        ++*minutes;
    return 0;
}

void gw_norm_hour_clear(struct gw_norm_hour *h)
{
    for (size_t i = 0; i < PAGES; i++) {
        free(h->pages[i]);
        h->pages[i] = NULL;
    }
}

static bool is_empty(const uint8_t minutes[GW_NORM_WORDS])
{
    static const uint8_t none[GW_NORM_WORDS];
    return memcmp(minutes, none, sizeof(none)) == 0;
}

int gw_norm_hour_each(const struct gw_norm_hour *h,
                      int (*on_camera)(void *arg, uint32_t num,
                                       const uint8_t minutes[GW_NORM_WORDS]),
                      void *arg)
{
    for (uint32_t num = 0; num < GW_NORM_NUM_MAX; num++) {
        const struct page *page = h->pages[num / PAGE];
        if (!page) {
            num |= PAGE - 1; // its last one
            continue;
        }
        const uint8_t *minutes = page->minutes[num % PAGE];
        int r = is_empty(minutes) ? 0 : on_camera(arg, num, minutes);
        if (r != 0)
            return r;
    }
    return 0;
}
