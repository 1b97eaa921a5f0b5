// What becomes of a stream that somebody wants, from its first attempt to the last.

#include "tests/unit/ingest/fleet_world.h"

#include <errno.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int set_up(void **state)
{
    static struct fleet_world w;
    world_begin(&w, 1);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    world_end(*state);
    return 0;
}

static void a_wanted_stream_goes_live(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
    assert_int_equal(w->status[3].attempt, 0);
    world_pass(w, 0);
    assert_true(w->open[3]);
    assert_int_equal(w->status[3].attempt, 1);
    gw_fleet_on_connected(w->fleet, 3, w->now_us);
    assert_int_equal(w->status[3].state, GW_SOURCE_WAITING);
    gw_fleet_on_first_frame(w->fleet, 3, w->now_us);
    assert_int_equal(w->status[3].state, GW_SOURCE_LIVE);
    assert_int_equal(w->status[3].attempt, 0);
    assert_int_equal(gw_fleet_next_us(w->fleet), UINT64_MAX); // nothing left to do
}

static void a_failure_is_reported_and_tried_again(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    world_pass(w, 0);
    uint64_t failed_us = w->now_us;
    w->open[3] = false;
    gw_fleet_on_failed(w->fleet, 3, GW_CAUSE_STATUS, 461, w->now_us);
    assert_int_equal(w->status[3].state, GW_SOURCE_RETRYING);
    assert_int_equal(w->status[3].cause, GW_CAUSE_STATUS);
    assert_int_equal(w->status[3].rtsp_status, 461);
    assert_in_range(w->status[3].retry_at_us, failed_us + BACKOFF_MIN,
                    failed_us + 2 * BACKOFF_MIN);

    world_pass(w, 2 * BACKOFF_MIN);
    assert_true(w->open[3]);
    assert_int_equal(w->status[3].state, GW_SOURCE_RETRYING); // until it is decided
    assert_int_equal(w->status[3].cause, GW_CAUSE_STATUS);
    assert_int_equal(w->status[3].since_us, failed_us);
    assert_int_equal(w->status[3].retry_at_us, 0);
    assert_int_equal(w->status[3].attempt, 2);
    gw_fleet_on_connected(w->fleet, 3, w->now_us);
    assert_int_equal(w->status[3].cause, GW_CAUSE_NONE);
    assert_int_equal(w->status[3].rtsp_status, 0);
}

static uint64_t wait_after_failure(struct fleet_world *w, uint32_t stream)
{
    world_pass(w, BACKOFF_MAX);
    assert_true(w->open[stream]);
    world_fail(w, stream);
    return w->status[stream].retry_at_us - w->now_us;
}

static void the_wait_grows_to_its_bound_and_is_jittered(void **state)
{
    struct fleet_world *w = *state;
    uint64_t longest = 0;
    uint64_t shortest = UINT64_MAX;

    world_want(w, 3);
    assert_in_range(wait_after_failure(w, 3), BACKOFF_MIN, 2 * BACKOFF_MIN);
    assert_in_range(wait_after_failure(w, 3), BACKOFF_MIN, 4 * BACKOFF_MIN);
    for (int i = 0; i < 100; i++) {
        uint64_t wait = wait_after_failure(w, 3);
        assert_in_range(wait, BACKOFF_MIN, BACKOFF_MAX);
        longest = wait > longest ? wait : longest;
        shortest = wait < shortest ? wait : shortest;
    }
    assert_true(longest - shortest > (BACKOFF_MAX - BACKOFF_MIN) / 2);
}

static void only_a_settled_stream_is_forgiven(void **state)
{
    struct fleet_world *w = *state;
    uint64_t longest = 0;

    world_want(w, 3);
    for (int i = 0; i < 50; i++) { // live for a moment each time
        world_pass(w, BACKOFF_MAX);
        world_go_live(w, 3);
        world_fail(w, 3);
        uint64_t wait = w->status[3].retry_at_us - w->now_us;
        longest = wait > longest ? wait : longest;
    }
    assert_true(longest > 4 * (uint64_t)BACKOFF_MIN);

    world_pass(w, BACKOFF_MAX);
    world_go_live(w, 3);
    world_pass(w, SETTLED);
    world_fail(w, 3);
    assert_in_range(w->status[3].retry_at_us - w->now_us, BACKOFF_MIN, 2 * BACKOFF_MIN);
}

