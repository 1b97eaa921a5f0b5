#include "map/accounts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/change_json.h"

static const struct gw_author author = { .name = "test", .now_ms = 1000 };

static int set_up(void **state)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    if (gw_store_open(NULL, &store, error) < 0)
        return -1;
    *state = store;
    return 0;
}

static int tear_down(void **state)
{
    gw_store_close(*state);
    return 0;
}

static int write_one(struct gw_store *store, const struct gw_account *account, bool add)
{
    assert_int_equal(gw_store_begin(store), 0);
    int r = add ? gw_store_insert_account(store, account, &author)
                : gw_store_update_account(store, account, &author);
    if (r < 0)
        gw_store_rollback(store);
    else
        assert_int_equal(gw_store_commit(store), 0);
    return r;
}

static const struct gw_account wang = {
    .kind = GW_ACCOUNT_USER,
    .name = "王'; DROP TABLE accounts; --",
    .secret = "hash",
    .role = GW_ROLE_VIEWER,
    .scope = "division=370812001\n",
};
static const struct gw_account robot = {
    .kind = GW_ACCOUNT_TOKEN,
    .name = "robot",
    .secret = "digest",
    .role = GW_ROLE_ADMINISTRATOR,
    .expires_ms = 5000,
    .scope = "",
};

static void an_account_is_what_was_written_and_stays_one(void **state)
{
    struct gw_store *store = *state;
    struct gw_accounts *a;
    size_t n;
    assert_int_equal(write_one(store, &wang, true), 0);
    assert_int_equal(write_one(store, &robot, true), 0);
    assert_int_equal(write_one(store, &wang, true), -EEXIST);

    assert_int_equal(gw_accounts_read(store, &a), 0);
    (void)gw_accounts_all(a, &n);
    assert_int_equal(n, 2);
    const struct gw_account_rights *user = gw_accounts_user(a, wang.name);
    assert_non_null(user);
    assert_int_equal(user->account.role, GW_ROLE_VIEWER);
    assert_true(gw_scope_has_division(&user->scope, "370812001002"));
    assert_false(gw_scope_has_division(&user->scope, "370812002"));
    assert_null(gw_accounts_user(a, "robot")); // that is a token
    const struct gw_account_rights *token = gw_accounts_token(a, "digest");
    assert_non_null(token);
    assert_int_equal(token->account.expires_ms, 5000);
    assert_null(gw_accounts_token(a, "hash")); // that is a user's
    gw_accounts_unref(&a);
}

static void each_change_is_later_than_the_one_before(void **state)
{
    struct gw_store *store = *state;
    struct gw_account changed = wang, found;
    assert_int_equal(write_one(store, &wang, true), 0);
    changed.disabled = true;
    changed.role = GW_ROLE_OPERATOR;
    for (uint64_t i = 1; i <= 3; i++) {
        assert_int_equal(write_one(store, &changed, false), 0);
        assert_int_equal(gw_store_find_account(store, GW_ACCOUNT_USER, wang.name, &found),
                         0);
        assert_int_equal(found.changed_ms, 1000 + i); // all within one millisecond
    }
    assert_true(found.disabled);
    assert_int_equal(found.role, GW_ROLE_OPERATOR);
    changed.name = "nobody";
    assert_int_equal(write_one(store, &changed, false), -ENOENT);
    assert_int_equal(gw_store_find_account(store, GW_ACCOUNT_TOKEN, wang.name, &found),
                     -ENOENT);
}

static void only_a_user_who_may_sign_in_is_an_administrator(void **state)
{
    struct gw_store *store = *state;
    struct gw_account boss = { .kind = GW_ACCOUNT_USER,
                               .name = "boss",
                               .secret = "x",
                               .role = GW_ROLE_ADMINISTRATOR,
                               .disabled = true,
                               .scope = "" };
    struct gw_accounts *a;
    assert_int_equal(write_one(store, &robot, true), 0);
    assert_int_equal(write_one(store, &boss, true), 0);
    assert_int_equal(gw_accounts_read(store, &a), 0);
    assert_false(gw_accounts_has_administrator(a));
    gw_accounts_unref(&a);
    boss.disabled = false;
    assert_int_equal(write_one(store, &boss, false), 0);
    assert_int_equal(gw_accounts_read(store, &a), 0);
    assert_true(gw_accounts_has_administrator(a));
    gw_accounts_unref(&a);
}

static int join_changes(void *arg, const struct gw_change *row)
{
    char *out = arg;
    snprintf(out + strlen(out), 512, "%s %s %s>%s|", row->action, row->author,
             row->before, row->after);
    return 0;
}

// The list of changes of cameras does not show them; the table has them, for the audit.
static void changes_are_noted_without_secrets(void **state)
{
    struct gw_store *store = *state;
    struct gw_account changed = wang;
    char *text = gw_account_change_json(&wang, &changed);
    char all[2048] = "";
    assert_string_equal(text, "{}");
    free(text);
    changed.secret = "other";
    changed.scope = "all\n";
    text = gw_account_change_json(&changed, &wang);
    assert_string_equal(text, "{\"scope\":\"all\\n\",\"secret_changed\":true}");
    free(text);
    assert_int_equal(write_one(store, &wang, true), 0);
    assert_int_equal(gw_store_each_change(store, NULL, 0, join_changes, all), 0);
    assert_string_equal(all, "");
}

static void names_are_text(void **state)
{
    static const char *const bad[] = {
        "", " a", "a ", "a\nb", "a\tb", "a/b", "\xff\xfe"
    };
    char longest[GW_ACCOUNT_NAME_MAX + 2];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(gw_account_name_valid(bad[i]));
    memset(longest, 'a', sizeof(longest));
    longest[GW_ACCOUNT_NAME_MAX + 1] = '\0';
    assert_false(gw_account_name_valid(longest));
    longest[GW_ACCOUNT_NAME_MAX] = '\0';
    assert_true(gw_account_name_valid(longest));
    assert_true(gw_account_name_valid("王 小明"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_account_is_what_was_written_and_stays_one,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_change_is_later_than_the_one_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_a_user_who_may_sign_in_is_an_administrator,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_are_noted_without_secrets, set_up,
                                        tear_down),
        cmocka_unit_test(names_are_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
