// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "base/rng.h"
#include "ingest/admission.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICKETS = 64,
    PER_S = 10,
    HOST_MAX = 4,
    SUBNET_MAX = 8,
    ALL_MAX = 16,
    FULL_US = 2 * GW_SECOND,
};

// A client with tickets; what it holds is known by its own books.
struct world {
    struct gw_admission *admission;
    struct gw_admission_client *client;
    struct gw_ticket *tickets[TICKETS];
    int numbers[TICKETS]; // what the tickets' owners point to
    uint64_t now_us;
    unsigned wakes;
};

static void on_wake(void *arg)
{
    struct world *w = arg;
    w->wakes++;
}

static void begin(struct world *w, const struct gw_admission_config *config)
{
    *w = (struct world) { .now_us = 1000 * (uint64_t)GW_SECOND };
    assert_int_equal(gw_admission_create(config, &w->admission), 0);
    assert_int_equal(gw_admission_enter(w->admission, on_wake, w, &w->client), 0);
    for (int i = 0; i < TICKETS; i++)
        w->numbers[i] = i;
}

static struct gw_admission_config limits(uint32_t per_s)
{
    return (struct gw_admission_config) {
        .attempts_per_s = per_s,
        .attempts_max = { HOST_MAX, SUBNET_MAX, ALL_MAX },
        .full_us = FULL_US,
    };
}

static int set_up(void **state)
{
    static struct world w;
    struct gw_admission_config fast = limits(1000 * 1000);
    begin(&w, &fast);
    *state = &w;
    return 0;
}

static int set_up_slow(void **state)
{
    static struct world w;
    struct gw_admission_config slow = limits(PER_S);
    begin(&w, &slow);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    struct gw_admission_stats stats;

    for (int i = 0; i < TICKETS; i++)
        gw_ticket_destroy(w->tickets[i], w->now_us);
    gw_admission_stats(w->admission, &stats);
    assert_int_equal(stats.attempts + stats.connections + stats.waiting, 0);
    gw_admission_leave(w->client);
    gw_admission_destroy(w->admission);
    return 0;
}

static void create(struct world *w, int i, const char *host)
{
    assert_int_equal(gw_ticket_create(w->client, host, &w->numbers[i], &w->tickets[i]),
                     0);
}

static void create_many(struct world *w, int from, int to, const char *host)
{
    for (int i = from; i < to; i++)
        create(w, i, host);
}

static void ask(struct world *w, int i, enum gw_priority priority)
{
    gw_ticket_ask(w->tickets[i], priority, w->now_us);
}

static void ask_many(struct world *w, int from, int to, enum gw_priority priority)
{
    for (int i = from; i < to; i++)
        ask(w, i, priority);
}

// The ticket whose turn it is, or -1.
static int take(struct world *w)
{
    const int *number = gw_admission_take(w->client, w->now_us);
    return number ? *number : -1;
}

static int take_all(struct world *w)
{
    int n = 0;
    while (take(w) >= 0)
        n++;
    return n;
}

// Lets time pass up to the next turn.
static int await(struct world *w)
{
    uint64_t next_us = gw_admission_next_us(w->client);
    assert_true(next_us != UINT64_MAX);
    if (next_us > w->now_us)
        w->now_us = next_us;
    return take(w);
}

static void lose(struct world *w, int i)
{
    gw_ticket_release(w->tickets[i], GW_RELEASE_LOST, w->now_us);
}

static void no_second_holds_more_turns_than_allowed(void **state)
{
    struct world *w = *state;
    uint64_t at_us[40];

    create_many(w, 0, 40, "");
    ask_many(w, 0, 40, GW_PRIORITY_ALWAYS);
    for (int i = 0; i < 40; i++) {
        int number = await(w);
        assert_true(number >= 0);
        at_us[i] = w->now_us;
        lose(w, number);
    }
    for (int i = PER_S; i < 40; i++)
        assert_true(at_us[i] - at_us[i - PER_S] >= GW_SECOND);
    // And it is not much slower than that either.
    assert_true(at_us[39] - at_us[0] < 39 * (uint64_t)GW_SECOND * 13 / 10 / PER_S);
}

