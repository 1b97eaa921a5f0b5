// A thousand viewers of whom half read nothing: the others lose nothing; the stalled
// ones cost their bounded queues, and are closed after ten seconds. And where the
// pictures of those who join begin.

#include "base/clock.h"
#include "tests/harness/http_client.h"
#include "tests/harness/live_client.h"
#include "tests/integration/world.h"

#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <setjmp.h>

#include <cmocka.h>

enum {
    CAMERAS = 4,
    READERS = 500,
    STALLED = 500,
    PATIENCE_S = 180,
    QUEUE_BYTES = 1024 * 1024, // as the engine is told
    LOOK_EVERY = 5000,         // frames, between two looks at the figures
};

static struct world world;
static struct live_client readers[READERS];
static struct live_client stalled[STALLED];

static int set_up(void **state)
{
    struct rlimit files;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
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

// By turns WebSocket and GET.
static void open_viewer(struct live_client *l, unsigned n, const char *query)
{
    char path[128];
    unsigned camera = n % CAMERAS + 1;
    snprintf(path, sizeof(path), "/live/%s.flv%s", world_id(camera).text, query);
    live_open(l, world.port,
              &(struct live_target) {
                  .path = path,
                  .websocket = n / CAMERAS % 2 == 0,
                  .camera = camera,
                  .profile = FARM_MAIN,
              });
}

// It reads nothing from now on, and its kernel keeps little for it.
static void stall(struct live_client *l)
{
    int bytes = 4096;
    assert_int_equal(setsockopt(l->ws.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)),
                     0);
}

// Reads one frame of each of the first `count` that has something; returns how many
// frames came.
static uint64_t read_once(unsigned count, int timeout_ms)
{
    struct pollfd fds[READERS];
    uint64_t came = 0;
    for (unsigned i = 0; i < count; i++)
        fds[i] = (struct pollfd) { .fd = readers[i].ws.fd, .events = POLLIN };
    assert_true(poll(fds, count, timeout_ms) >= 0);
    for (unsigned i = 0; i < count; i++)
        if (fds[i].revents) {
            live_read(&readers[i], readers[i].frames + 1);
            came++;
        }
    return came;
}

static void half_of_a_thousand_stall(void **state)
{
    uint64_t end_us = gw_clock_now_us() + (uint64_t)PATIENCE_S * GW_SECOND;
    uint64_t since_look = 0;
    double queued_max = 0;
    double closed = 0;
    (void)state;

    for (unsigned n = 0; n < STALLED; n++) {
        open_viewer(&stalled[n], n, "");
        stall(&stalled[n]);
        open_viewer(&readers[n], n, "");
        read_once(n + 1, 0);
    }
    while (closed < STALLED) {
        assert_true(gw_clock_now_us() < end_us);
        since_look += read_once(READERS, PATIENCE_S * 1000);
        if (since_look < LOOK_EVERY)
            continue;
        since_look = 0;
        closed = http_get_metric(world.port, "gridwall_viewers_stuck_total");
        double queued = http_get_metric(world.port, "gridwall_viewer_queued_bytes");
        queued_max = queued > queued_max ? queued : queued_max;
        assert_true(queued <= (double)(STALLED + READERS) * QUEUE_BYTES);
    }
    for (unsigned i = 0; i < READERS; i++)
        live_check_whole(&readers[i]);
    assert_true(closed == STALLED);
    assert_true(queued_max > 0);
    assert_true(http_get_metric(world.port, "gridwall_viewers") == READERS);
    print_message("at most %.0f bytes waited for a stalled viewer\n",
                  queued_max / STALLED);

    for (unsigned i = 0; i < READERS; i++) {
        live_close(&readers[i]);
        live_close(&stalled[i]);
    }
    http_await_metric(world.port, "gridwall_viewer_queued_bytes", 0, 0);
}

// Both shards, by GET and by WebSocket, owner of the camera or not: who takes the
// cached GOP begins with the last key frame, who does not with a later one.
static void a_viewer_begins_where_it_asks(void **state)
{
    enum { JOINERS = 4 * CAMERAS };
    struct live_client first[CAMERAS];
    (void)state;

    for (unsigned n = 0; n < CAMERAS; n++) {
        open_viewer(&first[n], n, "");
        live_read(&first[n], 5);
    }
    for (unsigned n = 0; n < JOINERS; n++) {
        struct live_client cached;
        struct live_client fresh;

        open_viewer(&cached, n, "?join=gop");
        live_read(&cached, 1);
        open_viewer(&fresh, n, "?join=key");
        live_read(&fresh, 1);
        assert_true(fresh.last_frame > cached.last_frame);
        live_read(&fresh, 30);
        live_check_whole(&fresh);
        live_close(&cached);
        live_close(&fresh);
    }
    for (unsigned n = 0; n < CAMERAS; n++)
        live_close(&first[n]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(half_of_a_thousand_stall, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_viewer_begins_where_it_asks, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
