#include "map/migrations.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/store.h"
#include "tests/unit/map/temp_dir.h"

static int set_up(void **state)
{
    sqlite3 *db;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        return -1;
    *state = db;
    return 0;
}

static int tear_down(void **state)
{
    return sqlite3_close(*state);
}

static int number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int v = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        v = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

static void an_empty_database_gets_every_step(void **state)
{
    sqlite3 *db = *state;
    assert_int_equal(gw_migrate(db, gw_migrations, gw_migrations_count), 0);
    assert_int_equal(number(db, "PRAGMA user_version"), (int)gw_migrations_count);
    assert_int_equal(number(db, "SELECT count(*) FROM cameras"), 0);
    assert_int_equal(gw_migrate(db, gw_migrations, gw_migrations_count), 0);
}

static void a_version_1_database_keeps_its_rows_on_the_way_up(void **state)
{
    sqlite3 *db = *state;
    const struct gw_migration steps[] = {
        gw_migrations[0],
        { "ALTER TABLE cameras ADD COLUMN height_m REAL" },
        { "CREATE TABLE screens (name TEXT PRIMARY KEY)" },
    };
    assert_int_equal(gw_migrate(db, steps, 1), 0);
    assert_int_equal(sqlite3_exec(db,
                                  "INSERT INTO cameras (id, created_ms, changed_ms)"
                                  " VALUES ('c1', 1, 1)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(gw_migrate(db, steps, 3), 0);
    assert_int_equal(number(db, "PRAGMA user_version"), 3);
    assert_int_equal(number(db, "SELECT num FROM cameras WHERE height_m IS NULL"), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM screens"), 0);
}

static void run(sqlite3 *db, const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void what_was_there_before_revisions_has_one(void **state)
{
    sqlite3 *db = *state;
    assert_int_equal(gw_migrate(db, gw_migrations, 5), 0);
    run(db, "INSERT INTO cameras (id, created_ms, changed_ms) VALUES ('c1', 1, 1);"
            "INSERT INTO cells (code, level) VALUES ('1', 1);"
            "INSERT INTO divisions (code, level) VALUES ('1', 1)");
    assert_int_equal(gw_migrate(db, gw_migrations, gw_migrations_count), 0);
    assert_int_equal(number(db, "SELECT min(revision) FROM (SELECT revision FROM cameras"
                                " UNION SELECT revision FROM cells"
                                " UNION SELECT revision FROM divisions)"),
                     1);
    assert_int_equal(number(db, "SELECT last FROM revisions"), 1); // 2 is the next
}

static void changes_are_only_added_to(void **state)
{
    sqlite3 *db = *state;
    assert_int_equal(gw_migrate(db, gw_migrations, gw_migrations_count), 0);
    run(db, "INSERT INTO changes (at_ms, author, subject, id, action)"
            " VALUES (1, 'a', 'camera', 'c1', 'created')");
    assert_int_equal(sqlite3_exec(db, "DELETE FROM changes", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE changes SET author = 'b'", NULL, NULL, NULL),
        SQLITE_CONSTRAINT);
    assert_int_equal(number(db, "SELECT count(*) FROM changes WHERE author = 'a'"), 1);
}

static void a_step_that_fails_leaves_the_version_before_it(void **state)
{
    sqlite3 *db = *state;
    const struct gw_migration steps[] = {
        { "CREATE TABLE a (x)" },
        { "CREATE TABLE b (x); CREATE TABLE a (x)" },
    };
    assert_int_equal(gw_migrate(db, steps, 2), -EIO);
    assert_int_equal(number(db, "PRAGMA user_version"), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM a"), 0);
    assert_int_equal(number(db, "SELECT count(*) FROM b"), -1);
}

static void a_newer_database_is_refused_and_not_touched(void **state)
{
    sqlite3 *db = *state;
    sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
    assert_int_equal(gw_migrate(db, gw_migrations, gw_migrations_count), -ENOTSUP);
    assert_int_equal(number(db, "PRAGMA user_version"), 99);
    assert_int_equal(number(db, "SELECT count(*) FROM sqlite_master"), 0);
}

static void the_store_explains_a_newer_database(void **state)
{
    (void)state;
    struct temp_dir dir;
    struct gw_store *store = NULL;
    char error[GW_STORE_ERROR_MAX], path[128];
    sqlite3 *db;
    setenv("LC_ALL", "C", 1);
    assert_int_equal(temp_dir_make(&dir), 0);
    temp_dir_file(&dir, "gridwall.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
    sqlite3_close(db);

    assert_int_equal(gw_store_open(dir.path, &store, error), -ENOTSUP);
    assert_null(store);
    assert_non_null(strstr(error, path));
    assert_non_null(strstr(error, "newer version"));
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_int_equal(gw_store_open(dir.path, &store, error), -ENOTSUP);
    assert_non_null(strstr(error, "更新版本"));
    temp_dir_remove(&dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_database_gets_every_step),
        TEST(a_version_1_database_keeps_its_rows_on_the_way_up),
        TEST(what_was_there_before_revisions_has_one),
        TEST(changes_are_only_added_to),
        TEST(a_step_that_fails_leaves_the_version_before_it),
        TEST(a_newer_database_is_refused_and_not_touched),
        cmocka_unit_test(the_store_explains_a_newer_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
