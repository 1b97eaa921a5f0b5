#include "ingest/fleet.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/rng.h"

enum {
    STREAMS = 64,
    LINGER = 10 * GW_SECOND,
    BACKOFF_MIN = 1 * GW_SECOND,
    BACKOFF_MAX = 8 * GW_SECOND,
    SETTLED = 30 * GW_SECOND,
    WALL_MAX = 2 * GW_SECOND,
    MAX_CONNECTING = 8,
    LIMIT_CONNECTING = 10, // of which streams that are on no wall have 8
    PER_S = 20,
    TURN = (GW_SECOND + GW_ADMISSION_BURST_US + GW_ADMISSION_LATE_US) / PER_S + 1,
};

// What the fleet did, seen from outside.
struct world {
    struct gw_admission *admission;
    struct gw_fleet *fleet;
    uint64_t now_us;
    bool open[STREAMS]; // between on_connect and on_close or a failure
    unsigned connects[STREAMS];
    unsigned closes[STREAMS];
    char url[STREAMS][16];
    uint32_t order[STREAMS * 4]; // of the attempts
    unsigned attempts;
    struct gw_source_status status[STREAMS];
    enum gw_cause fail_at_once; // NONE: it does not
    bool want_in_close;
    unsigned probes[STREAMS];
    unsigned probed[STREAMS];
    enum gw_cause probe_cause[STREAMS];
};

static int want_as(struct world *w, uint32_t stream, const char *url,
                   enum gw_priority priority)
{
    return gw_fleet_want(w->fleet, stream, url, priority, w->now_us);
}

static void on_connect(void *arg, uint32_t stream, const char *url, bool probe)
{
    struct world *w = arg;

    w->probes[stream] += probe;
    assert_false(w->open[stream]);
    w->open[stream] = true;
    w->connects[stream]++;
    strncpy(w->url[stream], url, sizeof(w->url[stream]) - 1);
    w->order[w->attempts++ % (STREAMS * 4)] = stream;
    if (w->fail_at_once) {
        w->open[stream] = false;
        gw_fleet_on_failed(w->fleet, stream, w->fail_at_once, 0, w->now_us);
    }
}

static void on_close(void *arg, uint32_t stream)
{
    struct world *w = arg;

    assert_true(w->open[stream]);
    w->open[stream] = false;
    w->closes[stream]++;
    if (w->want_in_close)
        assert_int_equal(want_as(w, stream, "rtsp://a/", GW_PRIORITY_ALWAYS), 0);
}

static void on_probed(void *arg, uint32_t stream, enum gw_cause cause)
{
    struct world *w = arg;
    w->probed[stream]++;
    w->probe_cause[stream] = cause;
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    struct world *w = arg;
    w->status[status->stream] = *status;
}

static void begin(struct world *w, uint64_t seed)
{
    *w = (struct world) { .now_us = 1000 * (uint64_t)GW_SECOND };
    struct gw_admission_config limits = gw_admission_config_default();
    limits.attempts_per_s = PER_S;
    for (int level = 0; level < GW_GROUP_LEVELS; level++)
        limits.attempts_max[level] = LIMIT_CONNECTING;
    assert_int_equal(gw_admission_create(&limits, &w->admission), 0);

    struct gw_fleet_config config = {
        .linger_us = LINGER,
        .backoff_min_us = BACKOFF_MIN,
        .backoff_max_us = BACKOFF_MAX,
        .backoff_wall_max_us = WALL_MAX,
        .settled_us = SETTLED,
        .seed = seed,
        .admission = w->admission,
        .on_connect = on_connect,
        .on_close = on_close,
        .on_status = on_status,
        .on_probed = on_probed,
        .arg = w,
    };
    assert_int_equal(gw_fleet_create(&config, &w->fleet), 0);
}

static int set_up(void **state)
{
    static struct world w;
    begin(&w, 1);
    *state = &w;
    return 0;
}

static void end(struct world *w)
{
    gw_fleet_destroy(w->fleet, w->now_us);
    gw_admission_destroy(w->admission);
}

static int tear_down(void **state)
{
    end(*state);
    return 0;
}

// Lets time pass as a loop would: from deadline to deadline.
static void pass(struct world *w, uint64_t us)
{
    uint64_t end = w->now_us + us;

    for (uint64_t next; (next = gw_fleet_next_us(w->fleet)) <= end;) {
        w->now_us = next > w->now_us ? next : w->now_us;
        gw_fleet_run(w->fleet, w->now_us);
    }
    w->now_us = end;
}

