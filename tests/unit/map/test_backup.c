// Backups of a data directory, and their way back, at each of its steps.
#include "map/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "map/data_lock.h"
#include "map/key_file.h"
#include "map/store_keys.h"
#include "tests/unit/map/files_hold.h"
#include "tests/unit/map/temp_dir.h"

#define PASSWORD "Xk9-geheim-7"

struct world {
    struct temp_dir top;
    struct temp_dir data, copy, other; // below it
    struct gw_backup_place place;
    char error[GW_STORE_ERROR_MAX];
};

static void below(const struct world *w, const char *name, struct temp_dir *dir)
{
    snprintf(dir->path, sizeof(dir->path), "%.50s/%s", w->top.path, name);
}

static struct gw_store *open_store(struct world *w, const struct temp_dir *dir)
{
    struct gw_store *store;
    if (gw_store_open(dir->path, &store, w->error) < 0 ||
        gw_store_unlock(store, NULL, w->error) < 0)
        fail_msg("%s", w->error);
    return store;
}

static void add_camera(struct gw_store *store, const char *id)
{
    const struct gw_camera_row row = {
        .camera = { .id = id,
                    .name = "Gate",
                    .lon = NAN,
                    .lat = NAN,
                    .division = "",
                    .department = "",
                    .cell = "",
                    .url_main = "rtsp://u:" PASSWORD "@10.0.0.1/1",
                    .url_sub = "",
                    .tags = "",
                    .groups = "",
                    .address = "",
                    .initials = "",
                    .pose = gw_camera_pose_unknown },
    };
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_store_insert_camera(store, &row, 1), 0);
    assert_int_equal(gw_store_commit(store), 0);
}

// Makes or adds to a registry.
static void add_to(struct world *w, const struct temp_dir *dir, const char *id)
{
    struct gw_store *store = open_store(w, dir);
    add_camera(store, id);
    gw_store_close(store);
}

static bool has_camera(struct world *w, const struct temp_dir *dir, const char *id)
{
    struct gw_camera_row row;
    struct gw_store *store = open_store(w, dir);
    bool found = gw_store_find_camera(store, id, &row) == 0;
    if (found)
        assert_string_equal(row.camera.url_main, "rtsp://u:" PASSWORD "@10.0.0.1/1");
    gw_store_close(store);
    return found;
}

static bool is_there(const struct temp_dir *dir, const char *name)
{
    char path[128];
    temp_dir_file(dir, name, path);
    return access(path, F_OK) == 0;
}

static void key_of(const struct temp_dir *dir, char path[128])
{
    temp_dir_file(dir, "gridwall.key", path);
}

static int set_up(void **state)
{
    static struct world w;
    memset(&w, 0, sizeof(w));
    *state = &w;
    setenv("LC_ALL", "C", 1);
    if (temp_dir_make(&w.top) < 0)
        return -1;
    below(&w, "data", &w.data);
    below(&w, "copy", &w.copy);
    below(&w, "other", &w.other);
    add_to(&w, &w.data, "c1");
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", w->top.path);
    return system(command);
}

static int back_up(struct world *w, bool with_key)
{
    char key[128];
    key_of(&w->data, key);
    return gw_backup(w->data.path, with_key ? key : NULL, w->copy.path, &w->place);
}

static int restore(struct world *w, const struct temp_dir *dir, bool replace)
{
    return gw_restore(dir->path, NULL, w->copy.path, replace, &w->place);
}

