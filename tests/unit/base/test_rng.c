#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void same_seed_gives_the_same_numbers(void **state)
{
    struct gw_rng a, b, c;
    (void)state;
    gw_rng_init(&a, 42);
    gw_rng_init(&b, 42);
    gw_rng_init(&c, 43);
    uint64_t first = gw_rng_next(&a);
    assert_true(first == gw_rng_next(&b));
    assert_true(first != gw_rng_next(&c));
}

static void below_stays_below_and_reaches_all(void **state)
{
    struct gw_rng rng;
    int seen[7] = { 0 };
    (void)state;
    gw_rng_init(&rng, 0);
    for (int i = 0; i < 7000; i++) {
        uint64_t v = gw_rng_below(&rng, 7);
        assert_true(v < 7);
        seen[v]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 800, 1200);
    assert_true(gw_rng_below(&rng, 0) == 0);
    assert_true(gw_rng_below(&rng, 1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_gives_the_same_numbers),
        cmocka_unit_test(below_stays_below_and_reaches_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