static void want(struct world *w, uint32_t stream)
{
    assert_int_equal(want_as(w, stream, "rtsp://a/", GW_PRIORITY_ALWAYS), 0);
}

static void fail_stream(struct world *w, uint32_t stream)
{
    w->open[stream] = false;
    gw_fleet_on_failed(w->fleet, stream, GW_CAUSE_REFUSED, 0, w->now_us);
}

static void go_live(struct world *w, uint32_t stream)
{
    gw_fleet_on_connected(w->fleet, stream, w->now_us);
    gw_fleet_on_first_frame(w->fleet, stream, w->now_us);
}

static void a_wanted_stream_goes_live(void **state)
{
    struct world *w = *state;

    want(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
    assert_int_equal(w->status[3].attempt, 0);
    pass(w, 0);
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
    struct world *w = *state;

    want(w, 3);
    pass(w, 0);
    uint64_t failed_us = w->now_us;
    w->open[3] = false;
    gw_fleet_on_failed(w->fleet, 3, GW_CAUSE_STATUS, 461, w->now_us);
    assert_int_equal(w->status[3].state, GW_SOURCE_RETRYING);
    assert_int_equal(w->status[3].cause, GW_CAUSE_STATUS);
    assert_int_equal(w->status[3].rtsp_status, 461);
    assert_in_range(w->status[3].retry_at_us, failed_us + BACKOFF_MIN,
                    failed_us + 2 * BACKOFF_MIN);

    pass(w, 2 * BACKOFF_MIN);
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

static uint64_t wait_after_failure(struct world *w, uint32_t stream)
{
    pass(w, BACKOFF_MAX);
    assert_true(w->open[stream]);
    fail_stream(w, stream);
    return w->status[stream].retry_at_us - w->now_us;
}

static void the_wait_grows_to_its_bound_and_is_jittered(void **state)
{
    struct world *w = *state;
    uint64_t longest = 0;
    uint64_t shortest = UINT64_MAX;

    want(w, 3);
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
    struct world *w = *state;
    uint64_t longest = 0;

    want(w, 3);
    for (int i = 0; i < 50; i++) { // live for a moment each time
        pass(w, BACKOFF_MAX);
        go_live(w, 3);
        fail_stream(w, 3);
        uint64_t wait = w->status[3].retry_at_us - w->now_us;
        longest = wait > longest ? wait : longest;
    }
    assert_true(longest > 4 * (uint64_t)BACKOFF_MIN);

    pass(w, BACKOFF_MAX);
    go_live(w, 3);
    pass(w, SETTLED);
    fail_stream(w, 3);
    assert_in_range(w->status[3].retry_at_us - w->now_us, BACKOFF_MIN, 2 * BACKOFF_MIN);
}

static void an_unwanted_stream_lingers_and_is_forgotten(void **state)
{
    struct world *w = *state;
    struct gw_source_status status;

    want(w, 3);
    pass(w, 0);
    go_live(w, 3);
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    pass(w, LINGER - 1);
    assert_true(w->open[3]);
    assert_int_equal(gw_fleet_status(w->fleet, 3, &status), 0);
    pass(w, 1);
    assert_false(w->open[3]);
    assert_int_equal(w->closes[3], 1);
    assert_int_equal(w->status[3].state, GW_SOURCE_IDLE);
    assert_int_equal(gw_fleet_status(w->fleet, 3, &status), -ENOENT);
}

static void wanted_again_within_the_linger_keeps_the_connection(void **state)
{
    struct world *w = *state;

    want(w, 3);
    pass(w, 0);
    go_live(w, 3);
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    pass(w, LINGER / 2);
    want(w, 3);
    pass(w, 2 * LINGER);
    assert_int_equal(w->connects[3], 1);
    assert_int_equal(w->closes[3], 0);
    assert_int_equal(w->status[3].state, GW_SOURCE_LIVE);
}

static void asking_again_and_again_does_not_outrun_the_backoff(void **state)
{
    struct world *w = *state;

    want(w, 3);
    pass(w, 0);
    fail_stream(w, 3);
    uint64_t retry_us = w->status[3].retry_at_us;
    for (int i = 0; i < 10; i++) {
        gw_fleet_unwant(w->fleet, 3, w->now_us);
        want(w, 3);
        pass(w, BACKOFF_MIN / 20);
    }
    assert_int_equal(w->connects[3], 1);
    pass(w, retry_us - w->now_us);
    assert_int_equal(w->connects[3], 2);
}

static void nobody_wants_it_so_nothing_is_tried(void **state)
{
    struct world *w = *state;

    want(w, 3);
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    pass(w, 2 * LINGER);
    want(w, 4);
    pass(w, 0);
    fail_stream(w, 4);
    gw_fleet_unwant(w->fleet, 4, w->now_us);
    pass(w, 2 * LINGER);
    assert_int_equal(w->connects[3], 0);
    assert_int_equal(w->connects[4], 1);
    assert_int_equal(w->status[4].state, GW_SOURCE_IDLE);
}

static void another_url_connects_anew_at_once(void **state)
{
    struct world *w = *state;

    want(w, 3);
    pass(w, 0);
    go_live(w, 3);
    assert_int_equal(want_as(w, 3, "rtsp://b/", GW_PRIORITY_ALWAYS), 0);
    pass(w, TURN);
    assert_int_equal(w->closes[3], 1);
    assert_int_equal(w->connects[3], 2);
    assert_string_equal(w->url[3], "rtsp://b/");
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);

    fail_stream(w, 3); // and a back-off is no reason to wait
    assert_int_equal(want_as(w, 3, "rtsp://c/", GW_PRIORITY_ALWAYS), 0);
    pass(w, TURN);
    assert_int_equal(w->connects[3], 3);
    assert_int_equal(w->closes[3], 1); // the failed one was closed by itself
    assert_int_equal(w->status[3].attempt, 1);
}

static void reports_that_crossed_with_a_close_are_ignored(void **state)
{
    struct world *w = *state;
    struct gw_fleet_stats stats;

    gw_fleet_on_connected(w->fleet, 9, w->now_us);
    gw_fleet_on_first_frame(w->fleet, 9, w->now_us);
    gw_fleet_on_failed(w->fleet, 9, GW_CAUSE_CLOSED, 0, w->now_us);
    want(w, 3);
    gw_fleet_on_connected(w->fleet, 3, w->now_us); // still in the line
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
    gw_fleet_stats(w->fleet, &stats);
    assert_int_equal(stats.failures, 0);
    assert_int_equal(stats.connected, 0);
}

static void a_failure_within_on_connect_is_as_any_other(void **state)
{
    struct world *w = *state;

    w->fail_at_once = GW_CAUSE_BAD_URL;
    want(w, 3);
    pass(w, 0);
    assert_int_equal(w->connects[3], 1);
    assert_int_equal(w->status[3].state, GW_SOURCE_RETRYING);
    assert_int_equal(w->status[3].cause, GW_CAUSE_BAD_URL);
}

static void wanted_from_within_on_close_it_starts_over(void **state)
{
    struct world *w = *state;

    want(w, 3);
    pass(w, 0);
    go_live(w, 3);
    w->want_in_close = true;
    gw_fleet_unwant(w->fleet, 3, w->now_us);
    pass(w, LINGER);
    assert_int_equal(w->closes[3], 1);
    assert_int_equal(w->connects[3], 2);
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
}

static void turns_come_in_the_order_of_asking(void **state)
{
    struct world *w = *state;

    for (uint32_t i = 0; i < STREAMS; i++)
        want(w, (i * 7) % STREAMS);
    for (int i = 0; i < STREAMS; i++) {
        pass(w, TURN);
        for (uint32_t k = 0; k < STREAMS; k++) {
            if (w->open[k])
                go_live(w, k);
        }
    }
    for (uint32_t i = 0; i < STREAMS; i++)
        assert_int_equal(w->order[i], (i * 7) % STREAMS);
}

static void on_a_wall_the_wait_stays_short(void **state)
{
    struct world *w = *state;

    assert_int_equal(want_as(w, 3, "rtsp://a/", GW_PRIORITY_WALL), 0);
    for (int i = 0; i < 50; i++)
        assert_in_range(wait_after_failure(w, 3), BACKOFF_MIN, WALL_MAX);
}

// Asking often with a wrong password locks our user out.
static void what_will_not_go_away_is_not_asked_often_even_for_a_wall(void **state)
{
    struct world *w = *state;
    uint64_t longest = 0;

    assert_int_equal(want_as(w, 3, "rtsp://a/", GW_PRIORITY_WALL), 0);
    for (int i = 0; i < 50; i++) {
        pass(w, BACKOFF_MAX);
        w->open[3] = false;
        gw_fleet_on_failed(w->fleet, 3, GW_CAUSE_PASSWORD, 0, w->now_us);
        uint64_t wait = w->status[3].retry_at_us - w->now_us;
        longest = wait > longest ? wait : longest;
    }
    assert_true(longest > 2 * (uint64_t)WALL_MAX);
}

static void put_on_a_wall_it_need_not_wait_for_long(void **state)
{
    struct world *w = *state;

    want(w, 3);
    do // until a long wait was drawn
        wait_after_failure(w, 3);
    while (w->status[3].retry_at_us - w->now_us <= WALL_MAX);
    assert_int_equal(want_as(w, 3, "rtsp://a/", GW_PRIORITY_WALL), 0);
    pass(w, WALL_MAX);
    assert_true(w->open[3]);
}

static void one_that_somebody_looks_at_overtakes_the_line(void **state)
{
    struct world *w = *state;

    w->fail_at_once =
        GW_CAUSE_REFUSED; // each attempt is over at once: only the pace counts
    for (uint32_t i = 0; i < STREAMS; i++)
        want(w, i);
    assert_int_equal(want_as(w, STREAMS - 1, "rtsp://a/", GW_PRIORITY_WALL), 0);
    unsigned before = w->attempts;
    pass(w, TURN);
    assert_true(w->attempts > before);
    bool came = false; // GW_ADMISSION_BURST_US may have given turns before it asked
    for (unsigned i = before; i < w->attempts && i < before + 4; i++)
        came = came || w->order[i] == STREAMS - 1;
    assert_true(came);
}

// Many that failed for long, each in its long wait; then one gets through.
static void when_the_network_is_back_all_come_in_line(void **state)
{
    struct world *w = *state;
    struct gw_fleet_stats stats;

    for (uint32_t i = 0; i < STREAMS; i++)
        want(w, i);
    w->fail_at_once = GW_CAUSE_REFUSED;
    pass(w, 20 * (uint64_t)BACKOFF_MAX);
    w->fail_at_once = GW_CAUSE_NONE;
    uint64_t first_us = w->now_us + BACKOFF_MAX; // somebody's wait is over by then
    uint64_t all_us = 0;
    for (gw_fleet_stats(w->fleet, &stats); stats.live < STREAMS;
         gw_fleet_stats(w->fleet, &stats)) {
        pass(w, GW_MS);
        for (uint32_t i = 0; i < STREAMS; i++)
            if (w->open[i] && w->status[i].state != GW_SOURCE_LIVE)
                go_live(w, i);
        if (stats.live > 0 && !all_us) // the others' waits may be cut to the least
            all_us = w->now_us + BACKOFF_MIN + (STREAMS + 2) * (uint64_t)TURN;
        assert_true(w->now_us < (all_us ? all_us : first_us));
    }
    assert_true(stats.recalls > 0);
}

static void a_probe_tells_and_is_forgotten(void **state)
{
    struct world *w = *state;
    struct gw_source_status status;

    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), 0);
    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), -EALREADY);
    pass(w, 0);
    assert_int_equal(w->probes[3], 1);
    w->open[3] = false;
    gw_fleet_on_probed(w->fleet, 3, w->now_us);
    assert_int_equal(w->probed[3], 1);
    assert_int_equal(w->probe_cause[3], GW_CAUSE_NONE);
    pass(w, 0);
    assert_int_equal(gw_fleet_status(w->fleet, 3, &status), -ENOENT);
    pass(w, 2 * (uint64_t)BACKOFF_MAX);
    assert_int_equal(w->connects[3], 1);
}

