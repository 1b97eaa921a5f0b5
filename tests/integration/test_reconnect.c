// Cameras that fail: viewers hear why, get the pictures again by themselves, and
// never old ones; other cameras are not touched.

#include "tests/harness/http_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 4, SICK = 2 };

static struct world world;
static struct wall_client wall;

static int set_up(void **state)
{
    uint64_t few = 5;
    (void)state;
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .engine = { "--shards", "2", "--backoff-min", "50",
                                        "--backoff-max", "200", "--stall", "1" },
                        });
    assert_int_equal(wall_connect(&wall, world.port), 0);
    for (unsigned n = 1; n <= CAMERAS; n++)
        wall_open(&wall, world_id(n).text, "sub", n);
    wall_until(&wall, wall_has_frames, &few);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wall_close(&wall);
    world_stop(&world);
    return 0;
}

static struct wall_stream *sick(void)
{
    return &wall.streams[SICK - 1];
}

static bool sick_is(struct wall_client *w, void *arg)
{
    const struct wall_stream *s = &w->streams[SICK - 1];
    char both[64];
    snprintf(both, sizeof(both), "%s %s", s->state, s->cause);
    return strcmp(s->state, arg) == 0 || strcmp(both, arg) == 0;
}

static bool sick_has_frames(struct wall_client *w, void *arg)
{
    return w->streams[SICK - 1].frames >= *(uint64_t *)arg;
}

// All but the sick one have what they should have.
static void check_others(void)
{
    for (int i = 0; i < wall.count; i++) {
        const struct wall_stream *s = &wall.streams[i];
        if (s == sick())
            continue;
        assert_int_equal(s->lost + s->wrong + s->disorder + s->jumps, 0);
        assert_string_equal(s->state, "live");
    }
}

static void await_recovery(void)
{
    uint64_t more = sick()->frames + 20;
    wall_until(&wall, sick_is, "live");
    wall_until(&wall, sick_has_frames, &more);
    assert_int_equal(sick()->wrong, 0);
    assert_int_equal(sick()->disorder, 0);
}

static void order(const char *fault)
{
    char text[64];
    snprintf(text, sizeof(text), "%s %d", fault, SICK);
    world_order(&world, text);
}

static void farm_is_killed_and_comes_back(void **state)
{
    char *words;
    int status;
    (void)state;

    words = process_end(&world.farm, SIGKILL, &status);
    free(words);
    wall_until(&wall, wall_in_state, "retrying refused");
    http_await_metric(world.port, "gridwall_hub_gop_bytes", 0, 0);

    uint64_t before[CAMERAS];
    for (int i = 0; i < CAMERAS; i++) {
        before[i] = wall.streams[i].frames;
        wall.streams[i].disorder = 0;
        wall.streams[i].last_frame = 0; // a new farm counts anew
    }
    world_start_farm(&world);
    wall_until(&wall, wall_in_state, "live");
    uint64_t more = 0;
    for (int i = 0; i < CAMERAS; i++)
        more = before[i] + 20 > more ? before[i] + 20 : more;
    wall_until(&wall, wall_has_frames, &more);
    for (int i = 0; i < CAMERAS; i++) {
        assert_int_equal(wall.streams[i].wrong, 0);
        assert_int_equal(wall.streams[i].disorder, 0);
        assert_int_equal(wall.streams[i].delta_jumps, 0);
    }
}

static void silent_camera_is_connected_anew(void **state)
{
    (void)state;
    order("stall");
    wall_until(&wall, sick_is, "retrying stalled");
    order("resume");
    await_recovery();
    check_others();
}

static void camera_that_hangs_up_is_connected_anew(void **state)
{
    (void)state;
    double failures = http_get_metric(world.port, "gridwall_camera_failures_total");
    order("close");
    wall_until(&wall, sick_is, "retrying closed");
    await_recovery();
    check_others();
    assert_true(http_get_metric(world.port, "gridwall_camera_failures_total") > failures);
}

static void camera_that_refuses_is_called_busy(void **state)
{
    (void)state;
    order("refuse");
    order("close");
    wall_until(&wall, sick_is, "retrying busy");
    order("resume");
    await_recovery();
    check_others();
}

// Random bytes between packets: what is real is found again behind them.
static void garbage_is_not_taken_for_pictures(void **state)
{
    (void)state;
    uint64_t more = sick()->frames + 50;
    order("garbage");
    wall_until(&wall, sick_has_frames, &more);
    assert_int_equal(sick()->wrong, 0);
    assert_int_equal(sick()->disorder, 0);
    order("resume");
    await_recovery();
    check_others();
}

static bool sick_jumped(struct wall_client *w, void *arg)
{
    (void)arg;
    return w->streams[SICK - 1].jumps >= 2;
}

static void lost_packets_are_counted_and_marked(void **state)
{
    (void)state;
    order("drop 0.1");
    wall_until(&wall, sick_jumped, NULL);
    order("resume");
    assert_int_equal(sick()->silent_jumps, 0);
    assert_true(http_get_metric(world.port, "gridwall_camera_packets_lost_total") > 0);
    assert_true(http_get_metric(world.port, "gridwall_camera_frames_dropped_total") > 0);
    check_others();
}

// A viewer that comes while a camera is away sees none of its last pictures.
static void old_pictures_are_not_replayed(void **state)
{
    static struct wall_client late;
    (void)state;

    order("refuse");
    order("close");
    wall_until(&wall, sick_is, "retrying busy");
    uint64_t last = sick()->last_frame;
    assert_int_equal(wall_connect(&late, world.port), 0);
    struct wall_stream *s = wall_open(&late, world_id(SICK).text, "sub", SICK);
    wall_until(&late, wall_in_state, "retrying busy");
    assert_int_equal(s->frames, 0);
    order("resume");

    uint64_t one = 1;
    wall_until(&late, wall_has_frames, &one);
    assert_true(s->last_frame > last);
    wall_close(&late);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(farm_is_killed_and_comes_back),
        CASE(silent_camera_is_connected_anew),
        CASE(camera_that_hangs_up_is_connected_anew),
        CASE(camera_that_refuses_is_called_busy),
        CASE(garbage_is_not_taken_for_pictures),
        CASE(lost_packets_are_counted_and_marked),
        CASE(old_pictures_are_not_replayed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
