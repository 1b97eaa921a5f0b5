// A real server on a loop, and a browser's side written out byte by byte.

#include "server_app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static char *request(struct app *app, const char *text)
{
    struct client c;
    app_connect(app, &c);
    client_send_text(&c, text);
    char *response = client_response(&c, strncmp(text, "HEAD", 4) == 0);
    client_finish(&c);
    return response;
}

static void assert_status(struct app *app, const char *text, int status)
{
    char *response = request(app, text);
    if (atoi(response + 9) != status)
        print_error("%s\nanswered:\n%.300s\n", text, response);
    assert_int_equal(atoi(response + 9), status);
    free(response);
}

#define HOST "Host: localhost:8080\r\n"

// ---- HTTP ----

static void answers_the_api_within_the_call(void **state)
{
    char *r = request(*state, "POST /api/v1/cameras?q=a%26b&bbox=1,2 HTTP/1.1\r\n" HOST
                              "Content-Length: 4\r\n\r\nbody");
    assert_memory_equal(r, "HTTP/1.1 200 OK\r\n", 17);
    assert_non_null(strstr(r, "X-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(r, "\r\n\r\n{\"method\":\"POST\",\"body\":\"body\"}"));
    assert_string_equal(((struct app *)*state)->query, "q=a%26b&bbox=1,2");
    free(r);
}

static void answers_the_api_later(void **state)
{
    struct app *app = *state;
    struct client c;
    app_connect(app, &c);
    client_send_text(&c, "GET /api/late HTTP/1.1\r\n" HOST "\r\n");
    while (!app->late)
        client_turn(&c);
    app_reply_text(app->late, "{\"late\":true}");
    char *r = client_response(&c, false);
    assert_non_null(strstr(r, "{\"late\":true}"));
    free(r);
    client_finish(&c);
}

static void a_connection_carries_several_requests(void **state)
{
    struct client c;
    app_connect(*state, &c);
    for (int i = 0; i < 3; i++) {
        client_send_text(&c, "GET /healthz HTTP/1.1\r\n" HOST "\r\n");
        char *r = client_response(&c, false);
        assert_non_null(strstr(r, "\"method\":\"GET\""));
        free(r);
    }
    client_finish(&c);
}

static void leave_before_the_reply(struct app *app, const char *text)
{
    struct client c;
    struct gw_server_stats stats;
    app_connect(app, &c);
    client_send_text(&c, text);
    app->late = NULL;
    while (!app->late)
        client_turn(&c);
    client_finish(&c);
    do {
        uv_run(&app->loop, UV_RUN_ONCE);
        gw_server_stats(app->server, &stats);
    } while (stats.connections);
    app_reply_text(app->late, "{}"); // only cleans up: ASan would tell
}

static void a_peer_may_leave_before_the_reply(void **state)
{
    leave_before_the_reply(*state, "GET /api/late HTTP/1.1\r\n" HOST "\r\n");
    leave_before_the_reply(*state, "POST /api/late HTTP/1.1\r\n" HOST
                                   "Content-Length: 1\r\n\r\nx");
}

static void sends_megabytes_in_pieces(void **state)
{
    char *r = request(*state, "GET /api/big HTTP/1.1\r\n" HOST "\r\n");
    char *body = strstr(r, "\r\n\r\n") + 4;
    assert_non_null(strstr(r, "ETag: \"big\"\r\n"));
    assert_int_equal(strlen(body), 3 * 1024 * 1024);
    assert_int_equal(strspn(body, "x"), 3 * 1024 * 1024);
    free(r);
}

static void refuses_what_is_too_large_or_has_no_length(void **state)
{
    assert_status(*state,
                  "POST /api/v1/x HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n",
                  413);
    assert_status(*state, "POST /api/v1/x HTTP/1.1\r\n" HOST "\r\n", 411);
    assert_status(*state,
                  "POST /api/v1/x HTTP/1.1\r\n" HOST
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  411);
    assert_int_equal(((struct app *)*state)->body_len, 0);
}

static void head_has_no_body(void **state)
{
    struct client c;
    app_connect(*state, &c);
    client_send_text(&c, "HEAD /api/v1/x HTTP/1.1\r\n" HOST "\r\n");
    free(client_response(&c, true));
    client_send_text(&c, "HEAD / HTTP/1.1\r\n" HOST "\r\n");
    free(client_response(&c, true));
    client_send_text(&c, "GET / HTTP/1.1\r\n" HOST "\r\n");
    char *r = client_response(&c, false);
    assert_non_null(strstr(r, "<title>gridwall"));
    free(r);
    client_finish(&c);
}

static void refuses_methods_that_an_address_does_not_know(void **state)
{
    assert_status(*state, "DELETE / HTTP/1.1\r\n" HOST "\r\n", 405);
    assert_status(*state, "OPTIONS /api/v1/cameras HTTP/1.1\r\n" HOST "\r\n", 405);
    assert_status(*state, "GET /ws/v1 HTTP/1.1\r\n" HOST "\r\n", 426);
}

// ---- files ----

static void serves_pages_and_hashed_files(void **state)
{
    char *r = request(*state, "GET /wall/3 HTTP/1.1\r\n" HOST "\r\n");
    assert_non_null(strstr(r, "Content-Type: text/html; charset=utf-8\r\n"));
    assert_non_null(strstr(r, "Content-Security-Policy: default-src 'self'"));
    assert_non_null(strstr(r, "Cache-Control: no-cache\r\n"));
    assert_non_null(strstr(r, "<title>gridwall"));
    free(r);

    r = request(*state, "GET /assets/app-1a2b.js HTTP/1.1\r\n" HOST
                        "Accept-Encoding: gzip, br;q=0.9\r\n\r\n");
    assert_non_null(strstr(r, "immutable\r\n"));
    assert_non_null(strstr(r, "Content-Encoding: br\r\n"));
    assert_non_null(strstr(r, "Content-Type: text/javascript"));
    assert_non_null(strstr(r, "\r\n\r\nbrotli"));
    free(r);
}

static void says_when_a_file_has_not_changed(void **state)
{
    char *r = request(*state, "GET /desk HTTP/1.1\r\n" HOST "\r\n");
    char etag[64];
    assert_int_equal(sscanf(strstr(r, "ETag: "), "ETag: %63[^\r]", etag), 1);
    free(r);

    struct client c;
    char text[256];
    snprintf(text, sizeof(text),
             "GET /desk HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n", etag);
    app_connect(*state, &c);
    client_send_text(&c, text);
    r = client_response(&c, true);
    assert_int_equal(atoi(r + 9), 304);
    free(r);
    client_finish(&c);
}

static void never_leaves_the_directory(void **state)
{
    static const char *const paths[] = {
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2fetc/passwd",
        "/assets/%5c..%5c..%5cetc/passwd",
        "/assets/",
        "/assets",
        "/.hidden",
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        char text[256];
        snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n" HOST "\r\n", paths[i]);
        assert_status(*state, text, 404);
    }
}

// ---- this machine only ----

static void refuses_foreign_hosts_and_origins(void **state)
{
    assert_status(*state, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403);
    assert_status(*state, "GET / HTTP/1.1\r\n\r\n", 403);
    assert_status(*state, "GET / HTTP/1.1\r\n" HOST "Origin: http://evil.example\r\n\r\n",
                  403);
    assert_status(*state,
                  "DELETE /api/v1/cameras/1 HTTP/1.1\r\n" HOST
                  "Origin: http://localhost:3000\r\n\r\n",
                  403);
    assert_status(*state,
                  "GET /ws/v1 HTTP/1.1\r\nHost: 192.168.1.5\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Protocol: gridwall.v1\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                  403);
    assert_status(*state,
                  "GET /ws/v1 HTTP/1.1\r\n" HOST "Origin: http://localhost:3000\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Protocol: gridwall.v1\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                  403);
    assert_status(
        *state, "GET /api/v1/x HTTP/1.1\r\n" HOST "Origin: http://localhost:8080\r\n\r\n",
        200);
    assert_status(*state, "GET /api/v1/x HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", 200);
}

// RFC 6455 section 4.2.2: the server chooses from the list.
static void our_subprotocol_may_stand_in_a_list(void **state)
{
    static const char *const lists[] = { "gridwall.v2, gridwall.v1", "gridwall.v1,x" };
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        char text[512];
        snprintf(text, sizeof(text),
                 "GET /ws/v1 HTTP/1.1\r\n" HOST "Sec-WebSocket-Protocol: %s\r\n"
                 "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 lists[i]);
        assert_status(*state, text, 101);
    }
}

static void upgrades_are_refused_elsewhere(void **state)
{
    static const char *const lines[] = {
        "GET /ws/v1 HTTP/1.1\r\n" HOST,
        "GET /ws/v1 HTTP/1.1\r\n" HOST "Sec-WebSocket-Protocol: gridwall.v10, x\r\n",
        "GET /ws/v2 HTTP/1.1\r\n" HOST "Sec-WebSocket-Protocol: gridwall.v1\r\n",
        "GET /live/cam1.avi HTTP/1.1\r\n" HOST,
        "GET /live/cam1.flv HTTP/1.1\r\n" HOST "Sec-WebSocket-Protocol: gridwall.v1\r\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        char text[512];
        snprintf(text, sizeof(text),
                 "%sUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 lines[i]);
        assert_status(*state, text, 404);
    }
}

// ---- live ----

static void live_by_get_is_one_endless_body(void **state)
{
    struct app *app = *state;
    struct client c;
    app_connect(app, &c);
    client_send_text(&c, "GET /live/cam1/sub.flv HTTP/1.1\r\n" HOST
                         "Origin: https://player.example\r\n\r\n");
    while (!app->viewer)
        client_turn(&c);
    app_send(app, 13, true, false, 'a'); // comes after the head
    char *head = client_response(&c, true);
    assert_non_null(strstr(head, "Content-Type: video/x-flv\r\n"));
    assert_null(strstr(head, "Access-Control")); // nobody was allowed
    assert_null(strstr(head, "Content-Length"));
    free(head);
    app_send(app, 20, false, true, 'b');
    while (c.in_len < 33)
        client_turn(&c);
    assert_int_equal(c.in[12], 'a');
    assert_int_equal(c.in[32], 'b');
    assert_int_equal(app->wish.form, GW_FORM_FLV);
    assert_int_equal(app->wish.profile, GW_PROFILE_SUB);

    // The viewer's leaving is noticed though nothing is sent.
    shutdown(c.fd, SHUT_RDWR);
    while (!app->closed)
        client_turn(&c);
    client_finish(&c);
}

static void live_by_websocket_is_a_message_a_packet(void **state)
{
    struct app *app = *state;
    struct client c;
    app_connect(app, &c);
    client_upgrade(&c, "/live/cam1.mp4", NULL);
    while (!app->viewer)
        client_turn(&c);
    assert_int_equal(app->wish.form, GW_FORM_MP4);
    assert_int_equal(app->wish.profile, GW_PROFILE_MAIN);
    app_send(app, 700, true, false, 1);
    app_send(app, 70000, false, true, 2);
    client_expect_media(&c, 700, 1);
    client_expect_media(&c, 70000, 2);
    client_finish(&c);
    while (!app->closed)
        uv_run(&app->loop, UV_RUN_ONCE);
}

static void live_begins_where_the_viewer_asks(void **state)
{
    struct app *app = *state;
    struct client c;
    app_connect(app, &c);
    client_upgrade(&c, "/live/cam1.flv?token=a&join=key", NULL);
    while (!app->viewer)
        client_turn(&c);
    assert_int_equal(app->wish.join, GW_JOIN_KEY);
    client_finish(&c);
    while (!app->closed)
        uv_run(&app->loop, UV_RUN_ONCE);

    app_connect(app, &c);
    client_send_text(&c, "GET /live/cam1.flv?join=key HTTP/1.1\r\n" HOST "\r\n");
    app->wish.join = GW_JOIN_GOP;
    while (!app->viewer)
        client_turn(&c);
    assert_int_equal(app->wish.join, GW_JOIN_KEY);
    client_finish(&c);
    assert_status(*state, "GET /live/cam1.flv?join=now HTTP/1.1\r\n" HOST "\r\n", 400);
}

static void live_says_why_there_is_nothing(void **state)
{
    assert_status(*state, "GET /live/missing.flv HTTP/1.1\r\n" HOST "\r\n", 404);
    assert_status(*state, "GET /live/cam1.avi HTTP/1.1\r\n" HOST "\r\n", 404);
    assert_status(
        *state, "POST /live/cam1.flv HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405);

    struct client c;
    app_connect(*state, &c);
    client_upgrade(&c, "/live/missing.flv", NULL);
    struct message m = client_message(&c);
    assert_int_equal(m.opcode, 8);
    assert_int_equal(m.data[0] << 8 | m.data[1], 4404);
    free(m.data);
    client_finish(&c);
}

static void live_says_what_it_cannot_carry(void **state)
{
    struct app *app = *state;
    assert_status(*state, "GET /live/mjpeg.flv HTTP/1.1\r\n" HOST "\r\n", 415);

    struct client c;
    app_connect(app, &c);
    client_upgrade(&c, "/live/mjpeg.flv", NULL);
    struct message m = client_message(&c);
    assert_int_equal(m.opcode, 8);
    assert_int_equal(m.data[0] << 8 | m.data[1], 4415);
    free(m.data);
    client_finish(&c);
    assert_int_equal(app->opened, 2);
}

static const struct gw_text gone = { "It is gone.", "已删除。" };

static void live_ends_with_its_stream(void **state)
{
    struct app *app = *state;
    struct client by_get;
    struct client by_websocket;
    app_connect(app, &by_get);
    client_send_text(&by_get, "GET /live/cam1.flv HTTP/1.1\r\n" HOST "\r\n");
    while (app->opened < 1)
        client_turn(&by_get);
    gw_server_end_stream(app->server, STREAM, "no_such_camera", gone); // no head is out
    char *answer = client_response(&by_get, false);
    assert_non_null(strstr(answer, "404"));
    assert_non_null(strstr(answer, "\"code\":\"no_such_camera\""));
    free(answer);
    client_finish(&by_get);

    app_connect(app, &by_get);
    client_send_text(&by_get, "GET /live/cam1.flv HTTP/1.1\r\n" HOST "\r\n");
    while (!by_get.in_len)
        client_turn(&by_get); // the head
    app_connect(app, &by_websocket);
    client_upgrade(&by_websocket, "/live/cam1.flv", NULL);
    gw_server_end_stream(app->server, STREAM + 2, "no_such_camera", gone); // another's
    app_send(app, 100, false, true, 1);
    client_expect_media(&by_websocket, 100, 1);

    gw_server_end_stream(app->server, STREAM, "no_such_camera", gone);
    client_wait_closed(&by_get);
    struct message m = client_message(&by_websocket);
    assert_int_equal(m.opcode, 8);
    assert_int_equal(m.data[0] << 8 | m.data[1], 4404);
    free(m.data);
    client_finish(&by_get);
    client_finish(&by_websocket);
    while (app->closed < 3)
        uv_run(&app->loop, UV_RUN_ONCE);
}

static void a_server_closes_what_is_open(void **state)
{
    struct app *app = *state;
    struct client wall;
    struct client idle;
    app_open_wall(app, &wall);
    client_open_camera(&wall);
    app_connect(app, &idle);
    app_stop(app);
    assert_int_equal(app->closed, 1);

    struct gw_server_config config = app_config(app);
    app_start(app, &config); // for teardown
    client_finish(&wall);
    client_finish(&idle);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, app_setup, app_teardown)
    const struct CMUnitTest tests[] = {
        CASE(answers_the_api_within_the_call),
        CASE(answers_the_api_later),
        CASE(a_connection_carries_several_requests),
        CASE(a_peer_may_leave_before_the_reply),
        CASE(sends_megabytes_in_pieces),
        CASE(refuses_what_is_too_large_or_has_no_length),
        CASE(head_has_no_body),
        CASE(refuses_methods_that_an_address_does_not_know),
        CASE(serves_pages_and_hashed_files),
        CASE(says_when_a_file_has_not_changed),
        CASE(never_leaves_the_directory),
        cmocka_unit_test_setup_teardown(refuses_foreign_hosts_and_origins,
                                        app_setup_loopback_only, app_teardown),
        CASE(our_subprotocol_may_stand_in_a_list),
        CASE(upgrades_are_refused_elsewhere),
        CASE(live_by_get_is_one_endless_body),
        CASE(live_by_websocket_is_a_message_a_packet),
        CASE(live_begins_where_the_viewer_asks),
        CASE(live_says_why_there_is_nothing),
        CASE(live_says_what_it_cannot_carry),
        CASE(live_ends_with_its_stream),
        CASE(a_server_closes_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
