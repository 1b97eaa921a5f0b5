#include "app/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cJSON *parse(struct gw_buf *text)
{
    assert_non_null(text);
    cJSON *root =
        cJSON_ParseWithLength((const char *)gw_buf_data(text), gw_buf_len(text));
    assert_non_null(root);
    gw_buf_unref(&text);
    return root;
}

static const char *text_at(const cJSON *root, const char *a, const char *b, const char *c)
{
    const cJSON *item = cJSON_GetObjectItem(root, a);
    if (b)
        item = cJSON_GetObjectItem(item, b);
    if (c)
        item = cJSON_GetObjectItem(item, c);
    return cJSON_GetStringValue(item);
}

static struct gw_camera camera(void)
{
    return (struct gw_camera) {
        .num = 5,
        .id = "c-1",
        .name = "门",
        .lon = 116.5,
        .lat = NAN,
        .division = "",
        .department = "",
        .cell = "",
        .url_main = "rtsp://admin:s3cr%40t@10.0.0.1:554/main",
        .url_sub = "",
        .kind = GW_KIND_PTZ,
        .pose = { 90, NAN, 60, NAN, 6.5 },
        .tags = "bridge,学校",
        .groups = "",
        .address = "Main Road 1",
        .initials = "m",
    };
}

static void a_camera_never_shows_its_password(void **state)
{
    struct gw_json_world w = { .states = gw_states_create() };
    struct gw_camera c = camera();
    (void)state;

    struct gw_buf *text = gw_json_camera(&w, &c);
    assert_null(memmem(gw_buf_data(text), gw_buf_len(text), "s3cr", 4));
    assert_null(memmem(gw_buf_data(text), gw_buf_len(text), "admin", 5));
    cJSON *root = parse(text);
    assert_string_equal(text_at(root, "streams", "main", "url"),
                        "rtsp://10.0.0.1:554/main");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(
        cJSON_GetObjectItem(cJSON_GetObjectItem(root, "streams"), "main"),
        "has_password")));
    assert_null(cJSON_GetObjectItem(cJSON_GetObjectItem(root, "streams"), "sub"));
    cJSON_Delete(root);

    c.url_main = "ftp://s3cret@nonsense";
    root = parse(gw_json_camera(&w, &c));
    assert_null(text_at(root, "streams", "main", "url"));
    cJSON_Delete(root);
    gw_states_destroy((struct gw_states *)w.states);
}

static void a_camera_shows_its_record(void **state)
{
    struct gw_json_world w = { .states = gw_states_create() };
    struct gw_camera c = camera();
    const char *details[GW_DETAILS];
    (void)state;
    for (int i = 0; i < GW_DETAILS; i++)
        details[i] = i == GW_DETAIL_MODEL ? "DS-2" : "";
    c.details = details;
    c.id = "37081200111325000042";

    cJSON *root = parse(gw_json_camera(&w, &c));
    assert_string_equal(text_at(root, "kind", NULL, NULL), "ptz");
    assert_string_equal(text_at(root, "address", NULL, NULL), "Main Road 1");
    assert_string_equal(text_at(root, "record", "model", NULL), "DS-2");
    assert_null(text_at(root, "record", "vendor", NULL));
    assert_string_equal(text_at(root, "id_parts", "industry", "zh"), "教育部门接入");
    assert_string_equal(text_at(root, "id_parts", "serial", NULL), "000042");
    const cJSON *pose = cJSON_GetObjectItem(root, "pose");
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(pose, "azimuth_deg")) == 90);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(pose, "tilt_deg")));
    const cJSON *tags = cJSON_GetObjectItem(root, "tags");
    assert_int_equal(cJSON_GetArraySize(tags), 2);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(tags, 1)), "学校");
    cJSON_Delete(root);

    // A list leaves out what fills it.
    const struct gw_camera *list[] = { &c };
    root = parse(gw_json_cameras(&w, list, 1, false, false));
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "items"), 0);
    assert_null(cJSON_GetObjectItem(item, "record"));
    cJSON_Delete(root);
    gw_states_destroy((struct gw_states *)w.states);
}

static void an_offline_camera_says_why(void **state)
{
    struct gw_states *states = gw_states_create();
    struct gw_json_world w = { .states = states };
    struct gw_camera c = camera();
    (void)state;

    gw_states_set(states, 5,
                  (struct gw_camera_condition) { GW_CAMERA_OFFLINE, GW_CAUSE_PASSWORD });
    cJSON *root = parse(gw_json_camera(&w, &c));
    assert_string_equal(text_at(root, "state", NULL, NULL), "offline");
    assert_string_equal(text_at(root, "cause", NULL, NULL), "wrong_password");
    assert_string_equal(text_at(root, "zh", NULL, NULL),
                        gw_cause_text(GW_CAUSE_PASSWORD).zh);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(root, "lat"))); // not "nan"
    cJSON_Delete(root);
    gw_states_destroy(states);
}

static void reads_what_a_client_writes(void **state)
{
    static const char text[] =
        "{\"id\":\"c-1\",\"lon\":116.5,\"name\":null,"
        "\"streams\":{\"main\":{\"url\":\"rtsp://h/1\"},\"sub\":null}}";
    struct gw_camera_edit edit;
    struct gw_json_edit *doc;
    const char *field = NULL;
    (void)state;

    assert_int_equal(gw_json_parse_camera(text, sizeof(text) - 1, &edit, &doc, &field),
                     0);
    assert_string_equal(edit.id, "c-1");
    assert_true(edit.lon == 116.5);
    assert_true(isnan(edit.lat));
    assert_null(edit.name);
    assert_string_equal(edit.url_main, "rtsp://h/1");
    assert_null(edit.url_sub);
    gw_json_edit_free(doc);
}

