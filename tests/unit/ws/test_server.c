// A real server on a loop, and a browser's side written out byte by byte.

#include "ws/server.h"

#include "base/clock.h"
#include "peer_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { STREAM = 25, QUEUE_BYTES = 64 * 1024 };

// What the application does in these tests, and what it saw.
struct app {
    uv_loop_t loop;
    struct gw_server *server;
    char www[64];

    struct gw_request *late; // of /api/late, to be replied to by the test
    struct gw_viewer *viewer;
    int opened;
    int closed;
    char camera[GW_CAMERA_ID_MAX + 1];
    enum gw_profile profile;
    enum gw_form form;
    size_t body_len;
    char query[256];
};

static void reply_text(struct gw_request *request, const char *text)
{
    gw_request_reply(request, &(struct gw_reply) {
                                  .status = 200,
                                  .content_type = "application/json",
                                  .body = text,
                                  .body_len = strlen(text),
                              });
}

static void on_request(void *arg, struct gw_request *request,
                       const struct gw_request_info *info)
{
    struct app *app = arg;
    app->body_len = info->body_len;
    snprintf(app->query, sizeof(app->query), "%s", info->query);

    if (strcmp(info->path, "/api/late") == 0) {
        app->late = request;
    } else if (strcmp(info->path, "/api/big") == 0) {
        size_t len = 3 * 1024 * 1024;
        char *body = malloc(len);
        memset(body, 'x', len);
        gw_request_reply(request, &(struct gw_reply) {
                                      .status = 200,
                                      .content_type = "text/plain",
                                      .body = body,
                                      .body_len = len,
                                      .etag = "\"big\"",
                                  });
        free(body);
    } else {
        char text[256];
        snprintf(text, sizeof(text), "{\"method\":\"%s\",\"body\":\"%s\"}", info->method,
                 info->body);
        reply_text(request, text);
    }
}

static void on_open(void *arg, struct gw_viewer *viewer, const char *camera,
                    enum gw_profile profile, enum gw_form form)
{
    struct app *app = arg;
    if (strcmp(camera, "missing") == 0) {
        gw_viewer_refuse(
            viewer, "no_such_camera",
            (struct gw_text) { "There is no such camera.", "没有这个摄像机。" });
        return;
    }
    app->opened++;
    app->viewer = viewer;
    app->profile = profile;
    app->form = form;
    snprintf(app->camera, sizeof(app->camera), "%s", camera);
    struct gw_source_status status = { .stream = STREAM,
                                       .state = GW_SOURCE_LIVE,
                                       .since_us = gw_clock_now_us() };
    gw_viewer_accept(viewer, STREAM, app, &status);
}

static void on_close(void *arg, struct gw_viewer *viewer)
{
    struct app *app = arg;
    assert_ptr_equal(gw_viewer_user(viewer), app);
    if (app->viewer == viewer)
        app->viewer = NULL;
    app->closed++;
}

static struct gw_server_config test_config(const struct app *app)
{
    struct gw_server_config config = gw_server_config_default();
    config.www_dir = app->www;
    config.viewer_queue_bytes = QUEUE_BYTES;
    return config;
}

static void start(struct app *app, const struct gw_server_config *config)
{
    struct gw_server_hooks hooks = {
        .on_request = on_request,
        .on_open = on_open,
        .on_close = on_close,
        .arg = app,
    };
    assert_int_equal(uv_loop_init(&app->loop), 0);
    assert_int_equal(gw_server_create(&app->loop, config, &hooks, &app->server), 0);
}

static void stop(struct app *app)
{
    gw_server_destroy(app->server);
    uv_run(&app->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&app->loop), 0);
    assert_int_equal(app->opened, app->closed);
}

static void write_file(const struct app *app, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", app->www, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void make_www(struct app *app)
{
    char path[128];
    strcpy(app->www, "/tmp/gridwall-www-XXXXXX");
    assert_non_null(mkdtemp(app->www));
    snprintf(path, sizeof(path), "%s/assets", app->www);
    assert_int_equal(mkdir(path, 0755), 0);
    write_file(app, "index.html", "<!doctype html><title>gridwall</title>");
    write_file(app, "assets/app-1a2b.js", "console.log(1)");
    write_file(app, "assets/app-1a2b.js.br", "brotli");
}

static void remove_www(const struct app *app)
{
    static const char *const names[] = { "index.html", "assets/app-1a2b.js",
                                         "assets/app-1a2b.js.br", "assets", "" };
    char path[128];
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        snprintf(path, sizeof(path), "%s/%s", app->www, names[i]);
        assert_int_equal(remove(path), 0);
    }
}

static int setup(void **state)
{
    struct app *app = calloc(1, sizeof(*app));
    make_www(app);
    struct gw_server_config config = test_config(app);
    start(app, &config);
    *state = app;
    return 0;
}

