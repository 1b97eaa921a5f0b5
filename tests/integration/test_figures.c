// What the engine says about itself: figures of cameras and viewers, metrics that
// Prometheus takes, and never a password.

#include "base/clock.h"
#include "tests/harness/http_client.h"
#include "tests/harness/live_client.h"
#include "tests/harness/socket.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 3, WRONG = 3, FRAMES = 60 };

// In the registry's addresses, and what must not be seen anywhere: as it is, as it is
// written in an address, and as Basic authentication writes it.
#define LOGIN "admin:Geheim%2F77%40@"
static const char *const secrets[] = {
    "Geheim/77@",
    "Geheim%2F77%40",
    "YWRtaW46R2VoZWltLzc3QA==",
    "Falsch-5",
};

// The farm's third camera shows far more than its viewer's buffers hold.
enum { HEAVY = 3, RATE = 25, TOLERANCE_MS = 40, PATIENCE_S = 60 };

static struct world world;
static char heavy_clip[SCRATCH_PATH_MAX];

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .farm = { "--auth", "admin:Geheim/77@" },
                            .engine = { "--shards", "2", "--verbose" },
                            .login = LOGIN,
                        });
    return 0;
}

static int set_up_heavy(void **state)
{
    (void)state;
    snprintf(heavy_clip, sizeof(heavy_clip), "%s/heavy.mp4", getenv("GW_CLIPS"));
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .farm = { "--clip", heavy_clip },
                            .engine = { "--shards", "2", "--viewer-queue", "1" },
                        });
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

static const char *text(const cJSON *object, const char *name)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
    return s ? s : "";
}

static void watch(struct live_client *client, unsigned camera)
{
    static char path[64];
    struct world_id id = world_id(camera);
    snprintf(path, sizeof(path), "/live/%s.flv", id.text);
    live_open(client, world.port,
              &(struct live_target) {
                  .path = path,
                  .websocket = true,
                  .camera = camera,
                  .profile = FARM_MAIN,
              });
    live_read(client, FRAMES);
}

static cJSON *status_of(unsigned camera)
{
    char path[96];
    struct world_id id = world_id(camera);
    snprintf(path, sizeof(path), "/api/v1/cameras/%s/status", id.text);
    cJSON *root = http_get_json(world.port, path);
    assert_string_equal(text(root, "id"), id.text);
    return root;
}

static void a_camera_tells_how_it_fares(void **state)
{
    static struct live_client client;
    (void)state;

    for (unsigned camera = 1; camera <= 2; camera++) { // of either shard
        watch(&client, camera);
        cJSON *root = status_of(camera);
        const cJSON *streams = cJSON_GetObjectItem(root, "streams");
        const cJSON *m = cJSON_GetObjectItem(streams, "main");
        assert_string_equal(text(root, "state"), "live");
        assert_string_equal(text(m, "state"), "live");
        assert_true(number(m, "frames") >= 1);
        assert_true(number(m, "bytes") > number(m, "frames"));
        assert_true(number(m, "packets") >= number(m, "frames"));
        assert_true(number(m, "connections") == 1);
        assert_true(number(m, "packets_lost") == 0);
        assert_true(number(m, "signalling_delay_ms") > 0);
        assert_true(number(m, "stream_delay_ms") > 0);
        assert_true(number(m, "key_frame_delay_ms") >= number(m, "stream_delay_ms"));
        assert_true(number(m, "jitter_ms") > 0); // no two frames come as their stamps say
        assert_true(number(m, "cached_frames") >= 1);
        assert_true(cJSON_IsFalse(cJSON_GetObjectItem(m, "long_gop")));
        assert_string_equal(text(cJSON_GetObjectItem(streams, "sub"), "state"), "idle");
        cJSON_Delete(root);
        live_close(&client);
    }
    struct http_answer answer;
    http_request(world.port, "GET", "/api/v1/cameras/nobody/status", NULL, &answer);
    assert_int_equal(answer.status, 404);
    http_answer_free(&answer);
}

