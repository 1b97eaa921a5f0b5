#include "base/page_pool.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { PAGES = 3000 }; // more than a region has

static struct gw_page *get(struct gw_page_pool *p)
{
    struct gw_page *page = gw_page_get(p);
    assert_non_null(page);
    memset(page->data, 0xa5, sizeof(page->data));
    return page;
}

static void put_all(struct gw_page_pool *p, struct gw_page **owner)
{
    for (struct gw_page *page; (page = *owner);) {
        *owner = page->next;
        gw_page_put(p, page);
    }
}

static size_t resident(struct gw_page *const *pages, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char in_memory;
        assert_int_equal(mincore(pages[i], GW_PAGE_BYTES, &in_memory), 0);
        sum += in_memory & 1;
    }
    return sum;
}

static void no_page_is_handed_out_twice(void **state)
{
    static struct gw_page *pages[PAGES];
    struct gw_page_pool p;
    (void)state;

    gw_page_pool_init(&p);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < PAGES; i++) {
            pages[i] = get(&p);
            memcpy(pages[i]->data, &i, sizeof(i));
        }
        assert_int_equal(p.used, PAGES);
        for (size_t i = 0; i < PAGES; i++) {
            assert_memory_equal(pages[i]->data, &i, sizeof(i));
            gw_page_put(&p, pages[i]);
        }
        assert_int_equal(p.used, 0);
    }
    assert_true(p.region_count * 1024 <
                PAGES + 1024); // the second round's are the first's
    gw_page_pool_finish(&p);
}

static void what_is_over_goes_back_to_the_system(void **state)
{
    static struct gw_page *pages[PAGES];
    struct gw_page_pool p;
    (void)state;

    gw_page_pool_init(&p);
    for (size_t i = 0; i < PAGES; i++)
        pages[i] = get(&p);
    assert_int_equal(resident(pages, PAGES), PAGES);
    for (size_t i = 0; i < PAGES; i++)
        gw_page_put(&p, pages[i]);
    assert_int_equal(p.resident, resident(pages, PAGES));
    assert_true(p.resident <= GW_PAGE_BLOCK + PAGES / GW_PAGE_IDLE_SHARE);
    gw_page_pool_finish(&p);
}

// Owners come and go in any order, as GOPs of many cameras do: memory follows what
// is used, without holes that stay.
static void memory_follows_what_is_used(void **state)
{
    enum { OWNERS = 50, EACH = 60, ROUNDS = 40 };
    struct gw_page *owned[OWNERS] = { NULL };
    struct gw_page_pool p;
    struct gw_rng rng;
    (void)state;

    gw_page_pool_init(&p);
    gw_rng_init(&rng, 1);
    for (int i = 0; i < OWNERS * ROUNDS; i++) {
        // The second half with a fifth of the owners.
        size_t owners = i < OWNERS * ROUNDS / 2 ? OWNERS : OWNERS / 5;
        struct gw_page **owner = &owned[gw_rng_below(&rng, owners)];
        put_all(&p, owner);
        for (size_t n = i < OWNERS * ROUNDS / 2 ? EACH : EACH / 2; n; n--) {
            struct gw_page *page = get(&p);
            page->next = *owner;
            *owner = page;
        }
        if (i == OWNERS * ROUNDS / 2)
            for (size_t k = OWNERS / 5; k < OWNERS; k++)
                put_all(&p, &owned[k]);
    }
    assert_int_equal(p.used, OWNERS / 5 * EACH / 2);
    assert_true(p.resident <= p.used + p.used / GW_PAGE_IDLE_SHARE + 4 * GW_PAGE_BLOCK);
    for (size_t k = 0; k < OWNERS; k++)
        put_all(&p, &owned[k]);
    gw_page_pool_finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_page_is_handed_out_twice),
        cmocka_unit_test(what_is_over_goes_back_to_the_system),
        cmocka_unit_test(memory_follows_what_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