static void a_turn_that_is_not_taken_is_over(void **state)
{
    struct world *w = *state;
    struct gw_admission_stats stats;

    create(w, 0, "h");
    ask(w, 0, GW_PRIORITY_WALL); // granted at once
    gw_admission_stats(w->admission, &stats);
    assert_int_equal(stats.turns, 1);
    w->now_us += GW_ADMISSION_LATE_US + 1;
    assert_int_equal(take(w), 0); // by a new turn
    gw_admission_stats(w->admission, &stats);
    assert_int_equal(stats.turns, 2);
    assert_int_equal(stats.attempts, 1);
}

static void attempts_under_way_are_bounded_at_every_level(void **state)
{
    struct world *w = *state;

    create_many(w, 0, 10, "10.0.0.1");
    create_many(w, 10, 20, "10.0.0.2");
    create_many(w, 20, 30, "10.0.0.3");
    ask_many(w, 0, 10, GW_PRIORITY_WALL);
    assert_int_equal(take_all(w), HOST_MAX);
    ask_many(w, 10, 30, GW_PRIORITY_WALL);
    assert_int_equal(take_all(w), SUBNET_MAX - HOST_MAX);

    create_many(w, 30, 40, "10.0.1.1");
    create_many(w, 40, 50, "fd00::1");
    create_many(w, 50, 60, "name.example");
    ask_many(w, 30, 60, GW_PRIORITY_WALL);
    assert_int_equal(take_all(w), ALL_MAX - SUBNET_MAX);
}

static void what_a_full_host_waits_for_holds_up_nobody_else(void **state)
{
    struct world *w = *state;

    create_many(w, 0, 10, "10.0.0.1");
    create(w, 10, "10.0.1.1");
    ask_many(w, 0, 11, GW_PRIORITY_WALL);
    for (int i = 0; i < HOST_MAX; i++)
        assert_int_equal(take(w), i);
    assert_int_equal(take(w), 10);
    lose(w, 2);
    assert_int_equal(take(w), HOST_MAX); // next of those that waited
}

static void connections_are_bounded_where_it_is_asked_for(void **state)
{
    struct world *w = *state;
    struct gw_admission_config config = limits(1000 * 1000);
    tear_down(state);
    config.connections_max[GW_GROUP_HOST] = 3;
    begin(w, &config);

    create_many(w, 0, 10, "10.0.0.1");
    ask_many(w, 0, 10, GW_PRIORITY_WALL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(take(w), i);
        gw_ticket_connected(w->tickets[i], w->now_us);
    }
    assert_int_equal(take(w), -1);
    gw_ticket_release(w->tickets[1], GW_RELEASE_CLOSED, w->now_us);
    assert_int_equal(take(w), 3);
    assert_int_equal(take(w), -1);
}

static void the_urgent_overtake_and_the_rest_does_not_starve(void **state)
{
    struct world *w = *state;
    int walls = 0;

    create_many(w, 0, TICKETS, "");
    ask(w, 63, GW_PRIORITY_PROBE);
    ask_many(w, 0, 30, GW_PRIORITY_ALWAYS);
    take_all(w); // the burst
    ask_many(w, 30, 50, GW_PRIORITY_WALL);
    // Walls that fail and ask at once again: the line of the others moves on all the
    // same, one in GW_ADMISSION_FAIR_EVERY.
    for (int i = 0; i < 4 * GW_ADMISSION_FAIR_EVERY; i++) {
        int number = await(w);
        walls += number >= 30 && number < 50;
        lose(w, number);
        if (number >= 30 && number < 50)
            ask(w, number, GW_PRIORITY_WALL);
    }
    assert_int_equal(walls, 4 * GW_ADMISSION_FAIR_EVERY - 4);
}

static void priority_can_rise_while_it_waits(void **state)
{
    struct world *w = *state;

    create_many(w, 0, 30, "");
    ask_many(w, 0, 30, GW_PRIORITY_ALWAYS);
    for (int n; (n = take(w)) >= 0;)
        lose(w, n);
    ask(w, 29, GW_PRIORITY_WARM);
    assert_int_equal(await(w), 29);
    ask(w, 28, GW_PRIORITY_WALL);
    ask(w, 27, GW_PRIORITY_WALL);
    assert_int_equal(await(w), 27); // asked before 28 when it asked first
}

