// The routes of docs/api.md, with good and bad input.

#include "tests/harness/http_client.h"
#include "tests/integration/world.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 45, CHANGES = 101 };

// Two grids side by side over the cameras' places, of one town; in the western one a
// compound over six cameras and a building over one of these; a special grid beside.
static const char divisions[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812\",\"name\":\"District\","
    "\"level\":1,\"parent\":\"\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.7,35.4],[116.9,35.4],[116.9,35.6],[116.7,35.6],[116.7,35.4]]]}}]}";
static const char cells[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812001001001\",\"name\":"
    "\"West\","
    "\"division\":\"370812\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.7,35.4],[116.8095,35.4],[116.8095,35.6],[116.7,35.6],[116.7,35.4]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812001001002\",\"name\":"
    "\"East\","
    "\"division\":\"370812\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.8095,35.4],[116.9,35.4],[116.9,35.6],[116.8095,35.6],[116.8095,35.4]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812001001001001\",\"name\":"
    "\"Compound\","
    "\"division\":\"370812\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.8015,35.4995],[116.8045,35.4995],[116.8045,35.5015],[116.8015,35.5015],"
    "[116.8015,35.4995]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812001001001001001\",\"name\":"
    "\"Building\","
    "\"division\":\"370812\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.8016,35.4996],[116.8024,35.4996],[116.8024,35.5004],[116.8016,35.5004],"
    "[116.8016,35.4996]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812001001Z01\",\"name\":"
    "\"School\","
    "\"division\":\"370812\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.9,35.4],[116.91,35.4],[116.91,35.6],[116.9,35.6],[116.9,35.4]]]}}]}";

static struct world world;

static int set_up(void **state)
{
    char *words;
    (void)state;
    world_start(&world, &(struct world_config) { .login = "admin:Geheim-77@" });
    world_stop_engine(&world);
    int r = world_import(&world, "divisions.geojson", divisions, &words);
    if (r)
        fail_msg("%s", words);
    free(words);
    r = world_import(&world, "cells.geojson", cells, &words);
    if (r)
        fail_msg("%s", words);
    free(words);
    world.config.cameras = CAMERAS;
    world_import_cameras(&world);
    world_start_engine(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static const char *text(const cJSON *object, const char *name)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
    return s ? s : "";
}

static int count_of(const char *path)
{
    cJSON *root = http_get_json(world.port, path);
    int n = cJSON_GetArraySize(cJSON_GetObjectItem(root, "items"));
    cJSON_Delete(root);
    return n;
}

// The status and the words of a refusal, in both languages.
static void expect_problem(const char *method, const char *path, const char *body,
                           int status, const char *code)
{
    struct http_answer answer;
    http_request(world.port, method, path, body, &answer);
    if (answer.status != status)
        fail_msg("%s %s: %d, not %d: %s", method, path, answer.status, status,
                 answer.body);
    assert_non_null(strcasestr(answer.head, "application/problem+json"));
    cJSON *problem = cJSON_Parse(answer.body);
    assert_string_equal(text(problem, "type"), "about:blank");
    assert_string_equal(text(problem, "code"), code);
    assert_true(*text(problem, "title"));
    assert_int_equal(cJSON_GetObjectItem(problem, "status")->valueint, status);
    assert_true(*text(problem, "en") && *text(problem, "zh"));
    assert_string_equal(text(problem, "detail"), text(problem, "en"));
    cJSON_Delete(problem);
    http_answer_free(&answer);
}

static cJSON *expect(const char *method, const char *path, const char *body, int status)
{
    struct http_answer answer;
    http_request(world.port, method, path, body, &answer);
    if (answer.status != status)
        fail_msg("%s %s: %d, not %d: %s", method, path, answer.status, status,
                 answer.body);
    assert_null(strstr(answer.body, "Geheim"));
    cJSON *root = cJSON_Parse(answer.body);
    http_answer_free(&answer);
    return root;
}

static void lists_answer(void **state)
{
    (void)state;
    cJSON *district = expect("GET", "/api/v1/district", NULL, 200);
    assert_string_equal(text(district, "code"), "370812");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(district, "bounds")), 4);
    cJSON_Delete(district);
    assert_int_equal(count_of("/api/v1/divisions?geometry=true"), 1);
    assert_int_equal(count_of("/api/v1/departments"), 0);
    assert_int_equal(count_of("/api/v1/cells"), 5);
    assert_int_equal(count_of("/api/v1/cells?division=370812"), 5);
    assert_int_equal(count_of("/api/v1/cells?division=999"), 0);

    cJSON *cell = expect("GET", "/api/v1/cells/370812001001001", NULL, 200);
    const cJSON *counts = cJSON_GetObjectItem(cell, "cameras");
    assert_int_equal(cJSON_GetObjectItem(counts, "total")->valueint,
                     count_of("/api/v1/cells/370812001001001/cameras"));
    assert_int_equal(cJSON_GetObjectItem(counts, "total")->valueint,
                     cJSON_GetObjectItem(counts, "unknown")->valueint);
    assert_non_null(cJSON_GetObjectItem(cell, "geometry"));
    cJSON_Delete(cell);

    cJSON *map = expect("GET", "/api/v1/map/cameras", NULL, 200);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(map, "features")), CAMERAS);
    cJSON_Delete(map);
    cJSON *health = expect("GET", "/healthz", NULL, 200);
    assert_string_equal(text(health, "status"), "ok");
    cJSON_Delete(health);
}

