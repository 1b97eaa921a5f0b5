#include "base/page_pool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, bytes) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)0)
#endif

enum {
    // Mapped at once: address space, not memory.
    REGION_BLOCKS = 16,
    REGION_PAGES = REGION_BLOCKS * GW_PAGE_BLOCK,
    REGION_BYTES = REGION_PAGES * GW_PAGE_BYTES,
};

static const uint64_t ALL_SPARE = UINT64_MAX;

void gw_page_pool_init(struct gw_page_pool *p)
{
    *p = (struct gw_page_pool) { 0 };
}

void gw_page_pool_finish(struct gw_page_pool *p)
{
    assert(p->used == 0);
    for (size_t i = 0; i < p->region_count; i++) {
        ASAN_UNPOISON_MEMORY_REGION(p->regions[i], REGION_BYTES);
        (void)munmap(p->regions[i], REGION_BYTES);
    }
    free(p->regions);
    free(p->entries);
    free(p->blocks);
    gw_page_pool_init(p);
}

// Room for one more region. What has grown stays so when another cannot.
static int reserve(struct gw_page_pool *p)
{
    size_t count = p->region_count + 1;
    uint8_t **regions = realloc(p->regions, count * sizeof(*regions));
    if (!regions)
        return -ENOMEM;
    p->regions = regions;

    struct gw_page_entry *entries =
        realloc(p->entries, count * REGION_PAGES * sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    p->entries = entries;

    struct gw_page_block *blocks =
        realloc(p->blocks, count * REGION_BLOCKS * sizeof(*blocks));
    if (!blocks)
        return -ENOMEM;
    p->blocks = blocks;
    return 0;
}

static int map_region(struct gw_page_pool *p)
{
    if (reserve(p))
        return -ENOMEM;
    uint8_t *pages = mmap(NULL, REGION_BYTES, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return -ENOMEM;

    // Huge pages would bring back what is given back. A kernel without them says
    // that it knows no such advice.
    (void)madvise(pages, REGION_BYTES, MADV_NOHUGEPAGE);
    ASAN_POISON_MEMORY_REGION(pages, REGION_BYTES);
    p->regions[p->region_count++] = pages;
    for (int i = 0; i < REGION_BLOCKS; i++)
        p->blocks[p->block_count++] = (struct gw_page_block) { .spare = ALL_SPARE };
    return 0;
}

uint8_t *gw_page_data(const struct gw_page_pool *p, uint32_t page)
{
    return p->regions[page / REGION_PAGES] +
           (size_t)(page % REGION_PAGES) * GW_PAGE_BYTES;
}

uint32_t gw_page_next(const struct gw_page_pool *p, uint32_t page)
{
    return p->entries[page].next;
}

// Gives a block its memory with one call: page by page each would be a fault of its
// own, which under a hypervisor costs more than the frame that is copied there.
static void warm(struct gw_page_pool *p, size_t block)
{
    // Kernels before 5.14 do not know it; there the faults come, and nothing else.
    (void)madvise(gw_page_data(p, (uint32_t)(block * GW_PAGE_BLOCK)),
                  (size_t)GW_PAGE_BLOCK * GW_PAGE_BYTES, MADV_POPULATE_WRITE);
    p->blocks[block].warm = true;
    p->resident += GW_PAGE_BLOCK;
}

// Takes the lowest spare page, which there is.
static uint32_t take_lowest(struct gw_page_pool *p)
{
    struct gw_page_block *block = &p->blocks[p->lowest];
    unsigned bit = (unsigned)__builtin_ctzll(block->spare);

    block->spare &= ~(UINT64_C(1) << bit);
    if (!block->warm)
        warm(p, p->lowest);
    if (p->highest <= p->lowest)
        p->highest = p->lowest + 1;
    p->used++;

    uint32_t page = (uint32_t)(p->lowest * GW_PAGE_BLOCK + bit);
    ASAN_UNPOISON_MEMORY_REGION(gw_page_data(p, page), GW_PAGE_BYTES);
    return page;
}

static void find_lowest(struct gw_page_pool *p)
{
    while (p->lowest < p->block_count && !p->blocks[p->lowest].spare)
        p->lowest++;
}

static void find_highest(struct gw_page_pool *p)
{
    while (p->highest && p->blocks[p->highest - 1].spare == ALL_SPARE)
        p->highest--;
}

// Its neighbours and its list learn where the page is that has this entry.
static void link_in(struct gw_page_pool *p, uint32_t page)
{
    const struct gw_page_entry *e = &p->entries[page];
    if (e->prev == GW_PAGE_NONE)
        e->list->first = page;
    else
        p->entries[e->prev].next = page;
    if (e->next == GW_PAGE_NONE)
        e->list->last = page;
    else
        p->entries[e->next].prev = page;
}

int gw_page_add(struct gw_page_pool *p, struct gw_page_list *list)
{
    find_lowest(p);
    if (p->lowest == p->block_count && map_region(p))
        return -ENOMEM;

    uint32_t page = take_lowest(p);
    p->entries[page] = (struct gw_page_entry) {
        .list = list,
        .next = GW_PAGE_NONE,
        .prev = list->last,
    };
    link_in(p, page);
    list->count++;
    return 0;
}

static void put(struct gw_page_pool *p, uint32_t page)
{
    uint32_t block = page / GW_PAGE_BLOCK;

    p->blocks[block].spare |= UINT64_C(1) << page % GW_PAGE_BLOCK;
    ASAN_POISON_MEMORY_REGION(gw_page_data(p, page), GW_PAGE_BYTES);
    p->used--;
    if (block < p->lowest)
        p->lowest = block;
}

// Follows a longer list at once, shorter ones slowly.
static void note_turn(struct gw_page_pool *p, size_t count)
{
    size_t turn = count < GW_PAGE_TURN_MAX ? count : GW_PAGE_TURN_MAX;
    p->turn = turn > p->turn ? turn : p->turn - (p->turn - turn) / 16;
}

void gw_page_list_clear(struct gw_page_pool *p, struct gw_page_list *list)
{
    note_turn(p, list->count);
    for (uint32_t page = list->first; page != GW_PAGE_NONE;) {
        uint32_t next = p->entries[page].next;
        put(p, page);
        page = next;
    }
    *list = GW_PAGE_LIST_EMPTY;
}

static void move_down(struct gw_page_pool *p, uint32_t from)
{
    uint32_t to = take_lowest(p);

    memcpy(gw_page_data(p, to), gw_page_data(p, from), GW_PAGE_BYTES);
    p->entries[to] = p->entries[from];
    link_in(p, to);
    put(p, from);
}

static void cool(struct gw_page_pool *p, size_t block)
{
    (void)madvise(gw_page_data(p, (uint32_t)(block * GW_PAGE_BLOCK)),
                  (size_t)GW_PAGE_BLOCK * GW_PAGE_BYTES, MADV_DONTNEED);
    p->blocks[block].warm = false;
    p->resident -= GW_PAGE_BLOCK;
}

size_t gw_page_pool_slack(const struct gw_page_pool *p)
{
    size_t turn = p->turn + p->turn / 2;
    return (turn > GW_PAGE_SLACK ? turn : GW_PAGE_SLACK) + p->used / GW_PAGE_SLACK_SHARE;
}

static bool has_slack(const struct gw_page_pool *p)
{
    return p->resident - p->used > gw_page_pool_slack(p);
}

void gw_page_pool_pack(struct gw_page_pool *p)
{
    for (int moves = 0; has_slack(p) && moves < GW_PAGE_MOVES_MAX; moves++) {
        find_lowest(p);
        find_highest(p);
        if (p->lowest + 1 >= p->highest)
            break; // the last block may have holes
        uint64_t used = ~p->blocks[p->highest - 1].spare;
        unsigned bit = (unsigned)__builtin_ctzll(used);
        move_down(p, (uint32_t)((p->highest - 1) * GW_PAGE_BLOCK + bit));
    }
    find_highest(p);
    for (size_t i = p->block_count; i > p->highest && has_slack(p); i--)
        if (p->blocks[i - 1].warm)
            cool(p, i - 1);
}