// Cameras that do not answer cannot use up what a wall needs.
static void a_quarter_is_kept_for_walls(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 40; i++) {
        char host[16];
        snprintf(host, sizeof(host), "10.0.%d.1", i);
        create(w, i, host);
    }
    ask_many(w, 0, 10, GW_PRIORITY_PROBE);
    assert_int_equal(take_all(w), ALL_MAX / 4);
    ask_many(w, 10, 30, GW_PRIORITY_ALWAYS);
    assert_int_equal(take_all(w), ALL_MAX / 2);
    ask_many(w, 30, 40, GW_PRIORITY_WALL);
    assert_int_equal(take_all(w), ALL_MAX / 4);
}

static void a_full_host_is_let_alone_then_asked_ever_more(void **state)
{
    struct world *w = *state;

    create_many(w, 0, 20, "10.0.0.1");
    ask_many(w, 0, 20, GW_PRIORITY_WALL);
    assert_int_equal(take_all(w), HOST_MAX);
    for (int i = 0; i < HOST_MAX; i++)
        gw_ticket_release(w->tickets[i], GW_RELEASE_FULL, w->now_us);
    assert_int_equal(take(w), -1);
    uint64_t full_us = w->now_us;
    int trial = await(w);
    assert_int_equal(trial, 4);
    assert_int_equal(w->now_us, full_us + FULL_US);
    assert_int_equal(take(w), -1); // one at a time
    gw_ticket_connected(w->tickets[4], w->now_us);
    assert_int_equal(take_all(w), 2);
    gw_ticket_connected(w->tickets[5], w->now_us);
    gw_ticket_connected(w->tickets[6], w->now_us);
    assert_int_equal(take_all(w), HOST_MAX);
}

static int count_recalled(struct world *w)
{
    int n = 0;
    while (gw_admission_take_recalled(w->client))
        n++;
    return n;
}

static void fail_once(struct world *w, int i)
{
    ask(w, i, GW_PRIORITY_WALL);
    assert_int_equal(take(w), i);
    lose(w, i);
}

static void a_host_that_answers_again_recalls_who_waits_for_it(void **state)
{
    struct world *w = *state;

    create_many(w, 0, 5, "10.0.0.1");
    create_many(w, 5, 10, "10.0.1.1");
    for (int i = 0; i < 2; i++)
        fail_once(w, i);
    ask(w, 4, GW_PRIORITY_WALL);
    assert_int_equal(take(w), 4);
    gw_ticket_connected(w->tickets[4], w->now_us);
    assert_int_equal(count_recalled(w), 4); // not those of the other host

    fail_once(w, 0); // a host that serves others is not down
    ask(w, 1, GW_PRIORITY_WALL);
    assert_int_equal(take(w), 1);
    gw_ticket_connected(w->tickets[1], w->now_us);
    assert_int_equal(count_recalled(w), 0);
}

static void a_subnet_and_a_district_recall_all_in_them(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 40; i++) {
        char host[16];
        snprintf(host, sizeof(host), "10.0.%d.%d", i / 10, i % 10 + 1);
        create(w, i, host);
    }
    for (int i = 0; i < 4; i++)
        fail_once(w, i);
    ask(w, 9, GW_PRIORITY_WALL);
    assert_int_equal(take(w), 9);
    gw_ticket_connected(w->tickets[9], w->now_us);
    assert_int_equal(count_recalled(w), 9);

    gw_ticket_release(w->tickets[9], GW_RELEASE_LOST, w->now_us);
    for (int i = 0; i < 40; i++)
        fail_once(w, i);
    ask(w, 39, GW_PRIORITY_WALL);
    assert_int_equal(take(w), 39);
    gw_ticket_connected(w->tickets[39], w->now_us);
    assert_int_equal(count_recalled(w), 39);
}

static void the_next_one_of_another_thread_is_woken(void **state)
{
    struct world *w = *state;
    struct world other = { .now_us = w->now_us };
    int number = 7;

    assert_int_equal(gw_admission_enter(w->admission, on_wake, &other, &other.client), 0);
    assert_int_equal(gw_ticket_create(other.client, "h", &number, &other.tickets[0]), 0);
    create_many(w, 0, 20, "h");
    ask_many(w, 0, 20, GW_PRIORITY_WALL);
    assert_int_equal(take_all(w), HOST_MAX);
    gw_ticket_ask(other.tickets[0], GW_PRIORITY_WALL, w->now_us);
    assert_int_equal(gw_admission_next_us(other.client), UINT64_MAX);
    other.wakes = 0;
    for (int i = 0; i < HOST_MAX; i++) // ours are before it, then it is its turn
        lose(w, i);
    assert_int_equal(take_all(w), HOST_MAX);
    for (int i = 1; i < 20; i++)
        gw_ticket_release(w->tickets[i], GW_RELEASE_CLOSED, w->now_us);
    assert_true(other.wakes > 0);
    assert_ptr_equal(gw_admission_take(other.client, w->now_us), &number);
    gw_ticket_destroy(other.tickets[0], w->now_us);
    gw_admission_leave(other.client);
}

