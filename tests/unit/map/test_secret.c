#include "map/secret.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_password_is_known_again_and_no_other_is(void **state)
{
    char hash[GW_PASSWORD_HASH], again[GW_PASSWORD_HASH];
    (void)state;
    assert_int_equal(gw_password_hash("correct horse", hash), 0);
    assert_int_equal(gw_password_check("correct horse", hash), 0);
    assert_int_equal(gw_password_check("correct horsf", hash), -EACCES);
    assert_int_equal(gw_password_check("", hash), -EACCES);
    assert_int_equal(gw_password_hash("correct horse", again), 0);
    assert_string_not_equal(hash, again); // each has a salt of its own
    assert_null(strstr(hash, "horse"));
}

// Python's hashlib.scrypt(b"pleaseletmein", salt=bytes(range(16)), n=2**10, r=8, p=2,
// dklen=32): another implementation's cost and hash are read as they are.
static void a_kept_password_of_another_cost_is_checked_by_that_cost(void **state)
{
    static const char hash[] =
        "$scrypt$ln=10,r=8,p=2$000102030405060708090a0b0c0d0e0f$"
        "6997353b083a516bc58b5e23ae57c4b770bc021d4bd1b66c2e3a2b6cd08a1ce3";
    (void)state;
    assert_int_equal(gw_password_check("pleaseletmein", hash), 0);
    assert_int_equal(gw_password_check("pleaseletmeim", hash), -EACCES);
}

static void what_is_no_kept_password_is_refused(void **state)
{
    static const char salt[] = "000102030405060708090a0b0c0d0e0f";
    static const char digits[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    static const char *const bad[] = { "", "x", "$scrypt$", "$scrypt$ln=15,r=8,p=1$$" };
    static const char *const costs[] = { "ln=19,r=8,p=1", "ln=0,r=8,p=1",
                                         "ln=15,r=17,p=1", "ln=15,r=8,p=5" };
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_password_check("password", bad[i]), -EBADMSG);
    for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
        snprintf(text, sizeof(text), "$scrypt$%s$%s$%s", costs[i], salt, digits);
        assert_int_equal(gw_password_check("password", text), -EBADMSG);
    }
    snprintf(text, sizeof(text), "$scrypt$ln=10,r=8,p=1$%s$%s0", salt, digits);
    assert_int_equal(gw_password_check("password", text), -EBADMSG);
}

static void nobody_has_no_password(void **state)
{
    (void)state;
    assert_int_equal(gw_password_check("", NULL), -EACCES);
    assert_int_equal(gw_password_check("anything at all", NULL), -EACCES);
}

static void words_differ(void **state)
{
    char a[GW_SECRET_TEXT], b[GW_SECRET_TEXT];
    (void)state;
    assert_int_equal(gw_secret_word(a), 0);
    assert_int_equal(gw_secret_word(b), 0);
    assert_int_equal(strlen(a), GW_SECRET_TEXT - 1);
    assert_false(gw_secret_equal(a, b));
    assert_true(gw_secret_equal(a, a));
    assert_false(gw_secret_equal(a, ""));
    assert_false(gw_secret_equal("abc", "abcd"));
    assert_false(gw_secret_equal("abcd", "abc"));
    a[10] = '\0';
    assert_false(gw_secret_equal(a, b));
}

// FIPS 180-4's "abc".
static void a_digest_is_the_published_one(void **state)
{
    char text[GW_SECRET_TEXT];
    (void)state;
    assert_int_equal(gw_secret_digest("abc", 3, text), 0);
    assert_string_equal(
        text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_is_known_again_and_no_other_is),
        cmocka_unit_test(a_kept_password_of_another_cost_is_checked_by_that_cost),
        cmocka_unit_test(what_is_no_kept_password_is_refused),
        cmocka_unit_test(nobody_has_no_password),
        cmocka_unit_test(words_differ),
        cmocka_unit_test(a_digest_is_the_published_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
