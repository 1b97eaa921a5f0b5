// A child writes and imports, and is killed at any moment. What it said was done
// must be there afterwards, and no file may be half in.
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/rng.h"
#include "map/import.h"
#include "map/registry.h"
#include "tests/unit/map/temp_dir.h"

enum { KILLS = 20, IMPORT_ROWS = 2000, AHEAD = 32 };

static const struct gw_editor test_editor = { .name = "test" };

struct writer {
    int out;
    sem_t room; // for further writes to wait
};

static void on_done(void *arg, const struct gw_registry_result *result)
{
    // The acknowledgement leaves the process: from here on it is a promise.
    struct writer *writer = arg;
    char c = result->error == 0 ? 'w' : 'e';
    if (write(writer->out, &c, 1) != 1)
        _exit(1);
    sem_post(&writer->room);
}

// Writes cameras w0, w1, ... until killed, a window of them at a time.
static _Noreturn void write_for_ever(const char *dir, unsigned first, int out)
{
    char error[GW_REGISTRY_ERROR_MAX];
    struct gw_registry *reg;
    struct writer writer = { .out = out };
    sem_init(&writer.room, 0, AHEAD);
    if (gw_registry_open(&(struct gw_registry_config) { .dir = dir }, &reg, error) < 0)
        _exit(1);
    for (unsigned i = first;; i++) {
        char id[16];
        snprintf(id, sizeof(id), "w%07u", i);
        struct gw_camera_edit edit = {
            .id = id,
            .lon = NAN,
            .lat = NAN,
            .url_main = "rtsp://h/1",
        };
        sem_wait(&writer.room);
        if (gw_registry_write_camera(reg, GW_WRITE_CREATE, &edit, &test_editor, on_done,
                                     &writer) < 0)
            _exit(1);
    }
}

static _Noreturn void import_once(const char *dir, const char *file, int out)
{
    struct gw_import_error error;
    struct gw_import_report report;
    struct gw_import_config config = { .dir = dir };
    if (write(out, "s", 1) != 1 || gw_import_file(&config, file, &report, &error) < 0 ||
        write(out, "d", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static unsigned read_bytes(int in, unsigned at_least)
{
    char buf[256];
    unsigned n = 0;
    while (n < at_least) {
        ssize_t got = read(in, buf, sizeof(buf));
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got; i++)
            assert_int_not_equal(buf[i], 'e');
        n += (unsigned)got;
    }
    return n;
}

// Kills, and counts what the child still said before.
static unsigned kill_child(pid_t child, int in)
{
    int status;
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    unsigned n = read_bytes(in, UINT32_MAX);
    close(in);
    return n;
}

static struct gw_snapshot *look(const char *dir)
{
    char error[GW_REGISTRY_ERROR_MAX];
    struct gw_registry *reg;
    assert_int_equal(
        gw_registry_open(&(struct gw_registry_config) { .dir = dir }, &reg, error), 0);
    struct gw_snapshot *s = gw_registry_snapshot(reg);
    gw_registry_close(reg);
    return s;
}

static size_t count_prefix(const struct gw_snapshot *s, char prefix)
{
    size_t n, found = 0;
    const struct gw_camera *cameras = gw_snapshot_cameras(s, &n);
    for (size_t i = 0; i < n; i++)
        found += cameras[i].id[0] == prefix;
    return found;
}

static void what_was_acknowledged_survives_any_kill(void **state)
{
    (void)state;
    struct temp_dir dir;
    struct gw_rng rng;
    size_t stored = 0;
    gw_rng_init(&rng, 3);
    assert_int_equal(temp_dir_make(&dir), 0);

    for (int i = 0; i < KILLS; i++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            write_for_ever(dir.path, (unsigned)stored, ends[1]);
        }
        close(ends[1]);
        unsigned acknowledged =
            read_bytes(ends[0], 1 + (unsigned)gw_rng_below(&rng, AHEAD));
        acknowledged += kill_child(child, ends[0]);

        struct gw_snapshot *s = look(dir.path);
        size_t now = count_prefix(s, 'w');
        assert_true(acknowledged > 0);
        assert_true(now >= stored + acknowledged);
        // In order, without a hole: writes are carried out as they came.
        char last[16];
        snprintf(last, sizeof(last), "w%07zu", now - 1);
        assert_non_null(gw_snapshot_camera(s, last));
        gw_snapshot_unref(&s);
        stored = now;
    }
    temp_dir_remove(&dir);
}

static void make_file(const struct temp_dir *dir, char letter, char path[128])
{
    temp_dir_file(dir, "a.csv", path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs("id,name,url_main\n", f);
    for (int i = 0; i < IMPORT_ROWS; i++)
        fprintf(f, "%c%05d,Name %d,rtsp://u:p@10.0.0.1/ch%d\n", letter, i, i, i);
    assert_int_equal(fclose(f), 0);
}

static void a_killed_import_is_all_there_or_not_at_all(void **state)
{
    (void)state;
    struct temp_dir dir;
    struct gw_rng rng;
    gw_rng_init(&rng, 4);
    assert_int_equal(temp_dir_make(&dir), 0);

    for (int i = 0; i < KILLS; i++) {
        char letter = (char)('a' + i);
        char path[128];
        int ends[2];
        make_file(&dir, letter, path);
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            import_once(dir.path, path, ends[1]);
        }
        close(ends[1]);
        assert_true(read_bytes(ends[0], 1) > 0);
        // A random moment; where it falls is not what is claimed.
        struct pollfd p = { .fd = ends[0], .events = POLLIN };
        poll(&p, 1, (int)gw_rng_below(&rng, 150));
        unsigned said = kill_child(child, ends[0]);

        struct gw_snapshot *s = look(dir.path);
        size_t now = count_prefix(s, letter);
        assert_true(now == 0 || now == IMPORT_ROWS);
        assert_true(said == 0 || now == IMPORT_ROWS);
        gw_snapshot_unref(&s);
    }
    temp_dir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_acknowledged_survives_any_kill),
        cmocka_unit_test(a_killed_import_is_all_there_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