// Threads with tickets of their own to the same hosts, all at once.
struct player {
    pthread_t thread;
    struct gw_admission *admission;
    atomic_uint *under_way;
    atomic_uint woken;
    uint64_t seed;
};

static void on_player_wake(void *arg)
{
    struct player *p = arg;
    atomic_fetch_add(&p->woken, 1);
}

static void *play(void *arg)
{
    struct player *p = arg;
    struct gw_admission_client *client;
    struct gw_ticket *tickets[8];
    bool attempt[8] = { false };
    int numbers[8];
    struct gw_rng rng;

    gw_rng_init(&rng, p->seed);
    assert_int_equal(gw_admission_enter(p->admission, on_player_wake, p, &client), 0);
    for (int i = 0; i < 8; i++) {
        numbers[i] = i;
        assert_int_equal(gw_ticket_create(client, i % 2 ? "10.0.0.1" : "10.0.0.2",
                                          &numbers[i], &tickets[i]),
                         0);
    }
    for (int step = 0; step < 3000; step++) {
        uint64_t now_us = gw_clock_now_us();
        int i = (int)gw_rng_below(&rng, 8);
        if (attempt[i]) {
            attempt[i] = false;
            atomic_fetch_sub(p->under_way, 1); // before others may have its place
            if (gw_rng_below(&rng, 2))
                gw_ticket_connected(tickets[i], now_us);
            else
                gw_ticket_release(tickets[i], GW_RELEASE_LOST, now_us);
        } else if (gw_rng_below(&rng, 3)) {
            gw_ticket_ask(tickets[i], (enum gw_priority)gw_rng_below(&rng, 4), now_us);
        } else {
            gw_ticket_release(tickets[i], GW_RELEASE_CLOSED, now_us);
        }
        for (int *number; (number = gw_admission_take(client, now_us));) {
            attempt[*number] = true;
            assert_true(atomic_fetch_add(p->under_way, 1) < SUBNET_MAX);
        }
        while (gw_admission_take_recalled(client))
            ;
        (void)gw_admission_next_us(client);
    }
    for (int i = 0; i < 8; i++) {
        if (attempt[i])
            atomic_fetch_sub(p->under_way, 1);
        gw_ticket_destroy(tickets[i], gw_clock_now_us());
    }
    gw_admission_leave(client);
    return NULL;
}

static void threads_share_one_limit(void **state)
{
    struct world *w = *state;
    struct player players[4];
    atomic_uint under_way = 0;

    for (int i = 0; i < 4; i++) {
        players[i] = (struct player) {
            .admission = w->admission,
            .under_way = &under_way,
            .seed = (uint64_t)i,
        };
        assert_int_equal(pthread_create(&players[i].thread, NULL, play, &players[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(players[i].thread, NULL), 0);
    assert_int_equal(atomic_load(&under_way), 0);
}

#define FAST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define SLOW(name) cmocka_unit_test_setup_teardown(name, set_up_slow, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLOW(no_second_holds_more_turns_than_allowed),
        SLOW(a_turn_that_is_not_taken_is_over),
        FAST(attempts_under_way_are_bounded_at_every_level),
        FAST(what_a_full_host_waits_for_holds_up_nobody_else),
        FAST(connections_are_bounded_where_it_is_asked_for),
        SLOW(the_urgent_overtake_and_the_rest_does_not_starve),
        SLOW(priority_can_rise_while_it_waits),
        FAST(a_quarter_is_kept_for_walls),
        FAST(a_full_host_is_let_alone_then_asked_ever_more),
        FAST(a_host_that_answers_again_recalls_who_waits_for_it),
        FAST(a_subnet_and_a_district_recall_all_in_them),
        FAST(the_next_one_of_another_thread_is_woken),
        FAST(threads_share_one_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
