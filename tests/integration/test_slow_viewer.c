// A viewer that does not read falls behind alone: it is told, goes on at a key
// frame, and is closed when it takes nothing at all.

#include "tests/harness/http_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 4 };

static struct world world;
static struct wall_client slow, quick;
static char heavy[512];

static void begin(const char *stuck_s)
{
    snprintf(heavy, sizeof(heavy), "%s/heavy.mp4", getenv("GW_CLIPS"));
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .farm = { "--clip", heavy },
                            .engine = { "--shards", "2", "--viewer-queue", "1",
                                        "--viewer-stuck", stuck_s },
                        });
    uint64_t few = 5;
    assert_int_equal(wall_connect(&slow, world.port), 0);
    assert_int_equal(wall_connect(&quick, world.port), 0);
    // The farm's third main clip is the heavy one: the kernel's own buffers are soon
    // full of it.
    wall_open(&slow, world_id(3).text, "main", 3);
    for (unsigned n = 1; n <= CAMERAS; n++)
        wall_open(&quick, world_id(n).text, "main", n);
    wall_until(&slow, wall_has_frames, &few);
    wall_until(&quick, wall_has_frames, &few);
}

static int set_up(void **state)
{
    (void)state;
    begin("600");
    return 0;
}

static int set_up_strict(void **state)
{
    (void)state;
    begin("1");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wall_close(&slow);
    wall_close(&quick);
    world_stop(&world);
    return 0;
}

static bool engine_dropped(struct wall_client *w, void *arg)
{
    (void)arg;
    // A look at the figures once a second of pictures is enough.
    return w->streams[0].frames % 25 == 0 &&
           http_get_metric(world.port, "gridwall_viewer_packets_dropped_total") > 0;
}

static bool went_on(struct wall_client *w, void *arg)
{
    (void)arg;
    return w->streams[0].jumps > 0 && !w->streams[0].gap &&
           w->streams[0].told_dropped > 0;
}

static void goes_on_at_a_key_frame(void **state)
{
    (void)state;
    wall_until(&quick, engine_dropped, NULL);
    wall_until(&slow, went_on, NULL);
    const struct wall_stream *s = slow.streams;
    assert_int_equal(s->silent_jumps, 0);
    assert_int_equal(s->delta_jumps, 0);
    assert_int_equal(s->wrong + s->disorder, 0);
    assert_true(s->lost >= 1);
    wall_check_whole(&quick);
}

static bool engine_closed_it(struct wall_client *w, void *arg)
{
    (void)arg;
    return w->streams[0].frames % 25 == 0 &&
           http_get_metric(world.port, "gridwall_viewers_stuck_total") > 0;
}

static void stuck_viewer_is_closed(void **state)
{
    int r;
    (void)state;
    wall_until(&quick, engine_closed_it, NULL);
    while ((r = wall_step(&slow, 60 * 1000)) == 0)
        ;
    assert_int_equal(r, -EPIPE);
    wall_check_whole(&quick);
    assert_true(http_get_metric(world.port, "gridwall_wall_sockets") == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_on_at_a_key_frame, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stuck_viewer_is_closed, set_up_strict, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
