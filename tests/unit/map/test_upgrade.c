// A database of each version that ever was, with rows in that version's own columns, is
// opened by this program: every field of every table is kept, addresses are sealed, and
// the files hold nothing any more of what they were.
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
#include "map/store_keys.h"
#include "tests/unit/map/files_hold.h"
#include "tests/unit/map/temp_dir.h"

#define PASSWORD "Xk9-geheim-7"
#define MAIN "rtsp://admin:" PASSWORD "@10.0.0.1/main"
#define SUB "rtsp://admin:" PASSWORD "@10.0.0.1/sub"

static const char areas[] =
    "INSERT INTO divisions (code, name, parent, level, geometry) VALUES ('370812001', "
    "'酒仙桥', '370812', 2, '{\"type\":1}'),"
    " ('370812001001', '一村', '370812001', 3, '');"
    "INSERT INTO cells (code, name, division, parent, level, geometry) VALUES "
    "('370812001001001', '一格', '370812001001', '', 3, '{}');"
    "INSERT INTO departments VALUES ('教育'), ('公安');";

// What version 1 and 2 call differently.
#define CAMERAS(pull)                                                                    \
    "INSERT INTO cameras (num, id, name, lon, lat, division, department, cell,"          \
    " cell_fixed, url_main, url_sub, " pull ", created_ms, changed_ms) VALUES"           \
    " (7, 'c7', '校门', 116.5, 35.5, '370812001001', '教育', '370812001001001', 1,"  \
    "  '" MAIN "', '" SUB "', 1, 11, 12),"                                               \
    " (9, 'c9', '', NULL, NULL, '', NULL, '', 0, '" MAIN                                 \
    "', '', 0, 13, 14);" /* Freed pages with addresses in them, and a number that is not \
                            given again. */                                              \
    "INSERT INTO cameras (id, url_main, created_ms, changed_ms)"                         \
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200)"         \
    " SELECT 'gone' || i, '" MAIN "' || i, 1, 1 FROM n;"                                 \
    "DELETE FROM cameras WHERE id LIKE 'gone%';"

static const char record[] =
    "UPDATE cameras SET kind = 2, azimuth_deg = 90.5, tilt_deg = -10, fov_deg = 60,"
    " range_m = 80, height_m = 6.5, tags = 'a,b', group_names = 'g', address = '太白路',"
    " initials = 'xm', vendor = 'Hikvision', model = 'DS', point_type = '1',"
    " common_name = 'x', ipv4 = '10.0.0.1', ipv6 = '::1', mac = '00:11:22:33:44:55',"
    " function_type = '1', fill_light = '2', codec = '3', location_type = '4',"
    " facing = '5', network = '6', police_station = '所', installed = '2020-01-01',"
    " managing_unit = '单位', contact = '电话', days_kept = '30', device_state = '1'"
    " WHERE num = 7;"
    "INSERT INTO changes (at_ms, author, subject, id, action, before, after)"
    " VALUES (1, 'import: a.csv', 'camera', 'c7', 'created', '', '{\"name\":\"校门\"}');";

static const char norms[] = "INSERT INTO norm_days VALUES (20000, 7, x'0102030405');"
                            "INSERT INTO norm_minutes VALUES (20000, zeroblob(192));";

// The camera that was removed, in whatever columns there are for one.
static const char removed_sql[] =
    "SELECT 'INSERT INTO removed_cameras (removed_ms, ' || group_concat(name) || ') "
    "SELECT 99, ' || group_concat(name) || ' FROM cameras WHERE num = 7;"
    "UPDATE removed_cameras SET num = 5, id = ''c5'';'"
    " FROM pragma_table_info('removed_cameras') WHERE name <> 'removed_ms'";

static const char accounts[] =
    "INSERT INTO accounts (kind, name, secret, role, disabled, expires_ms, scope,"
    " created_ms, changed_ms) VALUES ('user', 'li', '$scrypt$', 'viewer', 1, 5,"
    " 'division=370812001', 3, 4), ('token', 'map', 'ab', 'viewer', 0, 9, 'all', 3, 4);";

static const char answers_kept[] =
    "INSERT INTO answers (account, key, at_ms, digest, status, etag, location, body)"
    " VALUES ('li', 'k', 1, 'd', 201, '\"7\"', '/api/v1/cameras/c7', x'7b7d');";

static const char audited[] =
    "INSERT INTO audit (seq, at_ms, change, who, address, session, action, subject,"
    " outcome, details, hash) VALUES (1, 5, 0, 'li', '10.0.0.9', 's', 'watch', 'c7', "
    "'ok',"
    " '{}', zeroblob(32));";

// What each version can hold more than the one before; a version beyond them adds columns
// and tables to these.
static const char *const samples[] = {
    areas, CAMERAS("always"), CAMERAS("pull"), record, norms, accounts,
    "",    answers_kept,      audited
};
enum { VERSIONS = 8 };

static void run(sqlite3 *db, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %.80s", error, sql);
}