static int setup_loopback_only(void **state)
{
    struct app *app = calloc(1, sizeof(*app));
    make_www(app);
    struct gw_server_config config = test_config(app);
    config.loopback_only = true;
    start(app, &config);
    *state = app;
    return 0;
}

static int setup_impatient(void **state)
{
    struct app *app = calloc(1, sizeof(*app));
    make_www(app);
    struct gw_server_config config = test_config(app);
    config.viewer_stuck_us = 300 * GW_MS;
    start(app, &config);
    *state = app;
    return 0;
}

static int teardown(void **state)
{
    struct app *app = *state;
    stop(app);
    remove_www(app);
    free(app);
    return 0;
}

// A TCP connection over loopback, one end of it given to the server.
static void connect_client(struct app *app, struct client *c)
{
    struct sockaddr_in addr = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(addr);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&addr, len), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&addr, &len), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, len), 0);
    int peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    assert_true(peer >= 0);
    close(listener);
    client_init(c, &app->loop, fd);
    gw_server_adopt(app->server, peer);
}

static char *request(struct app *app, const char *text)
{
    struct client c;
    connect_client(app, &c);
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

static struct gw_packet *packet_of(size_t len, bool config, bool key, uint8_t mark)
{
    struct gw_packet *p = gw_packet_create(len);
    assert_non_null(p);
    memset(gw_packet_payload(p), 0, len);
    gw_packet_payload(p)[0] = 32;
    gw_packet_payload(p)[len - 1] = mark;
    p->stream = STREAM;
    p->config = config;
    p->key = key;
    return p;
}

static void send_packet(struct app *app, size_t len, bool config, bool key, uint8_t mark)
{
    struct gw_packet *p = packet_of(len, config, key, mark);
    gw_viewer_send(app->viewer, p);
    gw_packet_unref(&p);
}

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
    connect_client(app, &c);
    client_send_text(&c, "GET /api/late HTTP/1.1\r\n" HOST "\r\n");
    while (!app->late)
        client_turn(&c);
    reply_text(app->late, "{\"late\":true}");
    char *r = client_response(&c, false);
    assert_non_null(strstr(r, "{\"late\":true}"));
    free(r);
    client_finish(&c);
}

