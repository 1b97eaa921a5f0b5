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

enum { KILLS = 6, IMPORT_KILLS = 6, ROTATE_KILLS = 4, ROWS = 3000, CAMERAS_MAX = 20000 };

// Kills until each kind of edit was acknowledged once: a guard on a loaded machine.
enum { KILLS_MAX = 60 };

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

// Sends a request and returns whether it was acknowledged: the first line of the
// answer was read whole, and it is a success.
static bool acknowledged(const char *method, const char *path, const char *body)
{
    char request[512], answer[64];
    size_t len = 0;
    int fd = socket_connect(world.port);

    if (fd < 0)
        return false;
    int n = snprintf(request, sizeof(request),
                     "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     method, path, strlen(body), body);
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

enum edit { CREATE, REPLACE, CHANGE, REMOVE, EDITS };

// What was acknowledged of camera K<i>.
struct promise {
    enum edit last;
    unsigned serial; // of the edit: the name it gave is "by <serial>"; 0: none
    unsigned tried;  // of an edit after it, which may be there or not; 0: none
};

// One edit of camera K<number>.
static bool edit(unsigned number, enum edit what, unsigned serial)
{
    static const char *const method[EDITS] = { "POST", "PUT", "PATCH", "DELETE" };
    char path[64], body[256] = "";
    int n = snprintf(path, sizeof(path), "/api/v1/cameras");
    if (what != CREATE)
        snprintf(path + n, sizeof(path) - (size_t)n, "/K%u", number);
    if (what == CHANGE)
        snprintf(body, sizeof(body), "{\"name\":\"by %u\"}", serial);
    else if (what != REMOVE)
        snprintf(body, sizeof(body),
                 "{\"id\":\"K%u\",\"name\":\"by %u\",\"streams\":{\"main\":{\"url\":"
                 "\"rtsp://127.0.0.1:1/x\"}}}",
                 number, serial);
    return acknowledged(method[what], path, body);
}

// Camera K<i> of a round is created, and by its number left so, replaced, changed, or
// all that and removed. Returns false when the engine is gone.
static bool live_through(unsigned number, struct promise *promise, unsigned *serial,
                         unsigned done[EDITS])
{
    enum edit last = (enum edit)(number % EDITS);
    for (enum edit what = CREATE; what <= last; what++) {
        promise->tried = ++*serial;
        if (!edit(number, what, *serial))
            return false;
        *promise = (struct promise) { .last = what, .serial = *serial };
        done[what]++;
    }
    return true;
}

// Kills the engine after a while that nobody can foresee.
static void *killer(void *arg)
{
    uint64_t *wait_us = arg;
    usleep((useconds_t)*wait_us);
    kill(world.engine.pid, SIGKILL);
    return NULL;
}

// The name of camera K<number>, "" when there is none. Free it.
static char *stored_name(unsigned number)
{
    char path[64];
    snprintf(path, sizeof(path), "/api/v1/cameras?q=K%u&limit=10000", number);
    cJSON *found = http_get_json(world.port, path);
    char id[32], *name = strdup("");
    snprintf(id, sizeof(id), "K%u", number);
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(found, "items"))
    {
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(item, "id")), id) != 0)
            continue;
        free(name);
        name = strdup(cJSON_GetStringValue(cJSON_GetObjectItem(item, "name")));
    }
    cJSON_Delete(found);
    assert_non_null(name);
    return name;
}

static void check_kept(unsigned number, const struct promise *promise)
{
    char before[32] = "", after[32] = "";
    char *name = stored_name(number);
    if (promise->serial && promise->last != REMOVE)
        snprintf(before, sizeof(before), "by %u", promise->serial);
    // What follows an edit in live_through().
    enum edit next = promise->serial ? promise->last + 1 : CREATE;
    if (next != REMOVE)
        snprintf(after, sizeof(after), "by %u", promise->tried);
    if (!promise->tried || strcmp(name, after) != 0)
        assert_string_equal(name, before);
    free(name);
}

// Every edit that was acknowledged has its entry in the audit log, and that is whole.
static void check_audit(const struct promise *promises, unsigned end)
{
    static unsigned noted[CAMERAS_MAX];
    char path[128] = "/api/v1/audit";
    const char *cursor;
    bool more;
    do {
        cJSON *page = http_get_json(world.port, path);
        const cJSON *entry;
        cJSON_ArrayForEach(entry, cJSON_GetObjectItem(page, "items"))
        {
            const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(entry, "subject"));
            if (*id == 'K' && strtoul(id + 1, NULL, 10) < CAMERAS_MAX)
                noted[strtoul(id + 1, NULL, 10)]++;
        }
        cursor = cJSON_GetStringValue(cJSON_GetObjectItem(page, "cursor"));
        more = cursor != NULL;
        snprintf(path, sizeof(path), "/api/v1/audit?cursor=%s", more ? cursor : "");
        cJSON_Delete(page);
    } while (more);
    for (unsigned i = 1; i < end; i++)
        if (promises[i].serial)
            assert_true(noted[i] >= (unsigned)promises[i].last + 1);
    cJSON *verdict = http_get_json(world.port, "/api/v1/audit/verify");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(verdict, "good")));
    cJSON_Delete(verdict);
}

