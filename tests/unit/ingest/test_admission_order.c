// Whose turn comes, beside a look at all who wait; and what finding that out costs, in
// moves within the lines, which the linker counts (--wrap).

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

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    TICKETS = 48,
    STEPS = 2000,
    SUBNETS = 3,
    CROWD = 8600,
    EVENTS = 500,
    MOVES_MAX = 32, // of a call, and of each turn that it gives
};

static uint64_t moves;

void __real_gw_deadlines_set(struct gw_deadlines *h, struct gw_deadline *d,
                             uint64_t at_us);
void __wrap_gw_deadlines_set(struct gw_deadlines *h, struct gw_deadline *d,
                             uint64_t at_us);

void __wrap_gw_deadlines_set(struct gw_deadlines *h, struct gw_deadline *d,
                             uint64_t at_us)
{
    moves++;
    __real_gw_deadlines_set(h, d, at_us);
}

static const struct {
    const char *name;
    int subnet; // SUBNETS: none
} hosts[] = {
    { "10.0.0.1", 0 }, { "10.0.0.2", 0 }, { "10.0.0.3", 0 },
    { "10.0.1.1", 1 }, { "fd00::1", 2 },  { "name.example", SUBNETS },
};

enum { HOSTS = sizeof(hosts) / sizeof(*hosts) };

static const struct gw_admission_config config = {
    .attempts_per_s = 1000 * 1000,
    .attempts_max = { 4, 8, 16 },
    .connections_max = { 7, 15, 40 },
    .full_us = GW_SECOND,
};

enum where { IDLE, WAITING, ATTEMPT, UP };

struct one {
    struct gw_ticket *ticket;
    int host;
    enum where where;
    enum gw_priority priority;
    uint64_t number;
};

struct world {
    struct gw_admission *admission;
    struct gw_admission_client *client;
    struct one all[TICKETS];
    uint64_t asked;
    uint64_t turns;
    uint64_t now_us;
};

static uint32_t share(uint32_t limit, enum gw_priority priority)
{
    if (priority == GW_PRIORITY_WALL)
        return limit;
    return priority == GW_PRIORITY_PROBE ? limit / 4 : limit - limit / 4;
}

// Is `other` in the group of this level that `one` is in?
static bool beside(const struct one *one, const struct one *other, int level)
{
    switch (level) {
    case GW_GROUP_HOST: return one->host == other->host;
    case GW_GROUP_SUBNET: return hosts[one->host].subnet == hosts[other->host].subnet;
    default: return true;
    }
}

static bool has_room(const struct world *w, const struct one *one)
{
    for (int level = 0; level < GW_GROUP_LEVELS; level++) {
        uint32_t attempts = 0;
        uint32_t up = 0;
        if (level == GW_GROUP_SUBNET && hosts[one->host].subnet == SUBNETS)
            continue;
        for (int i = 0; i < TICKETS; i++) {
            bool counts = beside(one, &w->all[i], level);
            attempts += counts && w->all[i].where == ATTEMPT;
            up += counts && w->all[i].where == UP;
        }
        if (attempts >= share(config.attempts_max[level], one->priority) ||
            attempts + up >= config.connections_max[level])
            return false;
    }
    return true;
}

// Whose turn it is, by a look at each; NULL: nobody's.
static struct one *next_by_all(struct world *w)
{
    bool fair = w->turns % GW_ADMISSION_FAIR_EVERY == GW_ADMISSION_FAIR_EVERY - 1;
    struct one *best = NULL;

    for (int i = 0; i < TICKETS; i++) {
        struct one *one = &w->all[i];
        if (one->where != WAITING || !has_room(w, one))
            continue;
        if (!best || (!fair && one->priority < best->priority) ||
            ((fair || one->priority == best->priority) && one->number < best->number))
            best = one;
    }
    return best;
}

static void change(struct world *w, struct one *one, struct gw_rng *rng)
{
    bool well = gw_rng_below(rng, 2);

    if (one->where == ATTEMPT && well) {
        one->where = UP;
        gw_ticket_connected(one->ticket, w->now_us);
    } else if (one->where == ATTEMPT || one->where == UP || gw_rng_below(rng, 8) == 0) {
        one->where = IDLE;
        gw_ticket_release(one->ticket, well ? GW_RELEASE_CLOSED : GW_RELEASE_LOST,
                          w->now_us);
    } else {
        if (one->where == IDLE)
            one->number = w->asked++;
        one->where = WAITING;
        one->priority = (enum gw_priority)gw_rng_below(rng, GW_PRIORITIES);
        gw_ticket_ask(one->ticket, one->priority, w->now_us);
    }
}

