#include "map/labels.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void words_come_sorted_once_and_without_spaces(void **state)
{
    static const char *const cases[][2] = {
        { "", "" },
        { " , ;", "" },
        { "school", "school" },
        { "school, bridge;school | bridge", "bridge,school" },
        { "学校、桥，河；河｜road side", "road side,学校,桥,河" },
        { "ab,a", "a,ab" },
    };
    char labels[GW_LABELS_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_int_equal(gw_labels_read(cases[i][0], labels), 0);
        assert_string_equal(labels, cases[i][1]);
        // What was read reads the same again.
        assert_int_equal(gw_labels_read(cases[i][1], labels), 0);
        assert_string_equal(labels, cases[i][1]);
    }
}

static void too_many_and_too_long_are_refused(void **state)
{
    char text[GW_LABELS_BYTES * 2] = "", labels[GW_LABELS_BYTES] = "untouched";
    (void)state;
    for (int i = 0; i <= GW_LABELS_MAX; i++)
        snprintf(text + strlen(text), 8, "w%d,", i);
    assert_int_equal(gw_labels_read(text, labels), -EMSGSIZE);
    memset(text, 'x', GW_LABEL_MAX + 1);
    text[GW_LABEL_MAX + 1] = '\0';
    assert_int_equal(gw_labels_read(text, labels), -EMSGSIZE);
    assert_string_equal(labels, "untouched");
    text[GW_LABEL_MAX] = '\0';
    assert_int_equal(gw_labels_read(text, labels), 0);
    assert_int_equal(gw_labels_read("a\nb", labels), -EBADMSG);
    assert_int_equal(gw_labels_read("\xff", labels), -EBADMSG);
}

// The most there may be fits.
static void as_many_as_may_be_fit(void **state)
{
    char text[GW_LABELS_BYTES * 2] = "", labels[GW_LABELS_BYTES];
    (void)state;
    for (int i = 0; i < GW_LABELS_MAX; i++)
        snprintf(text + strlen(text), GW_LABEL_MAX + 2, "%0*d,", GW_LABEL_MAX, i);
    assert_int_equal(gw_labels_read(text, labels), 0);
    assert_int_equal(strlen(labels), GW_LABELS_BYTES - 1);
}

static void a_label_is_found_whole_only(void **state)
{
    (void)state;
    assert_true(gw_labels_contain("bridge,school", "bridge"));
    assert_true(gw_labels_contain("bridge,school", "school"));
    assert_false(gw_labels_contain("bridge,school", "bridg"));
    assert_false(gw_labels_contain("bridge,school", "ridge"));
    assert_false(gw_labels_contain("bridge,school", "bridge,school"));
    assert_false(gw_labels_contain("", ""));
}

static void a_separator_is_in_no_word(void **state)
{
    (void)state;
    assert_true(gw_label_valid("桥 1"));
    assert_false(gw_label_valid(""));
    assert_false(gw_label_valid("a,b"));
    assert_false(gw_label_valid("a、b"));
    assert_false(gw_label_valid("a\tb"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_sorted_once_and_without_spaces),
        cmocka_unit_test(too_many_and_too_long_are_refused),
        cmocka_unit_test(as_many_as_may_be_fit),
        cmocka_unit_test(a_label_is_found_whole_only),
        cmocka_unit_test(a_separator_is_in_no_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
