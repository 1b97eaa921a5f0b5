#include "ingest/deadlines.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { COUNT = 100 };

static void the_first_is_always_the_earliest(void **state)
{
    (void)state;

    for (uint64_t seed = 0; seed < 5; seed++) {
        struct gw_deadlines h = { 0 };
        struct gw_deadline d[COUNT] = { 0 };
        struct gw_rng rng;

        gw_rng_init(&rng, seed);
        assert_int_equal(gw_deadlines_reserve(&h, COUNT), 0);
        for (int i = 0; i < COUNT; i++)
            d[i].at_us = UINT64_MAX;
        for (int i = 0; i < 5000; i++) {
            uint64_t at_us =
                gw_rng_below(&rng, 4) ? gw_rng_below(&rng, 1000) : UINT64_MAX;
            gw_deadlines_set(&h, &d[gw_rng_below(&rng, COUNT)], at_us);

            uint64_t earliest = UINT64_MAX;
            for (int k = 0; k < COUNT; k++)
                earliest = d[k].at_us < earliest ? d[k].at_us : earliest;
            const struct gw_deadline *first = gw_deadlines_first(&h);
            assert_int_equal(first ? first->at_us : UINT64_MAX, earliest);
        }
        gw_deadlines_finish(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_always_the_earliest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
