#include "tests/unit/ingest/fleet_world.h"

#include "base/rng.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// The promises to a network, checked by somebody who keeps own books.
struct promises {
    uint64_t starts_us[1 << 16];
    size_t starts;
    uint64_t not_before_us[STREAMS]; // by the back-off
    unsigned seen_connects[STREAMS];
    bool deciding[STREAMS]; // between on_connect and its answer
};

static void check(struct fleet_world *w, struct promises *p)
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

static void do_something(struct fleet_world *w, struct promises *p, struct gw_rng *rng)
{
    uint32_t i = (uint32_t)gw_rng_below(rng, STREAMS);

    switch (gw_rng_below(rng, 8)) {
    case 0:
    case 1:
    case 2: world_want(w, i); break;
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
        world_fail(w, i);
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
        struct fleet_world *w = calloc(1, sizeof(*w));
        struct promises *p = calloc(1, sizeof(*p));
        struct gw_rng rng;

        assert_true(w && p);
        world_begin(w, seed);
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
        world_pass(w, 2 * LINGER);
        struct gw_fleet_stats stats;
        gw_fleet_stats(w->fleet, &stats);
        assert_int_equal(stats.streams, 0);
        assert_int_equal(stats.connected + stats.connecting + stats.live, 0);
        world_end(w);
        free(p);
        free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_its_promises_under_random_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
