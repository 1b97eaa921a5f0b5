// A whole engine within the test: one allocation of a shard's thread fails, each in turn,
// while somebody waits for a picture or for a change of the registry. Nobody is left
// waiting without a word, and nothing is held for those who went.

#include "app/engine.h"
#include "app/router.h"
#include "app/shard.h"
#include "tests/faults/alloc.h"
#include "tests/harness/scratch.h"
#include "tests/harness/socket.h"
#include "tests/harness/wall_client.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

static const struct gw_editor test_editor = { .name = "test" };

enum {
    SHARDS = 2,
    CAMERAS = 2,       // one of each shard
    TURNS_MAX = 2000,  // by then none fails any more
    PATIENCE_S = 60,   // a guard, not a promise
    STEP_MS = 20,      // a look at the engine between waiting for its words
    ANSWER_MAX = 4096, // bytes
    DESCRIPTORS = 500, // more than are open at once
};

struct faults_test {
    char dir[SCRATCH_PATH_MAX];
    struct gw_settings settings;
    struct gw_engine *engine;
    int farm; // cameras that accept and never answer
    uint16_t farm_port;
    uint32_t connections; // they are dealt out in turn
    sem_t done;
    sem_t held;
    sem_t go_on;

    // A question to one shard, and what it said.
    uint64_t nth;
    bool fired;
    uint32_t routes;
    uint32_t subscriptions;
    uint32_t watched; // camera's number
    bool pulled;      // that camera is
    int written;
};

static const char *camera_id(uint32_t num)
{
    static const char *const ids[] = { "even", "odd" }; // as the owner's index
    return ids[num % SHARDS];
}

// The camera that belongs to this shard.
static uint32_t number_on(uint32_t shard)
{
    return shard ? shard : SHARDS;
}

static void on_written(void *arg, const struct gw_registry_result *result)
{
    struct faults_test *t = arg;
    t->written = result->error;
    sem_post(&t->done);
}

static void create_camera(struct faults_test *t, const char *id)
{
    char url[64];
    snprintf(url, sizeof(url), "rtsp://127.0.0.1:%u/%s", t->farm_port, id);
    const struct gw_camera_edit edit = {
        .id = id, .name = id, .lon = 116.8, .lat = 35.5, .url_main = url
    };
    assert_int_equal(gw_registry_write_camera(gw_engine_registry(t->engine),
                                              GW_WRITE_CREATE, &edit, &test_editor,
                                              on_written, t),
                     0);
    sem_wait(&t->done);
    assert_int_equal(t->written, 0);
}

static void remove_camera(struct faults_test *t, const char *id)
{
    assert_int_equal(gw_registry_delete_camera(gw_engine_registry(t->engine), id,
                                               &test_editor, on_written, t),
                     0);
    sem_wait(&t->done);
    assert_int_equal(t->written, 0);
}

static void call(struct faults_test *t, uint32_t shard,
                 void (*what)(struct gw_shard *shard, void *arg))
{
    const struct gw_message m = { .type = GW_MESSAGE_CALL, .call = what, .call_arg = t };
    assert_int_equal(gw_shard_post(gw_engine_shard(t->engine, shard), &m), 0);
    sem_wait(&t->done);
}

static void on_arm(struct gw_shard *shard, void *arg)
{
    struct faults_test *t = arg;
    (void)shard;
    alloc_arm(t->nth);
    sem_post(&t->done);
}

static void on_disarm(struct gw_shard *shard, void *arg)
{
    struct faults_test *t = arg;
    (void)shard;
    t->fired = alloc_disarm();
    sem_post(&t->done);
}

static void look(struct faults_test *t, struct gw_shard *shard)
{
    struct gw_router_stats stats;
    struct gw_router_stream stream;
    gw_router_stats(gw_shard_router(shard), &stats);
    gw_router_stream(gw_shard_router(shard), gw_stream_of(t->watched, 0), &stream);
    t->pulled = stream.status.state != GW_SOURCE_IDLE;
    t->routes = stats.routes;
    t->subscriptions = (uint32_t)stats.hub.subscriptions;
}

static void on_look(struct gw_shard *shard, void *arg)
{
    struct faults_test *t = arg;
    look(t, shard);
    sem_post(&t->done);
}

// Nobody watches any more: every shard lets its routes go.
static void await_no_routes(struct faults_test *t)
{
    time_t end = time(NULL) + PATIENCE_S;
    for (uint32_t i = 0; i < SHARDS; i++) {
        for (call(t, i, on_look); t->routes; call(t, i, on_look)) {
            if (time(NULL) > end)
                fail_msg("shard %u holds %u routes, failure %llu", i, t->routes,
                         (unsigned long long)t->nth);
            sched_yield();
        }
        assert_int_equal(t->subscriptions, 0);
    }
}

