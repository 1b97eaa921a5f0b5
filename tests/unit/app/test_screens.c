#include "app/screens.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS 1000000ull
#define CODE_MS (GW_SCREEN_CODE_S * 1000ull)

static int setup(void **state)
{
    *state = gw_screens_create();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    gw_screens_destroy(*state);
    return 0;
}

static void a_screen_is_let_in_by_its_code(void **state)
{
    char code[GW_SCREEN_CODE], word[GW_SECRET_TEXT], name[GW_ACCOUNT_NAME_MAX + 1] = "-";
    assert_int_equal(gw_screens_begin(*state, "192.0.2.1", NOW_MS, code, word), 0);
    assert_int_equal(gw_screens_ask(*state, word, NOW_MS, name), -EAGAIN);
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS), 0);
    assert_int_equal(gw_screens_ask(*state, word, NOW_MS, name), -EAGAIN);
    assert_string_equal(name, "-");
    gw_screens_enrol(*state, code, "hall");
    for (int i = 0; i < 2; i++) { // the first answer may be lost
        assert_int_equal(gw_screens_ask(*state, word, NOW_MS + CODE_MS - 1, name), 0);
        assert_string_equal(name, "hall");
    }
    assert_int_equal(gw_screens_ask(*state, word, NOW_MS + CODE_MS, name), -ENOENT);
}

static void a_code_is_good_for_one_screen_once_and_in_time(void **state)
{
    char code[GW_SCREEN_CODE], word[GW_SECRET_TEXT], name[GW_ACCOUNT_NAME_MAX + 1];
    assert_int_equal(gw_screens_begin(*state, "", NOW_MS, code, word), 0);
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS), 0);
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS), -ENOENT); // another is at it
    gw_screens_enrol(*state, code, NULL);
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS), 0);
    gw_screens_enrol(*state, code, "hall");
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS), -ENOENT);
    assert_int_equal(gw_screens_begin(*state, "", NOW_MS, code, word), 0);
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS + CODE_MS), -ENOENT);
    assert_int_equal(gw_screens_ask(*state, word, NOW_MS + CODE_MS, name), -ENOENT);
}

static void a_code_is_read_however_it_is_typed(void **state)
{
    char code[GW_SCREEN_CODE], word[GW_SECRET_TEXT], typed[32];
    assert_int_equal(gw_screens_begin(*state, "", NOW_MS, code, word), 0);
    assert_int_equal(strlen(code), 9);
    assert_int_equal(strspn(code, "34679ACDEFGHJKMNPQRTWXY-"), 9);
    for (size_t i = 0; i <= strlen(code); i++)
        typed[i] = (char)tolower((unsigned char)code[i]);
    typed[4] = ' ';
    assert_int_equal(gw_screens_claim(*state, typed, NOW_MS), 0);
    gw_screens_enrol(*state, typed, NULL);
    snprintf(typed, sizeof(typed), "%.4s%.4s", code, code + 5);
    assert_int_equal(gw_screens_claim(*state, typed, NOW_MS), 0);
    gw_screens_enrol(*state, code, NULL);

    static const char *const bad[] = {
        "", "-", "3333-333", "3333-3333-3", "' OR 1=1 --", "0000-0000"
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_screens_claim(*state, bad[i], NOW_MS), -ENOENT);
    code[0] = code[0] == '3' ? '4' : '3';
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS), -ENOENT);
}

static void the_code_is_not_the_word(void **state)
{
    char code[GW_SCREEN_CODE], word[GW_SECRET_TEXT], name[GW_ACCOUNT_NAME_MAX + 1];
    char other_code[GW_SCREEN_CODE], other_word[GW_SECRET_TEXT];
    assert_int_equal(gw_screens_begin(*state, "", NOW_MS, code, word), 0);
    assert_int_equal(gw_screens_begin(*state, "", NOW_MS, other_code, other_word), 0);
    assert_string_not_equal(code, other_code);
    assert_int_equal(gw_screens_claim(*state, code, NOW_MS), 0);
    gw_screens_enrol(*state, code, "hall");
    assert_int_equal(gw_screens_ask(*state, code, NOW_MS, name), -ENOENT);
    assert_int_equal(gw_screens_ask(*state, "", NOW_MS, name), -ENOENT);
    assert_int_equal(gw_screens_ask(*state, other_word, NOW_MS, name), -EAGAIN);
}

static void as_many_wait_as_may_and_no_more(void **state)
{
    char code[GW_SCREEN_CODE], word[GW_SECRET_TEXT], address[32];
    for (int i = 0; i < GW_SCREENS_OF_ADDRESS; i++)
        assert_int_equal(gw_screens_begin(*state, "192.0.2.1", NOW_MS, code, word), 0);
    assert_int_equal(gw_screens_begin(*state, "192.0.2.1", NOW_MS, code, word), -EBUSY);
    for (int i = GW_SCREENS_OF_ADDRESS; i < GW_SCREENS_WAITING_MAX; i++) {
        snprintf(address, sizeof(address), "198.51.100.%d", i);
        assert_int_equal(gw_screens_begin(*state, address, NOW_MS, code, word), 0);
    }
    assert_int_equal(gw_screens_begin(*state, "203.0.113.1", NOW_MS, code, word), -EBUSY);
    assert_int_equal(gw_screens_begin(*state, "192.0.2.1", NOW_MS + CODE_MS, code, word),
                     0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_screen_is_let_in_by_its_code),
        CASE(a_code_is_good_for_one_screen_once_and_in_time),
        CASE(a_code_is_read_however_it_is_typed),
        CASE(the_code_is_not_the_word),
        CASE(as_many_wait_as_may_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
