#include "ingest/stream_table.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { STREAMS = 512 };

// Against an array, which cannot be wrong.
static void agrees_with_an_array_under_random_use(void **state)
{
    (void)state;

    for (uint64_t seed = 0; seed < 5; seed++) {
        struct gw_stream_table *t = gw_stream_table_create();
        static int things[STREAMS];
        void *model[STREAMS] = { 0 };
        size_t count = 0;
        struct gw_rng rng;

        assert_non_null(t);
        gw_rng_init(&rng, seed);
        for (int i = 0; i < 20000; i++) {
            uint32_t stream = (uint32_t)gw_rng_below(&rng, STREAMS);
            uint32_t key = stream * (seed % 2 ? 1 : 0x10001); // dense, and spread
            if (gw_rng_below(&rng, 2)) {
                assert_int_equal(gw_stream_table_put(t, key, &things[stream]), 0);
                count += !model[stream];
                model[stream] = &things[stream];
            } else {
                assert_ptr_equal(gw_stream_table_remove(t, key), model[stream]);
                count -= model[stream] != NULL;
                model[stream] = NULL;
            }
            uint32_t other = (uint32_t)gw_rng_below(&rng, STREAMS);
            assert_ptr_equal(gw_stream_table_get(t, other * (seed % 2 ? 1 : 0x10001)),
                             model[other]);
            assert_int_equal(gw_stream_table_count(t), count);
        }

        size_t pos = 0;
        size_t seen = 0;
        for (int *thing; (thing = gw_stream_table_next(t, &pos)); seen++)
            assert_ptr_equal(model[thing - things], thing);
        assert_int_equal(seen, count);
        gw_stream_table_destroy(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_an_array_under_random_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
