// Stream addresses in the files: sealed, each in its place, and readable with the right
// key only.
#include "map/store_keys.h"

#include <errno.h>
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

#include "map/key_file.h"
#include "tests/unit/map/files_hold.h"
#include "tests/unit/map/temp_dir.h"

#define PASSWORD "Xk9-geheim-7"
#define PUSH_KEY "a-key-of-a-source"

enum { CAMERAS = 3 };

struct world {
    struct temp_dir dir;
    char key_path[128], db_path[128];
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
};

static void open_store(struct world *w)
{
    assert_int_equal(gw_store_open(w->dir.path, &w->store, w->error), 0);
    assert_int_equal(gw_store_unlock(w->store, NULL, w->error), 0);
}

static void close_store(struct world *w)
{
    gw_store_close(w->store);
    w->store = NULL;
}

static void url_of(unsigned i, char url[96])
{
    if (i == 2)
        snprintf(url, 96, "push://:" PUSH_KEY "@");
    else
        snprintf(url, 96, "rtsp://admin:" PASSWORD "@10.0.0.%u/main", i);
}

static void add_camera(struct gw_store *store, unsigned i)
{
    char id[8], url[96];
    snprintf(id, sizeof(id), "c%u", i);
    url_of(i, url);
    const struct gw_camera_row row = {
        .camera = { .id = id,
                    .name = "Gate",
                    .lon = NAN,
                    .lat = NAN,
                    .division = "",
                    .department = "",
                    .cell = "",
                    .url_main = url,
                    .url_sub = i == 1 ? "rtsp://admin:" PASSWORD "@10.0.0.1/sub" : "",
                    .tags = "",
                    .groups = "",
                    .address = "",
                    .initials = "",
                    .pose = { NAN, NAN, NAN, NAN, NAN } },
    };
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_store_insert_camera(store, &row, 1), 0);
    assert_int_equal(gw_store_commit(store), 0);
}

static int set_up(void **state)
{
    static struct world w;
    memset(&w, 0, sizeof(w));
    *state = &w;
    setenv("LC_ALL", "C", 1);
    if (temp_dir_make(&w.dir) < 0)
        return -1;
    temp_dir_file(&w.dir, "gridwall.key", w.key_path);
    temp_dir_file(&w.dir, "gridwall.db", w.db_path);
    open_store(&w);
    for (unsigned i = 1; i <= CAMERAS; i++)
        add_camera(w.store, i);
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    close_store(w);
    temp_dir_remove(&w->dir);
    return 0;
}

static char *main_url(struct gw_store *store, unsigned i)
{
    char id[8];
    struct gw_camera_row row;
    snprintf(id, sizeof(id), "c%u", i);
    assert_int_equal(gw_store_begin_read(store), 0);
    assert_int_equal(gw_store_find_camera(store, id, &row), 0);
    char *url = strdup(row.camera.url_main);
    gw_store_rollback(store);
    assert_non_null(url);
    return url;
}

static void check_readable(struct gw_store *store)
{
    for (unsigned i = 1; i <= CAMERAS; i++) {
        char expected[96];
        char *url = main_url(store, i);
        url_of(i, expected);
        assert_string_equal(url, expected);
        free(url);
    }
}