static void viewers_are_listed_with_what_they_watch(void **state)
{
    static struct live_client client;
    (void)state;

    watch(&client, 2);
    cJSON *root = http_get_json(world.port, "/api/v1/viewers");
    const cJSON *items = cJSON_GetObjectItem(root, "items");
    assert_int_equal(cJSON_GetArraySize(items), 1);
    assert_true(number(root, "total") == 1);
    const cJSON *viewer = cJSON_GetArrayItem(items, 0);
    assert_string_equal(text(viewer, "camera"), world_id(2).text);
    assert_string_equal(text(viewer, "profile"), "main");
    assert_string_equal(text(viewer, "socket"), "live");
    assert_true(number(viewer, "dropped") == 0);
    assert_true(number(viewer, "queued_bytes") >= 0 && number(viewer, "age_ms") >= 0);
    cJSON_Delete(root);
    live_close(&client);
    http_await_metric(world.port, "gridwall_viewers", 0, 0);
    root = http_get_json(world.port, "/api/v1/viewers");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "items")), 0);
    cJSON_Delete(root);
}

static cJSON *main_of(unsigned camera, cJSON **ret_root)
{
    *ret_root = status_of(camera);
    return cJSON_GetObjectItem(cJSON_GetObjectItem(*ret_root, "streams"), "main");
}

// Frames of the farm between the next two key frames, as the pictures themselves say.
static uint64_t frames_between_keys(struct wall_client *w, const struct wall_stream *s)
{
    uint64_t at[2];

    for (int i = 0; i < 2; i++) {
        uint64_t keys = s->keys;
        while (s->keys == keys)
            assert_int_equal(wall_step(w, PATIENCE_S * 1000), 0);
        at[i] = s->last_frame;
    }
    return at[1] - at[0];
}

// The engine goes by when pictures arrive, and a busy machine may bring a key frame in
// one message with what follows: so it is enough that one group of pictures fits.
static void the_key_frame_interval_is_the_cameras_own(void **state)
{
    static struct wall_client wall;
    uint64_t end_us = gw_clock_now_us() + PATIENCE_S * GW_SECOND;
    double told, expected;
    (void)state;

    assert_int_equal(wall_connect(&wall, world.port), 0);
    const struct wall_stream *s = wall_open(&wall, world_id(1).text, "main", 1);
    do {
        if (gw_clock_now_us() >= end_us)
            fail_msg("told %.1f ms, but it is %.1f", told, expected);
        expected = (double)frames_between_keys(&wall, s) * 1000 / RATE;
        cJSON *root;
        const cJSON *m = main_of(1, &root);
        const cJSON *item = cJSON_GetObjectItem(m, "key_frame_interval_ms");
        told = cJSON_IsNumber(item) ? item->valuedouble : 0;
        cJSON_Delete(root);
    } while (told < expected - TOLERANCE_MS || told > expected + TOLERANCE_MS);
    assert_true(expected > 2 * TOLERANCE_MS);
    wall_check_whole(&wall);
    wall_close(&wall);
}

// The figures of the only viewer.
struct viewer_told {
    double dropped, queued, age_ms;
};

static struct viewer_told viewer_told(void)
{
    cJSON *root = http_get_json(world.port, "/api/v1/viewers");
    const cJSON *items = cJSON_GetObjectItem(root, "items");
    assert_int_equal(cJSON_GetArraySize(items), 1);
    const cJSON *viewer = cJSON_GetArrayItem(items, 0);
    struct viewer_told told = {
        .dropped = number(viewer, "dropped"),
        .queued = number(viewer, "queued_bytes"),
        .age_ms = number(viewer, "age_ms"),
    };
    cJSON_Delete(root);
    return told;
}

// By GET, where no byte is but the stream's.
static void open_slow(struct live_client *client)
{
    static char path[64];

    snprintf(path, sizeof(path), "/live/%s.flv", world_id(HEAVY).text);
    live_open(
        client, world.port,
        &(struct live_target) { .path = path, .camera = HEAVY, .profile = FARM_MAIN });
    live_read(client, 1);
}

