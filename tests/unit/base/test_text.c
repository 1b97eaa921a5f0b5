#include "base/text.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_first_variable_that_is_set_decides(void **state)
{
    (void)state;
    setenv("LC_ALL", "", 1);
    setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
    setenv("LANG", "en_US.UTF-8", 1);
    assert_int_equal(gw_lang_of_terminal(), GW_LANG_ZH);
    setenv("LC_ALL", "C", 1);
    assert_int_equal(gw_lang_of_terminal(), GW_LANG_EN);
}

static void a_browser_names_its_favourite_first(void **state)
{
    (void)state;
    assert_int_equal(gw_lang_of_header("zh-CN,zh;q=0.9,en;q=0.8"), GW_LANG_ZH);
    assert_int_equal(gw_lang_of_header("en-GB,en;q=0.9,zh;q=0.1"), GW_LANG_EN);
    assert_int_equal(gw_lang_of_header("de"), GW_LANG_EN);
    assert_int_equal(gw_lang_of_header(NULL), GW_LANG_EN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_variable_that_is_set_decides),
        cmocka_unit_test(a_browser_names_its_favourite_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
