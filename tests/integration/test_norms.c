// The norms against cameras of which the truth is known: some are well, some refuse, want
// another password, are not there, or send nothing any more.

#include "map/store_keys.h"
#include "map/store_norms.h"
#include "tests/harness/http_client.h"
#include "tests/harness/live_client.h"
#include "tests/integration/world.h"

#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 8, PATIENCE = 600, POLL_NS = 100 * 1000 * 1000 };

// What becomes of each camera; the last one is of a kind that nobody asks unless it is
// watched.
enum { WELL_1 = 1, WELL_2, WELL_3, PASSWORD, NOT_FOUND, BUSY, SILENT, REFUSED, UNASKED };

static struct world world;

#define FARM "rtsp://%s127.0.0.1:%u/cam/%05d/main"

static void add_row(FILE *f, int number, const char *department, const char *type,
                    const char *url)
{
    fprintf(f, "%s,camera %d,37081200%d001,%s,%s,fixed,%s\n",
            world_id((unsigned)number).text, number, 1 + number % 2, department, type,
            url);
}

static void add_farm_row(FILE *f, int number, const char *department, const char *type)
{
    char url[SCRATCH_PATH_MAX];
    int path = number == NOT_FOUND ? 999 : number;
    snprintf(url, sizeof(url), FARM, number == PASSWORD ? "admin:wrong@" : "admin:right@",
             world.farm_port, path);
    add_row(f, number, department, type, url);
}

// Some ground for a division; where does not matter.
#define DIVISION(code, name, parent)                                                     \
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"" code "\",\"name\":\"" name       \
    "\",\"parent\":\"" parent "\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[" \
    "[[116,35],[117,35],[117,36],[116,35]]]}}"

static void import(void)
{
    static const char divisions[] =
        "{\"type\":\"FeatureCollection\",\"features\":[" DIVISION("370812", "区", "") "," DIVISION(
            "370812001", "东镇",
            "370812") "," DIVISION("370812002", "西镇",
                                   "370812") "," DIVISION("370812001001", "东村",
                                                          "370812001") "," DIVISION("3708"
                                                                                    "1200"
                                                                                    "200"
                                                                                    "1",
                                                                                    "西"
                                                                                    "村",
                                                                                    "3708"
                                                                                    "1200"
                                                                                    "2") "]}";
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    assert_non_null(f);
    fputs("id,name,division,department,point_type,kind,url_main\n", f);
    add_farm_row(f, WELL_1, "公安局", "1");
    add_farm_row(f, WELL_2, "公安局", "1");
    add_farm_row(f, WELL_3, "=1+1", "2");
    add_farm_row(f, PASSWORD, "公安局", "1");
    add_farm_row(f, NOT_FOUND, "=1+1", "2");
    add_farm_row(f, BUSY, "公安局", "");
    add_farm_row(f, SILENT, "=1+1", "2");
    add_row(f, REFUSED, "公安局", "3", "rtsp://127.0.0.1:1/x");
    add_row(f, UNASKED, "", "1", "rtmp://127.0.0.1:1/a/b");
    assert_int_equal(fclose(f), 0);
    assert_int_equal(world_import(&world, "divisions.geojson", divisions, NULL), 0);
    assert_int_equal(world_import(&world, "cameras.csv", text, NULL), 0);
    free(text);
}

static time_t started_min; // minutes since 1970

