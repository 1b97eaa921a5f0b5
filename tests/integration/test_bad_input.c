// Cameras and addresses that are wrong: each shows its own cause to the viewer and
// in the API, and the good ones go on.

#include "tests/harness/http_client.h"
#include "tests/harness/socket.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 2 };

static struct world world;
static struct wall_client wall;
static uint64_t few = 10;

// A device that answers every caller with the same bytes.
struct device {
    int fd;
    uint16_t port;
    const char *bytes;
    pthread_t thread;
};

static void *serve(void *arg)
{
    const struct device *d = arg;
    char request[1024];
    for (;;) {
        int fd = accept(d->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        if (recv(fd, request, sizeof(request), 0) > 0)
            (void)!send(fd, d->bytes, strlen(d->bytes), MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        while (recv(fd, request, sizeof(request), 0) > 0)
            ;
        close(fd);
    }
}

static void device_start(struct device *d, const char *bytes)
{
    d->bytes = bytes;
    d->fd = socket_listen(&d->port);
    assert_int_equal(pthread_create(&d->thread, NULL, serve, d), 0);
}

static void device_stop(struct device *d)
{
    shutdown(d->fd, SHUT_RDWR); // ends accept()
    pthread_join(d->thread, NULL);
    close(d->fd);
}

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .farm = { "--auth", "admin:Geheim-77" },
                            .engine = { "--shards", "2", "--backoff-min", "50" },
                            .login = "admin:Geheim-77@",
                        });
    assert_int_equal(wall_connect(&wall, world.port), 0);
    wall_open(&wall, world_id(1).text, "sub", 1);
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

static void create(const char *id, const char *url)
{
    char body[1024];
    struct http_answer answer;
    snprintf(body, sizeof(body),
             "{\"id\":\"%s\",\"streams\":{\"main\":{\"url\":\"%s\"}}}", id, url);
    http_request(world.port, "POST", "/api/v1/cameras", body, &answer);
    if (answer.status != 201)
        fail_msg("POST %s: %d %s", body, answer.status, answer.body);
    http_answer_free(&answer);
}

static bool last_shows(struct wall_client *w, void *arg)
{
    return strcmp(w->streams[w->count - 1].cause, arg) == 0;
}

// The viewer hears `cause`, the API says it in two languages, camera 1 goes on.
static void expect_cause(const char *id, char *cause)
{
    char path[128];
    wall_open(&wall, id, "main", 0);
    wall_until(&wall, last_shows, cause);

    snprintf(path, sizeof(path), "/api/v1/cameras/%s", id);
    cJSON *camera = http_get_json(world.port, path);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(camera, "state")),
                        "offline");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(camera, "cause")),
                        cause);
    assert_non_null(cJSON_GetStringValue(cJSON_GetObjectItem(camera, "en")));
    assert_non_null(cJSON_GetStringValue(cJSON_GetObjectItem(camera, "zh")));
    cJSON_Delete(camera);
}

static bool first_has_frames(struct wall_client *w, void *arg)
{
    return w->streams[0].frames >= *(uint64_t *)arg;
}

static void check_first_goes_on(void)
{
    uint64_t more = wall.streams[0].frames + 10;
    wall_until(&wall, first_has_frames, &more);
    assert_int_equal(wall.streams[0].lost + wall.streams[0].wrong, 0);
}

static void each_fault_has_its_own_cause(void **state)
{
    uint16_t nobody;
    char url[256];
    (void)state;

    int fd = socket_listen(&nobody);
    close(fd); // nobody listens there now
    snprintf(url, sizeof(url), "rtsp://127.0.0.1:%u/x", nobody);
    create("nobody", url);
    expect_cause("nobody", "refused");

    snprintf(url, sizeof(url), "rtsp://admin:wrong@127.0.0.1:%u/cam/00002/main",
             world.farm_port);
    create("password", url);
    expect_cause("password", "wrong_password");

    snprintf(url, sizeof(url), "rtsp://admin:Geheim-77@127.0.0.1:%u/cam/77777/main",
             world.farm_port);
    create("missing", url);
    expect_cause("missing", "not_found");

    create("nameless", "rtsp://no-such-host.invalid/x");
    expect_cause("nameless", "unresolved");
    check_first_goes_on();
}

static void devices_that_speak_something_else(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        "\x01\x02\x03\xff\xfe garbage \x80\x81 of all kinds $$$$$$$$$$$$$$\r\n\r\n",
    };
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct device device;
        char url[128], id[16];
        device_start(&device, answers[i]);
        snprintf(url, sizeof(url), "rtsp://127.0.0.1:%u/x", device.port);
        snprintf(id, sizeof(id), "device%u", i);
        create(id, url);
        expect_cause(id, "not_rtsp");

        // Deleted, so that it is not called again after the device is gone.
        struct http_answer answer;
        char path[64];
        snprintf(path, sizeof(path), "/api/v1/cameras/%s", id);
        http_request(world.port, "DELETE", path, NULL, &answer);
        assert_int_equal(answer.status, 204);
        http_answer_free(&answer);
        device_stop(&device);
    }
    check_first_goes_on();
}

// No address, answer, figure or log line has a password in it.
static void passwords_stay_inside(void **state)
{
    static const char *const paths[] = {
        "/api/v1/cameras",
        "/api/v1/map/cameras",
        "/metrics",
        "/api/v1/district",
    };
    struct http_answer answer;
    char url[256];
    (void)state;

    snprintf(url, sizeof(url), "rtsp://admin:Geheim-77@127.0.0.1:%u/nowhere",
             world.farm_port);
    create("secret", url);
    expect_cause("secret", "not_found");
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        http_request(world.port, "GET", paths[i], NULL, &answer);
        assert_int_equal(answer.status, 200);
        assert_null(strstr(answer.body, "Geheim"));
        assert_null(strstr(answer.head, "Geheim"));
        http_answer_free(&answer);
    }
    http_request(world.port, "POST", "/api/v1/cameras",
                 "{\"id\":\"bad\",\"streams\":{\"main\":{\"url\":\"ftp://u:Geheim-77@h/"
                 "x\"}}}",
                 &answer);
    assert_int_equal(answer.status, 422);
    assert_null(strstr(answer.body, "Geheim"));
    http_answer_free(&answer);

    char *log = process_errors(&world.engine);
    assert_null(strstr(log, "Geheim"));
    free(log);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_fault_has_its_own_cause),
        CASE(devices_that_speak_something_else),
        CASE(passwords_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
