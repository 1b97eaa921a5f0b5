#include "base/page_pool.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { OWNERS = 60, EACH = 100 }; // pages: more than a region has

struct fixture {
    struct gw_page_pool pool;
    struct gw_page_list owners[OWNERS];
};

static void begin(struct fixture *f)
{
    gw_page_pool_init(&f->pool);
    for (size_t i = 0; i < OWNERS; i++)
        f->owners[i] = GW_PAGE_LIST_EMPTY;
}

static void end(struct fixture *f)
{
    for (size_t i = 0; i < OWNERS; i++)
        gw_page_list_clear(&f->pool, &f->owners[i]);
    gw_page_pool_finish(&f->pool);
}

// Pages that tell whose they are, and which.
static void add(struct fixture *f, size_t owner, size_t count)
{
    for (; count; count--) {
        size_t marks[2] = { owner, f->owners[owner].count };
        assert_int_equal(gw_page_add(&f->pool, &f->owners[owner]), 0);
        uint8_t *data = gw_page_data(&f->pool, f->owners[owner].last);
        memset(data, 0xa5, GW_PAGE_BYTES);
        memcpy(data, marks, sizeof(marks));
        memcpy(data + GW_PAGE_BYTES - sizeof(marks), marks, sizeof(marks));
    }
}

static void check_owners(const struct fixture *f)
{
    size_t sum = 0;
    for (size_t i = 0; i < OWNERS; i++) {
        size_t n = 0;
        uint32_t last = GW_PAGE_NONE;
        for (uint32_t page = f->owners[i].first; page != GW_PAGE_NONE; n++) {
            size_t marks[2] = { i, n };
            const uint8_t *data = gw_page_data(&f->pool, page);
            assert_memory_equal(data, marks, sizeof(marks));
            assert_memory_equal(data + GW_PAGE_BYTES - sizeof(marks), marks,
                                sizeof(marks));
            last = page;
            page = gw_page_next(&f->pool, page);
        }
        assert_int_equal(n, f->owners[i].count);
        assert_int_equal(last, f->owners[i].last);
        sum += n;
    }
    assert_int_equal(sum, f->pool.used);
}

// Pages that the system says have memory.
static size_t resident(const struct fixture *f)
{
    static unsigned char in_memory[1024];
    size_t sum = 0;
    for (size_t i = 0; i < f->pool.region_count; i++) {
        size_t bytes = sizeof(in_memory) * GW_PAGE_BYTES;
        assert_int_equal(mincore(f->pool.regions[i], bytes, in_memory), 0);
        for (size_t k = 0; k < sizeof(in_memory); k++)
            sum += in_memory[k] & 1;
    }
    return sum;
}

static void no_page_is_handed_out_twice(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    for (int round = 0; round < 2; round++) {
        for (size_t n = 0; n < EACH; n++)
            for (size_t i = 0; i < OWNERS; i++)
                add(&f, i, 1);
        check_owners(&f);
        for (size_t i = 0; i < OWNERS; i++)
            gw_page_list_clear(&f.pool, &f.owners[i]);
        assert_int_equal(f.pool.used, 0);
    }
    end(&f);
}

static void packing_moves_pages_down_and_gives_the_rest_back(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    for (size_t n = 0; n < EACH; n++)
        for (size_t i = 0; i < OWNERS; i++)
            add(&f, i, 1);
    // A block has memory as a whole, before its last page is asked for.
    assert_true(resident(&f) >= (size_t)OWNERS * EACH);
    assert_true(resident(&f) <= f.pool.resident);
    assert_true(f.pool.resident < (size_t)OWNERS * EACH + GW_PAGE_BLOCK);

    // Every third stays: no block is without one.
    for (size_t i = 0; i < OWNERS; i++)
        if (i % 3)
            gw_page_list_clear(&f.pool, &f.owners[i]);
    for (int i = 0; i < OWNERS * EACH / GW_PAGE_MOVES_MAX; i++) {
        gw_page_pool_pack(&f.pool);
        check_owners(&f);
    }
    assert_true(f.pool.resident <= f.pool.used + gw_page_pool_slack(&f.pool));
    assert_true(resident(&f) <= f.pool.resident);
    end(&f);
}

static void as_much_as_a_list_gives_back_stays_for_the_next(void **state)
{
    enum { LONG = 4 * GW_PAGE_BLOCK };
    struct fixture f;
    (void)state;

    begin(&f);
    assert_int_equal(gw_page_pool_slack(&f.pool), GW_PAGE_SLACK);
    add(&f, 0, LONG);
    gw_page_list_clear(&f.pool, &f.owners[0]);
    gw_page_pool_pack(&f.pool);
    assert_int_equal(f.pool.resident, LONG);
    assert_int_equal(gw_page_pool_slack(&f.pool), LONG + LONG / 2);

    // Short lists are soon what counts.
    for (int i = 0; i < 200; i++) {
        add(&f, 0, 1);
        gw_page_list_clear(&f.pool, &f.owners[0]);
    }
    gw_page_pool_pack(&f.pool);
    assert_int_equal(gw_page_pool_slack(&f.pool), GW_PAGE_SLACK);
    assert_true(f.pool.resident <= GW_PAGE_SLACK);

    // One that is longer than any GOP should be keeps no more than the bound.
    add(&f, 0, 2 * GW_PAGE_TURN_MAX);
    gw_page_list_clear(&f.pool, &f.owners[0]);
    assert_int_equal(gw_page_pool_slack(&f.pool),
                     GW_PAGE_TURN_MAX + GW_PAGE_TURN_MAX / 2);
    end(&f);
}

static void whatever_comes_and_goes_every_page_stays_its_owners(void **state)
{
    struct fixture f;
    struct gw_rng rng;
    (void)state;

    begin(&f);
    gw_rng_init(&rng, 1);
    for (int step = 0; step < 3000; step++) {
        size_t i = gw_rng_below(&rng, OWNERS);
        if (gw_rng_below(&rng, 4) == 0)
            gw_page_list_clear(&f.pool, &f.owners[i]);
        else if (f.owners[i].count < EACH)
            add(&f, i, gw_rng_below(&rng, 8));
        if (gw_rng_below(&rng, 4) == 0)
            gw_page_pool_pack(&f.pool);
        if (step % 100 == 0) {
            check_owners(&f);
            assert_true(resident(&f) <= f.pool.resident);
        }
    }
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_page_is_handed_out_twice),
        cmocka_unit_test(packing_moves_pages_down_and_gives_the_rest_back),
        cmocka_unit_test(as_much_as_a_list_gives_back_stays_for_the_next),
        cmocka_unit_test(whatever_comes_and_goes_every_page_stays_its_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