static void run_sql(const struct world *w, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(w->db_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int count(const struct world *w, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(w->db_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int n = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return n;
}

static size_t keys_in_file(const struct world *w)
{
    struct gw_key_ring ring;
    assert_int_equal(gw_key_file_read(w->key_path, &ring), 0);
    return ring.count;
}

static void no_file_holds_a_password(void **state)
{
    struct world *w = *state;
    assert_true(files_hold(&w->dir, "Gate")); // in the log, while the store is open
    assert_false(files_hold(&w->dir, PASSWORD));
    assert_false(files_hold(&w->dir, PUSH_KEY));
    assert_false(files_hold(&w->dir, "10.0.0.1/main"));
    close_store(w);
    assert_true(files_hold(&w->dir, "Gate"));
    assert_false(files_hold(&w->dir, PASSWORD));
    open_store(w);
    check_readable(w->store);
}

static void a_camera_keeps_its_address_when_it_is_removed_and_comes_back(void **state)
{
    struct world *w = *state;
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_delete_camera(w->store, "c1", 1), 0);
    assert_int_equal(gw_store_commit(w->store), 0);
    size_t sealed = 0;
    assert_int_equal(gw_store_rotate_key(w->store, &sealed), 0);
    assert_int_equal(sealed, 4); // with the removed one's two
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_restore_camera(w->store, "c1", 2), 0);
    assert_int_equal(gw_store_commit(w->store), 0);
    check_readable(w->store);
}

static int count_rows(void *arg, const struct gw_camera_row *row)
{
    size_t *n = arg;
    *n += *row->camera.url_main == '\0';
    return 0;
}

// Whoever can write the file shall not have one camera's password sent to another.
static void an_address_that_was_moved_does_not_open(void **state)
{
    struct world *w = *state;
    uint32_t camera = 0;
    size_t without = 0;
    run_sql(w,
            "UPDATE cameras SET url_main = (SELECT url_main FROM cameras WHERE num = 3)"
            " WHERE num = 1");
    assert_int_equal(gw_store_begin_read(w->store), 0);
    assert_int_equal(gw_store_each_camera(w->store, count_rows, &without), 0);
    assert_int_equal(gw_store_unreadable(w->store, &camera), 1);
    gw_store_rollback(w->store);
    assert_int_equal(camera, 1);
    assert_int_equal(without, 1);
}

// Opens, and expects that error with that word in it; nothing may have changed.
static void expect_refusal(struct world *w, int error, const char *word)
{
    size_t before_len = 0, after_len = 0;
    close_store(w);
    char *before = file_bytes(w->db_path, &before_len);
    assert_int_equal(gw_store_open(w->dir.path, &w->store, w->error), 0);
    assert_int_equal(gw_store_unlock(w->store, NULL, w->error), error);
    close_store(w);
    char *after = file_bytes(w->db_path, &after_len);
    assert_int_equal(before_len, after_len);
    assert_memory_equal(before, after, before_len);
    assert_non_null(strstr(w->error, word));
    assert_non_null(strstr(w->error, w->key_path));
    free(before);
    free(after);
}

static void a_key_that_is_missing_is_asked_for(void **state)
{
    struct world *w = *state;
    char aside[128];
    temp_dir_file(&w->dir, "a.txt", aside);
    assert_int_equal(rename(w->key_path, aside), 0);
    expect_refusal(w, -ENOENT, "Put the file back");
    assert_int_equal(access(w->key_path, F_OK), -1);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    expect_refusal(w, -ENOENT, "密钥");
    assert_int_equal(rename(aside, w->key_path), 0);
    open_store(w);
    check_readable(w->store);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    struct world *w = *state;
    assert_int_equal(chmod(w->key_path, 0644), 0);
    expect_refusal(w, -EPERM, "chmod 600");
}

static void a_key_that_is_broken_is_refused(void **state)
{
    struct world *w = *state;
    char path[128];
    temp_dir_write(&w->dir, "gridwall.key", "key of the shed\n", path);
    expect_refusal(w, -EBADMSG, "damaged");
}

static void the_right_file_with_another_key_is_refused(void **state)
{
    struct world *w = *state;
    struct gw_key_ring ring;
    assert_int_equal(gw_key_file_read(w->key_path, &ring), 0);
    assert_int_equal(gw_seal_key_make(&ring.keys[0]), 0);
    assert_int_equal(gw_key_file_write(w->key_path, &ring), 0);
    expect_refusal(w, -EKEYREJECTED, "does not hold the key");
}

static void the_key_of_another_registry_is_refused(void **state)
{
    struct world *w = *state;
    struct gw_key_ring ring;
    assert_int_equal(gw_key_file_read(w->key_path, &ring), 0);
    ring.registry[0] = ring.registry[0] == '0' ? '1' : '0';
    assert_int_equal(gw_key_file_write(w->key_path, &ring), 0);
    expect_refusal(w, -EXDEV, "another registry");
}

static void the_key_may_lie_elsewhere(void **state)
{
    struct world *w = *state;
    char elsewhere[128];
    close_store(w);
    temp_dir_file(&w->dir, "a.txt", elsewhere);
    assert_int_equal(rename(w->key_path, elsewhere), 0);
    assert_int_equal(gw_store_open(w->dir.path, &w->store, w->error), 0);
    assert_int_equal(gw_store_unlock(w->store, elsewhere, w->error), 0);
    check_readable(w->store);
    assert_int_equal(access(w->key_path, F_OK), -1);
}

static void after_a_change_of_keys_there_is_one_and_all_opens(void **state)
{
    struct world *w = *state;
    struct gw_key_ring before, after;
    size_t sealed = 0;
    assert_int_equal(gw_key_file_read(w->key_path, &before), 0);
    assert_int_equal(gw_store_rotate_key(w->store, &sealed), 0);
    assert_int_equal(sealed, 4);
    assert_true(gw_store_is_clean(w->store));
    assert_int_equal(gw_key_file_read(w->key_path, &after), 0);
    assert_int_equal(after.count, 1);
    assert_null(gw_key_ring_find(&after, before.keys[0].id));
    check_readable(w->store);
    close_store(w);

    // Nothing that the old key opens is left in the files.
    char id[4] = { (char)(before.keys[0].id >> 24), (char)(before.keys[0].id >> 16),
                   (char)(before.keys[0].id >> 8), (char)before.keys[0].id };
    size_t len = 0;
    char *bytes = file_bytes(w->db_path, &len);
    assert_null(memmem(bytes, len, id, sizeof(id)));
    free(bytes);
    open_store(w);
    check_readable(w->store);
}

// As an engine does that runs meanwhile: it knows the old key only.
static void who_has_it_open_reads_and_writes_on(void **state)
{
    struct world *w = *state;
    struct gw_store *other;
    size_t sealed;
    assert_int_equal(gw_store_open(w->dir.path, &other, w->error), 0);
    assert_int_equal(gw_store_unlock(other, NULL, w->error), 0);
    for (unsigned round = 0; round < 3; round++) {
        assert_int_equal(gw_store_rotate_key(w->store, &sealed), 0);
        add_camera(other, 10 + round);
        check_readable(other);
    }
    gw_store_close(other);
    close_store(w);
    open_store(w);
    char *url = main_url(w->store, 12);
    assert_string_equal(url, "rtsp://admin:" PASSWORD "@10.0.0.12/main");
    free(url);
}

// What does not open today may do so once the right file of keys is back.
static void an_address_that_does_not_open_outlives_a_change_of_its_camera(void **state)
{
    struct world *w = *state;
    struct gw_camera_row row;
    char id[] = "c1";
    run_sql(w, "UPDATE cameras SET url_main = x'0102030405' WHERE num = 1");
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_find_camera(w->store, id, &row), 0);
    assert_true(row.unreadable[0]);
    assert_false(row.unreadable[1]);
    row.camera.name = "renamed";
    assert_int_equal(gw_store_update_camera(w->store, &row, 1), 0);
    assert_int_equal(gw_store_commit(w->store), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM cameras WHERE num = 1 AND"
                              " name = 'renamed' AND url_main = x'0102030405' AND"
                              " length(url_sub) > 0"),
                     1);
    // Another address takes its place, and so does none on purpose.
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_find_camera(w->store, id, &row), 0);
    row.unreadable[0] = false;
    assert_int_equal(gw_store_update_camera(w->store, &row, 1), 0);
    assert_int_equal(gw_store_commit(w->store), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM cameras WHERE url_main = ''"), 1);
}