static void a_failed_probe_says_why_and_keeps_the_backoff(void **state)
{
    struct world *w = *state;

    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), 0);
    pass(w, 0);
    fail_stream(w, 3);
    assert_int_equal(w->probe_cause[3], GW_CAUSE_REFUSED);
    want(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_RETRYING);
    assert_int_equal(w->status[3].cause, GW_CAUSE_REFUSED);
    pass(w, BACKOFF_MIN - 1);
    assert_int_equal(w->connects[3], 1);
    pass(w, BACKOFF_MIN + 1);
    assert_int_equal(w->connects[3], 2);
    assert_int_equal(w->probes[3], 1); // this one is a pull
}

// Never two connections of one stream: the probe is let finish, then it is pulled.
static void wanted_while_it_is_probed_it_is_pulled_next(void **state)
{
    struct world *w = *state;

    assert_int_equal(gw_fleet_probe(w->fleet, 3, "rtsp://a/", w->now_us), 0);
    pass(w, 0);
    want(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_CONNECTING);
    pass(w, GW_SECOND);
    assert_int_equal(w->connects[3], 1);
    w->open[3] = false;
    gw_fleet_on_probed(w->fleet, 3, w->now_us);
    pass(w, TURN);
    assert_int_equal(w->connects[3], 2);
    assert_int_equal(w->probed[3], 0); // the pull says more
    go_live(w, 3);
    assert_int_equal(w->status[3].state, GW_SOURCE_LIVE);
}

