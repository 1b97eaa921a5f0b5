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

// Mapped at once: address space, not memory.
enum { REGION_PAGES = 1024, REGION_BYTES = REGION_PAGES * GW_PAGE_BYTES };

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
    free(p->spare);
    gw_page_pool_init(p);
}

// Room to note one more region and, should they all be spare, all pages.
static int reserve(struct gw_page_pool *p)
{
    size_t count = p->region_count + 1;
    struct gw_page **regions = realloc(p->regions, count * sizeof(struct gw_page *));
    if (!regions)
        return -ENOMEM;
    p->regions = regions;

    struct gw_page **spare =
        realloc(p->spare, count * REGION_PAGES * sizeof(struct gw_page *));
    if (!spare)
        return -ENOMEM;
    p->spare = spare;
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
    p->regions[p->region_count++] = pages;
    for (size_t i = REGION_PAGES; i-- > 0;)
        p->spare[p->cold++] = &pages[i];
    ASAN_POISON_MEMORY_REGION(pages, REGION_BYTES);
    return 0;
}

struct gw_page *gw_page_get(struct gw_page_pool *p)
{
    struct gw_page *page;

    if (!p->idle && !p->cold && map_region(p))
        return NULL;
    if (p->idle)
        page = p->spare[p->cold + --p->idle];
    else
        page = p->spare[--p->cold];
    p->used++;
    ASAN_UNPOISON_MEMORY_REGION(page, GW_PAGE_BYTES);
    return page;
}

static size_t idle_max(const struct gw_page_pool *p)
{
    size_t share = p->used / GW_PAGE_IDLE_SHARE;
    return share > GW_PAGE_IDLE_MIN ? share : GW_PAGE_IDLE_MIN;
}

void gw_page_put(struct gw_page_pool *p, struct gw_page *page)
{
    assert(p->used > 0);
    p->used--;
    if (p->idle < idle_max(p)) {
        p->spare[p->cold + p->idle++] = page;
    } else {
        // Where the system's pages are larger than ours it refuses: then the page
        // keeps its memory, and nothing else is wrong.
        (void)madvise(page, GW_PAGE_BYTES, MADV_DONTNEED);
        p->spare[p->cold + p->idle] = p->spare[p->cold];
        p->spare[p->cold++] = page;
    }
    ASAN_POISON_MEMORY_REGION(page, GW_PAGE_BYTES);
}
