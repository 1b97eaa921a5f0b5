// Who is in and for how long, by a clock that is given.

#include "app/lockout.h"
#include "app/sessions.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000ull)
#define DAY_MS (24 * HOUR_MS)
#define NOW_MS (20000 * DAY_MS)

static struct gw_account_rights rights_of(enum gw_account_kind kind, enum gw_role role)
{
    return (struct gw_account_rights) {
        .account = { .num = 7,
                     .kind = kind,
                     .name = "wang",
                     .role = role,
                     .changed_ms = 5,
                     .scope = "" },
        .scope = { .all = true },
    };
}

static int setup(void **state)
{
    *state = gw_sessions_create();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    gw_sessions_destroy(*state);
    return 0;
}

static void enter(struct gw_sessions *s, const char *digest,
                  const struct gw_account_rights *rights, uint64_t now_ms,
                  uint64_t until_ms)
{
    struct gw_guest *guest;
    assert_int_equal(gw_sessions_enter(s, digest, rights, now_ms, until_ms, &guest), 0);
    gw_guest_unref(&guest);
}

static bool is_in(struct gw_sessions *s, const char *digest, uint64_t now_ms)
{
    struct gw_guest *guest = gw_sessions_find(s, digest, now_ms);
    bool in = guest;
    if (guest)
        gw_guest_unref(&guest);
    return in;
}

static void who_is_not_heard_of_for_half_a_day_is_out(void **state)
{
    const struct gw_account_rights user = rights_of(GW_ACCOUNT_USER, GW_ROLE_VIEWER);
    enter(*state, "aa", &user, NOW_MS, 0);
    assert_true(is_in(*state, "aa", NOW_MS + 12 * HOUR_MS - 1)); // and is heard of now
    assert_true(is_in(*state, "aa", NOW_MS + 24 * HOUR_MS - 2));
    assert_false(is_in(*state, "aa", NOW_MS + 36 * HOUR_MS - 2));
}

static void who_is_heard_of_all_the_time_is_out_after_a_week(void **state)
{
    const struct gw_account_rights user = rights_of(GW_ACCOUNT_USER, GW_ROLE_VIEWER);
    enter(*state, "aa", &user, NOW_MS, 0);
    for (uint64_t t = NOW_MS; t < NOW_MS + 7 * DAY_MS; t += HOUR_MS)
        assert_true(is_in(*state, "aa", t));
    assert_false(is_in(*state, "aa", NOW_MS + 7 * DAY_MS));
}

static void a_wall_screen_stays_a_month_silent_and_a_year_in_all(void **state)
{
    const struct gw_account_rights screen =
        rights_of(GW_ACCOUNT_USER, GW_ROLE_WALL_SCREEN);
    enter(*state, "aa", &screen, NOW_MS, 0);
    enter(*state, "bb", &screen, NOW_MS, 0);
    for (uint64_t t = NOW_MS; t < NOW_MS + 365 * DAY_MS; t += 29 * DAY_MS)
        assert_true(is_in(*state, "aa", t));
    assert_true(is_in(*state, "aa", NOW_MS + 365 * DAY_MS - 1));
    assert_false(is_in(*state, "aa", NOW_MS + 365 * DAY_MS));
    assert_false(is_in(*state, "bb", NOW_MS + 30 * DAY_MS));
}

static void a_token_is_in_until_it_expires(void **state)
{
    struct gw_account_rights token = rights_of(GW_ACCOUNT_TOKEN, GW_ROLE_VIEWER);
    token.account.expires_ms = NOW_MS + 100 * DAY_MS;
    enter(*state, "aa", &token, NOW_MS, 0);
    assert_true(is_in(*state, "aa", NOW_MS + 100 * DAY_MS - 1)); // silent all the while
    assert_false(is_in(*state, "aa", NOW_MS + 100 * DAY_MS));
}

static void one_that_was_kept_has_the_end_and_the_silence_that_it_had(void **state)
{
    const struct gw_account_rights user = rights_of(GW_ACCOUNT_USER, GW_ROLE_VIEWER);
    enter(*state, "aa", &user, NOW_MS, NOW_MS + HOUR_MS);
    assert_true(is_in(*state, "aa", NOW_MS + HOUR_MS - 1));
    assert_false(is_in(*state, "aa", NOW_MS + HOUR_MS));
    enter(*state, "bb", &user, NOW_MS, NOW_MS + 7 * DAY_MS);
    assert_false(is_in(*state, "bb", NOW_MS + 12 * HOUR_MS));
}

