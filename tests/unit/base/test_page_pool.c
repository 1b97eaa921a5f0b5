#include "base/page_pool.h"

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
    memset(page, 0xa5, sizeof(*page));
    return page;
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
    assert_int_equal(p.idle, GW_PAGE_IDLE_MIN);
    assert_int_equal(resident(pages, PAGES), GW_PAGE_IDLE_MIN);
    gw_page_pool_finish(&p);
}

static void a_large_pool_keeps_a_share_of_what_is_used(void **state)
{
    enum { MANY = 2 * GW_PAGE_IDLE_MIN * GW_PAGE_IDLE_SHARE };
    static struct gw_page *pages[MANY];
    struct gw_page_pool p;
    (void)state;

    gw_page_pool_init(&p);
    for (size_t i = 0; i < MANY; i++)
        pages[i] = get(&p);
    for (size_t i = MANY / 2; i < MANY; i++)
        gw_page_put(&p, pages[i]);
    assert_true(p.idle >= MANY / 2 / GW_PAGE_IDLE_SHARE);
    assert_true(p.idle <= MANY / GW_PAGE_IDLE_SHARE);
    for (size_t i = 0; i < MANY / 2; i++)
        gw_page_put(&p, pages[i]);
    gw_page_pool_finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_page_is_handed_out_twice),
        cmocka_unit_test(what_is_over_goes_back_to_the_system),
        cmocka_unit_test(a_large_pool_keeps_a_share_of_what_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