// The promises to a network, checked by somebody who keeps own books.
struct promises {
    uint64_t starts_us[1 << 16];
    size_t starts;
    uint64_t not_before_us[STREAMS]; // by the back-off
    unsigned seen_connects[STREAMS];
    bool deciding[STREAMS]; // between on_connect and its answer
};

static void check(struct world *w, struct promises *p)
{
    struct gw_fleet_stats stats;
    unsigned connecting = 0;

    for (uint32_t i = 0; i < STREAMS; i++) {
        if (w->connects[i] != p->seen_connects[i]) {
            assert_int_equal(w->connects[i], p->seen_connects[i] + 1);
            assert_true(w->now_us >= p->not_before_us[i]);
            p->seen_connects[i]++;
            p->deciding[i] = true;
            assert_true(p->starts < 1 << 16);
            p->starts_us[p->starts++] = w->now_us;
        }
        p->deciding[i] = p->deciding[i] && w->open[i];
        connecting += p->deciding[i];
    }
    assert_true(connecting <= MAX_CONNECTING);
    gw_fleet_stats(w->fleet, &stats);
    assert_int_equal(stats.connecting, connecting);
    assert_int_equal(stats.attempts, p->starts);
}

static void do_something(struct world *w, struct promises *p, struct gw_rng *rng)
{
    uint32_t i = (uint32_t)gw_rng_below(rng, STREAMS);

    switch (gw_rng_below(rng, 8)) {
    case 0:
    case 1:
    case 2: want(w, i); break;
    case 3: gw_fleet_unwant(w->fleet, i, w->now_us); break;
    case 4:
    case 5:
        if (!w->open[i])
            break;
        if (p->deciding[i])
            gw_fleet_on_connected(w->fleet, i, w->now_us);
        else
            gw_fleet_on_first_frame(w->fleet, i, w->now_us);
        p->deciding[i] = false;
        break;
    case 6:
        if (!w->open[i])
            break;
        fail_stream(w, i);
        p->deciding[i] = false;
        p->not_before_us[i] = w->now_us + BACKOFF_MIN;
        break;
    case 7:
        if (gw_rng_below(rng, 8) || gw_fleet_next_us(w->fleet) == UINT64_MAX)
            break;
        w->now_us += gw_rng_below(rng, 200 * GW_MS); // the loop comes late
        break;
    }
}

