#include "base/table.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char there; // an address to point to

static void finds_what_was_put(void **state)
{
    struct gw_table t = { 0 };
    (void)state;
    assert_null(gw_table_get(&t, 0));
    for (uint32_t key = 0; key < 10000; key++)
        assert_int_equal(gw_table_put(&t, key * 2, &there + key), 0);
    for (uint32_t key = 0; key < 10000; key++) {
        assert_ptr_equal(gw_table_get(&t, key * 2), &there + key);
        assert_null(gw_table_get(&t, key * 2 + 1));
    }
    assert_int_equal(t.count, 10000);
    gw_table_finish(&t);
}

static void a_second_put_replaces(void **state)
{
    struct gw_table t = { 0 };
    (void)state;
    gw_table_put(&t, 7, &there);
    gw_table_put(&t, 7, &there + 1);
    assert_ptr_equal(gw_table_get(&t, 7), &there + 1);
    assert_int_equal(t.count, 1);
    gw_table_finish(&t);
}

// Against an array that cannot be wrong.
static void agrees_with_an_array_under_random_changes(void **state)
{
    enum { KEYS = 300, STEPS = 200000 };
    static void *truth[KEYS];
    struct gw_table t = { 0 };
    struct gw_rng rng;
    size_t count = 0;
    (void)state;

    gw_rng_init(&rng, 1);
    for (int step = 0; step < STEPS; step++) {
        uint32_t key = (uint32_t)gw_rng_below(&rng, KEYS);
        if (gw_rng_below(&rng, 2)) {
            assert_ptr_equal(gw_table_remove(&t, key), truth[key]);
            count -= truth[key] != NULL;
            truth[key] = NULL;
        } else {
            assert_int_equal(gw_table_put(&t, key, &there + key), 0);
            count += truth[key] == NULL;
            truth[key] = &there + key;
        }
        assert_int_equal(t.count, count);
        uint32_t any = (uint32_t)gw_rng_below(&rng, KEYS);
        assert_ptr_equal(gw_table_get(&t, any), truth[any]);
    }
    gw_table_finish(&t);
}

static void a_walk_sees_each_entry_once(void **state)
{
    struct gw_table t = { 0 };
    int seen[100] = { 0 };
    (void)state;
    for (uint32_t key = 0; key < 100; key++)
        gw_table_put(&t, key, &seen[key]);
    int *p;
    for (size_t i = 0; (p = gw_table_next(&t, &i));)
        ++*p;
    for (int key = 0; key < 100; key++)
        assert_int_equal(seen[key], 1);
    gw_table_finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(a_second_put_replaces),
        cmocka_unit_test(agrees_with_an_array_under_random_changes),
        cmocka_unit_test(a_walk_sees_each_entry_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
