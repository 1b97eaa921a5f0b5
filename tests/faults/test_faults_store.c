// A registry whose process is killed, or whose disk is full, at any of its calls that
// change files: while a camera is edited, a list is imported, keys are changed, and a
// database of an earlier version comes up. What was acknowledged is there, nothing half
// done is seen, every address opens, and with room again all goes on without a restart.
//
// Arguments: how many of the places to try, evenly spread from a random one; 0: all.

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/rng.h"
#include "map/import.h"
#include "map/key_file.h"
#include "map/migrations.h"
#include "map/registry.h"
#include "map/store_keys.h"
#include "tests/faults/disk.h"
#include "tests/unit/map/files_hold.h"
#include "tests/unit/map/temp_dir.h"

#define PASSWORD "Xk9-geheim-7"

enum { CAMERAS = 40, ROWS = 60, PLACES_MAX = 1024 };

static const struct gw_editor editor = { .name = "test" };
static uint64_t wanted; // places to try; 0: all
static struct gw_rng rng;

// ---- a world before each fault ----

static void url_of(int i, const char *what, char url[96])
{
    snprintf(url, 96, "rtsp://admin:" PASSWORD "%s@10.0.0.1/ch%d", what, i);
}

static void make_list(const struct temp_dir *dir, char letter, int rows, char path[128])
{
    temp_dir_file(dir, "a.csv", path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs("id,name,url_main\n", f);
    for (int i = 0; i < rows; i++) {
        char url[96];
        url_of(i, "", url);
        fprintf(f, "%c%03d,before,%s\n", letter, i, url);
    }
    assert_int_equal(fclose(f), 0);
}

static int import(const struct temp_dir *dir, char letter, int rows, char *error)
{
    char path[128];
    struct gw_import_report report;
    struct gw_import_error words;
    make_list(dir, letter, rows, path);
    int r = gw_import_file(&(struct gw_import_config) { .dir = dir->path }, path, &report,
                           &words);
    snprintf(error, GW_IMPORT_ERROR_MAX, "%s", words.en);
    return r;
}

static struct temp_dir base; // copied for each fault

static void copy(const struct temp_dir *to, const char *name)
{
    char path[128];
    size_t len = 0;
    temp_dir_file(&base, name, path);
    char *bytes = file_bytes(path, &len);
    if (!bytes)
        return;
    temp_dir_write_n(to, name, bytes, len, path);
    assert_int_equal(chmod(path, 0600), 0);
    free(bytes);
}

static void make_world(struct temp_dir *dir)
{
    assert_int_equal(temp_dir_make(dir), 0);
    copy(dir, "gridwall.db");
    copy(dir, "gridwall.key");
}

static int begin(void **state)
{
    char error[GW_IMPORT_ERROR_MAX];
    (void)state;
    setenv("LC_ALL", "C", 1);
    return temp_dir_make(&base) < 0 ? -1 : import(&base, 'c', CAMERAS, error);
}

// As version 5 kept it: addresses as they were written.
static int begin_old(void **state)
{
    char path[128];
    sqlite3 *db;
    (void)state;
    setenv("LC_ALL", "C", 1);
    if (temp_dir_make(&base) < 0)
        return -1;
    temp_dir_file(&base, "gridwall.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(gw_migrate(db, gw_migrations, 5), 0);
    for (int i = 0; i < CAMERAS; i++) {
        char sql[512], url[96];
        url_of(i, "", url);
        snprintf(sql, sizeof(sql),
                 "INSERT INTO cameras (id, name, url_main, created_ms, changed_ms)"
                 " VALUES ('c%03d', 'before', '%s', 1, 1)",
                 i, url);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    return sqlite3_close(db) == SQLITE_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    temp_dir_remove(&base);
    return 0;
}

// ---- what is done ----

struct waiting {
    sem_t done;
    struct gw_registry_result result;
};

static void on_done(void *arg, const struct gw_registry_result *result)
{
    struct waiting *w = arg;
    w->result = *result;
    sem_post(&w->done);
}

// One edit changes name and address of a camera together.
static int edit_camera(struct gw_registry *reg, char *ret_words)
{
    char url[96];
    struct waiting w = { 0 };
    url_of(7, "-new", url);
    const struct gw_camera_edit edit = {
        .id = "c007", .name = "after", .url_main = url, .lon = NAN, .lat = NAN
    };
    sem_init(&w.done, 0, 0);
    int r = gw_registry_write_camera(reg, GW_WRITE_PATCH, &edit, &editor, on_done, &w);
    if (r == 0)
        sem_wait(&w.done);
    sem_destroy(&w.done);
    if (ret_words)
        snprintf(ret_words, sizeof(w.result.en), "%s", w.result.en);
    return r < 0 ? r : w.result.error;
}

static int open_registry(const struct temp_dir *dir, struct gw_registry **ret_reg,
                         char *error)
{
    return gw_registry_open(&(struct gw_registry_config) { .dir = dir->path }, ret_reg,
                            error);
}

typedef int action(const struct temp_dir *dir, int tell, char *error);

static void tell_done(int tell)
{
    if (tell >= 0 && write(tell, "d", 1) != 1)
        _exit(1);
}

static int do_edit(const struct temp_dir *dir, int tell, char *error)
{
    struct gw_registry *reg;
    int r = open_registry(dir, &reg, error);
    if (r < 0)
        return r;
    r = edit_camera(reg, error);
    if (r == 0)
        tell_done(tell);
    gw_registry_close(reg);
    return r;
}

static int do_import(const struct temp_dir *dir, int tell, char *error)
{
    int r = import(dir, 'n', ROWS, error);
    if (r == 0)
        tell_done(tell);
    return r;
}

static int do_rotate(const struct temp_dir *dir, int tell, char *error)
{
    struct gw_store *store;
    size_t sealed;
    int r = gw_store_open(dir->path, &store, error);
    if (r < 0)
        return r;
    r = gw_store_unlock(store, NULL, error);
    if (r == 0)
        r = gw_store_rotate_key(store, &sealed);
    if (r == 0)
        tell_done(tell);
    else
        gw_store_key_words(r, dir->path, GW_LANG_EN, error, GW_STORE_ERROR_MAX);
    gw_store_close(store);
    return r;
}

static int do_open(const struct temp_dir *dir, int tell, char *error)
{
    struct gw_registry *reg;
    int r = open_registry(dir, &reg, error);
    if (r < 0)
        return r;
    tell_done(tell);
    gw_registry_close(reg);
    return 0;
}

// ---- what is found afterwards ----

// Every camera that was there is, with an address that opens.
static void check_cameras(const struct gw_snapshot *s)
{
    for (int i = 0; i < CAMERAS; i++) {
        char id[8], url[96], changed[96];
        snprintf(id, sizeof(id), "c%03d", i);
        const struct gw_camera *camera = gw_snapshot_camera(s, id);
        assert_non_null(camera);
        url_of(i, "", url);
        url_of(i, "-new", changed);
        bool is_old = strcmp(camera->url_main, url) == 0;
        bool is_new = i == 7 && strcmp(camera->url_main, changed) == 0;
        assert_true(is_old || is_new);
        assert_string_equal(camera->name, is_new ? "after" : "before");
    }
}

static size_t count_new(const struct gw_snapshot *s)
{
    size_t n, found = 0;
    const struct gw_camera *cameras = gw_snapshot_cameras(s, &n);
    for (size_t i = 0; i < n; i++)
        found += cameras[i].id[0] == 'n';
    return found;
}

static void check_files(const struct temp_dir *dir)
{
    struct gw_key_ring ring;
    char path[128];
    temp_dir_file(dir, "gridwall.key", path);
    assert_int_equal(gw_key_file_read(path, &ring), 0);
    assert_int_equal(ring.count, 1);
    assert_false(files_hold(dir, PASSWORD));
}

static void check_world(const struct temp_dir *dir, bool edited, bool imported)
{
    char error[GW_REGISTRY_ERROR_MAX];
    struct gw_registry *reg;
    assert_int_equal(open_registry(dir, &reg, error), 0);
    struct gw_snapshot *s = gw_registry_snapshot(reg);
    check_cameras(s);
    size_t n = count_new(s);
    assert_true(n == 0 || n == ROWS);
    if (imported)
        assert_int_equal(n, ROWS);
    if (edited)
        assert_string_equal(gw_snapshot_camera(s, "c007")->name, "after");
    gw_snapshot_unref(&s);
    gw_registry_close(reg);
    check_files(dir);
}

// ---- killed ----

// Returns whether it was killed; *ret_told: it had said that all was done.
static bool run_killed(action *act, const struct temp_dir *dir, uint64_t nth,
                       enum disk_fault fault, bool *ret_told)
{
    char error[GW_IMPORT_ERROR_MAX], word;
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        disk_arm(nth, fault);
        _exit(act(dir, ends[1], error) < 0 ? 1 : 0);
    }
    close(ends[1]);
    *ret_told = read(ends[0], &word, 1) == 1;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return WIFSIGNALED(status);
}

// How many calls there are to be killed at: by halving, for past the last one nothing is.
static uint64_t count_calls(action *act)
{
    uint64_t low = 0, high = PLACES_MAX;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct temp_dir dir;
        bool told;
        make_world(&dir);
        if (run_killed(act, &dir, middle, DISK_KILL, &told))
            low = middle + 1;
        else
            high = middle;
        temp_dir_remove(&dir);
    }
    return low;
}

static void kill_places(action *act, uint64_t calls, enum disk_fault fault)
{
    uint64_t step = wanted && calls > wanted ? calls / wanted : 1, tried = 0, behind = 0;
    for (uint64_t nth = gw_rng_below(&rng, step); nth < calls; nth += step, tried++) {
        struct temp_dir dir;
        bool told;
        make_world(&dir);
        run_killed(act, &dir, nth, fault, &told);
        check_world(&dir, told && act == do_edit, told && act == do_import);
        behind += told;
        temp_dir_remove(&dir);
    }
    print_message("%llu of %llu places, %llu of them behind the acknowledgement\n",
                  (unsigned long long)tried, (unsigned long long)calls,
                  (unsigned long long)behind);
}

static void kill_everywhere(action *act)
{
    uint64_t calls = count_calls(act);
    assert_in_range(calls, 5, PLACES_MAX - 1);
    kill_places(act, calls, DISK_KILL);
    kill_places(act, calls, DISK_TORN);
}

static void a_killed_edit_is_done_or_not(void **state)
{
    (void)state;
    kill_everywhere(do_edit);
}

static void a_killed_import_is_done_or_not(void **state)
{
    (void)state;
    kill_everywhere(do_import);
}

static void a_killed_change_of_keys_loses_no_address(void **state)
{
    (void)state;
    kill_everywhere(do_rotate);
}

static void a_killed_upgrade_goes_on(void **state)
{
    (void)state;
    kill_everywhere(do_open);
}

// ---- full ----

// Fails at once, or does all; in words that a person understands.
static void fill_everywhere(action *act)
{
    uint64_t refused = 0, nth = 0, step = wanted ? 5 : 1;
    bool fired = true;
    for (; fired; nth += step) {
        char error[GW_IMPORT_ERROR_MAX] = "";
        struct temp_dir dir;
        assert_in_range(nth, 0, PLACES_MAX);
        make_world(&dir);
        disk_arm(nth, DISK_FULL);
        int r = act(&dir, -1, error);
        fired = disk_disarm();
        if (r < 0) {
            refused++;
            assert_int_equal(r, -ENOSPC);
            assert_non_null(strstr(error, "disk is full"));
        }
        check_world(&dir, r == 0 && act == do_edit, r == 0 && act == do_import);
        assert_int_equal(act(&dir, -1, error), 0);
        check_world(&dir, act == do_edit, act == do_import);
        temp_dir_remove(&dir);
    }
    assert_true(refused > 0);
    print_message("%llu places, %llu refused\n", (unsigned long long)(nth / step),
                  (unsigned long long)refused);
}

static void on_a_full_disk_an_import_is_refused_as_a_whole(void **state)
{
    (void)state;
    fill_everywhere(do_import);
}

static void on_a_full_disk_keys_stay(void **state)
{
    (void)state;
    fill_everywhere(do_rotate);
}

// A registry that runs: what it knows stays readable, and with room it writes on.
static void on_a_full_disk_a_registry_reads_on(void **state)
{
    bool fired = true;
    uint64_t refused = 0;
    (void)state;
    for (uint64_t nth = 0; fired; nth++) {
        char words[GW_REGISTRY_ERROR_MAX];
        struct gw_registry *reg;
        struct temp_dir dir;
        make_world(&dir);
        assert_int_equal(open_registry(&dir, &reg, words), 0);
        disk_arm(nth, DISK_FULL);
        int r = edit_camera(reg, words);
        if (r < 0) {
            assert_int_equal(r, -ENOSPC);
            assert_non_null(strstr(words, "disk is full"));
            assert_int_equal(edit_camera(reg, words), -ENOSPC);
            refused++;
        }
        struct gw_snapshot *s = gw_registry_snapshot(reg);
        check_cameras(s);
        gw_snapshot_unref(&s);
        fired = disk_disarm();
        assert_int_equal(edit_camera(reg, words), 0);
        gw_registry_close(reg);
        check_world(&dir, true, false);
        temp_dir_remove(&dir);
    }
    assert_true(refused > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_killed_edit_is_done_or_not),
        TEST(a_killed_import_is_done_or_not),
        TEST(a_killed_change_of_keys_loses_no_address),
        cmocka_unit_test_setup_teardown(a_killed_upgrade_goes_on, begin_old, end),
        TEST(on_a_full_disk_an_import_is_refused_as_a_whole),
        TEST(on_a_full_disk_keys_stay),
        TEST(on_a_full_disk_a_registry_reads_on),
    };
    wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    gw_rng_init(&rng, gw_clock_unix_us());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
