#include "map/column_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct gw_column_names names;
static struct gw_column_file_problem problem;

static int parse(const char *text)
{
    names = (struct gw_column_names) { 0 };
    problem = (struct gw_column_file_problem) { 0 };
    return gw_column_file_parse(text, strlen(text), &names, &problem);
}

static void names_are_as_the_file_says(void **state)
{
    (void)state;
    assert_int_equal(parse("\xef\xbb\xbf# of the health department\r\n\r\n"
                           "  id = 点位 唯一=标识 \r\n设备名称=CAM_NAME\n"
                           "ignore = 设备编码\nignore = 备注"),
                     0);
    assert_int_equal(names.count, 4);
    assert_int_equal(gw_column_names_find(&names, "点位 唯一=标识"), GW_COLUMN_ID);
    assert_int_equal(gw_column_names_find(&names, "cam_name"), GW_COLUMN_NAME);
    assert_int_equal(gw_column_names_find(&names, "设备编码"), GW_COLUMN_IGNORED);
    assert_int_equal(gw_column_names_find(&names, "备注"), GW_COLUMN_IGNORED);
    assert_int_equal(gw_column_names_find(&names, "经度"), GW_COLUMN_LON);
    // What has a name now has no other.
    assert_int_equal(gw_column_names_find(&names, "设备名称"), GW_COLUMNS);
    assert_int_equal(gw_column_names_find(&names, "id"), GW_COLUMNS);
    assert_int_equal(gw_column_names_find(NULL, "设备编码"), GW_COLUMN_ID);
}

static void expect_problem(const char *text, size_t line, const char *value)
{
    assert_int_equal(parse(text), -EBADMSG);
    assert_int_equal(problem.line, line);
    assert_string_equal(problem.value, value);
    assert_true(*problem.what.en && *problem.what.zh);
    assert_int_equal(names.count, 0); // untouched
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    char text[256];
    (void)state;
    expect_problem("# x\n\ncamera = a\n", 3, "camera");
    expect_problem("id = a\nname = b\n设备编码 = c\n", 3, "设备编码"); // is id, twice
    expect_problem("id = a\nname = A\n", 2, "A");
    expect_problem("ignore = a\nid = a\n", 2, "a");
    expect_problem("id a\n", 1, "id a");
    expect_problem("id = \n", 1, "id =");
    expect_problem("= a\n", 1, "= a");
    expect_problem("id = \xc9\xe8\n", 1, "");
    snprintf(text, sizeof(text), "id = %0128d", 1);
    assert_int_equal(parse(text), -EBADMSG);
    snprintf(text, sizeof(text), "id = %0127d", 1);
    assert_int_equal(parse(text), 0);
}

static void there_is_a_bound(void **state)
{
    static char text[8192];
    size_t len = 0;
    (void)state;
    for (int i = 0; i < GW_COLUMN_NAMES_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "ignore = c%d\n", i);
    assert_int_equal(parse(text), 0);
    assert_int_equal(names.count, GW_COLUMN_NAMES_MAX);
    strcpy(text + len, "id = one more");
    expect_problem(text, GW_COLUMN_NAMES_MAX + 1, "id = one more");
}

static void a_file_that_is_not_there_is_told(void **state)
{
    (void)state;
    assert_int_equal(gw_column_file_read("/nonexistent", &names, &problem), -ENOENT);
    assert_int_equal(gw_column_file_read("/", &names, &problem), -EISDIR);
    assert_int_equal(gw_column_file_read("/dev/zero", &names, &problem), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_as_the_file_says),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
        cmocka_unit_test(there_is_a_bound),
        cmocka_unit_test(a_file_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
