#include "app/health.h"

#include "app/engine.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// A camera of the second page.
enum { NUM = 5000, MAIN = NUM * 2, SUB };

static const uint64_t start_us = 1000ull * 60 * GW_SECOND;
static struct gw_health *h;

static int set_up(void **state)
{
    (void)state;
    h = gw_health_create();
    return h ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    gw_health_destroy(h);
    return 0;
}

static struct gw_verdict found(void)
{
    return gw_health_get(h, NUM, start_us);
}

static void whom_nobody_tried_is_not_judged(void **state)
{
    (void)state;
    assert_false(found().judged);
    gw_health_on_pictures(h, MAIN + 2, start_us); // a neighbour
    assert_false(found().judged);
    assert_false(gw_health_get(h, GW_CAMERA_NUM_MAX, start_us).judged);
    gw_health_on_failure(h, MAIN, GW_CAUSE_NONE, false, start_us); // no failure
    assert_false(found().judged);
}

static void a_failure_says_why_and_an_answer_ends_it(void **state)
{
    (void)state;
    gw_health_on_failure(h, MAIN, GW_CAUSE_REFUSED, false, start_us);
    assert_true(found().judged);
    assert_int_equal(found().cause, GW_CAUSE_REFUSED);
    assert_int_equal(found().faults[0], GW_CAUSE_NONE);
    gw_health_on_answer(h, MAIN, start_us);
    assert_true(found().judged);
    assert_int_equal(found().cause, GW_CAUSE_NONE);
}

static void only_pictures_disprove_that_pictures_stalled(void **state)
{
    (void)state;
    gw_health_on_failure(h, MAIN, GW_CAUSE_STALLED, false, start_us);
    gw_health_on_answer(h, MAIN, start_us);
    assert_int_equal(found().cause, GW_CAUSE_NONE);
    assert_int_equal(found().faults[0], GW_CAUSE_STALLED);
    gw_health_on_pictures(h, SUB, start_us); // of the other stream
    assert_int_equal(found().faults[0], GW_CAUSE_STALLED);
    gw_health_on_pictures(h, MAIN, start_us);
    assert_int_equal(found().faults[0], GW_CAUSE_NONE);
}

static void a_good_description_disproves_a_bad_one(void **state)
{
    (void)state;
    gw_health_on_failure(h, SUB, GW_CAUSE_NO_VIDEO, false, start_us);
    assert_int_equal(found().faults[1], GW_CAUSE_NO_VIDEO);
    gw_health_on_answer(h, SUB, start_us);
    assert_int_equal(found().faults[1], GW_CAUSE_NONE);
}

static void who_gives_pictures_on_one_stream_is_online(void **state)
{
    (void)state;
    gw_health_on_failure(h, MAIN, GW_CAUSE_INCOMPLETE, true, start_us);
    assert_true(found().judged);
    assert_int_equal(found().cause, GW_CAUSE_NONE);
    assert_int_equal(found().faults[0], GW_CAUSE_INCOMPLETE);
}

static void what_was_found_is_forgotten_in_the_end(void **state)
{
    const uint64_t minute_us = 60ull * GW_SECOND;
    (void)state;
    gw_health_on_failure(h, MAIN, GW_CAUSE_STALLED, false, start_us);
    struct gw_verdict v =
        gw_health_get(h, NUM, start_us + GW_HEALTH_KEPT_MIN * minute_us);
    assert_true(v.judged);
    assert_int_equal(v.faults[0], GW_CAUSE_STALLED);
    v = gw_health_get(h, NUM, start_us + (GW_HEALTH_KEPT_MIN + 1) * minute_us);
    assert_false(v.judged);
    assert_int_equal(v.faults[0], GW_CAUSE_NONE);
}

static void a_delay_stays_until_there_is_another(void **state)
{
    struct gw_delays d = { { 11, 12, 0 } };
    (void)state;
    gw_health_set_delays(h, MAIN, &d);
    d = (struct gw_delays) { { 0, 22, 23 } };
    gw_health_set_delays(h, SUB, &d);
    assert_int_equal(found().delays.us[GW_DELAY_SIGNALLING], 11);
    assert_int_equal(found().delays.us[GW_DELAY_STREAM], 22);
    assert_int_equal(found().delays.us[GW_DELAY_KEY_FRAME], 23);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(whom_nobody_tried_is_not_judged),
        CASE(a_failure_says_why_and_an_answer_ends_it),
        CASE(only_pictures_disprove_that_pictures_stalled),
        CASE(a_good_description_disproves_a_bad_one),
        CASE(who_gives_pictures_on_one_stream_is_online),
        CASE(what_was_found_is_forgotten_in_the_end),
        CASE(a_delay_stays_until_there_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
