// WebSocket clients that send nonsense are answered or closed; the engine and the
// other viewers go on.

#include "tests/harness/http_client.h"
#include "tests/harness/socket.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60 * 1000 };

static struct world world;
static struct wall_client good, bad;
static uint64_t few = 10;

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) { .cameras = 2 });
    assert_int_equal(wall_connect(&good, world.port), 0);
    wall_open(&good, world_id(1).text, "sub", 1);
    wall_until(&good, wall_has_frames, &few);
    assert_int_equal(wall_connect(&bad, world.port), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    uint64_t more = good.streams[0].frames + 10;
    wall_until(&good, wall_has_frames, &more);
    wall_check_whole(&good);
    wall_close(&good);
    wall_close(&bad);
    world_stop(&world);
    return 0;
}

static const char *code_of_next_error(void)
{
    do
        assert_int_equal(wall_step(&bad, PATIENCE_MS), 0);
    while (strcmp(wall_last_type(&bad), "error") != 0);
    return cJSON_GetStringValue(cJSON_GetObjectItem(bad.last, "code"));
}

static void await_closed(void)
{
    int r;
    while ((r = wall_step(&bad, PATIENCE_MS)) == 0)
        ;
    assert_int_equal(r, -EPIPE);
}

static void messages_against_the_rules_are_answered_then_end(void **state)
{
    static const char *const messages[] = {
        "",
        "{",
        "null",
        "[]",
        "{\"type\":\"open\"}",
        "{\"type\":\"explode\",\"ref\":1}",
        "{\"type\":\"open\",\"ref\":-1,\"camera\":\"x\",\"profile\":\"sub\",\"form\":"
        "\"avcc\"}",
        "{\"type\":\"open\",\"ref\":1,\"camera\":\"../"
        "etc\",\"profile\":\"sub\",\"form\":\"x\"}",
    };
    (void)state;
    for (int i = 0; i < 15; i++) {
        ws_send_text(&bad.ws, messages[i % 8]);
        assert_string_equal(code_of_next_error(), "bad_message");
    }
    ws_send(&bad.ws, WS_BINARY, "\x00\xff", 2); // the sixteenth
    await_closed();
    assert_true(http_get_metric(world.port, "gridwall_bad_messages_total") == 16);
}

static void a_thousand_unknown_cameras_are_refused_one_by_one(void **state)
{
    char text[128];
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text),
                 "{\"type\":\"open\",\"ref\":%d,\"camera\":\"unknown%d\","
                 "\"profile\":\"sub\",\"form\":\"avcc\"}",
                 i, i);
        ws_send_text(&bad.ws, text);
        assert_string_equal(code_of_next_error(), "no_such_camera");
    }
    wall_open(&bad, world_id(2).text, "sub", 2); // it may still watch
    wall_until(&bad, wall_has_frames, &few);
    wall_check_whole(&bad);
}

static void a_message_that_is_too_long_is_an_error(void **state)
{
    static char text[60000];
    (void)state;
    memset(text, ' ', sizeof(text));
    ws_send(&bad.ws, WS_TEXT, text, sizeof(text));
    assert_string_equal(code_of_next_error(), "bad_message");
}

// RFC 6455 section 5.1 wants it closed; the library takes it, so it is answered.
static void an_unmasked_frame_is_answered(void **state)
{
    (void)state;
    socket_write(bad.ws.fd, "\x81\x02hi", 4);
    assert_string_equal(code_of_next_error(), "bad_message");
}

static void broken_frames_end_the_connection(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } frames[] = {
        { "\xf1\x80zzzz", 6 },                                  // reserved bits
        { "\x83\x80zzzz", 6 },                                  // reserved opcode
        { "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xffzzzz", 14 }, // 2^64 - 1 bytes
        { "\x89\xfe\x7f\xff zzzz", 9 },                         // a ping of 32 KiB
    };
    (void)state;
    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
        wall_close(&bad);
        assert_int_equal(wall_connect(&bad, world.port), 0);
        socket_write(bad.ws.fd, frames[i].bytes, frames[i].len);
        await_closed();
    }
}

// They hang up in the middle; nothing is left of them.
static void half_a_handshake_leaves_nothing(void **state)
{
    static const char *const starts[] = {
        "GET /ws/v1 HTTP/1.1\r\nUpgrade: websocket\r\n",
        "GET /ws/v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "\r\n\r\n\r\n",
        "GET",
    };
    (void)state;
    for (size_t i = 0; i < 10 * sizeof(starts) / sizeof(*starts); i++) {
        const char *start = starts[i % (sizeof(starts) / sizeof(*starts))];
        int fd = socket_connect(world.port);
        assert_true(fd >= 0);
        socket_write(fd, start, strlen(start));
        close(fd);
    }
    // The two walls, and the one that asks.
    http_await_metric(world.port, "gridwall_connections", 3, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(messages_against_the_rules_are_answered_then_end),
        CASE(a_thousand_unknown_cameras_are_refused_one_by_one),
        CASE(a_message_that_is_too_long_is_an_error),
        CASE(an_unmasked_frame_is_answered),
        CASE(broken_frames_end_the_connection),
        CASE(half_a_handshake_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
