// What is pulled and when: the first viewer starts it, the last one ends it, and an
// edited address takes effect under the viewers' eyes.

#include "tests/harness/http_client.h"
#include "tests/harness/live_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 4, PATIENCE_MS = 60 * 1000 };

static struct world world;
static struct wall_client wall;
static uint64_t few = 10;

static void begin(const char *pull, const char *linger)
{
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .engine = { "--shards", "2", "--linger", linger,
                                        "--push-listen", "127.0.0.1:0" },
                            .pull = pull,
                        });
    assert_int_equal(wall_connect(&wall, world.port), 0);
}

static int set_up(void **state)
{
    (void)state;
    begin("on_demand", "1");
    return 0;
}

static int set_up_lingering(void **state)
{
    (void)state;
    begin("on_demand", "3600");
    return 0;
}

static int set_up_always(void **state)
{
    (void)state;
    begin("always", "1");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wall_close(&wall);
    world_stop(&world);
    return 0;
}

static void first_viewer_starts_and_last_one_ends(void **state)
{
    static struct wall_client second;
    (void)state;

    assert_true(http_get_metric(world.port, "gridwall_camera_attempts_total") == 0);
    wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    assert_int_equal(wall_connect(&second, world.port), 0);
    wall_open(&second, world_id(1).text, "sub", 1);
    wall_until(&second, wall_has_frames, &few);
    assert_true(http_get_metric(world.port, "gridwall_camera_sessions") == 1);

    wall_close(&wall);
    uint64_t more = second.streams[0].frames + 50; // longer than the linger
    wall_until(&second, wall_has_frames, &more);
    wall_check_whole(&second);
    wall_close(&second);
    http_await_metric(world.port, "gridwall_camera_sessions", 0, 0);
    http_await_metric(world.port, "gridwall_hub_streams", 0, 0);
    assert_true(http_get_metric(world.port, "gridwall_camera_attempts_total") == 1);
}

static void always_means_without_a_viewer(void **state)
{
    (void)state;
    http_await_metric(world.port, "gridwall_camera_live", CAMERAS, CAMERAS);
    cJSON *live = http_get_json(world.port, "/api/v1/cameras?status=live");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(live, "items")), CAMERAS);
    cJSON_Delete(live);

    // A viewer is served from the same pull, at once.
    wall_open(&wall, world_id(2).text, "main", 2);
    wall_until(&wall, wall_has_frames, &few);
    wall_check_whole(&wall);
    assert_true(http_get_metric(world.port, "gridwall_camera_sessions") == CAMERAS);
}

// Gives camera 1 the sub stream of the farm's camera `other`.
static void point_at(unsigned other)
{
    char url[SCRATCH_PATH_MAX], path[128], body[512];
    struct http_answer answer;

    world_url(&world, other, "sub", url);
    snprintf(path, sizeof(path), "/api/v1/cameras/%s", world_id(1).text);
    snprintf(body, sizeof(body), "{\"streams\":{\"sub\":{\"url\":\"%s\"}}}", url);
    http_request(world.port, "PATCH", path, body, &answer);
    assert_int_equal(answer.status, 200);
    http_answer_free(&answer);
}

static bool right_for_a_while(struct wall_client *w, void *arg)
{
    const struct wall_stream *s = w->streams;
    return s->frames - s->wrong >= *(uint64_t *)arg;
}

static void new_address_takes_effect_while_watched(void **state)
{
    (void)state;
    struct wall_stream *s = wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    assert_int_equal(s->wrong, 0);

    point_at(3);
    s->camera = 3;
    s->frames = s->wrong = s->disorder = s->lost = 0;
    s->last_frame = 0;
    s->started = false;
    uint64_t enough = 30;
    wall_until(&wall, right_for_a_while, &enough);
    uint64_t wrong = s->wrong, more = s->frames + 20;
    wall_until(&wall, wall_has_frames, &more);
    assert_int_equal(s->wrong, wrong); // the old camera's ended
}

// What was pulled is let go at once, however long a stream may linger; and whoever made
// the stream before has no word in it any more.
static void a_stream_is_made_by_pulling_or_by_pushing(void **state)
{
    char path[128];
    struct http_answer answer;
    (void)state;

    struct wall_stream *s = wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    snprintf(path, sizeof(path), "/api/v1/cameras/%s", world_id(1).text);
    http_request(world.port, "PATCH", path,
                 "{\"streams\":{\"sub\":{\"url\":\"push://:a-key-of-its-own@\"}}}",
                 &answer);
    assert_int_equal(answer.status, 200);
    http_answer_free(&answer);
    http_await_metric(world.port, "gridwall_camera_sessions", 0, 0);
    wall_until(&wall, wall_in_state, "retrying not_pushed");

    point_at(1);
    wall_until(&wall, wall_in_state, "live");
    uint64_t more = s->frames + 30;
    wall_until(&wall, wall_has_frames, &more);
    assert_string_equal(s->state, "live");
    assert_int_equal(s->wrong, 0);
}

