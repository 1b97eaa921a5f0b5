#include "ws/batch.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { BEAT = 1000 * GW_BATCH_US }; // some beat

static void all_who_come_between_two_beats_leave_with_the_next(void **state)
{
    struct gw_batch b = { 0 };
    struct gw_batch_place p[3] = { 0 };
    (void)state;
    gw_batch_wait(&b, &p[0], BEAT);
    gw_batch_wait(&b, &p[1], BEAT + 1);
    gw_batch_wait(&b, &p[0], BEAT + 2); // keeps its place
    gw_batch_wait(&b, &p[2], BEAT + GW_BATCH_US - 1);
    assert_int_equal(gw_batch_left_us(&b, BEAT + 1), GW_BATCH_US - 1);
    assert_null(gw_batch_take(&b, BEAT + GW_BATCH_US - GW_BATCH_EARLY_US - 1));
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(gw_batch_take(&b, BEAT + GW_BATCH_US), &p[i]);
    assert_null(gw_batch_take(&b, UINT64_MAX / 2));
    assert_true(gw_batch_left_us(&b, 0) == UINT64_MAX);
}

static void a_timer_that_is_early_by_a_little_will_do(void **state)
{
    struct gw_batch b = { 0 };
    struct gw_batch_place p = { 0 };
    (void)state;
    gw_batch_wait(&b, &p, BEAT);
    assert_int_equal(gw_batch_left_us(&b, BEAT + GW_BATCH_US - GW_BATCH_EARLY_US), 0);
    assert_ptr_equal(gw_batch_take(&b, BEAT + GW_BATCH_US - GW_BATCH_EARLY_US), &p);
    assert_int_equal(p.due_us, 0);
}

static void whoever_leaves_the_line_is_not_called(void **state)
{
    struct gw_batch b = { 0 };
    struct gw_batch_place p[3] = { 0 };
    (void)state;
    gw_hot_add(&p[1].hot, &b, sizeof(b));
    for (int i = 0; i < 3; i++)
        gw_batch_wait(&b, &p[i], BEAT);
    gw_batch_leave(&b, &p[1]);
    assert_int_equal(p[1].hot.count, 1); // for the next time
    gw_batch_leave(&b, &p[1]);           // was not in it any more
    assert_ptr_equal(gw_batch_take(&b, BEAT + GW_BATCH_US), &p[0]);
    gw_batch_leave(&b, &p[2]);
    assert_null(gw_batch_take(&b, BEAT + GW_BATCH_US));
    gw_batch_wait(&b, &p[1], BEAT + GW_BATCH_US);
    assert_ptr_equal(gw_batch_take(&b, BEAT + 2 * GW_BATCH_US), &p[1]);
}

// Walls come, send early and go at random: whoever waits is called, once, and never
// later than GW_BATCH_US after it came.
static void nobody_waits_longer_than_a_beat(void **state)
{
    enum { PLACES = 20, STEPS = 20000 };
    struct gw_batch b = { 0 };
    struct gw_batch_place p[PLACES] = { 0 };
    uint64_t since_us[PLACES] = { 0 };
    uint64_t now_us = BEAT;
    struct gw_rng rng;
    (void)state;

    gw_rng_init(&rng, 1);
    for (int step = 0; step < STEPS; step++) {
        // The timer's way: no later than what is left.
        uint64_t left_us = gw_batch_left_us(&b, now_us);
        uint64_t pause_us = gw_rng_below(&rng, 700);
        now_us += pause_us < left_us ? pause_us : left_us;
        struct gw_batch_place *due;
        while ((due = gw_batch_take(&b, now_us))) {
            size_t i = (size_t)(due - p);
            assert_true(since_us[i] && now_us - since_us[i] <= GW_BATCH_US);
            since_us[i] = 0;
        }
        size_t i = gw_rng_below(&rng, PLACES);
        if (gw_rng_below(&rng, 4)) {
            gw_batch_wait(&b, &p[i], now_us);
            if (!since_us[i])
                since_us[i] = now_us;
        } else {
            gw_batch_leave(&b, &p[i]);
            since_us[i] = 0;
        }
        for (i = 0; i < PLACES; i++)
            assert_int_equal(since_us[i] != 0, p[i].due_us != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_who_come_between_two_beats_leave_with_the_next),
        cmocka_unit_test(a_timer_that_is_early_by_a_little_will_do),
        cmocka_unit_test(whoever_leaves_the_line_is_not_called),
        cmocka_unit_test(nobody_waits_longer_than_a_beat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