static void acknowledged_edits_survive(void **state)
{
    static struct promise promises[CAMERAS_MAX];
    unsigned next = 1, serial = 0, done[EDITS] = { 0 };
    (void)state;

    for (int k = 0; k < KILLS || !done[REMOVE]; k++) {
        uint64_t wait_us = gw_rng_below(&rng, 300 * GW_MS);
        unsigned from = next;
        pthread_t thread;
        assert_in_range(k, 0, KILLS_MAX);
        assert_int_equal(pthread_create(&thread, NULL, killer, &wait_us), 0);
        while (next < CAMERAS_MAX && live_through(next, &promises[next], &serial, done))
            next++;
        pthread_join(thread, NULL);
        kill_engine();
        world_start_engine(&world);
        for (unsigned i = from; i <= next && i < CAMERAS_MAX; i++)
            check_kept(i, &promises[i]);
        print_message("what was acknowledged of K%u to K%u was kept\n", from, next);
        next++;
    }
    print_message("%u created, %u replaced, %u changed, %u removed\n", done[CREATE],
                  done[REPLACE], done[CHANGE], done[REMOVE]);
    check_audit(promises, next);
    assert_true(done[CREATE] && done[REPLACE] && done[CHANGE]);
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

static void start_import(int k, struct process *p)
{
    char path[SCRATCH_PATH_MAX];
    write_rows(k, path);
    process_start(p, (const char *[]) { getenv("GW_ENGINE"), "import", "--data",
                                        world.dir, path, NULL });
}

// How long an import takes on this machine, so that kills fall all over it.
static uint64_t import_us(void)
{
    struct process p;
    int status;
    uint64_t begin = gw_clock_now_us();
    start_import(0, &p);
    free(process_end(&p, 0, &status));
    assert_int_equal(status, 0);
    return gw_clock_now_us() - begin;
}

static void files_are_imported_whole_or_not_at_all(void **state)
{
    uint64_t whole_us = import_us();
    (void)state;

    for (int k = 1; k <= IMPORT_KILLS; k++) {
        struct process p;
        int status;
        start_import(k, &p);
        usleep((useconds_t)gw_rng_below(&rng, whole_us)); // any moment, not an event
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

static void start_rotation(struct process *p)
{
    process_start(p, (const char *[]) { getenv("GW_ENGINE"), "rotate-key", "--data",
                                        world.dir, NULL });
}

// Cameras whose address the engine knows: one that does not open is shown without.
static size_t cameras_with_address(void)
{
    cJSON *found = http_get_json(world.port, "/api/v1/cameras?limit=10000");
    size_t n = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(found, "items"))
    {
        const cJSON *stream =
            cJSON_GetObjectItem(cJSON_GetObjectItem(item, "streams"), "main");
        const char *url = cJSON_GetStringValue(cJSON_GetObjectItem(stream, "url"));
        n += url && strcmp(url, "rtsp://127.0.0.1:1/x") == 0;
    }
    cJSON_Delete(found);
    return n;
}

// Keys are changed and their changes killed while the engine takes edits: each address
// opens, in that engine and in the next.
static void keys_change_under_a_running_engine(void **state)
{
    struct process p;
    unsigned number = 1;
    int status;
    (void)state;
    start_import(0, &p);
    free(process_end(&p, 0, &status));
    assert_int_equal(status, 0);
    size_t cameras = ROWS;

    for (int k = 0; k <= ROTATE_KILLS; k++) {
        uint64_t begin = gw_clock_now_us();
        start_rotation(&p);
        // The last one ends by itself, which says how long one takes.
        uint64_t wait_us = gw_rng_below(&rng, 400 * GW_MS);
        while (k < ROTATE_KILLS && gw_clock_now_us() - begin < wait_us) {
            assert_true(edit(number, CREATE, number));
            number++;
            cameras++;
        }
        free(process_end(&p, k < ROTATE_KILLS ? SIGKILL : 0, &status));
        assert_true(edit(number++, CREATE, 1));
        assert_int_equal(cameras_with_address(), ++cameras);
    }
    assert_int_equal(status, 0);
    kill_engine();
    world_start_engine(&world);
    assert_int_equal(cameras_with_address(), cameras);
    char *log = process_errors(&world.engine);
    assert_null(strstr(log, "addresses_unreadable"));
    free(log);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(acknowledged_edits_survive),
        CASE(files_are_imported_whole_or_not_at_all),
        CASE(keys_change_under_a_running_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