static void an_address_that_does_not_open_outlives_a_change_of_keys(void **state)
{
    struct world *w = *state;
    size_t sealed;
    run_sql(w, "UPDATE cameras SET url_main = x'0102030405' WHERE num = 1");
    assert_int_equal(gw_store_rotate_key(w->store, &sealed), 0);
    assert_int_equal(sealed, 3);
    assert_int_equal(count(w, "SELECT count(*) FROM cameras WHERE num = 1 AND"
                              " url_main = x'0102030405'"),
                     1);
}

// The states that somebody who was killed leaves, see map/store_keys.h.
static void half_a_change_of_keys_is_gone_on_with(void **state)
{
    struct world *w = *state;
    struct gw_key_ring before, both, after;
    size_t sealed;
    assert_int_equal(gw_key_file_read(w->key_path, &before), 0);

    both = before; // the file was written, nothing was sealed
    both.count = 2;
    both.keys[1] = before.keys[0];
    assert_int_equal(gw_seal_key_make(&both.keys[0]), 0);
    assert_int_equal(gw_key_file_write(w->key_path, &both), 0);
    close_store(w);
    open_store(w);
    check_readable(w->store);
    assert_int_equal(gw_key_file_read(w->key_path, &after), 0);
    assert_int_equal(after.count, 1);
    assert_int_equal(after.keys[0].id, before.keys[0].id);

    assert_int_equal(gw_store_rotate_key(w->store, &sealed), 0);
    assert_int_equal(gw_key_file_read(w->key_path, &after), 0);
    both = after; // all was sealed, the old key is still there
    both.count = 2;
    both.keys[1] = before.keys[0];
    assert_int_equal(gw_key_file_write(w->key_path, &both), 0);
    close_store(w);
    open_store(w);
    check_readable(w->store);
    assert_int_equal(keys_in_file(w), 1);
}