// libuv calls abort() when it cannot grow a loop's table of descriptors. A connection
// with a high one makes it grow ahead.
static void grow_tables(struct faults_test *t)
{
    for (uint32_t i = 0; i < SHARDS; i++) {
        int ends[2];
        assert_int_equal(
            socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
        const struct gw_message m = {
            .type = GW_MESSAGE_ADOPT,
            .fd = fcntl(ends[0], F_DUPFD_CLOEXEC, DESCRIPTORS),
        };
        assert_true(m.fd >= DESCRIPTORS);
        assert_int_equal(gw_shard_post(gw_engine_shard(t->engine, i), &m), 0);
        close(ends[0]);
        close(ends[1]);
        call(t, i, on_look); // what one queue holds keeps its order
    }
}

static int set_up(void **state)
{
    struct faults_test *t = calloc(1, sizeof(*t));
    char error[GW_SAY_MAX];

    assert_non_null(t);
    sem_init(&t->done, 0, 0);
    sem_init(&t->held, 0, 0);
    sem_init(&t->go_on, 0, 0);
    scratch_create(t->dir);
    char *args[] = { "serve",    "--no-auth",   "--data",           t->dir,
                     "--listen", "127.0.0.1:0", "--shards",         "2",
                     "--linger", "0",           "--probe-interval", "0",
                     NULL };
    assert_int_equal(gw_settings_init(&t->settings), 0);
    int r = gw_settings_from_args(&t->settings, 12, args, error);
    if (r == 0)
        r = gw_engine_start(&t->settings, &t->engine, error);
    if (r < 0)
        fail_msg("%s", error);
    grow_tables(t);
    t->farm = socket_listen(&t->farm_port);
    for (uint32_t num = 1; num <= CAMERAS; num++) // as the registry numbers them
        create_camera(t, camera_id(num));
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct faults_test *t = *state;

    gw_engine_stop(t->engine);
    gw_settings_finish(&t->settings);
    scratch_remove(t->dir);
    close(t->farm);
    sem_destroy(&t->done);
    sem_destroy(&t->held);
    sem_destroy(&t->go_on);
    free(t);
    return 0;
}

// Up to the end of the head, or of a whole refusal. Returns false when the connection
// ended without a word.
static bool read_answer(int fd, char answer[ANSWER_MAX])
{
    size_t len = 0;
    for (;;) {
        long n = socket_read(fd, answer + len, ANSWER_MAX - 1 - len, PATIENCE_S * 1000);
        if (n == -ETIMEDOUT)
            fail_msg("no answer");
        if (n <= 0)
            return len > 0;
        len += (size_t)n;
        answer[len] = '\0';
        bool accepted = strncmp(answer, "HTTP/1.1 200", 12) == 0;
        if (strstr(answer, "\r\n\r\n") && (accepted || answer[len - 1] == '}'))
            return true;
    }
}

// Whoever was accepted has a camera that is pulled.
static void await_served(struct faults_test *t, uint32_t shard)
{
    time_t end = time(NULL) + PATIENCE_S;
    for (call(t, shard, on_look); !t->pulled; call(t, shard, on_look)) {
        if (time(NULL) > end)
            fail_msg("accepted and left waiting, failure %llu",
                     (unsigned long long)t->nth);
        sched_yield();
    }
    assert_int_equal(t->subscriptions, 1);
}

// A player of a camera of its own shard. Whoever is accepted is served, whoever is not is
// told so in both languages, and leaves nothing behind.
static void a_viewer_without_memory_is_refused_with_a_word(void **state)
{
    struct faults_test *t = *state;
    uint32_t refused = 0;

    for (t->nth = 0, t->fired = true; t->fired; t->nth++) {
        uint32_t shard = t->connections++ % SHARDS;
        char text[128], answer[ANSWER_MAX];

        assert_in_range(t->nth, 0, TURNS_MAX);
        call(t, shard, on_arm);
        int fd = socket_connect(gw_engine_port(t->engine));
        assert_true(fd >= 0);
        snprintf(text, sizeof(text),
                 "GET /live/%s.flv HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                 camera_id(shard));
        socket_write(fd, text, strlen(text));
        bool answered = read_answer(fd, answer);
        call(t, shard, on_disarm);
        t->watched = number_on(shard);
        if (answered && strncmp(answer, "HTTP/1.1 200", 12) == 0) {
            await_served(t, shard);
        } else if (answered) {
            assert_non_null(strstr(answer, "HTTP/1.1 503"));
            assert_non_null(strstr(answer, "out of memory"));
            assert_non_null(strstr(answer, "内存不足"));
            refused++;
        }
        close(fd);
        await_no_routes(t);
    }
    // Route, its table, view, subscription; then the pull with its nine.
    assert_in_range(refused, 13, TURNS_MAX);
}

// Whether the wall was told that its subscription is over, or what it waits for is on its
// way: the camera is pulled, and the owner's hub has the other shard as a subscriber.
static bool is_served_or_told(struct faults_test *t, struct wall_client *w,
                              uint32_t owner, bool *ret_told)
{
    int r = wall_step(w, STEP_MS);
    if (r < 0 && r != -ETIMEDOUT)
        fail_msg("the socket ended");
    *ret_told = strcmp(wall_last_type(w), "error") == 0;
    if (*ret_told) {
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(w->last, "code")),
                            "busy");
        return true;
    }
    t->watched = number_on(owner);
    call(t, owner, on_look);
    return t->subscriptions == 1 && t->pulled;
}

