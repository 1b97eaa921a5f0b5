// kill -9 at any moment: what was acknowledged over HTTP is there afterwards, and a
// file is imported whole or not at all.

#include "base/clock.h"
#include "base/rng.h"
#include "tests/harness/http_client.h"
#include "tests/harness/socket.h"
#include "tests/integration/world.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { KILLS = 6, IMPORT_KILLS = 6, ROWS = 3000, EDITS_MAX = 20000 };

static struct world world;
static struct gw_rng rng;

static int set_up(void **state)
{
    (void)state;
    gw_rng_init(&rng, gw_clock_unix_us());
    world_start(&world, &(struct world_config) { .cameras = 1 });
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static void kill_engine(void)
{
    int status;
    free(process_end(&world.engine, SIGKILL, &status));
    assert_int_equal(status, -SIGKILL);
}

// Creates camera `number` or renames the one before. Returns whether the change was
// acknowledged: the first line of the answer was read whole.
static bool edit(unsigned number, bool rename)
{
    char request[512], body[256], answer[64];
    size_t len = 0;
    int fd = socket_connect(world.port);

    if (fd < 0)
        return false;
    unsigned target = rename ? number - 1 : number;
    snprintf(body, sizeof(body),
             "{\"id\":\"K%u\",\"name\":\"by %u\",\"streams\":{\"main\":{\"url\":"
             "\"rtsp://127.0.0.1:1/x\"}}}",
             target, number);
    int n = snprintf(request, sizeof(request),
                     "%s /api/v1/cameras%s%.0u HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     rename ? "PATCH" : "POST", rename ? "/K" : "", rename ? target : 0,
                     strlen(body), body);
    bool sent = send(fd, request, (size_t)n, MSG_NOSIGNAL) == n;
    while (sent && len < 12) {
        long got = socket_read(fd, answer + len, sizeof(answer) - 1 - len, 60 * 1000);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    close(fd);
    answer[len] = '\0';
    return len >= 12 && answer[strlen("HTTP/1.1 ")] == '2';
}

// Kills the engine after a while that nobody can foresee.
static void *killer(void *arg)
{
    uint64_t *wait_us = arg;
    usleep((useconds_t)*wait_us);
    kill(world.engine.pid, SIGKILL);
    return NULL;
}

static void check_kept(unsigned from, unsigned to, const unsigned *writer)
{
    for (unsigned i = from; i < to; i++) {
        char path[64], name[32];
        snprintf(path, sizeof(path), "/api/v1/cameras/K%u", i);
        cJSON *camera = http_get_json(world.port, path);
        snprintf(name, sizeof(name), "by %u", writer[i]);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(camera, "name")),
                            name);
        cJSON_Delete(camera);
    }
}

static void acknowledged_edits_survive(void **state)
{
    static unsigned writer[EDITS_MAX]; // who wrote camera K<i> last, acknowledged
    unsigned next = 1;                 // 0 would have no digits
    (void)state;

    for (int k = 0; k < KILLS; k++) {
        uint64_t wait_us = gw_rng_below(&rng, 300 * GW_MS);
        unsigned from = next;
        bool doubtful = false; // the last change may or may not be there
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, killer, &wait_us), 0);
        while (next < EDITS_MAX) {
            bool rename = next > from && next % 3 == 0 && writer[next - 1] == next - 1;
            if (!edit(next, rename)) {
                doubtful = rename;
                break;
            }
            if (rename)
                writer[next - 1] = next;
            else
                writer[next] = next, next++;
        }
        pthread_join(thread, NULL);
        kill_engine();
        world_start_engine(&world);
        check_kept(from, doubtful ? next - 1 : next, writer);
        print_message("%u acknowledged changes of K%u and on were kept\n", next - from,
                      from);
        next++; // a creation that was not acknowledged may be there all the same
    }
    assert_true(next > KILLS + 1);
}

static size_t cameras_of_file(int k)
{
    char path[64];
    snprintf(path, sizeof(path), "/api/v1/cameras?q=file%dx&limit=10000", k);
    cJSON *found = http_get_json(world.port, path);
    int n = cJSON_GetArraySize(cJSON_GetObjectItem(found, "items"));
    cJSON_Delete(found);
    return (size_t)n;
}

static void write_rows(int k, char path[SCRATCH_PATH_MAX])
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    assert_non_null(f);
    fputs("id,name,url_main\n", f);
    for (int i = 0; i < ROWS; i++)
        fprintf(f, "F%d-%d,file%dx %d,rtsp://127.0.0.1:1/x\n", k, i, k, i);
    assert_int_equal(fclose(f), 0);
    scratch_write(world.dir, "rows.csv", text, path);
    free(text);
}

static void files_are_imported_whole_or_not_at_all(void **state)
{
    char path[SCRATCH_PATH_MAX];
    (void)state;

    for (int k = 0; k < IMPORT_KILLS; k++) {
        struct process p;
        int status;
        write_rows(k, path);
        process_start(&p, (const char *[]) { getenv("GW_ENGINE"), "import", "--data",
                                             world.dir, path, NULL });
        usleep((useconds_t)gw_rng_below(&rng, 600 * GW_MS)); // any moment, not an event
        free(process_end(&p, SIGKILL, &status));

        world_stop_engine(&world);
        world_start_engine(&world);
        size_t n = cameras_of_file(k);
        print_message("killed import (%d): %zu cameras\n", status, n);
        assert_true(n == 0 || n == ROWS);
        if (status == 0)
            assert_int_equal(n, ROWS);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(acknowledged_edits_survive),
        CASE(files_are_imported_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
