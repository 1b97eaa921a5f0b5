// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "ingest/wallclock.h"

enum { SSRC = 7, RATE = 90000 };

static const uint64_t NOW_US = (uint64_t)1750000000 * GW_SECOND;
static const uint64_t NTP_UNIX_S = 2208988800u;

static uint64_t ntp(uint64_t unix_us)
{
    uint64_t seconds = unix_us / GW_SECOND + NTP_UNIX_S;
    uint64_t part = ((unix_us % GW_SECOND) << 32) / GW_SECOND;
    return seconds << 32 | part;
}

static void report(struct gw_wallclock *w, uint64_t unix_us, uint32_t timestamp)
{
    struct gw_rtcp_sender_report r = { SSRC, ntp(unix_us), timestamp };
    gw_wallclock_report(w, &r);
}

static void about(uint64_t got, uint64_t wanted)
{
    assert_in_range(got, wanted - 2, wanted + 2); // fixed point
}

static void without_a_report_nothing_is_known(void **state)
{
    struct gw_wallclock w;
    (void)state;
    gw_wallclock_init(&w, RATE);
    assert_true(gw_wallclock_at(&w, SSRC, 0, NOW_US) == 0);
    struct gw_rtcp_sender_report no_clock = { .ssrc = SSRC, .timestamp = 5 };
    gw_wallclock_report(&w, &no_clock);
    assert_true(gw_wallclock_at(&w, SSRC, 0, NOW_US) == 0);
}

static void tells_when_a_picture_was_taken_before_and_behind_a_report(void **state)
{
    struct gw_wallclock w;
    (void)state;
    gw_wallclock_init(&w, 0);
    report(&w, NOW_US, 1000); // the timestamp wraps between
    about(gw_wallclock_at(&w, SSRC, 1000 - RATE, NOW_US), NOW_US - GW_SECOND);
    about(gw_wallclock_at(&w, SSRC, 1000 + RATE, NOW_US + 2 * GW_SECOND),
          NOW_US + GW_SECOND);
    assert_true(gw_wallclock_at(&w, SSRC + 1, 1000, NOW_US) == 0);
}

static void a_clock_that_is_off_does_not_tell(void **state)
{
    struct gw_wallclock w;
    (void)state;
    gw_wallclock_init(&w, RATE);
    report(&w, NOW_US, 0);
    assert_true(gw_wallclock_at(&w, SSRC, 0, NOW_US + GW_WALLCLOCK_PAST_MAX_US + 10) ==
                0);
    assert_true(gw_wallclock_at(&w, SSRC, 0, NOW_US - GW_WALLCLOCK_FUTURE_MAX_US - 10) ==
                0);
    // A little ahead of ours: it was taken just now.
    assert_true(gw_wallclock_at(&w, SSRC, 0, NOW_US - 1000) == NOW_US - 1000);
}

// Quirk 31: Dahua's clock steps together with a report.
static void a_step_is_believed_when_a_second_report_confirms_it(void **state)
{
    struct gw_wallclock w;
    (void)state;
    gw_wallclock_init(&w, RATE);
    report(&w, NOW_US, 0);
    report(&w, NOW_US + 6 * GW_SECOND, 5 * RATE);
    assert_true(gw_wallclock_at(&w, SSRC, 5 * RATE, NOW_US + 8 * GW_SECOND) == 0);
    report(&w, NOW_US + 11 * GW_SECOND, 10 * RATE);
    about(gw_wallclock_at(&w, SSRC, 10 * RATE, NOW_US + 12 * GW_SECOND),
          NOW_US + 11 * GW_SECOND);
}

static void a_step_that_is_taken_back_leaves_no_trace(void **state)
{
    struct gw_wallclock w;
    (void)state;
    gw_wallclock_init(&w, RATE);
    report(&w, NOW_US, 0);
    report(&w, NOW_US + 3600ul * GW_SECOND, 5 * RATE);
    report(&w, NOW_US + 10 * GW_SECOND, 10 * RATE);
    about(gw_wallclock_at(&w, SSRC, 10 * RATE, NOW_US + 10 * GW_SECOND),
          NOW_US + 10 * GW_SECOND);
}

static void a_clock_that_drifts_is_followed(void **state)
{
    struct gw_wallclock w;
    (void)state;
    gw_wallclock_init(&w, RATE);
    for (unsigned i = 0; i < 100; i++) // 20 ms in 5 s
        report(&w, NOW_US + i * (uint64_t)5020 * GW_MS, i * 5 * RATE);
    about(gw_wallclock_at(&w, SSRC, 99 * 5 * RATE, NOW_US + 500 * (uint64_t)GW_SECOND),
          NOW_US + 99 * (uint64_t)5020 * GW_MS);
}

static void seconds_that_began_anew_in_2036_are_read(void **state)
{
    uint64_t later_us = ((uint64_t)UINT32_MAX + 1 - NTP_UNIX_S + 100) * GW_SECOND;
    struct gw_wallclock w;
    struct gw_rtcp_sender_report r = { SSRC, (uint64_t)100 << 32, 0 };
    (void)state;
    gw_wallclock_init(&w, RATE);
    gw_wallclock_report(&w, &r);
    about(gw_wallclock_at(&w, SSRC, 0, later_us), later_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_report_nothing_is_known),
        cmocka_unit_test(tells_when_a_picture_was_taken_before_and_behind_a_report),
        cmocka_unit_test(a_clock_that_is_off_does_not_tell),
        cmocka_unit_test(a_step_is_believed_when_a_second_report_confirms_it),
        cmocka_unit_test(a_step_that_is_taken_back_leaves_no_trace),
        cmocka_unit_test(a_clock_that_drifts_is_followed),
        cmocka_unit_test(seconds_that_began_anew_in_2036_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