static int set_up(void **state)
{
    (void)state;
    started_min = time(NULL) / 60;
    world = (struct world) {
        .config = { .cameras = CAMERAS,
                    .farm = { "--auth", "admin:right", "--fault", "refuse:6" },
                    .engine = { "--shards", "2", "--probe-interval", "1", "--stall", "1",
                                "--linger", "0" } },
    };
    scratch_create(world.dir);
    world_start_farm(&world);
    import();
    world_start_engine(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    if (!cJSON_IsNumber(item))
        fail_msg("%s is no number", name);
    return item->valuedouble;
}

// `path` is names with '.' between them.
static const cJSON *at(const cJSON *object, const char *path)
{
    char names[128];
    snprintf(names, sizeof(names), "%s", path);
    char *rest = names;
    for (char *name; object && (name = strsep(&rest, "."));)
        object = cJSON_GetObjectItem(object, name);
    if (!object)
        fail_msg("there is no %s", path);
    return object;
}

// The group of that code; NULL: all together.
static const cJSON *group(const cJSON *root, const char *code)
{
    const cJSON *item;
    if (!code)
        return at(root, "total");
    cJSON_ArrayForEach(item, at(root, "items"))
    {
        if (strcmp(cJSON_GetStringValue(at(item, "code")), code) == 0)
            return item;
    }
    fail_msg("there is no group %s", code);
    return NULL;
}

static double total(const char *name)
{
    cJSON *root = http_get_json(world.port, "/api/v1/norms");
    double n = number(at(root, "total.all"), name);
    cJSON_Delete(root);
    return n;
}

// Nothing tells when a figure changes: asked until it is there.
static void await_total(const char *name, double n)
{
    const struct timespec pause = { .tv_nsec = POLL_NS };
    for (int i = 0; total(name) != n; i++) {
        if (i == PATIENCE)
            fail_msg("%s is %g, not %g", name, total(name), n);
        nanosleep(&pause, NULL);
    }
}

static void expect(const cJSON *figures, const char *name, double n)
{
    if (number(figures, name) != n)
        fail_msg("%s is %g, not %g", name, number(figures, name), n);
}

// Total, not judged, online, intact.
static void expect_counts(const cJSON *figures, int all, int unjudged, int online,
                          int intact)
{
    expect(figures, "total", all);
    expect(figures, "unjudged", unjudged);
    expect(figures, "judged", all - unjudged);
    expect(figures, "online", online);
    expect(figures, "intact", intact);
}

static void watch(struct live_client *client, int camera)
{
    static char path[64];
    snprintf(path, sizeof(path), "/live/%s.flv", world_id((unsigned)camera).text);
    live_open(client, world.port,
              &(struct live_target) { .path = path,
                                      .websocket = true,
                                      .camera = (unsigned)camera,
                                      .profile = FARM_MAIN });
    live_read(client, 5);
}

// `series` has labels.
static void expect_ratio(const char *series, double ratio)
{
    struct http_answer answer;
    http_request(world.port, "GET", "/metrics", NULL, &answer);
    const char *line = strstr(answer.body, series);
    assert_non_null(line);
    if (strtod(line + strlen(series), NULL) != ratio)
        fail_msg("%.60s is not %g", line, ratio);
    http_answer_free(&answer);
}

// Somebody watches it, it goes silent, and he leaves; it answers all the while.
static void let_it_stall(void)
{
    static struct live_client client;
    char order[32];
    watch(&client, SILENT);
    snprintf(order, sizeof(order), "stall %d", SILENT);
    world_order(&world, order);
    await_total("intact", 3);
    live_close(&client);
    await_total("online", 4);
}

static void figures_are_those_of_the_cameras(void **state)
{
    (void)state;
    await_total("judged", 8);
    await_total("intact", 4);
    let_it_stall();

    cJSON *root = http_get_json(world.port, "/api/v1/norms?by=department");
    expect_counts(at(group(root, NULL), "all"), 9, 1, 4, 3);
    expect_counts(at(group(root, NULL), "key_public"), 4, 1, 2, 2);
    expect_counts(at(group(root, NULL), "key_industry"), 3, 0, 2, 1);
    const cJSON *offline = at(group(root, NULL), "all.offline");
    expect(offline, "wrong_password", 1);
    expect(offline, "not_found", 1);
    expect(offline, "refused", 1);
    expect(offline, "other", 1);
    expect(offline, "no_route", 0);
    expect(offline, "no_video", 0);
    expect(offline, "stalled", 0);
    expect_counts(at(group(root, "公安局"), "all"), 5, 0, 2, 2);
    expect_counts(at(group(root, "=1+1"), "all"), 3, 0, 2, 1);
    expect_counts(at(group(root, ""), "all"), 1, 1, 0, 0);
    assert_true(cJSON_IsFalse(at(group(root, NULL), "key_public.online_met")));
    assert_true(cJSON_IsNull(at(group(root, ""), "all.online_rate")));
    cJSON_Delete(root);

    root = http_get_json(world.port, "/api/v1/norms?by=town");
    expect_counts(at(group(root, "370812001"), "all"), 4, 0, 1, 1);
    expect_counts(at(group(root, "370812002"), "all"), 5, 1, 3, 2);
    cJSON_Delete(root);
    root = http_get_json(world.port, "/api/v1/norms?by=village&division=370812001");
    expect_counts(at(group(root, NULL), "all"), 4, 0, 1, 1);
    expect_counts(at(group(root, "370812001001"), "all"), 4, 0, 1, 1);
    cJSON_Delete(root);

    expect_ratio("gridwall_online_ratio{area=\"all\"}", 0.5);
    expect_ratio("gridwall_intact_ratio{area=\"all\"}", 0.375);
    expect_ratio("gridwall_online_ratio{area=\"key_public\"}", 0.666667);
    expect_ratio("gridwall_intact_ratio{area=\"key_industry\"}", 0.333333);

    // Pictures again: only they mend it.
    static struct live_client client;
    world_order(&world, "resume 7");
    watch(&client, SILENT);
    await_total("intact", 4);
    live_close(&client);
}

static void expect_delays_of(const cJSON *stream)
{
    cJSON *root = http_get_json(world.port, "/api/v1/norms");
    const cJSON *d = at(root, "total.delays");
    expect(at(d, "signalling"), "p50_ms", number(stream, "signalling_delay_ms"));
    expect(at(d, "stream"), "p95_ms", number(stream, "stream_delay_ms"));
    expect(at(d, "key_frame"), "p50_ms", number(stream, "key_frame_delay_ms"));
    expect(at(d, "stream"), "known", 1);
    expect(at(d, "stream"), "over", 0);
    cJSON_Delete(root);
}

static void delays_are_those_of_the_latest_connection(void **state)
{
    static struct live_client client;
    char path[96];
    (void)state;

    cJSON *root = http_get_json(world.port, "/api/v1/norms");
    expect(at(root, "total.delays.key_frame"), "known", 0);
    assert_true(cJSON_IsNull(at(root, "total.delays.key_frame.p50_ms")));
    cJSON_Delete(root);

    snprintf(path, sizeof(path), "/api/v1/cameras/%s/status", world_id(WELL_1).text);
    for (int live = 0; live < 2; live++) {
        watch(&client, WELL_1);
        cJSON *status = http_get_json(world.port, path);
        if (!live) // it is over when somebody asks
            live_close(&client);
        http_await_metric(world.port, "gridwall_camera_live", live, live);
        expect_delays_of(at(status, "streams.main"));
        if (live)
            live_close(&client);
        cJSON_Delete(status);
    }
}

static void the_sheet_says_the_same_and_runs_nothing(void **state)
{
    struct http_answer answer;
    (void)state;
    await_total("judged", 8);
    await_total("intact", 4);
    http_request(world.port, "GET", "/api/v1/norms?by=department&format=csv", NULL,
                 &answer);
    assert_int_equal(answer.status, 200);
    assert_non_null(strcasestr(answer.head, "text/csv"));
    static const char head[] = "\xef\xbb\xbf\"编码\",\"名称\",\"范围\",";
    assert_memory_equal(answer.body, head, sizeof(head) - 1);
    assert_non_null(strstr(
        answer.body, "\r\n\"\",\"合计\",\"全部\",\"9\",\"1\",\"8\",\"4\",\"4\","
                     "\"50.00%\",\"50.00%\",\"\",\"\",\"\",\"0\",\"1\",\"1\",\"1\","));
    assert_non_null(strstr(answer.body,
                           "\r\n\"公安局\",\"公安局\",\"重点公共区域\",\"3\",\"0\",\"3\","
                           "\"2\",\"2\",\"66.66%\",\"66.66%\",\"98%\",\"否\",\"否\","));
    assert_non_null(strstr(answer.body, "\r\n\"'=1+1\",\"'=1+1\",\"全部\",\"3\","));
    assert_null(strstr(answer.body, "\"=1+1\""));
    http_answer_free(&answer);
}

// Minutes of one camera in one hour.
static void keep(struct gw_store *store, time_t at, int camera, enum gw_norm_word word,
                 int minutes)
{
    struct gw_camera_row row;
    struct gw_norm_hour *h = gw_norm_hour_create((uint32_t)(at / 3600));
    assert_non_null(h);
    assert_int_equal(gw_store_find_camera(store, world_id((unsigned)camera).text, &row),
                     0);
    for (int i = 0; i < minutes; i++) {
        gw_norm_hour_mark(h, (unsigned)i);
        assert_int_equal(gw_norm_hour_count(h, row.camera.num, word), 0);
    }
    assert_int_equal(gw_store_add_norms(store, h), 0);
    gw_norm_hour_destroy(h);
}

// In China, the day begins at 16:00 UTC.
static void keep_two_days(void)
{
    enum { DAY_BEGINS = 1793462400 }; // 2026-10-31 16:00 UTC
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    assert_int_equal(gw_store_open(world.dir, &store, error), 0);
    assert_int_equal(gw_store_unlock(store, NULL, error), 0);
    assert_int_equal(gw_store_begin(store), 0);
    keep(store, DAY_BEGINS - 3600, WELL_1, GW_NORM_OTHER, 60); // the day before
    keep(store, DAY_BEGINS, WELL_1, GW_NORM_INTACT, 49);
    keep(store, DAY_BEGINS, WELL_2, GW_NORM_NO_ROUTE, 1);
    keep(store, DAY_BEGINS + 23 * 3600, SILENT, GW_NORM_BROKEN, 60);
    keep(store, DAY_BEGINS + 24 * 3600, UNASKED, GW_NORM_UNJUDGED, 30);
    assert_int_equal(gw_store_commit(store), 0);
    gw_store_close(store);
}

static int set_up_history(void **state)
{
    setenv("TZ", "CST-8", 1);
    set_up(state);
    world_stop_engine(&world);
    keep_two_days();
    world_start_engine(&world);
    return 0;
}

static int tear_down_history(void **state)
{
    unsetenv("TZ");
    return tear_down(state);
}

static const cJSON *point(const cJSON *group, int i)
{
    const cJSON *p = cJSON_GetArrayItem(at(group, "points"), i);
    assert_non_null(p);
    return p;
}

static void history_is_what_was_kept(void **state)
{
    struct http_answer answer;
    (void)state;
    cJSON *root =
        http_get_json(world.port, "/api/v1/norms/history?from=2026-11-01&to=2026-11-02");
    assert_string_equal(cJSON_GetStringValue(at(root, "unit")), "camera_minutes");
    const cJSON *total = group(root, NULL);
    assert_int_equal(cJSON_GetArraySize(at(total, "points")), 2);
    assert_string_equal(cJSON_GetStringValue(at(point(total, 0), "at")), "2026-11-01");
    expect(point(total, 0), "minutes", 49 + 60);
    expect_counts(at(point(total, 0), "all"), 110, 0, 109, 49);
    expect_counts(at(point(total, 0), "key_public"), 50, 0, 49, 49);
    expect_counts(at(point(total, 0), "key_industry"), 60, 0, 60, 0);
    assert_true(cJSON_IsTrue(at(point(total, 0), "key_public.online_met")));
    assert_true(cJSON_IsFalse(at(point(total, 0), "key_industry.intact_met")));
    expect(at(point(total, 0), "all.offline"), "no_route", 1);
    assert_string_equal(cJSON_GetStringValue(at(point(total, 1), "at")), "2026-11-02");
    expect_counts(at(point(total, 1), "all"), 30, 30, 0, 0);
    cJSON_Delete(root);

    root = http_get_json(world.port, "/api/v1/norms/history?from=2026-11-01&to=2026-11-01"
                                     "&step=hour&by=department");
    assert_int_equal(cJSON_GetArraySize(at(group(root, "=1+1"), "points")), 1);
    assert_string_equal(cJSON_GetStringValue(at(point(group(root, "=1+1"), 0), "at")),
                        "2026-11-01T23:00:00+08:00");
    cJSON_Delete(root);

    http_request(
        world.port, "GET",
        "/api/v1/norms/history?from=2026-11-01&to=2026-11-02&step=month&format=csv", NULL,
        &answer);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.body,
                           "\r\n\"2026-11\",\"\",\"合计\",\"重点公共区域\",\"80\","
                           "\"30\",\"50\",\"49\",\"49\",\"98.00%\",\"98.00%\","
                           "\"98%\",\"是\",\"是\",\"1\",\"0\""));
    http_answer_free(&answer);
}

