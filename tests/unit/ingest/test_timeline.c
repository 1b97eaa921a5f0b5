#include "ingest/timeline.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { SECOND = 1000 * 1000, FRAME = 3600 }; // us; 90 kHz ticks at 25 frames a second

static void starts_at_zero_and_follows_the_camera(void **state)
{
    struct gw_timeline tl;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    assert_int_equal(gw_timeline_next(&tl, 777777, 5 * SECOND), 0);
    assert_int_equal(gw_timeline_next(&tl, 777777 + FRAME, 5 * SECOND + 40000), FRAME);
    assert_int_equal(gw_timeline_next(&tl, 777777 + 3 * FRAME, 5 * SECOND + 40001),
                     3 * FRAME);
}

static void goes_on_over_a_wrap(void **state)
{
    struct gw_timeline tl;
    uint32_t timestamp = UINT32_MAX - 10 * FRAME;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    for (int i = 0; i < 20; i++, timestamp += FRAME)
        assert_int_equal(gw_timeline_next(&tl, timestamp, (uint64_t)i * 40000),
                         i * FRAME);
}

static void b_frames_step_back(void **state)
{
    static const int display[] = { 0, 3, 1, 2, 6, 4, 5, 9, 7, 8 };
    struct gw_timeline tl;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    for (int i = 0; i < 10; i++) {
        uint32_t timestamp = (uint32_t)(1000 + display[i] * FRAME);
        assert_int_equal(gw_timeline_next(&tl, timestamp, (uint64_t)i * 40000),
                         display[i] * FRAME);
    }
}

// Case 30: Intelbras.
static void one_frame_stamped_hours_off_changes_nothing(void **state)
{
    static const int32_t off[] = { 3600 * 90000, -3600 * 90000, INT32_MIN, 20 * 90000 };
    struct gw_timeline tl;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    for (int i = 0; i < 100; i++) {
        uint32_t timestamp = (uint32_t)(i * FRAME);
        if (i % 25 == 24)
            timestamp += (uint32_t)off[i / 25];
        assert_int_equal(gw_timeline_next(&tl, timestamp, (uint64_t)i * 40000),
                         i * FRAME);
    }
}

// What is right by the camera's clock would be a jump, where frames in between were
// bridged by their usual step although much more time passed.
static void frames_bridged_for_long_are_not_made_up_for_at_once(void **state)
{
    struct gw_timeline tl;
    uint64_t now_us = 0;
    int64_t pts = 0;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    gw_timeline_next(&tl, 0, now_us);
    gw_timeline_next(&tl, FRAME, now_us += 40000);
    for (uint32_t i = 0; i < 10; i++) // stamps of another clock each time
        pts = gw_timeline_next(&tl, 0x40000000u * (i % 3 + 1), now_us += 240000);
    assert_int_equal(pts, 11 * FRAME);
    now_us += 240000;
    int64_t back = gw_timeline_next(&tl, (uint32_t)(now_us * 9 / 100), now_us);
    assert_int_equal(back, pts + FRAME);
    // And from there it is followed.
    for (int i = 1; i < 5; i++) {
        now_us += 40000;
        assert_int_equal(gw_timeline_next(&tl, (uint32_t)(now_us * 9 / 100), now_us),
                         back + i * FRAME);
    }
}

// Cases 31 and 32: Dahua sets its clock, Tapo starts from 0.
static void a_clock_that_jumps_goes_on_with_the_next_frame(void **state)
{
    struct gw_timeline tl;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    for (int i = 0; i < 50; i++) {
        uint32_t timestamp = (uint32_t)(i * FRAME) + (i < 25 ? 900000000U : 5);
        assert_int_equal(gw_timeline_next(&tl, timestamp, (uint64_t)i * 40000),
                         i * FRAME);
    }
}

static void a_reconnect_does_not_show(void **state)
{
    struct gw_timeline tl;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    gw_timeline_next(&tl, 500000, 0);
    gw_timeline_next(&tl, 500000 + FRAME, 40000);
    gw_timeline_restart(&tl, 90000);
    assert_int_equal(gw_timeline_next(&tl, 0, 3600ULL * SECOND), 2 * FRAME);
    assert_int_equal(gw_timeline_next(&tl, FRAME, 3600ULL * SECOND + 40000), 3 * FRAME);
}

static void a_clock_that_stands_still_is_replaced_by_arrival(void **state)
{
    struct gw_timeline tl;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 90000);
    for (int i = 0; i < 50; i++)
        assert_int_equal(gw_timeline_next(&tl, 42, (uint64_t)i * 40000), i * FRAME);
}

static void other_clock_rates_do_not_drift(void **state)
{
    struct gw_timeline tl;
    int64_t pts = 0;
    (void)state;

    gw_timeline_init(&tl);
    gw_timeline_restart(&tl, 1000);
    for (uint64_t ms = 0; ms <= 10000000; ms += 33)
        pts = gw_timeline_next(&tl, (uint32_t)ms, ms * 1000);
    assert_int_equal(pts, 10000000 / 33 * 33 * 90);
}

// A camera with every fault at once: whatever it does, times stay near the ones
// before. A frame never lies more than BACK_MAX behind the greatest, and never
// further ahead than what passed here plus AHEAD_MAX and BRIDGE_MAX.
static void no_step_is_large_whatever_the_camera_does(void **state)
{
    (void)state;

    for (uint64_t seed = 0; seed < 20; seed++) {
        struct gw_rng rng;
        struct gw_timeline tl;
        int64_t greatest = 0;
        uint64_t greatest_at_us = 0;
        uint64_t now_us = 0;
        uint32_t clock = 0;

        gw_rng_init(&rng, seed);
        gw_timeline_init(&tl);
        gw_timeline_restart(&tl, 90000);
        for (int i = 0; i < 5000; i++) {
            now_us += gw_rng_below(&rng, 80000);
            clock += FRAME;
            uint32_t timestamp = clock;
            switch (gw_rng_below(&rng, 60)) {
            case 0: timestamp = (uint32_t)gw_rng_next(&rng); break;
            case 1: clock = (uint32_t)gw_rng_next(&rng); break;
            case 2: gw_timeline_restart(&tl, 90000); break;
            case 3: now_us += gw_rng_below(&rng, 20 * SECOND); break;
            case 4: clock -= (uint32_t)gw_rng_below(&rng, 400000); break;
            default: timestamp -= (uint32_t)gw_rng_below(&rng, 4) * FRAME; break;
            }

            int64_t pts = gw_timeline_next(&tl, timestamp, now_us);
            int64_t passed = (int64_t)((now_us - greatest_at_us) * 9 / 100);
            assert_true(pts >= greatest - 90000);
            assert_true(pts <= greatest + passed + 2 * 90000);
            if (pts > greatest) {
                greatest = pts;
                greatest_at_us = now_us;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_at_zero_and_follows_the_camera),
        cmocka_unit_test(goes_on_over_a_wrap),
        cmocka_unit_test(b_frames_step_back),
        cmocka_unit_test(one_frame_stamped_hours_off_changes_nothing),
        cmocka_unit_test(frames_bridged_for_long_are_not_made_up_for_at_once),
        cmocka_unit_test(a_clock_that_jumps_goes_on_with_the_next_frame),
        cmocka_unit_test(a_reconnect_does_not_show),
        cmocka_unit_test(a_clock_that_stands_still_is_replaced_by_arrival),
        cmocka_unit_test(other_clock_rates_do_not_drift),
        cmocka_unit_test(no_step_is_large_whatever_the_camera_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
