// Cameras that nobody watches: the health round tells which of them answer without
// pulling a picture; warm ones are connected before anybody asks.

#include "tests/harness/http_client.h"
#include "tests/harness/wall_client.h"
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

enum { CAMERAS = 6, SICK = 2, PATIENCE = 600, POLL_NS = 100 * 1000 * 1000 };

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .engine = { "--shards", "2", "--probe-interval", "1" },
                        });
    return 0;
}

static int set_up_warm(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .pull = "warm",
                            .engine = { "--shards", "2", "--probe-interval", "0" },
                        });
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static int count_with_status(const char *status)
{
    char path[64];
    snprintf(path, sizeof(path), "/api/v1/cameras?status=%s", status);
    cJSON *answer = http_get_json(world.port, path);
    int n = cJSON_GetArraySize(cJSON_GetObjectItem(answer, "items"));
    cJSON_Delete(answer);
    return n;
}

// The API has no event for it: asked until it says so.
static void await_count(const char *status, int count)
{
    const struct timespec pause = { .tv_nsec = POLL_NS };
    for (int i = 0; count_with_status(status) != count; i++) {
        if (i == PATIENCE)
            fail_msg("%d cameras are %s, not %d", count_with_status(status), status,
                     count);
        nanosleep(&pause, NULL);
    }
}

static void the_round_tells_who_answers_without_a_picture(void **state)
{
    char path[64], refuse[16];
    (void)state;

    await_count("online", CAMERAS);
    snprintf(refuse, sizeof(refuse), "refuse %d", SICK);
    world_order(&world, refuse);
    await_count("offline", 1);
    snprintf(path, sizeof(path), "/api/v1/cameras/%s", world_id(SICK).text);
    cJSON *camera = http_get_json(world.port, path);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(camera, "state")),
                        "offline");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(camera, "cause")),
                        "busy");
    cJSON_Delete(camera);
    world_order(&world, "resume all");
    await_count("online", CAMERAS);

    int status;
    free(process_end(&world.farm, SIGKILL, &status));
    await_count("offline", CAMERAS);
    world_start_farm(&world);
    await_count("online", CAMERAS);

    assert_true(http_get_metric(world.port, "gridwall_camera_probes_total") > CAMERAS);
    assert_true(http_get_metric(world.port, "gridwall_camera_probe_failures_total") > 0);
    assert_true(http_get_metric(world.port, "gridwall_cameras") == CAMERAS);
    assert_true(http_get_metric(world.port, "gridwall_camera_frames_total") == 0);
}

static void what_is_watched_is_not_probed_besides(void **state)
{
    static struct wall_client wall;
    uint64_t frames = 50; // two seconds: twice round
    (void)state;

    assert_int_equal(wall_connect(&wall, world.port), 0);
    for (unsigned n = 1; n <= CAMERAS; n++)
        wall_open(&wall, world_id(n).text, "sub", n);
    wall_until(&wall, wall_in_state, "live");
    double probes = http_get_metric(world.port, "gridwall_camera_probes_total");
    wall_until(&wall, wall_has_frames, &frames);
    wall_check_whole(&wall);
    assert_true(http_get_metric(world.port, "gridwall_camera_probes_total") == probes);
    wall_close(&wall);
}

static void a_warm_camera_is_there_before_anybody_asks(void **state)
{
    static struct wall_client wall;
    uint64_t one = 1;
    (void)state;

    await_count("live", CAMERAS);
    double attempts = http_get_metric(world.port, "gridwall_camera_attempts_total");
    assert_int_equal(wall_connect(&wall, world.port), 0);
    for (unsigned n = 1; n <= CAMERAS; n++)
        wall_open(&wall, world_id(n).text, "sub", n);
    wall_until(&wall, wall_has_frames, &one);
    wall_check_whole(&wall);
    wall_close(&wall);
    http_await_metric(world.port, "gridwall_viewers", 0, 0);
    assert_true(http_get_metric(world.port, "gridwall_camera_attempts_total") ==
                attempts);
    assert_true(http_get_metric(world.port, "gridwall_camera_live") == CAMERAS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_round_tells_who_answers_without_a_picture,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_watched_is_not_probed_besides, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_warm_camera_is_there_before_anybody_asks,
                                        set_up_warm, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
