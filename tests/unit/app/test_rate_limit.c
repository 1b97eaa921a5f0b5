#include "app/rate_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"

static const struct gw_rate rate = { .per_s = 10, .burst = 5 };
static const uint64_t start = 1000 * (uint64_t)GW_SECOND;

static int set_up(void **state)
{
    *state = gw_rate_limit_create(42);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    gw_rate_limit_destroy(*state);
    return 0;
}

static void a_burst_is_allowed_and_then_so_many_a_second(void **state)
{
    struct gw_rate_verdict v;
    for (int i = 0; i < 5; i++) {
        v = gw_rate_limit_ask(*state, "a", &rate, start);
        assert_true(v.allowed);
        assert_int_equal(v.remaining, 4 - i);
        assert_int_equal(v.retry_s, 0);
    }
    assert_int_equal(v.reset_s, 1); // half a second, rounded up
    v = gw_rate_limit_ask(*state, "a", &rate, start + 99 * GW_MS);
    assert_false(v.allowed);
    assert_int_equal(v.retry_s, 1);
    v = gw_rate_limit_ask(*state, "a", &rate, start + 100 * GW_MS);
    assert_true(v.allowed);
    assert_false(gw_rate_limit_ask(*state, "a", &rate, start + 100 * GW_MS).allowed);
}

// Over any while no more is allowed than the burst and what comes back in it.
static void no_pattern_of_asking_gets_more(void **state)
{
    enum { STEPS = 20000 };
    uint64_t now_us = start, allowed = 0;
    unsigned seed = 7;
    for (int i = 0; i < STEPS; i++) {
        seed = seed * 1103515245 + 12345;
        now_us += (seed >> 16) % 150 * GW_MS;
        struct gw_rate_verdict v = gw_rate_limit_ask(*state, "a", &rate, now_us);
        assert_true(v.remaining < rate.burst);
        allowed += v.allowed;
        assert_true(allowed * GW_SECOND <=
                    rate.burst * GW_SECOND + rate.per_s * (now_us - start));
    }
    assert_true(allowed > STEPS / 2); // asked 13 times a second on average
}

static void who_is_refused_is_not_punished_for_asking(void **state)
{
    for (int i = 0; i < 1000; i++)
        gw_rate_limit_ask(*state, "a", &rate, start);
    assert_true(gw_rate_limit_ask(*state, "a", &rate, start + 100 * GW_MS).allowed);
}

static void nobody_pays_for_another(void **state)
{
    for (int i = 0; i < 1000; i++)
        gw_rate_limit_ask(*state, "a", &rate, start);
    assert_int_equal(gw_rate_limit_ask(*state, "b", &rate, start).remaining, 4);
}

// However many ask, and who asked most is remembered longest.
static void the_table_is_bounded(void **state)
{
    enum { NAMES = 3 * GW_RATE_ROWS * GW_RATE_ROW };
    for (int i = 0; i < 5; i++)
        gw_rate_limit_ask(*state, "busy", &rate, start);
    for (int i = 0; i < NAMES; i++) {
        char name[16];
        snprintf(name, sizeof(name), "n%d", i);
        assert_true(gw_rate_limit_ask(*state, name, &rate, start).allowed);
    }
    assert_false(gw_rate_limit_ask(*state, "busy", &rate, start).allowed);
}

static void a_limit_that_was_lowered_locks_nobody_out(void **state)
{
    const struct gw_rate high = { .per_s = 1, .burst = 1000 };
    for (int i = 0; i < 1000; i++)
        gw_rate_limit_ask(*state, "a", &high, start);
    assert_int_equal(gw_rate_limit_ask(*state, "a", &rate, start).retry_s, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_burst_is_allowed_and_then_so_many_a_second),
        TEST(no_pattern_of_asking_gets_more),
        TEST(who_is_refused_is_not_punished_for_asking),
        TEST(nobody_pays_for_another),
        TEST(the_table_is_bounded),
        TEST(a_limit_that_was_lowered_locks_nobody_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
