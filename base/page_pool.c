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
    free(p->blocks);
    gw_page_pool_init(p);
}

// Room for one more region. What has grown stays so when the other cannot.
static int reserve(struct gw_page_pool *p)
{
    struct gw_page **regions =
        realloc(p->regions, (p->region_count + 1) * sizeof(*regions));
    if (!regions)
        return -ENOMEM;
    p->regions = regions;

    struct gw_page_block *blocks =
        realloc(p->blocks, (p->block_count + REGION_BLOCKS) * sizeof(*blocks));
    if (!blocks)
        return -ENOMEM;
    p->blocks = blocks;
    return 0;
}

static int map_region(struct gw_page_pool *p)
{
    if (reserve(p))
        return -ENOMEM;
    struct gw_page *pages = mmap(NULL, REGION_BYTES, PROT_READ | PROT_WRITE,
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

static struct gw_page *page_at(const struct gw_page_pool *p, uint32_t number)
{
    return p->regions[number / REGION_PAGES] + number % REGION_PAGES;
}

// Takes the lowest spare page, which there is.
static struct gw_page *take_lowest(struct gw_page_pool *p)
{
    struct gw_page_block *block = &p->blocks[p->lowest];
    unsigned bit = (unsigned)__builtin_ctzll(block->spare);

    block->spare &= ~(UINT64_C(1) << bit);
    if (!block->warm) {
        block->warm = true;
        p->resident += GW_PAGE_BLOCK;
    }
    if (p->highest <= p->lowest)
        p->highest = p->lowest + 1;
    p->used++;

    uint32_t number = (uint32_t)(p->lowest * GW_PAGE_BLOCK + bit);
    struct gw_page *page = page_at(p, number);
    ASAN_UNPOISON_MEMORY_REGION(page, GW_PAGE_BYTES);
    page->number = number;
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

struct gw_page *gw_page_add(struct gw_page_pool *p, struct gw_page_list *list)
{
    find_lowest(p);
    if (p->lowest == p->block_count && map_region(p))
        return NULL;

    struct gw_page *page = take_lowest(p);
    page->list = list;
    page->next = NULL;
    page->prev = list->last;
    if (list->last)
        list->last->next = page;
    else
        list->first = page;
    list->last = page;
    list->count++;
    return page;
}

static void put(struct gw_page_pool *p, struct gw_page *page)
{
    uint32_t block = page->number / GW_PAGE_BLOCK;

    p->blocks[block].spare |= UINT64_C(1) << page->number % GW_PAGE_BLOCK;
    ASAN_POISON_MEMORY_REGION(page, GW_PAGE_BYTES);
    p->used--;
    if (block < p->lowest)
        p->lowest = block;
}

void gw_page_list_clear(struct gw_page_pool *p, struct gw_page_list *list)
{
    while (list->first) {
        struct gw_page *page = list->first;
        list->first = page->next;
        put(p, page);
    }
    *list = (struct gw_page_list) { 0 };
}

static void move_down(struct gw_page_pool *p, struct gw_page *from)
{
    struct gw_page *to = take_lowest(p);

    to->list = from->list;
    to->next = from->next;
    to->prev = from->prev;
    memcpy(to->data, from->data, sizeof(to->data));
    if (to->prev)
        to->prev->next = to;
    else
        to->list->first = to;
    if (to->next)
        to->next->prev = to;
    else
        to->list->last = to;
    put(p, from);
}

static void cool(struct gw_page_pool *p, size_t block)
{
    (void)madvise(page_at(p, (uint32_t)(block * GW_PAGE_BLOCK)),
                  (size_t)GW_PAGE_BLOCK * GW_PAGE_BYTES, MADV_DONTNEED);
    p->blocks[block].warm = false;
    p->resident -= GW_PAGE_BLOCK;
}

static bool has_slack(const struct gw_page_pool *p)
{
    return p->resident - p->used >
           GW_PAGE_SLACK + p->used / GW_PAGE_SLACK_SHARE + GW_PAGE_BLOCK;
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
        move_down(p, page_at(p, (uint32_t)((p->highest - 1) * GW_PAGE_BLOCK + bit)));
    }
    find_highest(p);
    for (size_t i = p->block_count; i > p->highest && has_slack(p); i--)
        if (p->blocks[i - 1].warm)
            cool(p, i - 1);
}
