#include "mux/decode_time.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { T = 3600 }; // ticks of a frame at 25 a second

static void without_b_frames_it_is_the_presentation_time(void **state)
{
    struct gw_decode_time t;
    (void)state;

    gw_decode_time_init(&t, 0, T);
    for (int64_t i = 0; i < 100; i++)
        assert_int_equal(gw_decode_time_next(&t, i * T, i % 25 == 0), i * T);
    assert_int_equal(gw_decode_time_duration(&t), T);
}

static void b_frames_are_delayed_by_the_depth(void **state)
{
    // I P B B P B B in decode order.
    static const int64_t pts[] = { 0, 3, 1, 2, 6, 4, 5, 9, 7, 8 };
    static const int64_t dts[] = { 0, 90, T, 2 * T, 3 * T, 4 * T, 5 * T, 6 * T, 7 * T };
    struct gw_decode_time t;
    (void)state;

    gw_decode_time_init(&t, 1, T);
    assert_int_equal(gw_decode_time_next(&t, 0, true), dts[0]);
    for (size_t i = 1; i < sizeof(dts) / sizeof(dts[0]); i++)
        assert_int_equal(gw_decode_time_next(&t, pts[i] * T, false), dts[i]);
}

// Decode order of a mini GOP of `b` B-frames between anchors, as a pyramid or in
// a row: fills `order` with presentation indices and returns how many.
static size_t mini_gop(int64_t first, unsigned b, bool pyramid, int64_t *order)
{
    size_t n = 0;
    order[n++] = first + b; // the anchor
    if (pyramid && b > 1)
        order[n++] = first + b / 2;
    for (int64_t i = 0; i < b; i++)
        if (!(pyramid && b > 1 && i == b / 2))
            order[n++] = first + i;
    return n;
}

static void any_gop_structure_increases_and_stays_under_pts(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct gw_rng rng;
        struct gw_decode_time t;
        int64_t next = 0;
        int64_t last = -1;
        gw_rng_init(&rng, seed);
        int64_t step = 1800 + (int64_t)gw_rng_below(&rng, 9000);
        gw_decode_time_init(&t, 2, 0); // anchors and one level of pyramid

        for (int gop = 0; gop < 20; gop++) {
            assert_true(gw_decode_time_next(&t, next * step, true) > last);
            last = t.last_90k;
            assert_true(last <= next * step);
            next++;
            for (uint64_t m = gw_rng_below(&rng, 6); m > 0; m--) {
                int64_t order[8];
                unsigned b = (unsigned)gw_rng_below(&rng, 5);
                size_t n = mini_gop(next, b, gw_rng_below(&rng, 2), order);
                for (size_t i = 0; i < n; i++) {
                    int64_t dts = gw_decode_time_next(&t, order[i] * step, false);
                    assert_true(dts > last);
                    assert_true(dts <= order[i] * step);
                    last = dts;
                }
                next += (int64_t)n;
            }
        }
    }
}

static void a_depth_that_nobody_stated_is_learned(void **state)
{
    struct gw_decode_time t;
    int64_t last = -1;
    (void)state;

    gw_decode_time_init(&t, GW_SPS_REORDER_UNKNOWN, T);
    (void)gw_decode_time_next(&t, 0, true);
    for (int64_t i = 0; i < 30; i++) {
        static const int64_t within[] = { 3, 1, 2 };
        int64_t pts = (i / 3 * 3 + within[i % 3]) * T;
        int64_t dts = gw_decode_time_next(&t, pts, false);
        assert_true(dts > last);
        if (i >= 6) // learned by then
            assert_true(dts <= pts);
        last = dts;
    }
    assert_int_equal(t.depth, 1);
}

static void what_never_happens_still_increases(void **state)
{
    struct gw_decode_time t;
    struct gw_rng rng;
    int64_t last = -1;
    (void)state;

    gw_rng_init(&rng, 7);
    gw_decode_time_init(&t, GW_SPS_REORDER_UNKNOWN, 0);
    for (int i = 0; i < 10000; i++) {
        int64_t dts =
            gw_decode_time_next(&t, (int64_t)gw_rng_below(&rng, 1 << 30), false);
        assert_true(dts > last);
        last = dts;
    }
    assert_int_equal(t.depth, GW_SPS_REORDER_MAX);
}

static void a_pause_shows_at_the_key_frame_that_ends_it(void **state)
{
    enum { LATER = 600 * 90000 };
    struct gw_decode_time t;
    (void)state;

    gw_decode_time_init(&t, 1, T);
    (void)gw_decode_time_next(&t, 0, true);
    (void)gw_decode_time_next(&t, 2 * T, false);
    assert_int_equal(gw_decode_time_next(&t, LATER, true), LATER);
    assert_int_equal(gw_decode_time_next(&t, LATER + 2 * T, false), LATER + 90);
    assert_int_equal(gw_decode_time_next(&t, LATER + T, false), LATER + T);
}

static void a_source_that_starts_over_goes_back(void **state)
{
    struct gw_decode_time t;
    (void)state;

    gw_decode_time_init(&t, 0, T);
    (void)gw_decode_time_next(&t, 100 * 90000, true);
    assert_int_equal(gw_decode_time_next(&t, 0, true), 0);
    assert_int_equal(gw_decode_time_next(&t, T, false), T);
}

static void a_duration_follows_slower_frames_at_once(void **state)
{
    struct gw_decode_time t;
    int64_t pts = 0;
    (void)state;

    gw_decode_time_init(&t, 0, 0);
    (void)gw_decode_time_next(&t, pts, true);
    assert_int_equal(gw_decode_time_duration(&t), GW_DURATION_DEFAULT_90K);
    (void)gw_decode_time_next(&t, pts += 5 * T, false);
    assert_int_equal(gw_decode_time_duration(&t), 5 * T);
    for (int i = 0; i < 200; i++)
        (void)gw_decode_time_next(&t, pts += T, false);
    assert_in_range(gw_decode_time_duration(&t), T, T + 16);
    (void)gw_decode_time_next(&t, pts += 3600 * 90000LL, false);
    assert_int_equal(gw_decode_time_duration(&t), GW_DURATION_MAX_90K);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_b_frames_it_is_the_presentation_time),
        cmocka_unit_test(b_frames_are_delayed_by_the_depth),
        cmocka_unit_test(any_gop_structure_increases_and_stays_under_pts),
        cmocka_unit_test(a_depth_that_nobody_stated_is_learned),
        cmocka_unit_test(what_never_happens_still_increases),
        cmocka_unit_test(a_pause_shows_at_the_key_frame_that_ends_it),
        cmocka_unit_test(a_source_that_starts_over_goes_back),
        cmocka_unit_test(a_duration_follows_slower_frames_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
