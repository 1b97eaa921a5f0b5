#include "app/audit_refusals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    *state = gw_audit_refusals_create();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    gw_audit_refusals_destroy(*state);
    return 0;
}

static struct gw_audit_entry refusal(const char *address, uint64_t at_ms)
{
    return (struct gw_audit_entry) { .at_ms = at_ms,
                                     .who = "user: li",
                                     .address = address,
                                     .session = "",
                                     .action = "request",
                                     .subject = "/metrics",
                                     .outcome = "refused",
                                     .details = "" };
}

struct told {
    char text[512];
    unsigned count;
};

static void on_entry(void *arg, const struct gw_audit_entry *e)
{
    struct told *told = arg;
    told->count++;
    snprintf(told->text, sizeof(told->text), "%s %s %s %llu %s", e->who, e->address,
             e->action, (unsigned long long)e->at_ms, e->details);
}

static void equal_ones_of_a_minute_are_told_once_and_counted(void **state)
{
    struct told told = { .count = 0 };
    for (uint64_t i = 0; i < 1000; i++) {
        const struct gw_audit_entry e = refusal("10.0.0.1", 5000 + i);
        assert_int_equal(gw_audit_refusals_note(*state, &e), i == 0);
    }
    const struct gw_audit_entry other = refusal("10.0.0.2", 5000);
    assert_true(gw_audit_refusals_note(*state, &other));

    assert_int_equal(gw_audit_refusals_tell(*state, 64999, on_entry, &told), 65000);
    assert_int_equal(told.count, 0);
    assert_int_equal(gw_audit_refusals_tell(*state, 65000, on_entry, &told), UINT64_MAX);
    assert_int_equal(told.count, 1); // the other came once, and was told
    assert_string_equal(told.text, "user: li 10.0.0.1 request 5999 "
                                   "{\"count\":999,\"from_ms\":5000}");
    const struct gw_audit_entry again = refusal("10.0.0.1", 65000);
    assert_true(gw_audit_refusals_note(*state, &again)); // a new minute
}

static void many_kinds_at_once_are_one(void **state)
{
    struct told told = { .count = 0 };
    char address[32];
    unsigned alone = 0;
    for (unsigned i = 0; i < GW_AUDIT_REFUSALS_ROWS + 500; i++) {
        snprintf(address, sizeof(address), "10.0.%u.%u", i / 256, i % 256);
        const struct gw_audit_entry e = refusal(address, 7000);
        alone += gw_audit_refusals_note(*state, &e);
    }
    assert_int_equal(alone, GW_AUDIT_REFUSALS_ROWS);
    gw_audit_refusals_tell(*state, UINT64_MAX, on_entry, &told);
    assert_int_equal(told.count, 1);
    assert_string_equal(told.text,
                        "  refused_others 7000 {\"count\":500,\"from_ms\":7000}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equal_ones_of_a_minute_are_told_once_and_counted),
        TEST(many_kinds_at_once_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