// Reads on until there are as many gaps as drops were told.
static void read_up_to_the_drops(struct live_client *client)
{
    uint64_t end_us = gw_clock_now_us() + PATIENCE_S * GW_SECOND;
    double told;

    do {
        live_read(client, client->frames + RATE);
        told = viewer_told().dropped;
        if (gw_clock_now_us() >= end_us)
            fail_msg("told of %.0f drops, %lu pictures are missing", told, client->lost);
    } while (told != (double)client->lost);
}

// The pictures that a viewer misses are those that the engine says it dropped.
static void drops_are_told_as_they_were(void **state)
{
    static struct live_client client;
    cJSON *root;
    (void)state;

    open_slow(&client);
    http_await_metric(world.port, "gridwall_viewer_packets_dropped_total", 1, 1e9);
    read_up_to_the_drops(&client);
    assert_true(client.lost > 0);
    assert_int_equal(client.wrong + client.disorder, 0);
    assert_true(http_get_metric(world.port, "gridwall_viewer_packets_dropped_total") ==
                (double)client.lost);
    const cJSON *m = main_of(HEAVY, &root);
    assert_true(number(m, "packets_lost") == 0 && number(m, "frames_dropped") == 0);
    cJSON_Delete(root);
    live_close(&client);
}

// What is sent while the farm is still comes from the queue, or lies in the kernel, or is
// the rest of a packet of which the library has sent a part.
static void queue_and_age_are_what_waits_and_since_when(void **state)
{
    static struct live_client client;
    static uint8_t rest[64 * 1024];
    double got = 0;
    (void)state;

    open_slow(&client);
    http_await_metric(world.port, "gridwall_viewer_queued_bytes", 256 * 1024, 1e9);
    world_order(&world, "stall all");

    // It grows with the clock: by no less than what lies between the two questions, and
    // no more than from before the first to behind the second. One for whole
    // milliseconds.
    uint64_t outer_us = gw_clock_now_us();
    struct viewer_told first = viewer_told();
    uint64_t inner_us = gw_clock_now_us();
    while (gw_clock_now_us() < inner_us + TOLERANCE_MS * GW_MS)
        assert_true(viewer_told().queued == first.queued);
    double least_ms = (double)(gw_clock_now_us() - inner_us) / GW_MS;
    struct viewer_told second = viewer_told();
    double most_ms = (double)(gw_clock_now_us() - outer_us) / GW_MS;
    assert_true(second.age_ms - first.age_ms >= least_ms - 1);
    assert_true(second.age_ms - first.age_ms <= most_ms + 1);
    assert_true(second.queued == first.queued);
    assert_true(http_get_metric(world.port, "gridwall_viewer_queued_bytes") ==
                first.queued);

    while (viewer_told().queued > 0)
        for (long n; (n = socket_read(client.ws.fd, rest, sizeof(rest), 0)) > 0;)
            got += (double)n;
    for (long n; (n = socket_read(client.ws.fd, rest, sizeof(rest), 0)) > 0;)
        got += (double)n;
    assert_true(got >= first.queued);
    assert_true(viewer_told().age_ms == 0);
    live_close(&client);
}

// Is `path` ("/api/v1/...", as docs/openapi.yaml writes it) in docs/api.md?
static bool is_documented(const char *api_md, const char *path)
{
    char quoted[160];
    snprintf(quoted, sizeof(quoted), "%s`", path);
    return strstr(api_md, quoted) != NULL;
}

static void each_path_of_the_description_is_in_words_too(void **state)
{
    static char api_md[64 * 1024];
    struct http_answer answer;
    unsigned paths = 0;
    (void)state;

    FILE *file = fopen(getenv("GW_API_MD"), "r");
    assert_non_null(file);
    api_md[fread(api_md, 1, sizeof(api_md) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);

    http_request(world.port, "GET", "/api/v1/openapi.yaml", NULL, &answer);
    assert_int_equal(answer.status, 200);
    char *rest = answer.body;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (strncmp(line, "  /", 3) != 0)
            continue;
        line[strlen(line) - 1] = '\0'; // the colon
        if (!is_documented(api_md, line + 2))
            fail_msg("docs/api.md does not know %s", line + 2);
        paths++;
    }
    assert_true(paths > 10);
    http_answer_free(&answer);
}