// A first start that was killed has made a key that nothing is sealed with.
static void a_key_that_was_made_and_not_used_is_taken(void **state)
{
    struct world *w = *state;
    struct gw_key_ring before, after;
    assert_int_equal(gw_key_file_read(w->key_path, &before), 0);
    close_store(w);
    run_sql(w, "DELETE FROM cameras; UPDATE sealing SET key = NULL");
    open_store(w);
    assert_int_equal(gw_key_file_read(w->key_path, &after), 0);
    assert_int_equal(after.keys[0].id, before.keys[0].id);
    add_camera(w->store, 9);
}

static void a_trial_in_memory_has_a_key_of_its_own(void **state)
{
    struct world *w = *state;
    struct gw_store *store;
    assert_int_equal(gw_store_open(NULL, &store, w->error), 0);
    assert_int_equal(gw_store_unlock(store, NULL, w->error), 0);
    for (unsigned i = 1; i <= CAMERAS; i++)
        add_camera(store, i);
    check_readable(store);
    gw_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_file_holds_a_password),
        TEST(a_camera_keeps_its_address_when_it_is_removed_and_comes_back),
        TEST(an_address_that_was_moved_does_not_open),
        TEST(a_key_that_is_missing_is_asked_for),
        TEST(a_key_that_others_may_read_is_refused),
        TEST(a_key_that_is_broken_is_refused),
        TEST(the_right_file_with_another_key_is_refused),
        TEST(the_key_of_another_registry_is_refused),
        TEST(the_key_may_lie_elsewhere),
        TEST(after_a_change_of_keys_there_is_one_and_all_opens),
        TEST(who_has_it_open_reads_and_writes_on),
        TEST(an_address_that_does_not_open_outlives_a_change_of_its_camera),
        TEST(an_address_that_does_not_open_outlives_a_change_of_keys),
        TEST(half_a_change_of_keys_is_gone_on_with),
        TEST(a_key_that_was_made_and_not_used_is_taken),
        TEST(a_trial_in_memory_has_a_key_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