// Cameras stand 0.001 degrees apart, twenty in a row from 116.8, rows from 35.5.
static void filters_find_what_they_should(void **state)
{
    (void)state;
    assert_int_equal(count_of("/api/v1/cameras"), CAMERAS);
    assert_int_equal(count_of("/api/v1/cells/370812001001001/cameras"), 25);
    assert_int_equal(count_of("/api/v1/cameras?cell=370812001001002"), 20);
    assert_int_equal(count_of("/api/v1/cameras?q=camera%2045"), 1);
    assert_int_equal(count_of("/api/v1/cameras?bbox=116.7995,35.4995,116.8025,35.5015"),
                     6);
    assert_int_equal(count_of("/api/v1/cameras?near=116.8,35.5&limit=3"), 3);
    assert_int_equal(count_of("/api/v1/cameras?near=116.8,35.5&radius_m=50"), 1);
    assert_int_equal(
        count_of("/api/v1/cameras?polygon=116.79,35.49,116.81,35.49,116.79,35.51") > 0,
        1);
    assert_int_equal(count_of("/api/v1/cameras?status=unknown"), CAMERAS);
    assert_int_equal(count_of("/api/v1/cameras?status=live"), 0);
    assert_int_equal(count_of("/api/v1/cameras?cell=370812001001002&q=nothing"), 0);
}

// What a place's list opens: the levels of the map, then the cells right below one.
static void cells_are_asked_by_level_and_by_what_they_lie_in(void **state)
{
    (void)state;
    assert_int_equal(count_of("/api/v1/cells?level=3"), 3);
    assert_int_equal(count_of("/api/v1/cells?level=1,2,3"), 3);
    assert_int_equal(count_of("/api/v1/cells?level=4,5"), 2);
    assert_int_equal(count_of("/api/v1/cells?level=6"), 0);
    assert_int_equal(count_of("/api/v1/cells?level=3&division=999"), 0);
    assert_int_equal(count_of("/api/v1/cells?parent=370812001001001"), 1);
    assert_int_equal(count_of("/api/v1/cells?parent=370812001001002"), 0);
    assert_int_equal(count_of("/api/v1/cells?parent=370812001001001&level=5"), 0);

    cJSON *below = expect("GET", "/api/v1/cells?parent=370812001001001001", NULL, 200);
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(below, "items"), 0);
    assert_string_equal(text(item, "code"), "370812001001001001001");
    assert_string_equal(text(item, "kind"), "building");
    // No parent was imported: the code tells it.
    assert_string_equal(text(item, "parent"), "370812001001001001");
    assert_null(cJSON_GetObjectItem(item, "geometry"));
    const cJSON *counts = cJSON_GetObjectItem(item, "cameras");
    assert_int_equal(cJSON_GetObjectItem(counts, "total")->valueint, 1);
    cJSON_Delete(below);

    cJSON *school = expect("GET", "/api/v1/cells/370812001001Z01", NULL, 200);
    assert_string_equal(text(school, "kind"), "special");
    assert_string_equal(text(school, "parent"), "");
    cJSON_Delete(school);
}