static void reads_the_record(void **state)
{
    static const char text[] =
        "{\"id\":\"c-1\",\"kind\":\"dome\",\"pose\":{\"fov_deg\":60,\"tilt_deg\":null},"
        "\"tags\":[\"b\",\"a\"],\"groups\":[],\"record\":{\"model\":\"DS-2\"}}";
    struct gw_camera_edit edit;
    struct gw_json_edit *doc;
    const char *field = NULL;
    (void)state;

    assert_int_equal(gw_json_parse_camera(text, sizeof(text) - 1, &edit, &doc, &field),
                     0);
    assert_string_equal(edit.kind, "dome");
    assert_true(edit.pose->fov_deg == 60 && isnan(edit.pose->tilt_deg));
    assert_string_equal(edit.tags, "b,a");
    assert_string_equal(edit.groups, "");
    assert_null(edit.address);
    assert_string_equal(edit.details[GW_DETAIL_MODEL], "DS-2");
    assert_null(edit.details[GW_DETAIL_VENDOR]);
    gw_json_edit_free(doc);
}

static void names_the_field_of_the_wrong_type(void **state)
{
    static const char *const cases[][2] = {
        { "{\"id\":7}", "id" },
        { "{\"lon\":\"116\"}", "lon" },
        { "{\"streams\":[]}", "streams" },
        { "{\"pose\":1}", "pose" },
        { "{\"pose\":{\"fov_deg\":\"60\"}}", "fov_deg" },
        { "{\"tags\":\"a\"}", "tags" },
        { "{\"tags\":[1]}", "tags" },
        { "{\"tags\":[\"a,b\"]}", "tags" },
        { "{\"groups\":[\"\"]}", "groups" },
        { "{\"record\":[]}", "record" },
        { "{\"record\":{\"model\":1}}", "model" },
        { "{\"streams\":{\"main\":\"rtsp://h/1\"}}", "streams" },
        { "{\"streams\":{\"main\":{\"url\":1}}}", "url" },
    };
    struct gw_camera_edit edit = { .id = "untouched" };
    struct gw_json_edit *doc = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *field = NULL;
        assert_int_equal(
            gw_json_parse_camera(cases[i][0], strlen(cases[i][0]), &edit, &doc, &field),
            -EINVAL);
        assert_string_equal(field, cases[i][1]);
    }
    assert_string_equal(edit.id, "untouched");
    assert_null(doc);
}

static void refuses_what_is_no_object(void **state)
{
    static const char *const cases[] = { "", "[]", "{", "7", "{\"a\":}", "\xff" };
    struct gw_camera_edit edit;
    struct gw_json_edit *doc;
    const char *field;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(
            gw_json_parse_camera(cases[i], strlen(cases[i]), &edit, &doc, &field),
            -EBADMSG);
}

static unsigned allocations_left; // ahead of the one that fails

static void *failing_malloc(size_t size)
{
    if (allocations_left--)
        return malloc(size);
    errno = ENOMEM; // as malloc() does
    return NULL;
}

static void no_memory_is_not_called_malformed(void **state)
{
    static const char text[] = "{\"id\":\"c-1\",\"name\":\"gate\",\"lon\":116.5}";
    struct gw_camera_edit edit;
    struct gw_json_edit *doc = NULL;
    const char *field;
    unsigned failed = 0;
    int r;
    (void)state;

    cJSON_InitHooks(&(cJSON_Hooks) { .malloc_fn = failing_malloc, .free_fn = free });
    do {
        allocations_left = failed;
        r = gw_json_parse_camera(text, sizeof(text) - 1, &edit, &doc, &field);
    } while (r == -ENOMEM && ++failed);
    cJSON_InitHooks(NULL);
    assert_int_equal(r, 0);
    assert_string_equal(edit.name, "gate");
    assert_in_range(failed, 4, 100); // an item for the object and each of its members
    gw_json_edit_free(doc);
}

// Whoever nests arrays in arrays wants our stack: no more than the parser's own bound.
static int parse_nested(size_t depth)
{
    struct gw_camera_edit edit;
    struct gw_json_edit *doc;
    const char *field;
    size_t len = strlen("{\"x\":}") + 2 * depth;
    char *text = malloc(len + 1);

    assert_non_null(text);
    strcpy(text, "{\"x\":");
    memset(text + 5, '[', depth);
    memset(text + 5 + depth, ']', depth);
    strcpy(text + len - 1, "}");
    int r = gw_json_parse_camera(text, len, &edit, &doc, &field);
    free(text);
    if (r == 0)
        gw_json_edit_free(doc);
    return r;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(parse_nested(10), 0);
    assert_int_equal(parse_nested(500 * 1000), -EBADMSG);
}

static void a_problem_speaks_the_readers_language(void **state)
{
    static const struct gw_text text = { "No camera.", "没有摄像机。" };
    (void)state;
    cJSON *root = parse(gw_json_problem(404, "no_such_camera", text, GW_LANG_ZH));
    assert_string_equal(text_at(root, "detail", NULL, NULL), text.zh);
    assert_string_equal(text_at(root, "en", NULL, NULL), text.en);
    assert_string_equal(text_at(root, "code", NULL, NULL), "no_such_camera");
    cJSON_Delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_never_shows_its_password),
        cmocka_unit_test(a_camera_shows_its_record),
        cmocka_unit_test(an_offline_camera_says_why),
        cmocka_unit_test(reads_what_a_client_writes),
        cmocka_unit_test(reads_the_record),
        cmocka_unit_test(names_the_field_of_the_wrong_type),
        cmocka_unit_test(refuses_what_is_no_object),
        cmocka_unit_test(no_memory_is_not_called_malformed),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(a_problem_speaks_the_readers_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