static void prometheus_takes_the_metrics(void **state)
{
    const char *promtool = getenv("GW_PROMTOOL");
    struct http_answer answer;
    (void)state;

    if (!promtool || access(promtool, X_OK) != 0)
        skip(); // tests/prepare.sh brings it
    http_request(world.port, "GET", "/metrics", NULL, &answer);
    assert_int_equal(answer.status, 200);

    // It says what it minds, and nothing when all is well.
    char path[SCRATCH_PATH_MAX + 16];
    char command[3 * SCRATCH_PATH_MAX];
    char said[1024];
    snprintf(path, sizeof(path), "%s/metrics", world.dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(answer.body, 1, answer.body_len, file), answer.body_len);
    assert_int_equal(fclose(file), 0);
    http_answer_free(&answer);
    snprintf(command, sizeof(command), "'%s' check metrics <'%s' 2>&1", promtool, path);
    FILE *tool = popen(command, "r");
    assert_non_null(tool);
    said[fread(said, 1, sizeof(said) - 1, tool)] = '\0';
    int r = pclose(tool);
    if (r || *said)
        fail_msg("promtool: %s", said);
}

static void expect_no_secret(const char *where, const char *text_of)
{
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
        if (strstr(text_of, secrets[i]))
            fail_msg("%s shows a password: %s", where, secrets[i]);
}

static void no_password_is_shown_anywhere(void **state)
{
    static const char *const paths[] = {
        "/metrics",        "/api/v1/cameras",        "/api/v1/cameras?q=admin",
        "/api/v1/viewers", "/api/v1/map/cameras",    "/api/v1/district",
        "/api/v1/cells",   "/api/v1/divisions",      "/api/v1/departments",
        "/api/v1/nothing", "/api/v1/cameras?near=x", "/healthz",
    };
    static struct live_client client;
    char path[96];
    char body[256];
    struct http_answer answer;
    (void)state;

    watch(&client, 1);

    // One camera gets a password that is refused.
    struct world_id id = world_id(WRONG);
    snprintf(path, sizeof(path), "/api/v1/cameras/%s", id.text);
    snprintf(body, sizeof(body),
             "{\"pull\":\"always\",\"streams\":{\"main\":{\"url\":"
             "\"rtsp://admin:Falsch-5@127.0.0.1:%u/cam/%05d/main\"}}}",
             world.farm_port, WRONG);
    http_request(world.port, "PATCH", path, body, &answer);
    assert_int_equal(answer.status, 200);
    expect_no_secret(path, answer.body);
    http_answer_free(&answer);
    http_await_metric(world.port, "gridwall_camera_failures_total", 1, 1e9);
    cJSON *root = status_of(WRONG);
    const cJSON *m = cJSON_GetObjectItem(cJSON_GetObjectItem(root, "streams"), "main");
    assert_string_equal(text(m, "cause"), "wrong_password");
    assert_true(*text(m, "en") && *text(m, "zh"));
    char *printed = cJSON_PrintUnformatted(root);
    expect_no_secret("status", printed);
    free(printed);
    cJSON_Delete(root);

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        http_request(world.port, "GET", paths[i], NULL, &answer);
        expect_no_secret(paths[i], answer.head);
        expect_no_secret(paths[i], answer.body);
        http_answer_free(&answer);
    }
    live_close(&client);
    char *log = process_errors(&world.engine);
    assert_non_null(strstr(log, "camera_failed")); // so this is the log
    expect_no_secret("the log", log);
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_camera_tells_how_it_fares, set_up, tear_down),
        cmocka_unit_test_setup_teardown(viewers_are_listed_with_what_they_watch, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_key_frame_interval_is_the_cameras_own, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(drops_are_told_as_they_were, set_up_heavy,
                                        tear_down),
        cmocka_unit_test_setup_teardown(queue_and_age_are_what_waits_and_since_when,
                                        set_up_heavy, tear_down),
        cmocka_unit_test_setup_teardown(each_path_of_the_description_is_in_words_too,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(prometheus_takes_the_metrics, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_password_is_shown_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
