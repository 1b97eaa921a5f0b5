#include "map/scope.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/rights.h"

static struct gw_scope read(const char *text)
{
    struct gw_scope scope;
    size_t line;
    assert_int_equal(gw_scope_read(text, &scope, &line), 0);
    return scope;
}

static void a_set_takes_in_by_any_word_and_an_empty_one_by_all(void **state)
{
    struct gw_scope s = read("division=370812001\ndivision=370812002001\n"
                             "department=卫健局\ntag=school\n");
    (void)state;
    assert_true(gw_scope_has_division(&s, "370812001007"));
    assert_true(gw_scope_has_division(&s, "370812002001"));
    assert_false(gw_scope_has_division(&s, "370812002002"));
    assert_false(gw_scope_has_division(&s, ""));
    assert_true(gw_scope_has_department(&s, "卫健局"));
    assert_false(gw_scope_has_department(&s, "卫健"));
    assert_true(gw_scope_has_tag(&s, "bridge,school"));
    assert_false(gw_scope_has_tag(&s, "schools"));
    assert_false(gw_scope_is_empty(&s));
    assert_int_equal(s.count[GW_SCOPE_CELLS], 0);
    gw_scope_finish(&s);

    s = read("tag=a\n");
    assert_true(gw_scope_has_division(&s, "370812002002"));
    assert_true(gw_scope_has_department(&s, ""));
    gw_scope_finish(&s);
}

static void nothing_is_nothing_and_all_is_said(void **state)
{
    struct gw_scope s = read("");
    (void)state;
    assert_true(gw_scope_is_empty(&s));
    assert_false(s.all);
    gw_scope_finish(&s);
    s = read("all\n");
    assert_true(s.all);
    assert_false(gw_scope_is_empty(&s));
    gw_scope_finish(&s);
}

static void what_is_no_scope_is_refused_with_its_line(void **state)
{
    static const char *const bad[] = { "everything",
                                       "division=",
                                       "division=../x",
                                       "cell=a b",
                                       "department=",
                                       "department=a\x01"
                                       "b",
                                       "tag=a,b",
                                       " all",
                                       "allotment",
                                       "DIVISION=370812" };
    struct gw_scope s;
    char text[GW_SCOPE_TEXT_MAX + 100] = "";
    size_t line = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        snprintf(text, sizeof(text), "tag=x\n\n%s\n", bad[i]);
        assert_int_equal(gw_scope_read(text, &s, &line), -EINVAL);
        assert_int_equal(line, 3);
    }
    memset(text, '\n', GW_SCOPE_TEXT_MAX + 1);
    text[GW_SCOPE_TEXT_MAX + 1] = '\0';
    assert_int_equal(gw_scope_read(text, &s, &line), -EMSGSIZE);
    *text = '\0';
    for (int i = 0; i <= GW_SCOPE_WORDS_MAX; i++)
        snprintf(text + strlen(text), 16, "cell=%d\n", i);
    assert_int_equal(gw_scope_read(text, &s, &line), -EMSGSIZE);
    assert_int_equal(line, GW_SCOPE_WORDS_MAX + 1);
    snprintf(text, sizeof(text), "department=%0*d\n", GW_SCOPE_WORD_MAX + 1, 7);
    assert_int_equal(gw_scope_read(text, &s, &line), -EMSGSIZE);
}

static void a_copy_stands_by_itself(void **state)
{
    (void)state;
    struct gw_scope s = read("division=370812001\ntag=school\n"), copy;
    assert_int_equal(gw_scope_copy(&s, &copy), 0);
    memset(s.text, 'x', s.text_bytes);
    gw_scope_finish(&s);
    assert_true(gw_scope_has_division(&copy, "370812001007"));
    assert_true(gw_scope_has_tag(&copy, "school"));
    assert_false(gw_scope_has_tag(&copy, "bridge"));
    gw_scope_finish(&copy);
}

// The table as the documentation has it, written down a second time.
static void each_role_may_do_what_it_is_for(void **state)
{
    static const char may[GW_ROLES][GW_ACTIONS + 1] = {
        [GW_ROLE_ADMINISTRATOR] = "yyyyy", [GW_ROLE_INTEGRATOR] = "yyyyn",
        [GW_ROLE_DISPATCHER] = "yynyn",    [GW_ROLE_OPERATOR] = "yynnn",
        [GW_ROLE_VIEWER] = "yynnn",        [GW_ROLE_WALL_SCREEN] = "yynnn",
    };
    (void)state;
    for (int role = 0; role < GW_ROLES; role++) {
        assert_int_equal(gw_role_of_name(gw_role_name((enum gw_role)role)), role);
        for (int action = 0; action < GW_ACTIONS; action++)
            assert_int_equal(gw_role_may((enum gw_role)role, (enum gw_action)action),
                             may[role][action] == 'y');
    }
    assert_int_equal(gw_role_of_name("root"), GW_ROLES);
    assert_int_equal(gw_role_of_name(""), GW_ROLES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_takes_in_by_any_word_and_an_empty_one_by_all),
        cmocka_unit_test(nothing_is_nothing_and_all_is_said),
        cmocka_unit_test(what_is_no_scope_is_refused_with_its_line),
        cmocka_unit_test(a_copy_stands_by_itself),
        cmocka_unit_test(each_role_may_do_what_it_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
