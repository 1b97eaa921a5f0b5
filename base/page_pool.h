// Pages of one size, for what is kept long and comes in any length: cached
// pictures. A page that one owner gives back serves the next one, whatever it
// holds, so no holes can form. A general allocator cannot do that: a GOP is
// thousands of blocks of different sizes, mixed with those of other cameras.
//
// The lowest spare page is handed out first, and gw_page_pool_pack() moves what lies
// highest into spare pages below: a copy is far cheaper than memory that lies
// about, or than asking the system for it anew. What became spare at the top goes
// back to the system in blocks: one call for 64 pages, for the price of a call is
// that all threads forget where memory lies.
//
// One pool has one owner and one thread.
#ifndef GW_BASE_PAGE_POOL_H
#define GW_BASE_PAGE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_PAGE_BYTES = 4096,
    GW_PAGE_BLOCK = 64, // pages

    // Spare pages that may have memory after gw_page_pool_pack(), see
    // gw_page_pool_slack().
    GW_PAGE_SLACK_SHARE = 32,
    GW_PAGE_SLACK = 2 * GW_PAGE_BLOCK,
    GW_PAGE_TURN_MAX = 16 * GW_PAGE_BLOCK,

    GW_PAGE_MOVES_MAX = 256, // of one gw_page_pool_pack(): it goes on at the next
};

// Pages have numbers; what is known of a page lies apart from it, so that lists can be
// walked without touching memory that is long out of the caches.
#define GW_PAGE_NONE UINT32_MAX

// An owner's pages, in order: the pool's, so that it can move them. Set it to
// GW_PAGE_LIST_EMPTY to begin with; it must stay where it is while it has pages.
struct gw_page_list {
    uint32_t first;
    uint32_t last;
    size_t count;
};

#define GW_PAGE_LIST_EMPTY                                                               \
    ((struct gw_page_list) { .first = GW_PAGE_NONE, .last = GW_PAGE_NONE })

struct gw_page_entry {
    struct gw_page_list *list;
    uint32_t next;
    uint32_t prev;
};

struct gw_page_block {
    uint64_t spare; // a bit for each page
    bool warm;      // it has memory
};

// Read `used` and `resident`; the rest is the pool's.
struct gw_page_pool {
    size_t used;     // pages
    size_t resident; // pages of blocks that have memory, used or not
    size_t turn;     // pages that one list gives back at once, of late

    uint8_t **regions; // as they were mapped
    size_t region_count;
    struct gw_page_entry *entries; // of each page
    struct gw_page_block *blocks;
    size_t block_count;
    size_t lowest;  // no block below it has a spare page
    size_t highest; // no block from here on has a used one
};

void gw_page_pool_init(struct gw_page_pool *p);

// All pages have been given back.
void gw_page_pool_finish(struct gw_page_pool *p);

// Appends a page of unknown contents. Returns 0 or -ENOMEM.
int gw_page_add(struct gw_page_pool *p, struct gw_page_list *list);

// Gives all pages of a list back.
void gw_page_list_clear(struct gw_page_pool *p, struct gw_page_list *list);

// How many spare pages may keep their memory: a part of those in use, and one and a half
// times what a list gives back at once. The others' lists will ask for that within the
// time that this one takes to grow again, and to give it back and fetch it anew costs
// far more than what is written there.
size_t gw_page_pool_slack(const struct gw_page_pool *p);

// The GW_PAGE_BYTES of a page, borrowed until it is given back or packed.
uint8_t *gw_page_data(const struct gw_page_pool *p, uint32_t page);

// The one behind it in its list, or GW_PAGE_NONE.
uint32_t gw_page_next(const struct gw_page_pool *p, uint32_t page);

// Gives memory back that is not needed. Pages may move, and have other numbers then;
// what lists say is right.
void gw_page_pool_pack(struct gw_page_pool *p);

#endif
