#include "base/monitor.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { TURNS = 1000 };
#define LATER_US (60ull * GW_SECOND) // never in a test that passes

static void a_deadline_that_has_come_ends_the_wait(void **state)
{
    (void)state;
    struct gw_monitor m;
    assert_int_equal(gw_monitor_init(&m), 0);
    gw_monitor_enter(&m);
    uint64_t start_us = gw_clock_now_us();
    assert_false(gw_monitor_wait_until(&m, start_us - 1));
    while (gw_monitor_wait_until(&m, start_us + 5 * GW_MS))
        ;
    assert_true(gw_clock_now_us() >= start_us + 5 * GW_MS);
    gw_monitor_leave(&m);
    gw_monitor_destroy(&m);
}

// Two threads that take turns: each waits until the other has had its own.
struct game {
    struct gw_monitor monitor;
    int turns;
    bool late;
};

static void take_turns(struct game *g, int remainder)
{
    gw_monitor_enter(&g->monitor);
    while (g->turns < TURNS) {
        if (g->turns % 2 == remainder) {
            g->turns++;
            gw_monitor_signal(&g->monitor);
        } else if (!gw_monitor_wait_until(&g->monitor, gw_clock_now_us() + LATER_US)) {
            g->late = true;
            break;
        }
    }
    gw_monitor_leave(&g->monitor);
}

static void *other(void *arg)
{
    take_turns(arg, 1);
    return NULL;
}

static void a_signal_wakes_who_waits(void **state)
{
    (void)state;
    struct game g = { 0 };
    pthread_t thread;
    assert_int_equal(gw_monitor_init(&g.monitor), 0);
    assert_int_equal(pthread_create(&thread, NULL, other, &g), 0);
    take_turns(&g, 0);
    pthread_join(thread, NULL);
    assert_int_equal(g.turns, TURNS);
    assert_false(g.late);
    gw_monitor_destroy(&g.monitor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_that_has_come_ends_the_wait),
        cmocka_unit_test(a_signal_wakes_who_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