static void that_it_was_heard_of_is_due_now_and_then(void **state)
{
    const struct gw_account_rights user = rights_of(GW_ACCOUNT_USER, GW_ROLE_VIEWER);
    const struct gw_account_rights token = rights_of(GW_ACCOUNT_TOKEN, GW_ROLE_VIEWER);
    struct gw_guest *guest;
    assert_int_equal(gw_sessions_enter(*state, "aa", &user, NOW_MS, 0, &guest), 0);
    assert_string_equal(gw_guest_session(guest), "aa");
    uint64_t due_ms = NOW_MS + 12 * HOUR_MS / 16;
    assert_false(gw_guest_is_due(guest, due_ms - 1));
    assert_true(gw_guest_is_due(guest, due_ms));
    assert_false(gw_guest_is_due(guest, due_ms)); // once
    assert_false(gw_guest_is_due(guest, 2 * due_ms - NOW_MS - 1));
    assert_true(gw_guest_is_due(guest, 2 * due_ms - NOW_MS));
    gw_guest_unref(&guest);
    assert_int_equal(gw_sessions_enter(*state, "bb", &token, NOW_MS, 0, &guest), 0);
    assert_false(gw_guest_is_due(guest, NOW_MS + DAY_MS)); // nothing is kept of it
    gw_guest_unref(&guest);
}

static void too_many_of_one_end_the_one_that_was_silent_longest(void **state)
{
    const struct gw_account_rights user = rights_of(GW_ACCOUNT_USER, GW_ROLE_VIEWER);
    char digest[16];
    for (unsigned i = 0; i < GW_SESSIONS_OF_USER; i++) {
        snprintf(digest, sizeof(digest), "%08x", i);
        enter(*state, digest, &user, NOW_MS + i, 0);
    }
    assert_true(is_in(*state, "00000000", NOW_MS + HOUR_MS)); // now "1" is the oldest
    enter(*state, "ffff", &user, NOW_MS + HOUR_MS, 0);
    assert_true(is_in(*state, "00000000", NOW_MS + HOUR_MS));
    assert_false(is_in(*state, "00000001", NOW_MS + HOUR_MS));
    assert_true(is_in(*state, "00000002", NOW_MS + HOUR_MS));
}

static void an_address_waits_after_many_names(void **state)
{
    struct gw_lockout *l = gw_lockout_create();
    (void)state;
    assert_non_null(l);
    for (int i = 0; i < GW_LOCKOUT_FREE_ADDRESS - 1; i++)
        gw_lockout_fail(l, "from 192.0.2.1", GW_LOCKOUT_FREE_ADDRESS, NOW_MS);
    assert_int_equal(gw_lockout_wait_s(l, "from 192.0.2.1", NOW_MS), 0);
    uint32_t wait_s = 0;
    for (int i = 0; i < 12; i++) {
        gw_lockout_fail(l, "from 192.0.2.1", GW_LOCKOUT_FREE_ADDRESS, NOW_MS);
        wait_s = wait_s ? wait_s * 2 : 1;
        if (wait_s > GW_LOCKOUT_MAX_S)
            wait_s = GW_LOCKOUT_MAX_S;
        assert_int_equal(gw_lockout_wait_s(l, "from 192.0.2.1", NOW_MS), wait_s);
    }
    assert_int_equal(gw_lockout_wait_s(l, "from 192.0.2.2", NOW_MS), 0);
    assert_int_equal(gw_lockout_wait_s(l, "from 192.0.2.1", NOW_MS + 899999), 1);
    assert_int_equal(gw_lockout_wait_s(l, "from 192.0.2.1", NOW_MS + 900000), 0);
    // Forgotten after a day without a failure.
    uint64_t later_ms = NOW_MS + GW_LOCKOUT_FORGET_S * 1000ull + 1;
    gw_lockout_fail(l, "from 192.0.2.1", GW_LOCKOUT_FREE_ADDRESS, later_ms);
    assert_int_equal(gw_lockout_wait_s(l, "from 192.0.2.1", later_ms), 0);
    gw_lockout_destroy(l);
}

static void many_who_fail_push_out_those_who_failed_longest_ago(void **state)
{
    struct gw_lockout *l = gw_lockout_create();
    char key[32];
    (void)state;
    assert_non_null(l);
    for (int i = 0; i < 5; i++)
        gw_lockout_fail(l, "user first", 5, NOW_MS);
    for (unsigned i = 1; i < GW_LOCKOUT_ROWS; i++) {
        snprintf(key, sizeof(key), "user %u", i);
        gw_lockout_fail(l, key, 5, NOW_MS + i);
    }
    assert_int_equal(gw_lockout_wait_s(l, "user first", NOW_MS), 1);
    gw_lockout_fail(l, "user last", 5, NOW_MS + GW_LOCKOUT_ROWS);
    assert_int_equal(gw_lockout_wait_s(l, "user first", NOW_MS), 0);
    gw_lockout_destroy(l);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(who_is_not_heard_of_for_half_a_day_is_out),
        CASE(who_is_heard_of_all_the_time_is_out_after_a_week),
        CASE(a_wall_screen_stays_a_month_silent_and_a_year_in_all),
        CASE(a_token_is_in_until_it_expires),
        CASE(one_that_was_kept_has_the_end_and_the_silence_that_it_had),
        CASE(that_it_was_heard_of_is_due_now_and_then),
        CASE(too_many_of_one_end_the_one_that_was_silent_longest),
        cmocka_unit_test(an_address_waits_after_many_names),
        cmocka_unit_test(many_who_fail_push_out_those_who_failed_longest_ago),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
