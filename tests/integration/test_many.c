// A wall of many: two hundred cameras at once on several sockets, all right, none
// lost; and nothing is left when everybody has gone.

#include "base/clock.h"
#include "tests/harness/http_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>

#include <setjmp.h>

#include <cmocka.h>

enum { SOCKETS = 4, FRAMES = 55, PATIENCE_S = 90, CAMERAS = 200 };

static struct world world;
static struct wall_client walls[SOCKETS];

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .engine = { "--shards", "2", "--linger", "1" },
                        });
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static void take_all(struct wall_client *w)
{
    int r;
    while ((r = wall_step(w, 0)) == 0)
        ;
    assert_int_equal(r, -ETIMEDOUT);
}

// All sockets side by side: one that is not read would fall behind.
static void read_all(uint64_t frames)
{
    uint64_t end_us = gw_clock_now_us() + (uint64_t)PATIENCE_S * GW_SECOND;
    int done = 0;

    while (done < SOCKETS) {
        struct pollfd fds[SOCKETS];
        for (int i = 0; i < SOCKETS; i++)
            fds[i] = (struct pollfd) { .fd = walls[i].ws.fd, .events = POLLIN };
        assert_true(poll(fds, SOCKETS, PATIENCE_S * 1000) > 0);
        assert_true(gw_clock_now_us() < end_us);
        done = 0;
        for (int i = 0; i < SOCKETS; i++) {
            take_all(&walls[i]);
            done += wall_has_frames(&walls[i], &frames);
        }
    }
}

static void two_hundred_cameras_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < SOCKETS; i++)
        assert_int_equal(wall_connect(&walls[i], world.port), 0);
    for (unsigned n = 1; n <= CAMERAS; n++)
        wall_open(&walls[n % SOCKETS], world_id(n).text, "sub", n);
    read_all(FRAMES);

    uint64_t oldest = 0;
    for (int i = 0; i < SOCKETS; i++) {
        wall_check_whole(&walls[i]);
        for (int k = 0; k < walls[i].count; k++)
            if (walls[i].streams[k].age_us > oldest)
                oldest = walls[i].streams[k].age_us;
    }
    print_message("%u cameras, oldest last picture %lu us\n", (unsigned)CAMERAS, oldest);
    assert_true(http_get_metric(world.port, "gridwall_camera_live") == CAMERAS);
    assert_true(http_get_metric(world.port, "gridwall_handover_dropped_total") == 0);

    for (int i = 0; i < SOCKETS; i++)
        wall_close(&walls[i]);
    http_await_metric(world.port, "gridwall_camera_sessions", 0, 0);
    http_await_metric(world.port, "gridwall_hub_streams", 0, 0);
    http_await_metric(world.port, "gridwall_hub_gop_bytes", 0, 0);
    assert_true(http_get_metric(world.port, "gridwall_viewers") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_hundred_cameras_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