static void an_unwanted_stream_lingers_and_is_forgotten(void **state)
{
    struct fleet_world *w = *state;
    struct gw_source_status status;

    world_want(w, 3);
    world_pass(w, 0);
    world_go_live(w, 3);
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    world_pass(w, LINGER - 1);
    assert_true(w->open[3]);
    assert_int_equal(gw_fleet_status(w->fleet, 3, &status), 0);
    world_pass(w, 1);
    assert_false(w->open[3]);
    assert_int_equal(w->closes[3], 1);
    assert_int_equal(w->status[3].state, GW_SOURCE_IDLE);
    assert_int_equal(gw_fleet_status(w->fleet, 3, &status), -ENOENT);
}

static void wanted_again_within_the_linger_keeps_the_connection(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    world_pass(w, 0);
    world_go_live(w, 3);
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    world_pass(w, LINGER / 2);
    world_want(w, 3);
    world_pass(w, 2 * LINGER);
    assert_int_equal(w->connects[3], 1);
    assert_int_equal(w->closes[3], 0);
    assert_int_equal(w->status[3].state, GW_SOURCE_LIVE);
}

static void asking_again_and_again_does_not_outrun_the_backoff(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    world_pass(w, 0);
    world_fail(w, 3);
    uint64_t retry_us = w->status[3].retry_at_us;
    for (int i = 0; i < 10; i++) {
        gw_fleet_unwant(w->fleet, 3, w->now_us);
        world_want(w, 3);
        world_pass(w, BACKOFF_MIN / 20);
    }
    assert_int_equal(w->connects[3], 1);
    world_pass(w, retry_us - w->now_us);
    assert_int_equal(w->connects[3], 2);
}

static void nobody_wants_it_so_nothing_is_tried(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    world_pass(w, 2 * LINGER);
    world_want(w, 4);
    world_pass(w, 0);
    world_fail(w, 4);
    gw_fleet_unwant(w->fleet, 4, w->now_us);
    world_pass(w, 2 * LINGER);
    assert_int_equal(w->connects[3], 0);
    assert_int_equal(w->connects[4], 1);
    assert_int_equal(w->status[4].state, GW_SOURCE_IDLE);
}

static void another_url_connects_anew_at_once(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    world_pass(w, 0);
    world_go_live(w, 3);
    assert_int_equal(world_want_as(w, 3, "rtsp://b/", GW_PRIORITY_ALWAYS), 0);
    world_pass(w, TURN);
    assert_int_equal(w->closes[3], 1);
    assert_int_equal(w->connects[3], 2);
    assert_string_equal(w->url[3], "rtsp://b/");
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);

    world_fail(w, 3); // and a back-off is no reason to wait
    assert_int_equal(world_want_as(w, 3, "rtsp://c/", GW_PRIORITY_ALWAYS), 0);
    world_pass(w, TURN);
    assert_int_equal(w->connects[3], 3);
    assert_int_equal(w->closes[3], 1); // the failed one was closed by itself
    assert_int_equal(w->status[3].attempt, 1);
}

static void reports_that_crossed_with_a_close_are_ignored(void **state)
{
    struct fleet_world *w = *state;
    struct gw_fleet_stats stats;

    gw_fleet_on_connected(w->fleet, 9, w->now_us);
    gw_fleet_on_first_frame(w->fleet, 9, w->now_us);
    gw_fleet_on_failed(w->fleet, 9, GW_CAUSE_CLOSED, 0, w->now_us);
    world_want(w, 3);
    gw_fleet_on_connected(w->fleet, 3, w->now_us); // still in the line
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
    gw_fleet_stats(w->fleet, &stats);
    assert_int_equal(stats.failures, 0);
    assert_int_equal(stats.connected, 0);
}

static void a_failure_within_on_connect_is_as_any_other(void **state)
{
    struct fleet_world *w = *state;

    w->fail_at_once = GW_CAUSE_BAD_URL;
    world_want(w, 3);
    world_pass(w, 0);
    assert_int_equal(w->connects[3], 1);
    assert_int_equal(w->status[3].state, GW_SOURCE_RETRYING);
    assert_int_equal(w->status[3].cause, GW_CAUSE_BAD_URL);
}

static void wanted_from_within_on_close_it_starts_over(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    world_pass(w, 0);
    world_go_live(w, 3);
    w->want_in_close = true;
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    world_pass(w, LINGER);
    assert_int_equal(w->closes[3], 1);
    assert_int_equal(w->connects[3], 2);
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
}