static void take_and_compare(struct world *w)
{
    for (struct one *one; (one = next_by_all(w)); w->turns++) {
        assert_ptr_equal(gw_admission_take(w->client, w->now_us), one);
        one->where = ATTEMPT;
    }
    assert_null(gw_admission_take(w->client, w->now_us));
    while (gw_admission_take_recalled(w->client))
        ;
}

static void turns_come_as_a_look_at_all_says(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct world w = { .now_us = GW_SECOND };
        struct gw_rng rng;
        gw_rng_init(&rng, seed);
        assert_int_equal(gw_admission_create(&config, &w.admission), 0);
        assert_int_equal(gw_admission_enter(w.admission, NULL, NULL, &w.client), 0);
        for (int i = 0; i < TICKETS; i++) {
            w.all[i].host = (int)gw_rng_below(&rng, HOSTS);
            assert_int_equal(gw_ticket_create(w.client, hosts[w.all[i].host].name,
                                              &w.all[i], &w.all[i].ticket),
                             0);
        }
        for (int step = 0; step < STEPS; step++) {
            w.now_us += GW_MS;
            change(&w, &w.all[gw_rng_below(&rng, TICKETS)], &rng);
            take_and_compare(&w);
        }
        assert_true(w.turns > STEPS / 16);
        for (int i = 0; i < TICKETS; i++)
            gw_ticket_destroy(w.all[i].ticket, w.now_us);
        gw_admission_leave(w.client);
        gw_admission_destroy(w.admission);
    }
}

// Many who all wait for the same few slots.
struct crowd {
    struct gw_admission *admission;
    struct gw_admission_client *client;
    struct gw_ticket *tickets[CROWD];
    int numbers[CROWD]; // what their owners point to
    uint64_t now_us;
    uint64_t turns;
};

// The call before moved no more than it may.
static void check_moves(struct crowd *c)
{
    struct gw_admission_stats stats;

    gw_admission_stats(c->admission, &stats);
    assert_true(moves <= MOVES_MAX * (1 + stats.turns - c->turns));
    c->turns = stats.turns;
    moves = 0;
}

static void ask(struct crowd *c, int i)
{
    gw_ticket_ask(c->tickets[i], GW_PRIORITY_ALWAYS, c->now_us);
    check_moves(c);
}

// One attempt comes to its end, well or not, and its ticket asks anew.
static void let_one_through(struct crowd *c, bool well)
{
    c->now_us += GW_MS;
    const int *number = gw_admission_take(c->client, c->now_us);
    check_moves(c);
    assert_non_null(number);
    if (well) {
        gw_ticket_connected(c->tickets[*number], c->now_us);
        check_moves(c);
    }
    gw_ticket_release(c->tickets[*number], GW_RELEASE_LOST, c->now_us);
    check_moves(c);
    ask(c, *number);
}

static void wait_at(struct crowd *c, int host_count)
{
    c->now_us = GW_SECOND;
    c->turns = 0;
    assert_int_equal(gw_admission_create(&config, &c->admission), 0);
    assert_int_equal(gw_admission_enter(c->admission, NULL, NULL, &c->client), 0);
    for (int i = 0; i < CROWD; i++) {
        char host[32];
        snprintf(host, sizeof(host), "10.0.0.%d", i % host_count + 1);
        c->numbers[i] = i;
        assert_int_equal(
            gw_ticket_create(c->client, host, &c->numbers[i], &c->tickets[i]), 0);
    }
    moves = 0;
    for (int i = 0; i < CROWD; i++)
        ask(c, i);
}

static void what_waits_costs_nothing(void **state)
{
    static const int host_counts[] = { 1, 2, 200 };
    static struct crowd c;
    (void)state;

    for (size_t k = 0; k < sizeof(host_counts) / sizeof(*host_counts); k++) {
        wait_at(&c, host_counts[k]);
        for (int i = 0; i < EVENTS; i++)
            let_one_through(&c, i % 2);
        for (int i = 0; i < CROWD; i++) {
            gw_ticket_destroy(c.tickets[i], c.now_us);
            check_moves(&c);
        }
        gw_admission_leave(c.client);
        gw_admission_destroy(c.admission);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_come_as_a_look_at_all_says),
        cmocka_unit_test(what_waits_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
