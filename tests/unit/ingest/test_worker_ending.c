// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/worker/ending.h"

#include <signal.h>

static void a_status_comes_back_as_its_cause(void **state)
{
    (void)state;
    for (int cause = GW_CAUSE_NONE + 1; cause < GW_CAUSES; cause++) {
        int status = gw_worker_exit_status((enum gw_cause)cause);
        assert_in_range(status, 3, 125);  // no tool's, no shell's
        assert_int_not_equal(status, 23); // LeakSanitizer's
        assert_int_equal(gw_worker_ending(true, status), cause);
    }
}

static void whatever_no_worker_says_is_a_crash(void **state)
{
    static const int statuses[] = { -1, 0, 1, 2, 23, 63, 126, 127, 255 };
    (void)state;

    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
        assert_int_equal(gw_worker_ending(true, statuses[i]), GW_CAUSE_WORKER);
    assert_int_equal(gw_worker_ending(true, gw_worker_exit_status(GW_CAUSE_NONE)),
                     GW_CAUSE_WORKER);
    assert_int_equal(gw_worker_ending(true, gw_worker_exit_status(GW_CAUSES)),
                     GW_CAUSE_WORKER);
}

static void a_signal_is_a_crash_whatever_its_number(void **state)
{
    (void)state;
    for (int signal = 1; signal <= SIGRTMAX; signal++)
        assert_int_equal(gw_worker_ending(false, signal), GW_CAUSE_WORKER);
    assert_int_equal(gw_worker_ending(false, gw_worker_exit_status(GW_CAUSE_TIMEOUT)),
                     GW_CAUSE_WORKER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_comes_back_as_its_cause),
        cmocka_unit_test(whatever_no_worker_says_is_a_crash),
        cmocka_unit_test(a_signal_is_a_crash_whatever_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
