#include "app/camera_query.h"

#include <errno.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int read_from(const char *text, struct gw_query_string *params,
                     struct gw_camera_question *question, const char **bad)
{
    assert_int_equal(gw_query_string_parse(text, params), 0);
    return gw_camera_question_read(params, question, bad);
}

static void reads_every_parameter(void **state)
{
    struct gw_query_string params;
    struct gw_camera_question q;
    const char *bad = NULL;
    (void)state;
    int r =
        read_from("cell=3708&division=370812&department=d&q=gate&cursor=c&limit=7"
                  "&bbox=170,-1,-170,1&near=116.8,35.5&radius_m=250.5"
                  "&polygon=0,0,1,0,1,1&corridor=1,2,3,4,5,6&width_m=40&status=offline",
                  &params, &q, &bad);
    assert_int_equal(r, 0);
    assert_string_equal(q.query.cell, "3708");
    assert_string_equal(q.query.division, "370812");
    assert_string_equal(q.query.department, "d");
    assert_string_equal(q.query.text, "gate");
    assert_string_equal(q.query.after, "c");
    assert_int_equal(q.query.limit, 7);
    assert_true(q.query.has_box && q.query.west > q.query.east); // over the date line
    assert_true(q.query.has_near && q.query.radius_m == 250.5);
    assert_int_equal(q.query.polygon_points, 3);
    assert_int_equal(q.query.line_points, 3);
    assert_true(q.query.line[5] == 6 && q.query.width_m == 40);
    assert_int_equal(q.state, GW_CAMERA_OFFLINE);
    gw_camera_question_finish(&q);
    gw_query_string_finish(&params);
}

static void asks_for_all_by_default(void **state)
{
    struct gw_query_string params;
    struct gw_camera_question q;
    const char *bad = NULL;
    (void)state;
    assert_int_equal(read_from("", &params, &q, &bad), 0);
    assert_null(q.query.cell);
    assert_false(q.query.has_box);
    assert_false(q.query.has_near);
    assert_int_equal(q.query.limit, GW_CAMERAS_LIMIT_DEFAULT);
    assert_int_equal(q.state, -1);
    gw_camera_question_finish(&q);
    gw_query_string_finish(&params);
}

static void names_the_parameter_that_is_wrong(void **state)
{
    static const char *const cases[][2] = {
        { "limit=0", "limit" },
        { "limit=10001", "limit" },
        { "limit=1.5", "limit" },
        { "limit=x", "limit" },
        { "bbox=1,2,3", "bbox" },
        { "bbox=1,2,3,nan", "bbox" },
        { "bbox=0,5,1,4", "bbox" },
        { "near=200,0", "near" },
        { "near=1,2,3", "near" },
        { "radius_m=5", "radius_m" },
        { "near=1,1&radius_m=0", "radius_m" },
        { "polygon=0,0,1,1", "polygon" },
        { "polygon=0,0,1,0,1,1,2", "polygon" },
        { "corridor=0,0,1,1", "corridor" },
        { "corridor=0,0&width_m=1", "corridor" },
        { "corridor=0,0,1,100&width_m=1", "corridor" },
        { "corridor=0,0,1,1&width_m=0", "width_m" },
        { "width_m=5", "width_m" },
        { "polygon=0,0,1,0,1,1&width_m=5", "width_m" },
        { "status=broken", "status" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct gw_query_string params;
        struct gw_camera_question q;
        const char *bad = NULL;
        assert_int_equal(read_from(cases[i][0], &params, &q, &bad), -EINVAL);
        assert_string_equal(bad, cases[i][1]);
        assert_non_null(strstr(gw_camera_question_help(bad).en, bad));
        gw_query_string_finish(&params);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_parameter),
        cmocka_unit_test(asks_for_all_by_default),
        cmocka_unit_test(names_the_parameter_that_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
