// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "ingest/reception.h"

enum { FRAME_US = 40 * 1000, FRAME_90K = 3600 };

static void take(struct gw_reception *r, uint16_t seq, uint32_t timestamp, uint64_t us)
{
    struct gw_rtp_packet p = { .seq = seq, .timestamp = timestamp, .ssrc = 7 };
    gw_reception_packet(r, &p, us);
}

// A frame every 40 ms, `jitter_us` too late where it is odd.
static void run(struct gw_reception *r, uint16_t seq, unsigned count, uint64_t jitter_us)
{
    for (unsigned i = 0; i < count; i++)
        take(r, (uint16_t)(seq + i), i * FRAME_90K,
             (uint64_t)i * FRAME_US + (i % 2 ? jitter_us : 0));
}

static void nothing_came_nothing_is_told(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    (void)state;
    gw_reception_init(&r, 90000);
    assert_false(gw_reception_block(&r, 1, &block));
}

static void all_came_nothing_is_lost_over_a_wrap(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    (void)state;
    gw_reception_init(&r, 0);
    run(&r, 65500, 100, 0);
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.ssrc, 7);
    assert_int_equal(block.fraction, 0);
    assert_int_equal(block.lost, 0);
    assert_int_equal(block.highest, 65536 + 63);
    assert_int_equal(block.jitter, 0);
}

static void each_report_tells_what_was_lost_since_the_last(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    (void)state;
    gw_reception_init(&r, 90000);
    for (uint16_t seq = 0; seq < 100; seq++) {
        if (seq % 4 != 1)
            take(&r, seq, 0, 0);
    }
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.lost, 25);
    assert_int_equal(block.fraction, 64); // a quarter
    for (uint16_t seq = 100; seq < 200; seq++)
        take(&r, seq, 0, 0);
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.lost, 25);
    assert_int_equal(block.fraction, 0);
}

static void doubled_packets_are_lost_below_zero(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    (void)state;
    gw_reception_init(&r, 90000);
    for (int i = 0; i < 3; i++)
        take(&r, 9, 0, 0);
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.lost, -2);
    assert_int_equal(block.fraction, 0);
}

static void out_of_order_is_not_lost(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    (void)state;
    gw_reception_init(&r, 90000);
    take(&r, 65535, 0, 0);
    take(&r, 1, 0, 0);
    take(&r, 0, 0, 0);
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.lost, 0);
    assert_int_equal(block.highest, 65537);
}

// Microseconds, of what the sender would be told.
static uint32_t jitter_us(struct gw_reception *r)
{
    struct gw_rtcp_block block;
    assert_true(gw_reception_block(r, 0, &block));
    return block.jitter * 100 / 9;
}

static void jitter_goes_towards_the_mean_deviation(void **state)
{
    struct gw_reception r;
    (void)state;
    gw_reception_init(&r, 90000);
    run(&r, 0, 1000, 10 * GW_MS);
    assert_in_range(jitter_us(&r), 9 * GW_MS, 10 * GW_MS);
}

// Quirk 30: a frame stamped hours back.
static void a_jump_of_the_clock_is_no_jitter(void **state)
{
    struct gw_reception r;
    (void)state;
    gw_reception_init(&r, 90000);
    run(&r, 0, 10, 0);
    take(&r, 10, 3u << 30, 10 * FRAME_US);
    take(&r, 11, 11 * FRAME_90K, 11 * FRAME_US);
    assert_int_equal(jitter_us(&r), 0);
}

static void tells_when_the_last_sender_report_came(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    struct gw_rtcp_sender_report report = { .ssrc = 7, .ntp = 0x1122334455667788 };
    struct gw_rtcp_sender_report other = { .ssrc = 8, .ntp = 1 };
    (void)state;
    gw_reception_init(&r, 90000);
    take(&r, 0, 0, 0);
    gw_reception_report(&r, &report, 1 * GW_SECOND);
    gw_reception_report(&r, &other, 2 * GW_SECOND);
    assert_true(gw_reception_block(&r, 2500 * GW_MS, &block));
    assert_int_equal(block.last_sr, 0x33445566);
    assert_int_equal(block.since_sr, 65536 * 3 / 2);
}

static void one_from_far_behind_begins_nothing(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    (void)state;
    gw_reception_init(&r, 90000);
    run(&r, 1000, 10, 0);
    take(&r, 700, 0, 0);
    take(&r, 1011, 0, 0);
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.highest, 1011);
    assert_int_equal(block.lost, 1); // 1010
}

static void two_far_ones_in_a_row_are_counted_anew(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    (void)state;
    gw_reception_init(&r, 90000);
    run(&r, 1000, 10, 0);
    take(&r, 30000, 0, 0);
    take(&r, 30001, 0, 0);
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.highest, 30001);
    assert_int_equal(block.lost, 0);
}

static void another_sender_is_counted_anew(void **state)
{
    struct gw_reception r;
    struct gw_rtcp_block block;
    struct gw_rtp_packet p = { .seq = 5, .ssrc = 8 };
    (void)state;
    gw_reception_init(&r, 90000);
    run(&r, 60000, 10, 0);
    gw_reception_packet(&r, &p, 0);
    assert_true(gw_reception_block(&r, 0, &block));
    assert_int_equal(block.ssrc, 8);
    assert_int_equal(block.lost, 0);
    assert_int_equal(block.highest, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_came_nothing_is_told),
        cmocka_unit_test(all_came_nothing_is_lost_over_a_wrap),
        cmocka_unit_test(each_report_tells_what_was_lost_since_the_last),
        cmocka_unit_test(doubled_packets_are_lost_below_zero),
        cmocka_unit_test(out_of_order_is_not_lost),
        cmocka_unit_test(jitter_goes_towards_the_mean_deviation),
        cmocka_unit_test(a_jump_of_the_clock_is_no_jitter),
        cmocka_unit_test(tells_when_the_last_sender_report_came),
        cmocka_unit_test(one_from_far_behind_begins_nothing),
        cmocka_unit_test(two_far_ones_in_a_row_are_counted_anew),
        cmocka_unit_test(another_sender_is_counted_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
