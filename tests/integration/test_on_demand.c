// What is pulled and when: the first viewer starts it, the last one ends it, and an
// edited address takes effect under the viewers' eyes.

#include "tests/harness/http_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 4 };

static struct world world;
static struct wall_client wall;
static uint64_t few = 10;

static void begin(const char *pull)
{
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .engine = { "--shards", "2", "--linger", "1" },
                            .pull = pull,
                        });
    assert_int_equal(wall_connect(&wall, world.port), 0);
}

static int set_up(void **state)
{
    (void)state;
    begin("on_demand");
    return 0;
}

static int set_up_always(void **state)
{
    (void)state;
    begin("always");
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

static void deleted_camera_ends_with_a_word(void **state)
{
    char path[128];
    struct http_answer answer;
    (void)state;

    wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    snprintf(path, sizeof(path), "/api/v1/cameras/%s", world_id(1).text);
    http_request(world.port, "DELETE", path, NULL, &answer);
    assert_int_equal(answer.status, 204);
    http_answer_free(&answer);

    wall_until(&wall, wall_in_state, "retrying bad_url");
    http_await_metric(world.port, "gridwall_camera_sessions", 0, 0);
    wall_open(&wall, world_id(1).text, "sub", 1);
    while (strcmp(wall_last_type(&wall), "error") != 0)
        assert_int_equal(wall_step(&wall, 60 * 1000), 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(wall.last, "code")),
                        "no_such_camera");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(first_viewer_starts_and_last_one_ends),
        cmocka_unit_test_setup_teardown(always_means_without_a_viewer, set_up_always,
                                        tear_down),
        CASE(new_address_takes_effect_while_watched),
        CASE(old_address_pictures_are_not_replayed),
        CASE(deleted_camera_ends_with_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
