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

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_PAGE_BYTES = 4096,
    GW_PAGE_HEAD = 32,                           // bytes of struct gw_page but data
    GW_PAGE_ROOM = GW_PAGE_BYTES - GW_PAGE_HEAD, // bytes of data
    GW_PAGE_BLOCK = 64,                          // pages

    // Spare pages that may have memory after gw_page_pool_pack(): this part of those
    // in use, and GW_PAGE_SLACK.
    GW_PAGE_SLACK_SHARE = 64,
    GW_PAGE_SLACK = 2 * GW_PAGE_BLOCK,

    GW_PAGE_MOVES_MAX = 256, // of one gw_page_pool_pack(): it goes on at the next
};

struct gw_page_list;

// The list is the pool's, so that it can move pages. Read `next`, use `data`.
struct gw_page {
    struct gw_page *next;
    struct gw_page *prev;
    struct gw_page_list *list;
    uint32_t number;
    uint8_t data[GW_PAGE_ROOM];
};

static_assert(sizeof(struct gw_page) == GW_PAGE_BYTES, "pages lie side by side");

// An owner's pages, in order. Zero it to begin with; it must not move while it has any.
struct gw_page_list {
    struct gw_page *first;
    struct gw_page *last;
    size_t count;
};

struct gw_page_block {
    uint64_t spare; // a bit for each page
    bool warm;      // it has memory
};

// Read `used` and `resident`; the rest is the pool's.
struct gw_page_pool {
    size_t used;     // pages
    size_t resident; // pages of blocks that have memory, used or not

    struct gw_page **regions; // as they were mapped
    size_t region_count;
    struct gw_page_block *blocks;
    size_t block_count;
    size_t lowest;  // no block below it has a spare page
    size_t highest; // no block from here on has a used one
};

void gw_page_pool_init(struct gw_page_pool *p);

// All pages have been given back.
void gw_page_pool_finish(struct gw_page_pool *p);

// Appends a page of unknown contents. Returns it, or NULL when out of memory.
struct gw_page *gw_page_add(struct gw_page_pool *p, struct gw_page_list *list);

// Gives all pages of a list back.
void gw_page_list_clear(struct gw_page_pool *p, struct gw_page_list *list);

// Gives memory back that is not needed. Pages may move: any pointer to a page but
// those of its list is stale afterwards.
void gw_page_pool_pack(struct gw_page_pool *p);

#endif