static void a_cell_takes_in_the_cameras_of_all_below_it(void **state)
{
    (void)state;
    assert_int_equal(count_of("/api/v1/cells/370812001001001/cameras"), 25);
    assert_int_equal(count_of("/api/v1/cells/370812001001001001/cameras"), 6);
    assert_int_equal(count_of("/api/v1/cells/370812001001001001001/cameras"), 1);
    cJSON *grid = expect("GET", "/api/v1/cells/370812001001001", NULL, 200);
    const cJSON *counts = cJSON_GetObjectItem(grid, "cameras");
    assert_int_equal(cJSON_GetObjectItem(counts, "total")->valueint, 25);
    cJSON_Delete(grid);
}

static void paging_visits_each_camera_once(void **state)
{
    static bool seen[CAMERAS + 1];
    char path[256] = "/api/v1/cameras?limit=7";
    int pages = 0, total = 0;
    (void)state;

    for (bool more = true; more; pages++) {
        assert_true(pages < CAMERAS);
        cJSON *page = expect("GET", path, NULL, 200);
        const cJSON *item;
        cJSON_ArrayForEach(item, cJSON_GetObjectItem(page, "items"))
        {
            unsigned number = (unsigned)atoi(text(item, "name") + strlen("camera "));
            assert_true(number >= 1 && number <= CAMERAS && !seen[number]);
            seen[number] = true;
            total++;
        }
        more = *text(page, "cursor");
        snprintf(path, sizeof(path), "/api/v1/cameras?limit=7&cursor=%s",
                 text(page, "cursor"));
        cJSON_Delete(page);
    }
    assert_int_equal(total, CAMERAS);
    assert_int_equal(pages, (CAMERAS + 6) / 7);
}

static void bad_questions_are_named(void **state)
{
    static const char *const queries[] = {
        "bbox=1,2,3",  "bbox=1,5,3,2",   "near=200,1",    "near=x",    "radius_m=5",
        "polygon=1,2", "status=perhaps", "limit=0",       "limit=ten", "limit=10001",
        "near=1,2,3",  "bbox=a,b,c,d",   "polygon=1,2,3", "limit=1.5", "bbox=nan,1,2,3",
    };
    char path[128];
    (void)state;
    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        snprintf(path, sizeof(path), "/api/v1/cameras?%s", queries[i]);
        expect_problem("GET", path, NULL, 400, "bad_parameter");
    }
    static const char *const levels[] = { "0", "7", "", "1,", ",1", "12", "x" };
    for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
        snprintf(path, sizeof(path), "/api/v1/cells?level=%s", levels[i]);
        expect_problem("GET", path, NULL, 400, "bad_parameter");
    }
    // The library refuses broken escapes itself, before the engine sees them.
    cJSON_Delete(expect("GET", "/api/v1/cameras?q=%zz", NULL, 403));
    expect_problem("GET", "/api/v1/nothing", NULL, 404, "not_found");
    expect_problem("GET", "/api/v1/cells/1", NULL, 404, "no_such_cell");
    expect_problem("GET", "/api/v1/cells/1/cameras", NULL, 404, "no_such_cell");
    expect_problem("GET", "/api/v1/cameras/1", NULL, 404, "no_such_camera");
}

