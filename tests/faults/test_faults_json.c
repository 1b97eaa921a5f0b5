// Good JSON while memory is short: each allocation of its reading fails, in turn. Whoever
// sent it is told that, and never that it is malformed.

#include "app/json.h"
#include "map/geojson.h"
#include "map/polygon.h"
#include "tests/faults/alloc.h"
#include "ws/control.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int read_control(const char *text)
{
    struct gw_control control;
    return gw_control_parse(text, strlen(text), &control);
}

static int read_camera(const char *text)
{
    struct gw_camera_edit edit;
    struct gw_json_edit *doc = NULL;
    const char *field;
    int r = gw_json_parse_camera(text, strlen(text), &edit, &doc, &field);
    gw_json_edit_free(doc);
    return r;
}

static int on_area(void *arg, const struct gw_geojson_area *area)
{
    (void)arg;
    (void)area;
    return 0;
}

static int on_problem(void *arg, const struct gw_geojson_problem *problem)
{
    (void)arg;
    fail_msg("a problem with %s", problem->property);
    return 0;
}

static int read_areas(const char *text)
{
    const struct gw_geojson_events events = { on_area, on_problem, NULL };
    size_t offset;
    return gw_geojson_read(text, strlen(text), &events, &offset);
}

static int read_shape(const char *text)
{
    struct gw_shape shape = { 0 };
    int r = gw_geojson_shape(text, &shape);
    gw_shape_finish(&shape);
    return r;
}

// Returns how many allocations could fail.
static unsigned fail_each(int (*read)(const char *text), const char *text)
{
    unsigned nth = 0;
    for (bool fired = true; fired; nth++) {
        int64_t held = alloc_held();
        alloc_arm(nth);
        int r = read(text);
        fired = alloc_disarm();
        assert_int_equal(r, fired ? -ENOMEM : 0);
        assert_int_equal(alloc_held(), held);
    }
    return nth - 1;
}

static void a_control_message_is_not_called_malformed(void **state)
{
    (void)state;
    assert_true(fail_each(read_control,
                          "{\"type\":\"open\",\"ref\":1,\"camera\":\"a\","
                          "\"profile\":\"sub\",\"form\":\"avcc\",\"credit\":9}") > 6);
}

static void a_camera_is_not_called_malformed(void **state)
{
    (void)state;
    assert_true(fail_each(read_camera, "{\"id\":\"a\",\"name\":\"b\",\"lon\":1,"
                                       "\"streams\":{\"main\":{\"url\":\"\"}}}") > 6);
}

static void areas_are_not_called_malformed(void **state)
{
    (void)state;
    assert_true(
        fail_each(
            read_areas,
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
            "\"properties\":{\"code\":\"1\",\"name\":\"n\"},\"geometry\":{"
            "\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}]}") > 30);
}

static void a_shape_is_not_called_malformed(void **state)
{
    (void)state;
    assert_true(fail_each(read_shape, "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],"
                                      "[1,0],[1,1],[0,0]]]}") > 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_control_message_is_not_called_malformed),
        cmocka_unit_test(a_camera_is_not_called_malformed),
        cmocka_unit_test(areas_are_not_called_malformed),
        cmocka_unit_test(a_shape_is_not_called_malformed),
    };
    // cJSON's own are out of the linker's reach; these are not.
    cJSON_Hooks hooks = { .malloc_fn = malloc, .free_fn = free };

    alloc_begin();
    cJSON_InitHooks(&hooks);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
