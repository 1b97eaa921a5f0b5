#include "map/store_sessions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "map/accounts.h"

static const struct gw_author author = { .name = "test", .now_ms = 1000 };
enum { NOW_MS = 5000 };

static int setup(void **state)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    const struct gw_account wang = { .kind = GW_ACCOUNT_USER,
                                     .name = "wang",
                                     .secret = "",
                                     .role = GW_ROLE_VIEWER,
                                     .scope = "" };
    if (gw_store_open(NULL, &store, error) < 0)
        return -1;
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_store_insert_account(store, &wang, &author), 0);
    assert_int_equal(gw_store_commit(store), 0);
    *state = store;
    return 0;
}

static int teardown(void **state)
{
    gw_store_close(*state);
    return 0;
}

static void write_one(struct gw_store *store, enum gw_session_verb verb,
                      const char *digest, uint64_t generation, uint64_t heard_ms,
                      uint64_t until_ms)
{
    const struct gw_kept_session s = { digest, 1, generation, heard_ms, until_ms };
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_store_write_session(store, verb, &s, NOW_MS), 0);
    assert_int_equal(gw_store_commit(store), 0);
}

struct kept {
    char text[8192];
    unsigned count;
};

static int on_row(void *arg, const struct gw_kept_session *row)
{
    struct kept *k = arg;
    size_t len = strlen(k->text);
    k->count++;
    snprintf(k->text + len, sizeof(k->text) - len, "%s:%u:%d:%d:%d ", row->digest,
             row->account, (int)row->generation, (int)row->heard_ms, (int)row->until_ms);
    return 0;
}

static struct kept read_all(struct gw_store *store)
{
    struct kept k = { "", 0 };
    assert_int_equal(gw_store_each_session(store, on_row, &k), 0);
    return k;
}

static void what_was_kept_is_read_heard_of_and_left(void **state)
{
    write_one(*state, GW_SESSION_ENTER, "aa", 1000, 6000, 9000);
    write_one(*state, GW_SESSION_ENTER, "bb", 1000, 6001, 9001);
    assert_string_equal(read_all(*state).text,
                        "aa:1:1000:6000:9000 bb:1:1000:6001:9001 ");
    write_one(*state, GW_SESSION_HEARD, "aa", 0, 7000, 0);
    write_one(*state, GW_SESSION_HEARD, "bb", 0, 5, 0); // never backwards
    assert_string_equal(read_all(*state).text,
                        "aa:1:1000:7000:9000 bb:1:1000:6001:9001 ");
    write_one(*state, GW_SESSION_LEAVE, "aa", 0, 0, 0);
    write_one(*state, GW_SESSION_HEARD, "aa", 0, 8000, 0); // comes too late: stays out
    assert_string_equal(read_all(*state).text, "bb:1:1000:6001:9001 ");
}

static void what_is_over_goes_with_the_next_who_enters(void **state)
{
    write_one(*state, GW_SESSION_ENTER, "of other rights", 999, 6000, 9000);
    write_one(*state, GW_SESSION_ENTER, "over", 1000, 6000, NOW_MS);
    write_one(*state, GW_SESSION_ENTER, "new", 1000, 6000, NOW_MS + 1);
    assert_string_equal(read_all(*state).text, "new:1:1000:6000:5001 ");
}

static void an_account_has_so_many_and_keeps_those_heard_of_last(void **state)
{
    char digest[16];
    for (unsigned i = 0; i < GW_SESSIONS_OF_USER + 3; i++) {
        snprintf(digest, sizeof(digest), "%03u", i);
        write_one(*state, GW_SESSION_ENTER, digest, 1000, 6000 + i, 9000);
    }
    struct kept k = read_all(*state);
    assert_int_equal(k.count, GW_SESSIONS_OF_USER);
    assert_memory_equal(k.text, "003:", 4);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_was_kept_is_read_heard_of_and_left),
        CASE(what_is_over_goes_with_the_next_who_enters),
        CASE(an_account_has_so_many_and_keeps_those_heard_of_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