static void detail_speaks_the_askers_language(void **state)
{
    static const char request[] =
        "GET /api/v1/cameras/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n\r\n";
    struct http_answer answer;
    (void)state;
    http_exchange(world.port, request, sizeof(request) - 1, &answer);
    cJSON *problem = cJSON_Parse(answer.body);
    assert_string_equal(text(problem, "detail"), text(problem, "zh"));
    cJSON_Delete(problem);
    http_answer_free(&answer);
}

// Each step of its life, the last one first, and no password.
static void expect_changes_of_new_1(void)
{
    static const char *const actions[] = { "removed", "changed", "changed", "created" };
    cJSON *page = expect("GET", "/api/v1/changes?camera=new-1", NULL, 200);
    const cJSON *items = cJSON_GetObjectItem(page, "items");
    assert_int_equal(cJSON_GetArraySize(items), 4);
    for (int i = 0; i < 4; i++) {
        const cJSON *item = cJSON_GetArrayItem(items, i);
        assert_string_equal(text(item, "action"), actions[i]);
        assert_string_equal(text(item, "camera"), "new-1");
    }
    const cJSON *moved = cJSON_GetArrayItem(items, 2);
    assert_string_equal(text(cJSON_GetObjectItem(moved, "before"), "cell"),
                        "370812001001001");
    assert_string_equal(text(cJSON_GetObjectItem(moved, "after"), "cell"),
                        "370812001001002");
    assert_true(
        cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(items, 3), "before")));
    char *all = cJSON_PrintUnformatted(page);
    assert_null(strstr(all, "Geheim"));
    free(all);
    cJSON_Delete(page);
}

// Takes a page's numbers, each below `*last`. Whether there is a next page: `path` is it.
static bool take_page(char path[64], double *last, int *count)
{
    cJSON *page = expect("GET", path, NULL, 200);
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(page, "items"))
    {
        double seq = cJSON_GetObjectItem(item, "seq")->valuedouble;
        assert_true(seq < *last);
        *last = seq;
        ++*count;
    }
    const cJSON *cursor = cJSON_GetObjectItem(page, "cursor");
    if (cursor)
        snprintf(path, 64, "/api/v1/changes?cursor=%.0f", cursor->valuedouble);
    bool more = cursor;
    cJSON_Delete(page);
    return more;
}

static void changes_are_read_page_by_page(void **state)
{
    char path[64] = "/api/v1/changes", body[64];
    double last = 1e18;
    int count = 0, pages = 1;
    struct world_id id = world_id(1);
    char camera[128];
    (void)state;

    snprintf(camera, sizeof(camera), "/api/v1/cameras/%s", id.text);
    for (int i = 0; i < CHANGES; i++) {
        snprintf(body, sizeof(body), "{\"address\":\"No. %d\"}", i);
        cJSON_Delete(expect("PATCH", camera, body, 200));
    }
    while (take_page(path, &last, &count))
        pages++;
    assert_int_equal(pages, 1 + count / 100);
    assert_true(count >= CHANGES + CAMERAS);
    expect_problem("GET", "/api/v1/changes?cursor=x", NULL, 400, "bad_parameter");
}

