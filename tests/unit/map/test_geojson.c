#include "map/geojson.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct journal {
    char text[2048];
};

static int on_area(void *arg, const struct gw_geojson_area *a)
{
    struct journal *j = arg;
    size_t at = strlen(j->text);
    snprintf(j->text + at, sizeof(j->text) - at, "%zu %s %s %s %s %d %s\n", a->index,
             a->code, a->name, a->parent, a->division, a->level,
             *a->geometry ? "area" : "none");
    return 0;
}

static int on_problem(void *arg, const struct gw_geojson_problem *p)
{
    struct journal *j = arg;
    size_t at = strlen(j->text);
    snprintf(j->text + at, sizeof(j->text) - at, "%zu !%s %s\n", p->index, p->property,
             p->value);
    return 0;
}

static int read_text(const char *text, struct journal *j)
{
    const struct gw_geojson_events events = { on_area, on_problem, j };
    size_t offset = 0;
    j->text[0] = '\0';
    return gw_geojson_read(text, strlen(text), &events, &offset);
}

// One feature with these properties and this geometry.
static void expect(const char *properties, const char *geometry, const char *journal)
{
    char text[1024];
    struct journal j;
    snprintf(text, sizeof(text),
             "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
             "\"properties\":%s,\"geometry\":%s}]}",
             properties, geometry);
    assert_int_equal(read_text(text, &j), 0);
    assert_string_equal(j.text, journal);
}

#define CODE "{\"code\":\"a\"}"
#define RING(points) "{\"type\":\"Polygon\",\"coordinates\":[[" points "]]}"

static void properties_become_a_record(void **state)
{
    (void)state;
    expect("{\"code\":\"370812001001001\",\"name\":\"网格\",\"parent\":\"370812001001\","
           "\"division\":\"370812001001\",\"level\":3}",
           RING("[0,0],[1,0],[1,1],[0,0]"),
           "1 370812001001001 网格 370812001001 370812001001 3 area\n");
    expect("{\"code\":370812001001,\"level\":null}", "null",
           "1 370812001001    0 none\n");
}

static void bad_properties_are_named(void **state)
{
    (void)state;
    expect("{}", "null", "1 !code \n");
    expect("{\"code\":\"a/b\"}", "null", "1 !code a/b\n");
    expect("{\"code\":1.5}", "null", "1 !code \n");
    expect("{\"code\":\"a\",\"level\":7}", "null", "1 !level \n");
    expect("{\"code\":\"a\",\"level\":\"3\"}", "null", "1 !level \n");
    expect("{\"code\":\"a\",\"parent\":[]}", "null", "1 !parent \n");
    expect("{\"code\":\"a\",\"division\":\"b c\"}", "null", "1 !division b c\n");
    expect("{\"code\":\"a\",\"name\":\"b\\nc\"}", "null", "1 !name \n");
    expect("null", "null", "1 !code \n");
}

static void bad_geometry_is_refused(void **state)
{
    (void)state;
    const char *const bad[] = {
        RING("[0,0],[1,0],[1,1],[0,1]"), // open
        RING("[0,0],[1,0],[0,0]"),       // too short
        RING("[0,0],[181,0],[1,1],[0,0]"),
        RING("[0,0],[1,91],[1,1],[0,0]"),
        RING("[0,0],[1e999,0],[1,1],[0,0]"),
        RING("[0,0],[1],[1,1],[0,0]"),
        RING("[0,0],\"x\",[1,1],[0,0]"),
        RING(""),
        "{\"type\":\"Polygon\",\"coordinates\":[]}",
        "{\"type\":\"MultiPolygon\",\"coordinates\":[[]]}",
        "{\"type\":\"Point\",\"coordinates\":[0,0]}",
        "{\"type\":\"Polygon\"}",
        "7",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        expect(CODE, bad[i], "1 !geometry \n");
}

static void what_is_no_collection_is_refused(void **state)
{
    (void)state;
    struct journal j;
    const char *const bad[] = { "",
                                "[",
                                "{}",
                                "{\"type\":\"Feature\"}",
                                "{\"type\":\"FeatureCollection\"}",
                                "{\"type\":\"FeatureCollection\",\"features\":{}}",
                                "{\"type\":\"FeatureCollection\",\"features\":[{]}" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(read_text(bad[i], &j), -EBADMSG);
}

// An empty collection with a member that nests `depth` arrays, each of them closed.
static int read_nested(size_t depth)
{
    static const char before[] = "{\"type\":\"FeatureCollection\",\"features\":[],\"x\":";
    size_t len = sizeof(before) - 1 + 2 * depth + 1;
    char *text = malloc(len + 1);
    struct journal j;

    assert_non_null(text);
    memcpy(text, before, sizeof(before) - 1);
    memset(text + sizeof(before) - 1, '[', depth);
    memset(text + sizeof(before) - 1 + depth, ']', depth);
    memcpy(text + len - 1, "}", 2);
    int r = read_text(text, &j);
    free(text);
    return r;
}

// Whoever nests arrays in arrays wants our stack: no more than the parser's own bound.
static void depth_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(read_nested(CJSON_NESTING_LIMIT - 1), 0);
    assert_int_equal(read_nested(CJSON_NESTING_LIMIT), -EBADMSG);
    assert_int_equal(read_nested(500 * 1000), -EBADMSG);
}

static void a_shape_is_read_with_its_rings(void **state)
{
    (void)state;
    struct gw_shape shape;
    assert_int_equal(gw_geojson_shape("{\"type\":\"Polygon\",\"coordinates\":"
                                      "[[[0,0],[9,0],[9,9],[0,0]],"
                                      "[[5,1],[6,1],[6,2],[5,1]]]}",
                                      &shape),
                     0);
    assert_int_equal(shape.ring_count, 2);
    assert_int_equal(shape.ring_ends[0], 4);
    assert_int_equal(shape.point_count, 8);
    assert_true(shape.box.east == 9 && shape.box.south == 0);
    gw_shape_finish(&shape);
    assert_int_equal(gw_geojson_shape("{", &shape), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_become_a_record),
        cmocka_unit_test(bad_properties_are_named),
        cmocka_unit_test(bad_geometry_is_refused),
        cmocka_unit_test(what_is_no_collection_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(a_shape_is_read_with_its_rings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
