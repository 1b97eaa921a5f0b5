// Pages of one size, for what is kept long and comes in any length: cached
// pictures. A page that one owner gives back serves the next one, whatever it
// holds, so no holes can form; and what is not needed any more goes back to the
// system page by page. A general allocator does neither: a GOP is thousands of
// blocks of different sizes, mixed with those of other cameras.
//
// One pool has one owner and one thread.
#ifndef GW_BASE_PAGE_POOL_H
#define GW_BASE_PAGE_POOL_H

#include <stddef.h>
#include <stdint.h>

enum {
    GW_PAGE_BYTES = 4096,
    GW_PAGE_ROOM = GW_PAGE_BYTES - sizeof(void *), // bytes of data

    // Pages that stay resident while nobody uses them: for the swing between one
    // GOP and the next.
    GW_PAGE_IDLE_MIN = 256,
    GW_PAGE_IDLE_SHARE = 16, // and this part of those in use, whichever is more
};

struct gw_page {
    struct gw_page *next; // its owner's
    uint8_t data[GW_PAGE_ROOM];
};

// Read `used` and `idle`; the rest is the pool's.
struct gw_page_pool {
    size_t used; // pages
    size_t idle; // resident, and nobody's

    // Pages nobody uses: first `cold` ones without memory, then `idle` ones.
    struct gw_page **spare;
    size_t cold;

    struct gw_page **regions; // as they were mapped
    size_t region_count;
};

void gw_page_pool_init(struct gw_page_pool *p);

// All pages have been given back.
void gw_page_pool_finish(struct gw_page_pool *p);

// Returns a page of unknown contents, or NULL when out of memory.
struct gw_page *gw_page_get(struct gw_page_pool *p);

// Gives one back.
void gw_page_put(struct gw_page_pool *p, struct gw_page *page);

#endif