static void a_backup_is_a_data_directory(void **state)
{
    struct world *w = *state;
    struct stat st;
    assert_int_equal(back_up(w, true), 0);
    add_to(w, &w->data, "c2");
    assert_int_equal(stat(w->copy.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_false(is_there(&w->copy, "gridwall.db-wal"));
    assert_true(has_camera(w, &w->copy, "c1"));
    assert_false(has_camera(w, &w->copy, "c2"));
}

// With a writer in the midst of a transaction, and what it has not committed.
static void it_is_made_while_others_read_and_write(void **state)
{
    struct world *w = *state;
    struct gw_store *writer = open_store(w, &w->data);
    add_camera(writer, "c2"); // in the log alone
    assert_int_equal(gw_store_begin(writer), 0);
    assert_int_equal(gw_store_delete_camera(writer, "c1", 1), 0);
    assert_int_equal(back_up(w, true), 0);
    assert_int_equal(gw_store_commit(writer), 0);
    gw_store_close(writer);
    assert_true(has_camera(w, &w->copy, "c1"));
    assert_true(has_camera(w, &w->copy, "c2"));
}

static void the_key_is_in_it_only_if_asked_for(void **state)
{
    struct world *w = *state;
    assert_int_equal(back_up(w, false), 0);
    assert_false(is_there(&w->copy, "gridwall.key"));
    assert_false(files_hold(&w->copy, PASSWORD));
}

static void what_is_signed_with_goes_along_with_the_key(void **state)
{
    struct world *w = *state;
    char path[128];
    add_to(w, &w->other, "c9");
    temp_dir_write(&w->data, "live-links.key", "word", path);
    temp_dir_write(&w->other, "live-links.key", "another", path);
    assert_int_equal(back_up(w, true), 0);
    assert_true(is_there(&w->copy, "live-links.key"));
    assert_int_equal(restore(w, &w->other, true), 0);
    size_t len = 0;
    char *bytes = file_bytes(path, &len);
    assert_int_equal(len, 4);
    assert_memory_equal(bytes, "word", 4);
    free(bytes);

    char command[160];
    snprintf(command, sizeof(command), "rm -rf '%s'", w->copy.path);
    assert_int_equal(system(command), 0);
    assert_int_equal(back_up(w, false), 0);
    assert_false(is_there(&w->copy, "live-links.key"));
}

static void nothing_is_overwritten_by_a_backup(void **state)
{
    struct world *w = *state;
    assert_int_equal(back_up(w, false), 0);
    assert_int_equal(back_up(w, false), -EEXIST);
    assert_string_equal(w->place.path, w->copy.path);
    assert_int_equal(gw_backup(w->other.path, NULL, w->copy.path, &w->place), -ESRCH);
    assert_false(is_there(&w->other, ""));
}

static void what_a_killed_backup_left_is_no_hindrance(void **state)
{
    struct world *w = *state;
    struct temp_dir part;
    char path[128];
    below(w, "copy.part", &part);
    assert_int_equal(mkdir(part.path, 0700), 0);
    temp_dir_write(&part, "gridwall.db", "half", path);
    assert_int_equal(back_up(w, true), 0);
    assert_false(is_there(&part, ""));
    assert_true(has_camera(w, &w->copy, "c1"));
}

static void it_comes_back_into_an_empty_place(void **state)
{
    struct world *w = *state;
    assert_int_equal(back_up(w, true), 0);
    assert_int_equal(restore(w, &w->other, false), 0);
    assert_true(has_camera(w, &w->other, "c1"));
    assert_false(is_there(&w->other, "restore.new"));
    assert_false(is_there(&w->other, gw_restore_ready));
    assert_false(is_there(&w->other, "restore.old"));
}

static char *replaced_dir(const struct world *w)
{
    char command[160], line[128] = "";
    snprintf(command, sizeof(command), "ls -d '%s'/replaced-*Z", w->data.path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof(line), f));
    line[strcspn(line, "\n")] = '\0';
    assert_int_equal(pclose(f), 0);
    return strdup(line);
}

static void a_registry_that_is_there_is_kept_aside(void **state)
{
    struct world *w = *state;
    struct temp_dir aside;
    assert_int_equal(back_up(w, true), 0);
    add_to(w, &w->data, "c2");
    assert_int_equal(restore(w, &w->data, false), -EEXIST);
    assert_true(has_camera(w, &w->data, "c2"));

    assert_int_equal(restore(w, &w->data, true), 0);
    assert_true(has_camera(w, &w->data, "c1"));
    assert_false(has_camera(w, &w->data, "c2"));
    char *name = replaced_dir(w);
    snprintf(aside.path, sizeof(aside.path), "%.63s", name);
    assert_true(has_camera(w, &aside, "c2"));
    free(name);
}

// A log of an engine that crashed belongs to the database that is moved away.
static void another_log_is_never_read_into_it(void **state)
{
    struct world *w = *state;
    char command[160];
    assert_int_equal(back_up(w, true), 0);
    struct gw_store *store = open_store(w, &w->data);
    add_camera(store, "c2");
    snprintf(command, sizeof(command),
             "cd '%s' && cp gridwall.db-wal w && cp gridwall.db d", w->data.path);
    assert_int_equal(system(command), 0);
    gw_store_close(store);
    snprintf(command, sizeof(command),
             "cd '%s' && mv w gridwall.db-wal && mv d gridwall.db", w->data.path);
    assert_int_equal(system(command), 0);

    assert_int_equal(restore(w, &w->data, true), 0);
    assert_false(is_there(&w->data, "gridwall.db-wal"));
    assert_false(has_camera(w, &w->data, "c2"));
}

static void nothing_is_restored_under_somebody_who_uses_it(void **state)
{
    struct world *w = *state;
    assert_int_equal(back_up(w, true), 0);
    struct gw_store *store = open_store(w, &w->data);
    assert_int_equal(restore(w, &w->data, true), -EBUSY);
    add_camera(store, "c2");
    gw_store_close(store);
    assert_true(has_camera(w, &w->data, "c2"));
    assert_int_equal(restore(w, &w->data, true), 0);
}

static void nobody_opens_what_is_being_restored(void **state)
{
    struct world *w = *state;
    struct gw_store *store;
    int fd;
    assert_int_equal(gw_data_lock(w->data.path, true, &fd), 0);
    assert_int_equal(gw_store_open(w->data.path, &store, w->error), -EINPROGRESS);
    assert_non_null(strstr(w->error, "gridwall restore"));
    close(fd);
    assert_true(has_camera(w, &w->data, "c1"));
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_backup_is_checked_before(void **state)
{
    struct world *w = *state;
    char path[128];
    assert_int_equal(restore(w, &w->data, true), -ESRCH);
    assert_int_equal(back_up(w, true), 0);
    temp_dir_file(&w->copy, "gridwall.db", path);

    run_sql(path, "PRAGMA ignore_check_constraints = ON; UPDATE cameras SET lat = 900");
    assert_int_equal(restore(w, &w->data, true), -EBADMSG);

    int fd = open(path, O_RDWR); // pages of tables
    char junk[4096];
    memset(junk, 0x5a, sizeof(junk));
    for (int page = 3; page < 40; page++)
        assert_int_equal(pwrite(fd, junk, sizeof(junk), page * 4096), sizeof(junk));
    close(fd);
    assert_int_equal(restore(w, &w->data, true), -EBADMSG);
    assert_string_equal(w->place.path, path);
    temp_dir_write(&w->copy, "gridwall.db", "no database at all", path);
    assert_int_equal(restore(w, &w->data, true), -EBADMSG);
    assert_true(has_camera(w, &w->data, "c1"));
    assert_false(is_there(&w->data, "restore.new"));
}

static void a_backup_of_a_newer_program_is_refused(void **state)
{
    struct world *w = *state;
    char path[128];
    assert_int_equal(back_up(w, true), 0);
    temp_dir_file(&w->copy, "gridwall.db", path);
    run_sql(path, "PRAGMA user_version = 99");
    assert_int_equal(restore(w, &w->other, false), -ENOTSUP);
    assert_false(is_there(&w->other, "gridwall.db"));
}

static void the_key_must_be_the_right_one(void **state)
{
    struct world *w = *state;
    char key[128];
    struct gw_store *store;
    size_t sealed;
    assert_int_equal(back_up(w, false), 0);
    assert_int_equal(restore(w, &w->other, false), -ENOENT); // there is none
    assert_true(w->place.is_key);
    key_of(&w->data, key);
    assert_int_equal(gw_restore(w->other.path, key, w->copy.path, false, &w->place), 0);

    assert_int_equal(restore(w, &w->data, true), 0); // its own
    store = open_store(w, &w->data);
    assert_int_equal(gw_store_rotate_key(store, &sealed), 0);
    gw_store_close(store);
    assert_int_equal(restore(w, &w->data, true), -EKEYREJECTED); // a later one
    assert_true(has_camera(w, &w->data, "c1"));

    struct temp_dir third;
    below(w, "third", &third);
    add_to(w, &third, "c3"); // another registry's
    assert_int_equal(restore(w, &third, true), -EXDEV);
    assert_true(has_camera(w, &third, "c3"));
}

// Behind the rename that makes it ready: whatever is in place already, the next one goes
// on.
static void a_killed_restore_goes_on(void **state)
{
    struct world *w = *state;
    char command[512];
    struct gw_store *store;
    for (int moved = 0; moved < 3; moved++) {
        snprintf(command, sizeof(command),
                 "cd '%s' && rm -rf copy data/restore.* data/replaced-*", w->top.path);
        assert_int_equal(system(command), 0);
        assert_int_equal(back_up(w, true), 0);
        char id[8];
        snprintf(id, sizeof(id), "d%d", moved);
        add_to(w, &w->data, id);
        snprintf(command, sizeof(command),
                 "cd '%s/data' && cp -r ../copy restore.ready && mkdir restore.old && "
                 "{ [ %d -lt 1 ] || mv gridwall.db restore.old/; } && "
                 "{ [ %d -lt 2 ] || mv restore.ready/gridwall.db .; }",
                 w->top.path, moved, moved);
        assert_int_equal(system(command), 0);
        assert_int_equal(gw_store_open(w->data.path, &store, w->error), -EINPROGRESS);
        // Whatever it is called with, what was begun is ended first.
        assert_int_equal(restore(w, &w->data, false), -EEXIST);
        assert_true(has_camera(w, &w->data, "c1"));
        assert_false(has_camera(w, &w->data, id));
        char *aside = replaced_dir(w);
        free(aside);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_backup_is_a_data_directory),
        TEST(it_is_made_while_others_read_and_write),
        TEST(the_key_is_in_it_only_if_asked_for),
        TEST(what_is_signed_with_goes_along_with_the_key),
        TEST(nothing_is_overwritten_by_a_backup),
        TEST(what_a_killed_backup_left_is_no_hindrance),
        TEST(it_comes_back_into_an_empty_place),
        TEST(a_registry_that_is_there_is_kept_aside),
        TEST(another_log_is_never_read_into_it),
        TEST(nothing_is_restored_under_somebody_who_uses_it),
        TEST(nobody_opens_what_is_being_restored),
        TEST(a_backup_is_checked_before),
        TEST(a_backup_of_a_newer_program_is_refused),
        TEST(the_key_must_be_the_right_one),
        TEST(a_killed_restore_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