static bool state_left_live(struct wall_client *w, void *arg)
{
    (void)arg;
    return strcmp(w->streams[0].state, "live") != 0;
}

// Whoever joins after the address was changed must not get pictures of the camera
// that the address meant before.
static void old_address_pictures_are_not_replayed(void **state)
{
    static struct wall_client late;
    (void)state;

    wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    world_order(&world, "stall 3"); // connects, and shows nothing
    point_at(3);
    wall_until(&wall, state_left_live, NULL);
    wall_until(&wall, wall_in_state, "waiting");

    assert_int_equal(wall_connect(&late, world.port), 0);
    struct wall_stream *s = wall_open(&late, world_id(1).text, "sub", 3);
    wall_until(&late, wall_in_state, "waiting");
    world_order(&world, "resume 3");
    wall_until(&late, wall_has_frames, &few);
    assert_int_equal(s->wrong, 0);
    wall_close(&late);
}

static void ask(const char *method, const char *body, int status)
{
    char path[128];
    struct http_answer answer;

    snprintf(path, sizeof(path), "/api/v1/cameras/%s", world_id(1).text);
    http_request(world.port, method, path, body, &answer);
    assert_int_equal(answer.status, status);
    http_answer_free(&answer);
}

static bool has_error(struct wall_client *w, void *arg)
{
    (void)arg;
    return strcmp(wall_last_type(w), "error") == 0;
}

static void expect_error(struct wall_client *w, int ref, const char *code)
{
    wall_until(w, has_error, NULL);
    assert_int_equal(cJSON_GetObjectItem(w->last, "ref")->valueint, ref);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(w->last, "code")), code);
}

// Pictures may come before it.
static void expect_close(struct ws_client *ws, int status)
{
    struct ws_message m;
    do
        assert_int_equal(ws_receive(ws, &m, PATIENCE_MS), 0);
    while (m.opcode == WS_BINARY);
    assert_int_equal(m.opcode, WS_CLOSE);
    assert_int_equal(m.data[0] << 8 | m.data[1], status);
}

static void deleted_camera_ends_with_a_word(void **state)
{
    struct ws_client players[4]; // dealt to both shards
    struct live_client download;
    char path[128];
    (void)state;

    wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    snprintf(path, sizeof(path), "/live/%s/sub.flv", world_id(1).text);
    live_open(&download, world.port,
              &(struct live_target) { .path = path, .camera = 1, .profile = FARM_SUB });
    live_read(&download, few);
    for (int i = 0; i < 4; i++)
        assert_int_equal(ws_connect(&players[i], world.port, path, NULL), 0);
    http_await_metric(world.port, "gridwall_viewers", 6, 6);

    ask("DELETE", NULL, 204);
    expect_error(&wall, 1, "no_such_camera");
    int r;
    while ((r = live_step(&download, PATIENCE_MS)) == 0)
        ;
    assert_int_equal(r, -EPIPE);
    live_close(&download);
    for (int i = 0; i < 4; i++) {
        expect_close(&players[i], 4404);
        ws_close(&players[i]);
    }
    http_await_metric(world.port, "gridwall_viewers", 0, 0);
    http_await_metric(world.port, "gridwall_camera_sessions", 0, 0);
    http_await_metric(world.port, "gridwall_hub_streams", 0, 0);

    // The socket itself goes on, for what there is.
    wall_open(&wall, world_id(1).text, "sub", 1);
    assert_int_equal(wall_step(&wall, PATIENCE_MS), 0);
    expect_error(&wall, 2, "no_such_camera");
    struct wall_stream *s = wall_open(&wall, world_id(2).text, "sub", 2);
    while (s->frames < few)
        assert_int_equal(wall_step(&wall, PATIENCE_MS), 0);
}

static void stream_without_an_address_ends_with_a_word(void **state)
{
    (void)state;

    struct wall_stream *main_stream = wall_open(&wall, world_id(1).text, "main", 1);
    wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    ask("PATCH", "{\"streams\":{\"sub\":{\"url\":\"\"}}}", 200);
    expect_error(&wall, 2, "no_such_stream");
    http_await_metric(world.port, "gridwall_viewers", 1, 1);
    uint64_t more = main_stream->frames + few;
    while (main_stream->frames < more)
        assert_int_equal(wall_step(&wall, PATIENCE_MS), 0);
    assert_int_equal(main_stream->lost, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(first_viewer_starts_and_last_one_ends),
        cmocka_unit_test_setup_teardown(always_means_without_a_viewer, set_up_always,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_stream_is_made_by_pulling_or_by_pushing,
                                        set_up_lingering, tear_down),
        CASE(new_address_takes_effect_while_watched),
        CASE(old_address_pictures_are_not_replayed),
        CASE(deleted_camera_ends_with_a_word),
        CASE(stream_without_an_address_ends_with_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