// No second holds more than PER_S attempts: it is enough to look at those that begin
// with an attempt.
static void check_pace(const struct promises *p)
{
    for (size_t i = PER_S; i < p->starts; i++)
        assert_true(p->starts_us[i] - p->starts_us[i - PER_S] >= GW_SECOND);
}

static void keeps_its_promises_under_random_events(void **state)
{
    (void)state;

    for (uint64_t seed = 0; seed < 10; seed++) {
        struct world *w = calloc(1, sizeof(*w));
        struct promises *p = calloc(1, sizeof(*p));
        struct gw_rng rng;

        assert_true(w && p);
        begin(w, seed);
        gw_rng_init(&rng, seed + 1000);
        for (int i = 0; i < 30000; i++) {
            do_something(w, p, &rng);
            check(w, p);

            uint64_t next = gw_fleet_next_us(w->fleet);
            w->now_us += gw_rng_below(&rng, 2 * GW_MS);
            if (next <= w->now_us) {
                gw_fleet_run(w->fleet, w->now_us);
                check(w, p);
                assert_true(gw_fleet_next_us(w->fleet) > w->now_us);
            }
        }
        assert_true(p->starts > 300); // the seed did exercise it
        check_pace(p);

        // Left alone, all that were given up are forgotten.
        for (uint32_t i = 0; i < STREAMS; i++)
            gw_fleet_unwant(w->fleet, i, w->now_us);
        pass(w, 2 * LINGER);
        struct gw_fleet_stats stats;
        gw_fleet_stats(w->fleet, &stats);
        assert_int_equal(stats.streams, 0);
        assert_int_equal(stats.connected + stats.connecting + stats.live, 0);
        end(w);
        free(p);
        free(w);
    }
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
        FLEET_TEST(put_on_a_wall_it_need_not_wait_for_long),
        FLEET_TEST(one_that_somebody_looks_at_overtakes_the_line),
        FLEET_TEST(when_the_network_is_back_all_come_in_line),
        FLEET_TEST(a_probe_tells_and_is_forgotten),
        FLEET_TEST(a_failed_probe_says_why_and_keeps_the_backoff),
        FLEET_TEST(wanted_while_it_is_probed_it_is_pulled_next),
        cmocka_unit_test(keeps_its_promises_under_random_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