static void turns_come_in_the_order_of_asking(void **state)
{
    struct fleet_world *w = *state;

    for (uint32_t i = 0; i < STREAMS; i++)
        world_want(w, (i * 7) % STREAMS);
    for (int i = 0; i < STREAMS; i++) {
        world_pass(w, TURN);
        for (uint32_t k = 0; k < STREAMS; k++) {
            if (w->open[k])
                world_go_live(w, k);
        }
    }
    for (uint32_t i = 0; i < STREAMS; i++)
        assert_int_equal(w->order[i], (i * 7) % STREAMS);
}

static void on_a_wall_the_wait_stays_short(void **state)
{
    struct fleet_world *w = *state;

    assert_int_equal(world_want_as(w, 3, "rtsp://a/", GW_PRIORITY_WALL), 0);
    for (int i = 0; i < 50; i++)
        assert_in_range(wait_after_failure(w, 3), BACKOFF_MIN, WALL_MAX);
}

// Asking often with a wrong password locks our user out.
static void what_will_not_go_away_is_not_asked_often_even_for_a_wall(void **state)
{
    struct fleet_world *w = *state;
    uint64_t longest = 0;

    assert_int_equal(world_want_as(w, 3, "rtsp://a/", GW_PRIORITY_WALL), 0);
    for (int i = 0; i < 50; i++) {
        world_pass(w, BACKOFF_MAX);
        w->open[3] = false;
        gw_fleet_on_failed(w->fleet, 3, GW_CAUSE_PASSWORD, 0, w->now_us);
        uint64_t wait = w->status[3].retry_at_us - w->now_us;
        longest = wait > longest ? wait : longest;
    }
    assert_true(longest > 2 * (uint64_t)WALL_MAX);
}

static void what_is_dropped_does_not_linger(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    world_pass(w, 0);
    gw_fleet_on_connected(w->fleet, 3, w->now_us);
    gw_fleet_drop(w->fleet, 3, w->now_us);
    world_pass(w, 0);
    assert_false(w->open[3]);
    assert_int_equal(w->status[3].state, GW_SOURCE_IDLE);
    gw_fleet_drop(w->fleet, 3, w->now_us); // it is not known any more
}

static void put_on_a_wall_it_need_not_wait_for_long(void **state)
{
    struct fleet_world *w = *state;

    world_want(w, 3);
    do // until a long wait was drawn
        wait_after_failure(w, 3);
    while (w->status[3].retry_at_us - w->now_us <= WALL_MAX);
    assert_int_equal(world_want_as(w, 3, "rtsp://a/", GW_PRIORITY_WALL), 0);
    assert_true(w->status[3].retry_at_us - w->now_us <= WALL_MAX); // which is told
    world_pass(w, WALL_MAX);
    assert_true(w->open[3]);
}

static void one_that_somebody_looks_at_overtakes_the_line(void **state)
{
    struct fleet_world *w = *state;

    w->fail_at_once =
        GW_CAUSE_REFUSED; // each attempt is over at once: only the pace counts
    for (uint32_t i = 0; i < STREAMS; i++)
        world_want(w, i);
    assert_int_equal(world_want_as(w, STREAMS - 1, "rtsp://a/", GW_PRIORITY_WALL), 0);
    unsigned before = w->attempts;
    world_pass(w, TURN);
    assert_true(w->attempts > before);
    bool came = false; // GW_ADMISSION_BURST_US may have given turns before it asked
    for (unsigned i = before; i < w->attempts && i < before + 4; i++)
        came = came || w->order[i] == STREAMS - 1;
    assert_true(came);
}

// Whoever was told when it is tried next was told what holds.
static void expect_waits_are_told(struct fleet_world *w)
{
    for (uint32_t i = 0; i < STREAMS; i++) {
        struct gw_source_status now;
        assert_int_equal(gw_fleet_status(w->fleet, i, &now), 0);
        if (now.state == GW_SOURCE_RETRYING)
            assert_true(w->status[i].retry_at_us == now.retry_at_us);
    }
}