static char *one_text(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    char *text = strdup((const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    assert_non_null(text);
    return text;
}

static void fill(sqlite3 *db, size_t version)
{
    run(db, samples[0]);
    run(db, version == 1 ? samples[1] : samples[2]);
    for (size_t i = 3; i <= VERSIONS && i <= version; i++)
        run(db, samples[i]);
    if (version >= 3) {
        char *sql = one_text(db, removed_sql);
        run(db, sql);
        free(sql);
    }
}

// ---- all fields of all tables, as one text ----

static void add_query(sqlite3 *db, const char *sql, FILE *out)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        fprintf(out, "%s\n", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
}

// Sealed, or called differently: these are compared on their own.
static bool is_compared(const char *column)
{
    return strncmp(column, "url_", 4) != 0 && strcmp(column, "always") != 0 &&
           strcmp(column, "initials") != 0;
}

// What to ask so that every field of every table of this database is answered. Free it.
static char *every_field(sqlite3 *db)
{
    char *text;
    size_t len;
    sqlite3_stmt *stmt;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT t.name, c.name FROM sqlite_master t,"
                           " pragma_table_info(t.name) c WHERE t.type = 'table' AND"
                           " t.name NOT IN ('sealing') ORDER BY 1, 2",
                           -1, &stmt, NULL),
        SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(stmt, 0);
        const char *column = (const char *)sqlite3_column_text(stmt, 1);
        if (is_compared(column))
            fprintf(out, "SELECT '%s.%s ' || quote(%s) FROM %s ORDER BY 1\n", table,
                    column, column, table);
    }
    sqlite3_finalize(stmt);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *answers(sqlite3 *db, const char *queries)
{
    char *text, *copy = strdup(queries), *rest = copy;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    assert_true(out && copy);
    for (char *line; (line = strsep(&rest, "\n")) && *line;)
        add_query(db, line, out);
    assert_int_equal(fclose(out), 0);
    free(copy);
    return text;
}

static sqlite3 *open_file(const struct temp_dir *dir)
{
    char path[128];
    sqlite3 *db;
    temp_dir_file(dir, "gridwall.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

// ---- the way up ----

static void check_camera(struct gw_store *store, const char *id, const char *url_main,
                         const char *url_sub, enum gw_pull pull)
{
    struct gw_camera_row row;
    assert_int_equal(gw_store_find_camera(store, id, &row), 0);
    assert_string_equal(row.camera.url_main, url_main);
    assert_string_equal(row.camera.url_sub, url_sub);
    assert_int_equal(row.camera.pull, pull);
    assert_string_equal(row.camera.initials, strcmp(id, "c7") ? "" : "xm");
}

static void check_store(const struct temp_dir *dir, size_t version)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    assert_int_equal(gw_store_open(dir->path, &store, error), 0);
    assert_int_equal(gw_store_unlock(store, NULL, error), 0);
    assert_true(gw_store_is_clean(store));
    assert_false(files_hold(dir, PASSWORD));
    check_camera(store, "c7", MAIN, SUB, GW_PULL_ALWAYS);
    check_camera(store, "c9", MAIN, "", GW_PULL_ON_DEMAND);
    if (version >= 3) {
        assert_int_equal(gw_store_begin(store), 0);
        assert_int_equal(gw_store_restore_camera(store, "c5", 100), 0);
        struct gw_camera_row row;
        assert_int_equal(gw_store_find_camera(store, "c5", &row), 0);
        assert_string_equal(row.camera.url_main, MAIN);
        assert_string_equal(row.camera.url_sub, SUB);
        gw_store_rollback(store);
    }
    // A number is not given twice, also not after the way up.
    struct gw_camera_row row;
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_store_find_camera(store, "c9", &row), 0);
    row.camera.id = "c300";
    assert_int_equal(gw_store_insert_camera(store, &row, 1), 0);
    assert_int_equal(gw_store_find_camera(store, "c300", &row), 0);
    assert_int_equal(row.camera.num, 210);
    gw_store_rollback(store);
    gw_store_close(store);
    assert_false(files_hold(dir, PASSWORD));
}

static void climb_from(size_t version)
{
    struct temp_dir dir;
    assert_int_equal(temp_dir_make(&dir), 0);
    sqlite3 *db = open_file(&dir);
    // As SQLite is by itself, whatever the distribution made of it.
    run(db, "PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF");
    assert_int_equal(gw_migrate(db, gw_migrations, version), 0);
    fill(db, version);
    char *queries = every_field(db);
    char *before = answers(db, queries);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_true(files_hold(&dir, PASSWORD));

    check_store(&dir, version);
    db = open_file(&dir);
    char *after = answers(db, queries);
    assert_string_equal(before, after);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    free(queries);
    free(before);
    free(after);
    temp_dir_remove(&dir);
}

static void every_version_comes_up_whole(void **state)
{
    (void)state;
    for (size_t version = 1; version <= gw_migrations_count; version++)
        climb_from(version);
}

// Killed between any two steps, or before addresses were sealed, it goes on from there.
static void the_way_up_may_be_broken_off(void **state)
{
    struct temp_dir dir;
    (void)state;
    assert_int_equal(temp_dir_make(&dir), 0);
    sqlite3 *db = open_file(&dir);
    assert_int_equal(gw_migrate(db, gw_migrations, 1), 0);
    fill(db, 1);
    for (size_t version = 2; version <= gw_migrations_count; version++) {
        assert_int_equal(gw_migrate(db, gw_migrations, version), 0);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        db = open_file(&dir);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    check_store(&dir, 1);
    temp_dir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_comes_up_whole),
        cmocka_unit_test(the_way_up_may_be_broken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
