#include "base/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_cause_speaks_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < GW_CAUSES; i++) {
        struct gw_text text = gw_cause_text((enum gw_cause)i);
        assert_non_null(gw_cause_name((enum gw_cause)i));
        assert_non_null(text.en);
        assert_non_null(text.zh);
        assert_string_not_equal(text.en, text.zh);
    }
}

// Nobody can call a source that pushes: what may befall it, too, promises no connection.
static void words_of_an_end_hold_for_what_pushes(void **state)
{
    static const enum gw_cause causes[] = { GW_CAUSE_STALLED, GW_CAUSE_CLOSED };
    (void)state;
    for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++) {
        struct gw_text text = gw_cause_text(causes[i]);
        assert_null(strstr(text.en, "onnected anew"));
        assert_null(strstr(text.zh, "重新连接"));
    }
}

static void names_are_told_apart(void **state)
{
    (void)state;
    for (int i = 0; i < GW_SOURCE_STATES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(gw_source_state_name((enum gw_source_state)i),
                                    gw_source_state_name((enum gw_source_state)k));
    for (int i = 0; i < GW_CAUSES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(gw_cause_name((enum gw_cause)i),
                                    gw_cause_name((enum gw_cause)k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cause_speaks_both_languages),
        cmocka_unit_test(words_of_an_end_hold_for_what_pushes),
        cmocka_unit_test(names_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