static void bad_questions_are_refused_with_a_word(void **state)
{
    static const char *const bad[] = {
        "?from=2026-11-31",
        "?to=yesterday",
        "?step=week",
        "?by=street",
        "?format=xml",
        "?by=cell&level=7",
        "?from=2026-11-02&to=2026-11-01",
        "?from=2025-01-01&to=2026-11-01",
        "?by=camera&step=hour&from=2026-01-01&to=2026-12-31",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct http_answer answer;
        char path[128];
        snprintf(path, sizeof(path), "/api/v1/norms/history%s", bad[i]);
        http_request(world.port, "GET", path, NULL, &answer);
        if (answer.status != 400 || !strstr(answer.body, "bad_parameter"))
            fail_msg("%s: %d", path, answer.status);
        http_answer_free(&answer);
    }
}

// Minutes that were looked at up to now, of which each camera has each.
static double minutes_kept(void)
{
    cJSON *root = http_get_json(world.port, "/api/v1/norms/history?by=camera&step=month");
    const cJSON *p;
    double minutes = 0, cameras = 0;
    cJSON_ArrayForEach(p, at(root, "total.points"))
    {
        minutes += number(p, "minutes");
        cameras += number(at(p, "all"), "total");
    }
    assert_int_equal(cJSON_GetArraySize(at(root, "items")), CAMERAS + 1);
    assert_true(cameras == minutes * (CAMERAS + 1));
    cJSON_Delete(root);
    return minutes;
}

// However often it is started, and ended by whatever.
static void the_engine_counts_each_minute_once(void **state)
{
    int status;
    (void)state;
    world_stop_engine(&world); // it wrote what it had
    for (int i = 0; i < 3; i++) {
        world_start_engine(&world);
        double kept = minutes_kept();
        double passed = (double)(time(NULL) / 60 - started_min + 1);
        if (kept < 1 || kept > passed)
            fail_msg("%g minutes are kept of %g", kept, passed);
        if (i == 0) {
            free(process_end(&world.engine, SIGKILL, &status));
            assert_int_equal(status, -SIGKILL);
        } else {
            world_stop_engine(&world);
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(figures_are_those_of_the_cameras),
        CASE(delays_are_those_of_the_latest_connection),
        CASE(the_sheet_says_the_same_and_runs_nothing),
        cmocka_unit_test_setup_teardown(history_is_what_was_kept, set_up_history,
                                        tear_down_history),
        CASE(bad_questions_are_refused_with_a_word),
        CASE(the_engine_counts_each_minute_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