// A wall on the shard that does not own the camera, while the owner has no memory.
static void a_viewer_of_another_shard_is_told(void **state)
{
    struct faults_test *t = *state;
    uint32_t refused = 0;

    for (t->nth = 0, t->fired = true; t->fired; t->nth++) {
        uint32_t owner = (t->connections++ + 1) % SHARDS;
        struct wall_client w;
        bool told = false;

        assert_in_range(t->nth, 0, TURNS_MAX);
        assert_int_equal(wall_connect(&w, gw_engine_port(t->engine)), 0);
        call(t, owner, on_arm);
        wall_open(&w, camera_id(owner), "main", owner);
        time_t end = time(NULL) + PATIENCE_S;
        while (!is_served_or_told(t, &w, owner, &told))
            if (time(NULL) > end)
                fail_msg("left waiting without a word, failure %llu",
                         (unsigned long long)t->nth);
        call(t, owner, on_disarm);
        refused += told;
        wall_close(&w);
        await_no_routes(t);
    }
    // Route, its table, handover; then the pull with its nine.
    assert_in_range(refused, 12, TURNS_MAX);
}

// A shard that let its subscription go, and the message that says so was lost: the owner
// learns of it by what the other answers to its next word, and holds nothing for nobody.
static void a_lost_unsubscribe_is_made_good(void **state)
{
    struct faults_test *t = *state;

    for (uint32_t owner = 0; owner < SHARDS; owner++) {
        const struct gw_message m = {
            .type = GW_MESSAGE_SUBSCRIBE,
            .stream = gw_stream_of(number_on(owner), 0),
            .from = (owner + 1) % SHARDS,
            .epoch = 77, // nobody's there
        };
        assert_int_equal(gw_shard_post(gw_engine_shard(t->engine, owner), &m), 0);
        call(t, owner, on_look); // it has come by then
        await_no_routes(t);
    }
}

// Its cameras are gone from the registry by now.
static void on_registry(struct gw_shard *shard, void *arg)
{
    struct faults_test *t = arg;

    sem_post(&t->held);
    sem_wait(&t->go_on);
    alloc_arm(t->nth);
    gw_router_on_registry(gw_shard_router(shard));
    t->fired = alloc_disarm();
    look(t, shard);
    sem_post(&t->done);
}

static bool is_opened(struct wall_client *w, void *arg)
{
    (void)arg;
    return w->streams[0].stream;
}

// A wall loses the camera that it watches within the call, whatever fails.
static void viewers_of_a_removed_camera_end_without_memory(void **state)
{
    struct faults_test *t = *state;

    for (t->nth = 0, t->fired = true; t->fired; t->nth++) {
        const struct gw_message m = { .type = GW_MESSAGE_CALL,
                                      .call = on_registry,
                                      .call_arg = t };
        uint32_t shard = t->connections++ % SHARDS;
        struct wall_client w;

        assert_in_range(t->nth, 0, TURNS_MAX);
        create_camera(t, "passing");
        assert_int_equal(wall_connect(&w, gw_engine_port(t->engine)), 0);
        wall_open(&w, "passing", "main", 0);
        wall_until(&w, is_opened, NULL);
        assert_int_equal(gw_shard_post(gw_engine_shard(t->engine, shard), &m), 0);
        sem_wait(&t->held);
        remove_camera(t, "passing");
        sem_post(&t->go_on);
        sem_wait(&t->done);
        assert_int_equal(t->subscriptions, 0);
        wall_close(&w);
        await_no_routes(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_viewer_without_memory_is_refused_with_a_word,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_viewer_of_another_shard_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_lost_unsubscribe_is_made_good, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(viewers_of_a_removed_camera_end_without_memory,
                                        set_up, tear_down),
    };
    alloc_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
