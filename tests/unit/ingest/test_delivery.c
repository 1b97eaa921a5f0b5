#include "ingest/delivery.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { START = 1000 * 1000, FRAME_US = 40 * 1000, FRAME_90K = 3600 };

static void the_three_delays_count_from_the_attempt(void **state)
{
    struct gw_delivery d = { 0 };
    (void)state;

    gw_delivery_begin(&d, START);
    gw_delivery_on_playing(&d, START + 30);
    gw_delivery_on_packet(&d, START + 50);
    gw_delivery_on_packet(&d, START + 60);
    gw_delivery_on_frame(&d, true, 0, START + 90);
    assert_int_equal(d.figures.signalling_us, 30);
    assert_int_equal(d.figures.first_packet_us, 50);
    assert_int_equal(d.figures.key_frame_us, 90);
    assert_int_equal(d.figures.connections, 1);

    gw_delivery_begin(&d, 2 * START); // not yet known anew
    assert_int_equal(d.figures.signalling_us, 0);
    assert_int_equal(d.figures.key_frame_us, 0);
    gw_delivery_on_frame(&d, true, 9, 2 * START + 7);
    assert_int_equal(d.figures.key_frame_us, 7);
    assert_int_equal(d.figures.connections, 2);
}

static void the_key_frame_interval_is_within_a_connection(void **state)
{
    struct gw_delivery d = { 0 };
    (void)state;

    gw_delivery_begin(&d, START);
    assert_false(gw_delivery_on_frame(&d, true, 0, START));
    assert_false(gw_delivery_on_frame(&d, false, 9, START + GW_SECOND));
    assert_true(gw_delivery_on_frame(&d, true, 9, START + 12 * GW_SECOND));
    assert_int_equal(d.figures.key_interval_us, 12 * GW_SECOND);
    // Told again only when it differs, and not at all of what is usual.
    assert_false(gw_delivery_on_frame(&d, true, 9, START + 24 * GW_SECOND + 5));
    assert_true(gw_delivery_on_frame(&d, true, 9, START + 26 * GW_SECOND + 6));
    assert_false(gw_delivery_on_frame(&d, true, 9, START + 30 * GW_SECOND + 6));
    assert_false(gw_delivery_on_frame(&d, true, 9, START + 32 * GW_SECOND + 7));

    gw_delivery_begin(&d, START + 90 * GW_SECOND);
    gw_delivery_on_frame(&d, true, 0, START + 100 * GW_SECOND);
    assert_int_equal(d.figures.key_interval_us, 2 * GW_SECOND + 1);
}

static void regular_frames_have_no_jitter_and_late_ones_have(void **state)
{
    struct gw_delivery d = { 0 };
    uint64_t now_us = START;
    int64_t pts_90k = 0;
    (void)state;

    gw_delivery_begin(&d, START);
    for (int i = 0; i < 100; i++, now_us += FRAME_US, pts_90k += FRAME_90K)
        gw_delivery_on_frame(&d, i == 0, pts_90k, now_us);
    assert_int_equal(d.figures.jitter_us, 0);
    for (int i = 0; i < 200; i++, now_us += FRAME_US, pts_90k += FRAME_90K)
        gw_delivery_on_frame(&d, false, pts_90k, now_us + i % 2 * 8000);
    assert_in_range(d.figures.jitter_us, 7900, 8000);

    // A pause is not jitter.
    gw_delivery_on_frame(&d, false, pts_90k, now_us + 100 * GW_SECOND);
    assert_in_range(d.figures.jitter_us, 7900, 8000);
}

// By TCP over a link that carries four fifths of what the camera sends.
static void what_comes_slower_than_it_was_taken_lags(void **state)
{
    struct gw_delivery d = { 0 };
    uint64_t now_us = START;
    int64_t pts_90k = 0;
    (void)state;

    gw_delivery_begin(&d, START);
    for (int i = 0; i < 100; i++, now_us += FRAME_US, pts_90k += FRAME_90K)
        gw_delivery_on_frame(&d, i == 0, pts_90k, now_us);
    assert_int_equal(d.figures.lag_us, 0);
    for (int i = 0; i < 1000; i++, now_us += FRAME_US * 5 / 4, pts_90k += FRAME_90K)
        gw_delivery_on_frame(&d, false, pts_90k, now_us);
    assert_int_equal(d.figures.lag_us, 999 * FRAME_US / 4);

    // It caught up; then it comes later for good, by another way: that is forgotten.
    now_us = START + 1100 * FRAME_US;
    gw_delivery_on_frame(&d, false, pts_90k, now_us);
    assert_int_equal(d.figures.lag_us, 0);
    for (int i = 0; i < 3 * 25 * GW_DELIVERY_LAG_WINDOW_S; i++) {
        now_us += FRAME_US;
        pts_90k += FRAME_90K;
        gw_delivery_on_frame(&d, false, pts_90k, now_us + 20 * GW_MS);
        assert_true(i || d.figures.lag_us == 20 * GW_MS);
    }
    assert_int_equal(d.figures.lag_us, 0);

    gw_delivery_begin(&d, now_us); // another connection, from another moment on
    gw_delivery_on_frame(&d, true, pts_90k, now_us + GW_SECOND);
    assert_int_equal(d.figures.lag_us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_delays_count_from_the_attempt),
        cmocka_unit_test(the_key_frame_interval_is_within_a_connection),
        cmocka_unit_test(regular_frames_have_no_jitter_and_late_ones_have),
        cmocka_unit_test(what_comes_slower_than_it_was_taken_lags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