static void a_connection_carries_several_requests(void **state)
{
    struct client c;
    connect_client(*state, &c);
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
    connect_client(app, &c);
    client_send_text(&c, text);
    app->late = NULL;
    while (!app->late)
        client_turn(&c);
    client_finish(&c);
    do {
        uv_run(&app->loop, UV_RUN_ONCE);
        gw_server_stats(app->server, &stats);
    } while (stats.connections);
    reply_text(app->late, "{}"); // only cleans up: ASan would tell
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
    connect_client(*state, &c);
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
    connect_client(*state, &c);
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

// ---- the wall ----

static void expect_text(struct client *c, const char *part)
{
    struct message m = client_message(c);
    assert_int_equal(m.opcode, 1);
    if (!strstr((char *)m.data, part))
        print_error("%s is not in %s\n", part, (char *)m.data);
    assert_non_null(strstr((char *)m.data, part));
    free(m.data);
}

static void expect_media(struct client *c, size_t len, uint8_t mark)
{
    struct message m = client_message(c);
    assert_int_equal(m.opcode, 2);
    assert_int_equal(m.len, len);
    assert_int_equal(m.data[len - 1], mark);
    free(m.data);
}

static void open_wall(struct app *app, struct client *c)
{
    connect_client(app, c);
    client_upgrade(c, "/ws/v1", "gridwall.v1");
    expect_text(c, "{\"type\":\"hello\",\"version\":\"");
}

static void open_camera(struct client *c)
{
    client_send_json(c, "{\"type\":\"open\",\"ref\":7,\"camera\":\"cam1\","
                        "\"profile\":\"sub\",\"form\":\"avcc\"}");
    expect_text(
        c, "{\"type\":\"opened\",\"ref\":7,\"stream\":25,\"state\":{\"name\":\"live\"");
}

static void a_wall_opens_watches_and_closes(void **state)
{
    struct app *app = *state;
    struct client c;
    open_wall(app, &c);
    open_camera(&c);
    assert_string_equal(app->camera, "cam1");
    assert_int_equal(app->profile, GW_PROFILE_SUB);
    assert_int_equal(app->form, GW_FORM_WALL_AVCC);

    send_packet(app, 40, true, false, 1);
    send_packet(app, 100, false, true, 2);
    expect_media(&c, 40, 1);
    expect_media(&c, 100, 2);

    client_send_json(&c, "{\"type\":\"ping\",\"t\":123.5}");
    expect_text(&c, "{\"type\":\"pong\",\"t\":123.5,\"now_us\":");
    gw_server_broadcast(app->server, "{\"type\":\"registry\"}", 19);
    expect_text(&c, "{\"type\":\"registry\"}");
    gw_server_send_status(app->server,
                          &(struct gw_source_status) { .stream = STREAM,
                                                       .state = GW_SOURCE_RETRYING,
                                                       .cause = GW_CAUSE_REFUSED });
    expect_text(&c, "\"name\":\"retrying\"");

    client_send_json(&c, "{\"type\":\"close\",\"ref\":7}");
    expect_text(&c, "{\"type\":\"closed\",\"ref\":7}");
    assert_int_equal(app->closed, 1);
    client_finish(&c);
}

static void a_wall_is_told_what_it_does_wrong(void **state)
{
    struct app *app = *state;
    struct client c;
    open_wall(app, &c);
    open_camera(&c);
    client_send_json(&c, "{\"type\":\"open\",\"ref\":7,\"camera\":\"cam2\","
                         "\"profile\":\"main\",\"form\":\"mp4\"}");
    expect_text(&c, "{\"type\":\"error\",\"ref\":7,\"code\":\"ref_in_use\"");
    client_send_json(&c, "{\"type\":\"open\",\"ref\":8,\"camera\":\"missing\","
                         "\"profile\":\"main\",\"form\":\"mp4\"}");
    expect_text(&c, "{\"type\":\"error\",\"ref\":8,\"code\":\"no_such_camera\"");
    client_send_json(&c, "{\"type\":\"close\",\"ref\":9}");
    expect_text(&c, "{\"type\":\"error\",\"ref\":9,\"code\":\"no_such_ref\"");
    client_send_json(&c, "{\"type\":\"open\",\"ref\":10}");
    expect_text(&c, "{\"type\":\"error\",\"ref\":10,\"code\":\"bad_message\"");
    assert_int_equal(app->opened, 1);
    assert_int_equal(app->closed, 0);
    client_finish(&c);
}

static void a_wall_is_closed_after_sixteen_bad_messages(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_server_stats stats;
    open_wall(app, &c);
    for (int i = 0; i < 16; i++)
        client_send_json(&c, "nonsense");
    for (int i = 0; i < 16; i++)
        expect_text(&c, "{\"type\":\"error\",\"code\":\"bad_message\"");
    struct message m = client_message(&c);
    assert_int_equal(m.opcode, 8);
    assert_int_equal(m.data[0] << 8 | m.data[1], 1008);
    free(m.data);
    gw_server_stats(app->server, &stats);
    assert_int_equal(stats.bad_messages, 16);
    client_finish(&c);
}

static void takes_a_message_in_pieces_and_refuses_a_long_one(void **state)
{
    struct client c;
    char *text = malloc(5000);
    memset(text, ' ', 5000);
    open_wall(*state, &c);
    client_send_frame(&c, 1, false, "{\"type\":\"pi", 11);
    client_send_frame(&c, 0, true, "ng\",\"t\":1}", 10);
    expect_text(&c, "{\"type\":\"pong\",\"t\":1,");
    client_send_frame(&c, 1, true, text, 5000);
    expect_text(&c, "bad_message");
    client_send_frame(&c, 2, true, "{\"type\":\"ping\",\"t\":1}", 21);
    expect_text(&c, "bad_message");
    memcpy(text, "{\"type\":\"ping\",\"t\":2}", 21);
    client_send_frame(&c, 1, true, text, 4096);
    expect_text(&c, "{\"type\":\"pong\",\"t\":2,");
    free(text);
    client_finish(&c);
}

static void upgrades_are_refused_elsewhere(void **state)
{
    static const char *const lines[] = {
        "GET /ws/v1 HTTP/1.1\r\n" HOST,
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

// Sends until the socket and then the queue are full.
static int overfill(struct app *app, struct client *c)
{
    struct gw_server_stats stats;
    int sent = 0;
    do {
        send_packet(app, 16 * 1024, false, sent == 0, 0);
        sent++;
        client_turn_deaf(c);
        gw_server_stats(app->server, &stats);
        assert_true(stats.queued_bytes <= QUEUE_BYTES);
    } while (stats.packets_dropped == 0);
    return sent;
}

static void a_slow_wall_jumps_to_a_key_frame_and_is_told(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_server_stats stats;
    open_wall(app, &c);
    open_camera(&c);
    size_t sent = (size_t)overfill(app, &c);
    send_packet(app, 16 * 1024, false, false, 0); // no key frame: dropped too
    gw_server_stats(app->server, &stats);
    size_t dropped = (size_t)stats.packets_dropped;
    send_packet(app, 200, false, true, 99);
    send_packet(app, 100, false, false, 98);
    sent += 1;

    // What had left, then the notice, then the key frame with its gap flag.
    size_t got = 0;
    struct message m = client_message(&c);
    for (; m.opcode == 2; m = client_message(&c)) {
        got += m.len / (16 * 1024);
        free(m.data);
    }
    char text[64];
    snprintf(text, sizeof(text), "{\"type\":\"dropped\",\"stream\":25,\"frames\":%zu}",
             dropped);
    assert_string_equal(m.data, text);
    free(m.data);
    assert_int_equal(got + dropped, sent);

    // Both waited: one message carries them.
    m = client_message(&c);
    assert_int_equal(m.opcode, 2);
    assert_int_equal(m.len, 300);
    assert_int_equal(m.data[2], 2);
    assert_int_equal(m.data[199], 99);
    assert_int_equal(m.data[200 + 2], 0);
    assert_int_equal(m.data[299], 98);
    free(m.data);
    client_finish(&c);
}

static void a_stuck_wall_is_closed(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_server_stats stats;
    open_wall(app, &c);
    open_camera(&c);
    overfill(app, &c);
    do {
        uv_run(&app->loop, UV_RUN_ONCE);
        gw_server_stats(app->server, &stats);
    } while (stats.connections);
    assert_int_equal(stats.viewers_stuck, 1);
    assert_int_equal(app->closed, 1);
    client_finish(&c);
}

// ---- live ----

static void live_by_get_is_one_endless_body(void **state)
{
    struct app *app = *state;
    struct client c;
    connect_client(app, &c);
    client_send_text(&c, "GET /live/cam1/sub.flv HTTP/1.1\r\n" HOST "\r\n");
    while (!app->viewer)
        client_turn(&c);
    send_packet(app, 13, true, false, 'a'); // comes after the head
    char *head = client_response(&c, true);
    assert_non_null(strstr(head, "Content-Type: video/x-flv\r\n"));
    assert_non_null(strstr(head, "Access-Control-Allow-Origin: *\r\n"));
    assert_null(strstr(head, "Content-Length"));
    free(head);
    send_packet(app, 20, false, true, 'b');
    while (c.in_len < 33)
        client_turn(&c);
    assert_int_equal(c.in[12], 'a');
    assert_int_equal(c.in[32], 'b');
    assert_int_equal(app->form, GW_FORM_FLV);
    assert_int_equal(app->profile, GW_PROFILE_SUB);

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
    connect_client(app, &c);
    client_upgrade(&c, "/live/cam1.mp4", NULL);
    while (!app->viewer)
        client_turn(&c);
    assert_int_equal(app->form, GW_FORM_MP4);
    assert_int_equal(app->profile, GW_PROFILE_MAIN);
    send_packet(app, 700, true, false, 1);
    send_packet(app, 70000, false, true, 2);
    expect_media(&c, 700, 1);
    expect_media(&c, 70000, 2);
    client_finish(&c);
    while (!app->closed)
        uv_run(&app->loop, UV_RUN_ONCE);
}

static void live_says_why_there_is_nothing(void **state)
{
    assert_status(*state, "GET /live/missing.flv HTTP/1.1\r\n" HOST "\r\n", 404);
    assert_status(*state, "GET /live/cam1.avi HTTP/1.1\r\n" HOST "\r\n", 404);
    assert_status(
        *state, "POST /live/cam1.flv HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405);

    struct client c;
    connect_client(*state, &c);
    client_upgrade(&c, "/live/missing.flv", NULL);
    struct message m = client_message(&c);
    assert_int_equal(m.opcode, 8);
    assert_int_equal(m.data[0] << 8 | m.data[1], 4404);
    free(m.data);
    client_finish(&c);
}

static void a_server_closes_what_is_open(void **state)
{
    struct app *app = *state;
    struct client wall;
    struct client idle;
    open_wall(app, &wall);
    open_camera(&wall);
    connect_client(app, &idle);
    stop(app);
    assert_int_equal(app->closed, 1);

    struct gw_server_config config = test_config(app);
    start(app, &config); // for teardown
    client_finish(&wall);
    client_finish(&idle);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
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
                                        setup_loopback_only, teardown),
        CASE(a_wall_opens_watches_and_closes),
        CASE(a_wall_is_told_what_it_does_wrong),
        CASE(a_wall_is_closed_after_sixteen_bad_messages),
        CASE(takes_a_message_in_pieces_and_refuses_a_long_one),
        CASE(upgrades_are_refused_elsewhere),
        CASE(a_slow_wall_jumps_to_a_key_frame_and_is_told),
        cmocka_unit_test_setup_teardown(a_stuck_wall_is_closed, setup_impatient,
                                        teardown),
        CASE(live_by_get_is_one_endless_body),
        CASE(live_by_websocket_is_a_message_a_packet),
        CASE(live_says_why_there_is_nothing),
        CASE(a_server_closes_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