static void a_camera_is_made_changed_and_removed(void **state)
{
    static const char made[] =
        "{\"id\":\"new-1\",\"name\":\"New\",\"lon\":116.8,\"lat\":35.5,\"streams\":"
        "{\"main\":{\"url\":\"rtsp://u:Geheim-77@10.0.0.1/main\"}}}";
    static const char path[] = "/api/v1/cameras/new-1";
    (void)state;

    cJSON *camera = expect("POST", "/api/v1/cameras", made, 201);
    assert_string_equal(text(camera, "cell"), "370812001001001");
    const cJSON *main_stream =
        cJSON_GetObjectItem(cJSON_GetObjectItem(camera, "streams"), "main");
    assert_string_equal(text(main_stream, "url"), "rtsp://10.0.0.1/main");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(main_stream, "has_password")));
    cJSON_Delete(camera);
    expect_problem("POST", "/api/v1/cameras", made, 409, "exists");

    // The address as it was shown, without the password: that is kept.
    camera = expect("PATCH", path,
                    "{\"lon\":116.82,\"lat\":35.5,\"streams\":{\"main\":{\"url\":"
                    "\"rtsp://10.0.0.1/other\"}}}",
                    200);
    assert_string_equal(text(camera, "cell"), "370812001001002");
    assert_string_equal(text(camera, "name"), "New");
    main_stream = cJSON_GetObjectItem(cJSON_GetObjectItem(camera, "streams"), "main");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(main_stream, "has_password")));
    cJSON_Delete(camera);

    camera = expect("PUT", path,
                    "{\"streams\":{\"main\":{\"url\":\"rtsp://10.0.0.2/main\"}}}", 200);
    assert_string_equal(text(camera, "name"), "");
    main_stream = cJSON_GetObjectItem(cJSON_GetObjectItem(camera, "streams"), "main");
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(main_stream, "has_password")));
    cJSON_Delete(camera);

    cJSON_Delete(expect("DELETE", path, NULL, 204));
    expect_changes_of_new_1();
    expect_problem("DELETE", path, NULL, 404, "no_such_camera");
    expect_problem("GET", path, NULL, 404, "no_such_camera");
    expect_problem("PATCH", path, "{\"name\":\"x\"}", 404, "no_such_camera");
}

static void bad_cameras_change_nothing(void **state)
{
    static const char *const bodies[] = {
        "{\"id\":\"a b\",\"streams\":{\"main\":{\"url\":\"rtsp://h/1\"}}}",
        "{\"id\":\"x\",\"streams\":{\"main\":{\"url\":\"ftp://h/1\"}}}",
        "{\"id\":\"x\",\"streams\":{\"main\":{\"url\":5}}}",
        "{\"id\":\"x\",\"lon\":\"east\",\"streams\":{\"main\":{\"url\":\"rtsp://h/1\"}}}",
        "{\"id\":\"x\",\"lon\":1,\"streams\":{\"main\":{\"url\":\"rtsp://h/1\"}}}",
        "{\"id\":\"x\",\"lon\":1,\"lat\":99,\"streams\":{\"main\":{\"url\":\"rtsp://h/"
        "1\"}}}",
        "{\"id\":\"x\",\"pull\":\"never\",\"streams\":{\"main\":{\"url\":\"rtsp://h/"
        "1\"}}}",
        "{\"id\":\"x\"}",
        "{\"streams\":{\"main\":{\"url\":\"rtsp://h/1\"}}}",
    };
    char first[128];
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
        expect_problem("POST", "/api/v1/cameras", bodies[i], 422, "bad_field");
    expect_problem("POST", "/api/v1/cameras", "not JSON", 400, "not_json");
    expect_problem("POST", "/api/v1/cameras", "[]", 400, "not_json");
    snprintf(first, sizeof(first), "/api/v1/cameras/%s", world_id(1).text);
    expect_problem("PATCH", first, "{\"id\":\"other\"}", 422, "bad_field");
    assert_int_equal(count_of("/api/v1/cameras"), CAMERAS);
}

#define CASE(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(lists_answer),
        CASE(filters_find_what_they_should),
        CASE(cells_are_asked_by_level_and_by_what_they_lie_in),
        CASE(a_cell_takes_in_the_cameras_of_all_below_it),
        CASE(paging_visits_each_camera_once),
        CASE(bad_questions_are_named),
        CASE(detail_speaks_the_askers_language),
        CASE(a_camera_is_made_changed_and_removed),
        CASE(changes_are_read_page_by_page),
        CASE(bad_cameras_change_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
