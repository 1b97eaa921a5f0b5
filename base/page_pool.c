#include "base/page_pool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
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

static_assert(sizeof(struct gw_page) == GW_PAGE_BYTES, "pages lie side by side");

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

struct gw_page *gw_page_get(struct gw_page_pool *p)
{
    while (p->lowest < p->block_count && !p->blocks[p->lowest].spare)
        p->lowest++;
    if (p->lowest == p->block_count && map_region(p))
        return NULL;

    struct gw_page_block *block = &p->blocks[p->lowest];
    if (!block->warm) {
        block->warm = true;
        p->resident += GW_PAGE_BLOCK;
    } else if (block->spare == ALL_SPARE) {
        p->idle_blocks--;
    }
    unsigned bit = (unsigned)__builtin_ctzll(block->spare);
    block->spare &= ~(UINT64_C(1) << bit);
    p->used++;

    uint32_t number = (uint32_t)(p->lowest * GW_PAGE_BLOCK + bit);
    struct gw_page *page = page_at(p, number);
    ASAN_UNPOISON_MEMORY_REGION(page, GW_PAGE_BYTES);
    page->number = number;
    return page;
}

// The last page of a block came back: it stays, or its memory goes.
static void on_idle(struct gw_page_pool *p, uint32_t number)
{
    struct gw_page_block *block = &p->blocks[number];
    if (p->idle_blocks * GW_PAGE_BLOCK <= p->used / GW_PAGE_IDLE_SHARE) {
        p->idle_blocks++;
        return;
    }
    (void)madvise(page_at(p, number * GW_PAGE_BLOCK),
                  (size_t)GW_PAGE_BLOCK * GW_PAGE_BYTES, MADV_DONTNEED);
    block->warm = false;
    p->resident -= GW_PAGE_BLOCK;
}

void gw_page_put(struct gw_page_pool *p, struct gw_page *page)
{
    uint32_t number = page->number / GW_PAGE_BLOCK;
    struct gw_page_block *block = &p->blocks[number];

    block->spare |= UINT64_C(1) << page->number % GW_PAGE_BLOCK;
    ASAN_POISON_MEMORY_REGION(page, GW_PAGE_BYTES);
    p->used--;
    if (number < p->lowest)
        p->lowest = number;
    if (block->spare == ALL_SPARE)
        on_idle(p, number);
}
