// Pages of one size, for what is kept long and comes in any length: cached
// pictures. A page that one owner gives back serves the next one, whatever it
// holds, so no holes can form. A general allocator cannot do that: a GOP is
// thousands of blocks of different sizes, mixed with those of other cameras.
//
// The lowest spare page is handed out first. So what is not needed any more gathers
// at the top, and goes back to the system in blocks: one call for 64 pages, for the
// price of a call is that all threads forget where memory lies.
//
// One pool has one owner and one thread.
#ifndef GW_BASE_PAGE_POOL_H
#define GW_BASE_PAGE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_PAGE_BYTES = 4096,
    GW_PAGE_HEAD = 16,                           // bytes: a pointer and a number
    GW_PAGE_ROOM = GW_PAGE_BYTES - GW_PAGE_HEAD, // bytes of data
    GW_PAGE_BLOCK = 64,                          // pages

    // Blocks without a used page keep their memory up to this part of the pages in
    // use, and one block: for the swing between one GOP and the next.
    GW_PAGE_IDLE_SHARE = 64,
};

struct gw_page {
    struct gw_page *next; // its owner's
    uint32_t number;      // the pool's
    uint8_t data[GW_PAGE_ROOM];
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
    size_t idle_blocks; // warm, without a used page
    size_t lowest;      // no block below it has a spare page
};

void gw_page_pool_init(struct gw_page_pool *p);

// All pages have been given back.
void gw_page_pool_finish(struct gw_page_pool *p);

// Returns a page of unknown contents, or NULL when out of memory.
struct gw_page *gw_page_get(struct gw_page_pool *p);

// Gives one back.
void gw_page_put(struct gw_page_pool *p, struct gw_page *page);

#endif
