#include "server_app.h"

#include "base/clock.h"

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

void app_reply_text(struct gw_request *request, const char *text)
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
        app_reply_text(request, text);
    }
}

static void on_open(void *arg, struct gw_viewer *viewer, const struct gw_wish *wish)
{
    struct app *app = arg;
    if (strcmp(wish->camera, "missing") == 0) {
        gw_viewer_refuse(
            viewer, "no_such_camera",
            (struct gw_text) { "There is no such camera.", "没有这个摄像机。" });
        return;
    }
    app->opened++;
    app->viewer = viewer;
    app->wish = *wish;
    struct gw_source_status status = { .stream = STREAM,
                                       .state = GW_SOURCE_LIVE,
                                       .since_us = gw_clock_now_us() };
    gw_viewer_accept(viewer, STREAM, app, &status);
    if (strcmp(wish->camera, "mjpeg") == 0)
        gw_viewer_cannot_carry(
            viewer, GW_CODEC_JPEG,
            (struct gw_text) { "MJPEG does not go into this.", "不支持 MJPEG。" });
}

static void on_audio(void *arg, struct gw_viewer *viewer, bool audio)
{
    struct app *app = arg;
    assert_ptr_equal(gw_viewer_user(viewer), app);
    app->wish.audio = audio;
}

static void on_close(void *arg, struct gw_viewer *viewer)
{
    struct app *app = arg;
    assert_ptr_equal(gw_viewer_user(viewer), app);
    if (app->viewer == viewer)
        app->viewer = NULL;
    app->closed++;
}

struct gw_server_config app_config(const struct app *app)
{
    struct gw_server_config config = gw_server_config_default();
    config.www_dir = app->www;
    config.viewer_queue_bytes = QUEUE_BYTES;
    return config;
}

void app_start(struct app *app, const struct gw_server_config *config)
{
    struct gw_server_hooks hooks = {
        .on_request = on_request,
        .on_open = on_open,
        .on_audio = on_audio,
        .on_close = on_close,
        .arg = app,
    };
    assert_int_equal(uv_loop_init(&app->loop), 0);
    assert_int_equal(gw_server_create(&app->loop, config, &hooks, &app->server), 0);
}

void app_stop(struct app *app)
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

int app_setup(void **state)
{
    struct app *app = calloc(1, sizeof(*app));
    make_www(app);
    struct gw_server_config config = app_config(app);
    app_start(app, &config);
    *state = app;
    return 0;
}

int app_setup_loopback_only(void **state)
{
    struct app *app = calloc(1, sizeof(*app));
    make_www(app);
    struct gw_server_config config = app_config(app);
    config.loopback_only = true;
    app_start(app, &config);
    *state = app;
    return 0;
}

int app_setup_impatient(void **state)
{
    struct app *app = calloc(1, sizeof(*app));
    make_www(app);
    struct gw_server_config config = app_config(app);
    config.viewer_stuck_us = 300 * GW_MS;
    app_start(app, &config);
    *state = app;
    return 0;
}

int app_teardown(void **state)
{
    struct app *app = *state;
    app_stop(app);
    remove_www(app);
    free(app);
    return 0;
}

// A TCP connection over loopback, one end of it given to the server.
void app_connect(struct app *app, struct client *c)
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

void app_send(struct app *app, size_t len, bool config, bool key, uint8_t mark)
{
    struct gw_packet *p = packet_of(len, config, key, mark);
    gw_viewer_send(app->viewer, p);
    gw_packet_unref(&p);
}

void client_expect_text(struct client *c, const char *part)
{
    struct message m = client_message(c);
    assert_int_equal(m.opcode, 1);
    if (!strstr((char *)m.data, part))
        print_error("%s is not in %s\n", part, (char *)m.data);
    assert_non_null(strstr((char *)m.data, part));
    free(m.data);
}

void client_expect_media(struct client *c, size_t len, uint8_t mark)
{
    struct message m = client_message(c);
    assert_int_equal(m.opcode, 2);
    assert_int_equal(m.len, len);
    assert_int_equal(m.data[len - 1], mark);
    free(m.data);
}

void app_open_wall(struct app *app, struct client *c)
{
    app_connect(app, c);
    client_upgrade(c, "/ws/v1", "gridwall.v1");
    client_expect_text(c, "{\"type\":\"hello\",\"version\":\"");
}

void client_open_camera(struct client *c)
{
    client_send_json(c, "{\"type\":\"open\",\"ref\":7,\"camera\":\"cam1\","
                        "\"profile\":\"sub\",\"form\":\"avcc\"}");
    client_expect_text(
        c, "{\"type\":\"opened\",\"ref\":7,\"stream\":25,\"state\":{\"name\":\"live\"");
}