// Many that failed for long, each in its long wait; then one gets through.
static void when_the_network_is_back_all_come_in_line(void **state)
{
    struct fleet_world *w = *state;
    struct gw_fleet_stats stats;

    for (uint32_t i = 0; i < STREAMS; i++)
        world_want(w, i);
    w->fail_at_once = GW_CAUSE_REFUSED;
    world_pass(w, 20 * (uint64_t)BACKOFF_MAX);
    w->fail_at_once = GW_CAUSE_NONE;
    uint64_t first_us = w->now_us + BACKOFF_MAX; // somebody's wait is over by then
    uint64_t all_us = 0;
    for (gw_fleet_stats(w->fleet, &stats); stats.live < STREAMS;
         gw_fleet_stats(w->fleet, &stats)) {
        world_pass(w, GW_MS);
        expect_waits_are_told(w);
        for (uint32_t i = 0; i < STREAMS; i++)
            if (w->open[i] && w->status[i].state != GW_SOURCE_LIVE)
                world_go_live(w, i);
        if (stats.live > 0 && !all_us) // the others' waits may be cut to the least
            all_us = w->now_us + BACKOFF_MIN + (STREAMS + 2) * (uint64_t)TURN;
        assert_true(w->now_us < (all_us ? all_us : first_us));
    }
    assert_true(stats.recalls > 0);
}

static void a_probe_tells_and_is_forgotten(void **state)
{
    struct fleet_world *w = *state;
    struct gw_source_status status;

    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), 0);
    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), -EALREADY);
    world_pass(w, 0);
    assert_int_equal(w->probes[3], 1);
    w->open[3] = false;
    gw_fleet_on_probed(w->fleet, 3, w->now_us);
    assert_int_equal(w->probed[3], 1);
    assert_int_equal(w->probe_cause[3], GW_CAUSE_NONE);
    world_pass(w, 0);
    assert_int_equal(gw_fleet_status(w->fleet, 3, &status), -ENOENT);
    world_pass(w, 2 * (uint64_t)BACKOFF_MAX);
    assert_int_equal(w->connects[3], 1);
}

static void a_failed_probe_says_why_and_keeps_the_backoff(void **state)
{
    struct fleet_world *w = *state;

    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), 0);
    world_pass(w, 0);
    world_fail(w, 3);
    assert_int_equal(w->probe_cause[3], GW_CAUSE_REFUSED);
    world_want(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_RETRYING);
    assert_int_equal(w->status[3].cause, GW_CAUSE_REFUSED);
    world_pass(w, BACKOFF_MIN - 1);
    assert_int_equal(w->connects[3], 1);
    world_pass(w, BACKOFF_MIN + 1);
    assert_int_equal(w->connects[3], 2);
    assert_int_equal(w->probes[3], 1); // this one is a pull
}

// Never two connections of one stream: the probe is let finish, then it is pulled.
static void wanted_while_it_is_probed_it_is_pulled_next(void **state)
{
    struct fleet_world *w = *state;

    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), 0);
    world_pass(w, 0);
    world_want(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
    world_pass(w, GW_SECOND);
    assert_int_equal(w->connects[3], 1);
    w->open[3] = false;
    gw_fleet_on_probed(w->fleet, 3, w->now_us);
    world_pass(w, TURN);
    assert_int_equal(w->connects[3], 2);
    assert_int_equal(w->probed[3], 0); // the pull says more
    world_go_live(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_LIVE);
}

#define FLEET_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FLEET_TEST(a_wanted_stream_goes_live),
        FLEET_TEST(a_failure_is_reported_and_tried_again),
        FLEET_TEST(the_wait_grows_to_its_bound_and_is_jittered),
        FLEET_TEST(only_a_settled_stream_is_forgiven),
        FLEET_TEST(an_unwanted_stream_lingers_and_is_forgotten),
        FLEET_TEST(wanted_again_within_the_linger_keeps_the_connection),
        FLEET_TEST(asking_again_and_again_does_not_outrun_the_backoff),
        FLEET_TEST(nobody_wants_it_so_nothing_is_tried),
        FLEET_TEST(another_url_connects_anew_at_once),
        FLEET_TEST(reports_that_crossed_with_a_close_are_ignored),
        FLEET_TEST(a_failure_within_on_connect_is_as_any_other),
        FLEET_TEST(wanted_from_within_on_close_it_starts_over),
        FLEET_TEST(turns_come_in_the_order_of_asking),
        FLEET_TEST(on_a_wall_the_wait_stays_short),
        FLEET_TEST(what_will_not_go_away_is_not_asked_often_even_for_a_wall),
        FLEET_TEST(what_is_dropped_does_not_linger),
        FLEET_TEST(put_on_a_wall_it_need_not_wait_for_long),
        FLEET_TEST(one_that_somebody_looks_at_overtakes_the_line),
        FLEET_TEST(when_the_network_is_back_all_come_in_line),
        FLEET_TEST(a_probe_tells_and_is_forgotten),
        FLEET_TEST(a_failed_probe_says_why_and_keeps_the_backoff),
        FLEET_TEST(wanted_while_it_is_probed_it_is_pulled_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
