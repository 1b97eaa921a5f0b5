// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/worker/pace.h"

enum { NOW_US = 1000 * 1000 * 1000, PICTURE_90K = 3600, PICTURE_US = 40 * 1000 };

struct result {
    int64_t dts, pts;
    uint64_t due_us;
};

static struct result next(struct gw_pace *p, int64_t dts, int64_t pts, uint64_t now_us)
{
    struct result r = { dts, pts, 0 };
    r.due_us = gw_pace_next(p, &r.dts, &r.pts, now_us);
    return r;
}

static void a_live_source_is_not_held_back(void **state)
{
    struct gw_pace p;
    (void)state;

    gw_pace_init(&p, false);
    for (int i = 0; i < 100; i++)
        assert_true(next(&p, i * PICTURE_90K, i * PICTURE_90K, NOW_US).due_us == NOW_US);
}

static void a_recording_keeps_to_its_times(void **state)
{
    struct gw_pace p;
    (void)state;

    gw_pace_init(&p, true);
    for (int i = 0; i < 100; i++) {
        struct result r =
            next(&p, 700 + i * PICTURE_90K, 700 + (i + 2) * PICTURE_90K, NOW_US);
        assert_int_equal(r.dts, i * PICTURE_90K);
        assert_int_equal(r.pts, (i + 2) * PICTURE_90K);
        assert_true(r.due_us == NOW_US + (uint64_t)i * PICTURE_US);
    }
}

static void a_sound_keeps_its_distance_to_the_pictures(void **state)
{
    struct gw_pace p;
    int64_t dts = 5000;
    int64_t pts = 6000;
    uint64_t due_us = 0;
    (void)state;

    gw_pace_init(&p, true);
    assert_false(gw_pace_beside(&p, &dts, &pts, NOW_US, &due_us)); // no picture yet
    next(&p, 5000, 5000, NOW_US);
    dts = 5000 + PICTURE_90K;
    assert_true(gw_pace_beside(&p, &dts, &pts, NOW_US, &due_us));
    assert_int_equal(dts, PICTURE_90K);
    assert_int_equal(pts, PICTURE_90K);
    assert_true(due_us == NOW_US + PICTURE_US);

    dts = 5000 - PICTURE_90K; // of before the first picture
    assert_true(gw_pace_beside(&p, &dts, &pts, NOW_US, &due_us));
    assert_int_equal(dts, -PICTURE_90K);
    assert_true(due_us == NOW_US);

    // A file that begins again: its sound waits for its picture.
    gw_pace_restart(&p);
    dts = 5000;
    assert_false(gw_pace_beside(&p, &dts, &pts, NOW_US, &due_us));
    next(&p, 5000, 5000, NOW_US);
    assert_true(gw_pace_beside(&p, &dts, &pts, NOW_US, &due_us));
    dts = INT64_MIN;
    assert_false(gw_pace_beside(&p, &dts, &pts, NOW_US, &due_us));
    dts = INT64_MAX;
    assert_false(gw_pace_beside(&p, &dts, &pts, NOW_US, &due_us));
}

// A segment that took long to fetch is caught up with; a standstill is not.
static void who_is_late_catches_up_unless_it_is_too_late(void **state)
{
    struct gw_pace p;
    (void)state;

    gw_pace_init(&p, true);
    next(&p, 0, 0, NOW_US);
    assert_true(next(&p, PICTURE_90K, PICTURE_90K, NOW_US + GW_PACE_LATE_US).due_us ==
                NOW_US + PICTURE_US);
    uint64_t much_later = NOW_US + 10 * (uint64_t)GW_PACE_LATE_US;
    assert_true(next(&p, 2 * PICTURE_90K, 2 * PICTURE_90K, much_later).due_us ==
                much_later);
    assert_true(next(&p, 3 * PICTURE_90K, 3 * PICTURE_90K, much_later).due_us ==
                much_later + PICTURE_US);
}

static void a_jump_of_the_source_does_not_show(void **state)
{
    static const int64_t places[] = { INT64_MAX, 0, INT64_MIN, -GW_PACE_JUMP_90K - 1,
                                      INT64_MAX / 2 };
    struct gw_pace p;
    (void)state;

    gw_pace_init(&p, true);
    next(&p, 0, 0, NOW_US);
    for (int i = 0; i < 5; i++) {
        struct result r = next(&p, places[i], places[i], NOW_US);
        assert_int_equal(r.dts, (i + 1) * PICTURE_90K);
        assert_true(r.due_us == NOW_US + (uint64_t)(i + 1) * PICTURE_US);
    }
}

static void a_file_that_begins_again_goes_on(void **state)
{
    struct gw_pace p;
    (void)state;

    gw_pace_init(&p, true);
    next(&p, 0, 0, NOW_US);
    next(&p, 7200, 7200, NOW_US);
    gw_pace_restart(&p);
    struct result r = next(&p, 0, 1800, NOW_US);
    assert_int_equal(r.dts, 14400); // one step of its own pictures later
    assert_int_equal(r.pts, 14400 + 1800);
    assert_int_equal(next(&p, 7200, 7200, NOW_US).dts, 21600);
}

static void decoding_times_only_grow(void **state)
{
    struct gw_pace p;
    (void)state;

    gw_pace_init(&p, false);
    next(&p, 9000, 9000, NOW_US);
    assert_int_equal(next(&p, 9000, 9000, NOW_US).dts, 1);
    assert_int_equal(next(&p, 0, 0, NOW_US).dts, 2);
}

static void a_picture_is_not_shown_before_it_is_decoded(void **state)
{
    struct gw_pace p;
    (void)state;

    gw_pace_init(&p, false);
    assert_int_equal(next(&p, 9000, 0, NOW_US).pts, 0);
    struct result r = next(&p, 12600, INT64_MAX, NOW_US);
    assert_int_equal(r.pts, r.dts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_live_source_is_not_held_back),
        cmocka_unit_test(a_sound_keeps_its_distance_to_the_pictures),
        cmocka_unit_test(a_recording_keeps_to_its_times),
        cmocka_unit_test(who_is_late_catches_up_unless_it_is_too_late),
        cmocka_unit_test(a_jump_of_the_source_does_not_show),
        cmocka_unit_test(a_file_that_begins_again_goes_on),
        cmocka_unit_test(decoding_times_only_grow),
        cmocka_unit_test(a_picture_is_not_shown_before_it_is_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
