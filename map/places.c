#include "map/places.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map/migrations.h"
#include "map/places_internal.h"
#include "map/sql.h"
#include "map/store_internal.h"
#include "map/store_words.h"

static const char FILE_NAME[] = "places.db";

enum { CACHE_KIB = 64 * 1024 }; // of pages, in a transaction of thousands

// Version 1. The words of a place are made again from its record when it goes
// (map/place_words.h): so they are not kept as text, and whatever they are made from is.
// With detail=none the index knows which places have a word and not where in them:
// a third of the size, and nobody asks where.
static const char version_1[] =
    "CREATE TABLE places ("
    "  num INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  id TEXT NOT NULL UNIQUE,"
    "  name TEXT NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  class TEXT NOT NULL,"
    "  address TEXT NOT NULL,"
    "  lon REAL CHECK (lon BETWEEN -180 AND 180),"
    "  lat REAL CHECK (lat BETWEEN -90 AND 90),"
    "  division TEXT NOT NULL,"
    "  division_fixed INTEGER NOT NULL CHECK (division_fixed IN (0, 1)),"
    "  cell TEXT NOT NULL,"
    "  cell_fixed INTEGER NOT NULL CHECK (cell_fixed IN (0, 1)),"
    "  home TEXT NOT NULL,"
    "  department TEXT NOT NULL,"
    "  attributes TEXT NOT NULL,"
    "  initials TEXT NOT NULL,"
    "  author TEXT NOT NULL,"
    "  changed_ms INTEGER NOT NULL"
    ");"
    "CREATE TABLE removed_places AS SELECT 0 AS removed_ms, '' AS removed_by, *"
    "  FROM places WHERE 0;"
    "CREATE INDEX removed_places_id ON removed_places(id, removed_ms);"
    "CREATE INDEX removed_places_age ON removed_places(removed_ms);"
    "CREATE VIRTUAL TABLE place_boxes USING rtree(num, west, east, south, north);"
    "CREATE VIRTUAL TABLE place_words USING fts5(words, content='', detail=none,"
    "  columnsize=0, tokenize=\"ascii tokenchars '-_.'\");"
    // Words wait in memory for being written: the more, the fewer pieces of the index.
    "INSERT INTO place_words (place_words, rank) VALUES ('hashsize', 50331648);";

static const struct gw_migration steps[] = { { version_1 } };

#define COLUMNS                                                                          \
    "num, id, name, kind, class, address, lon, lat, division, division_fixed, cell, "    \
    "cell_fixed, home, department, attributes, initials, author, changed_ms"
#define VALUES                                                                           \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18"

static const char *const sql[GW_PLACES_STMTS] = {
    [GW_PLACES_BEGIN] = "BEGIN IMMEDIATE",
    [GW_PLACES_BEGIN_READ] = "BEGIN",
    [GW_PLACES_COMMIT] = "COMMIT",
    [GW_PLACES_ROLLBACK] = "ROLLBACK",
    [GW_PLACES_FIND] = "SELECT " COLUMNS " FROM places WHERE id = ?1",
    [GW_PLACES_FIND_NUM] = "SELECT " COLUMNS " FROM places WHERE num = ?1",
    [GW_PLACES_FIND_REMOVED] = "SELECT " COLUMNS " FROM removed_places WHERE id = ?1"
                               " AND removed_ms >= ?2"
                               " ORDER BY removed_ms DESC, num DESC LIMIT 1",
    [GW_PLACES_NEXT] =
        "SELECT " COLUMNS " FROM places WHERE num > ?1 ORDER BY num LIMIT 1",
    [GW_PLACES_INSERT] = "INSERT INTO places (" COLUMNS ") VALUES (" VALUES ")",
    [GW_PLACES_UPDATE] = "UPDATE places SET (" COLUMNS ") = (" VALUES ") WHERE num = ?1",
    [GW_PLACES_DELETE] = "DELETE FROM places WHERE num = ?1",
    [GW_PLACES_KEEP_REMOVED] =
        "INSERT INTO removed_places (removed_ms, removed_by, " COLUMNS
        ") SELECT ?2, ?3, " COLUMNS " FROM places WHERE num = ?1",
    [GW_PLACES_DROP_REMOVED] = "DELETE FROM removed_places WHERE num = ?1",
    [GW_PLACES_FORGET_REMOVED] = "DELETE FROM removed_places WHERE removed_ms < ?1",
    [GW_PLACES_WORDS_ADD] = "INSERT INTO place_words (rowid, words) VALUES (?1, ?2)",
    [GW_PLACES_WORDS_DELETE] = "INSERT INTO place_words (place_words, rowid, words)"
                               " VALUES ('delete', ?1, ?2)",
    [GW_PLACES_WORDS_TIDY] = "INSERT INTO place_words (place_words) VALUES ('optimize')",
    [GW_PLACES_BOX_PUT] = "INSERT INTO place_boxes VALUES (?1, ?2, ?2, ?3, ?3)",
    [GW_PLACES_BOX_DELETE] = "DELETE FROM place_boxes WHERE num = ?1",
    [GW_PLACES_IN_BOX] =
        "SELECT num, west, south FROM place_boxes WHERE east >= ?1 AND west <= ?2"
        " AND north >= ?3 AND south <= ?4 LIMIT ?5",
    // The index leads: it is read in order of numbers, and no further than is asked for.
    [GW_PLACES_BY_WORDS] =
        "SELECT " COLUMNS " FROM place_words CROSS JOIN places ON num = place_words.rowid"
        " WHERE place_words MATCH ?1 AND place_words.rowid > ?2"
        " ORDER BY place_words.rowid",
    [GW_PLACES_IN_ORDER] = "SELECT " COLUMNS " FROM places WHERE num > ?1 ORDER BY num",
};

struct sqlite3_stmt *gw_places_stmt(struct gw_places *places, enum gw_places_stmt which,
                                    int *ret_error)
{
    struct sqlite3_stmt *stmt = places->stmts[which];
    if (!stmt) {
        int rc = sqlite3_prepare_v3(places->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                    &stmt, NULL);
        if (rc != SQLITE_OK) {
            *ret_error = gw_store_error(rc);
            return NULL;
        }
        places->stmts[which] = stmt;
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return stmt;
}

static int run(struct gw_places *places, enum gw_places_stmt which)
{
    int r = 0;
    struct sqlite3_stmt *stmt = gw_places_stmt(places, which, &r);
    return stmt ? gw_store_run(stmt) : r;
}

static int run_number(struct gw_places *places, enum gw_places_stmt which, int64_t number)
{
    int r = 0;
    struct sqlite3_stmt *stmt = gw_places_stmt(places, which, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, number);
    return gw_store_run(stmt);
}

// ---- the file ----

// The file is made by us, so that it is never readable by others, not even for a moment;
// SQLite gives its log and index the same mode.
static int prepare_file(const char *path, bool create)
{
    int fd = create ? open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (fd >= 0)
        close(fd);
    if (fd >= 0 || access(path, R_OK | W_OK) == 0)
        return 0;
    return -errno;
}

// As the registry's (map/store.c), but what is overwritten need not be wiped: nothing in
// it is secret.
static int configure(struct gw_places *places, int busy_ms)
{
    static const char pragmas[] = "PRAGMA journal_mode = WAL;"
                                  "PRAGMA synchronous = FULL;"
                                  "PRAGMA trusted_schema = OFF;";
    sqlite3_extended_result_codes(places->db, 1);
    sqlite3_busy_timeout(places->db, busy_ms);
    int rc = sqlite3_exec(places->db, pragmas, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : gw_store_error(rc);
}

static int open_database(struct gw_places *places, const char *path, int busy_ms)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(path, &places->db, flags, NULL);
    if (rc != SQLITE_OK)
        return gw_store_error(rc);
    int r = configure(places, busy_ms);
    return r < 0 ? r : gw_migrate(places->db, steps, sizeof(steps) / sizeof(*steps));
}

int gw_places_open(const char *dir, bool create, int busy_ms,
                   struct gw_places **ret_places, char ret_error[GW_STORE_ERROR_MAX])
{
    char path[PATH_MAX] = ":memory:";
    struct gw_places *places = calloc(1, sizeof(*places));
    int r = places ? 0 : -ENOMEM;
    if (r == 0 && dir &&
        snprintf(path, sizeof(path), "%s/%s", dir, FILE_NAME) >= PATH_MAX)
        r = -ENAMETOOLONG;
    if (r == 0 && dir)
        r = prepare_file(path, create);
    if (r == 0)
        r = open_database(places, path, busy_ms);
    if (r < 0)
        goto fail;
    *ret_places = places;
    return 0;

fail:
    gw_store_words(r, path, gw_lang_of_terminal(), ret_error, GW_STORE_ERROR_MAX);
    gw_places_close(places);
    return r;
}

void gw_places_close(struct gw_places *places)
{
    if (!places)
        return;
    for (int i = 0; i < GW_PLACES_STMTS; i++)
        sqlite3_finalize(places->stmts[i]);
    sqlite3_close(places->db);
    free(places);
}

int gw_places_begin(struct gw_places *places)
{
    return run(places, GW_PLACES_BEGIN);
}

int gw_places_begin_read(struct gw_places *places)
{
    return run(places, GW_PLACES_BEGIN_READ);
}

// A statement left on a row would hold its read mark, and keep the log from being written
// back.
static void reset_all(struct gw_places *places)
{
    for (int i = 0; i < GW_PLACES_STMTS; i++)
        if (places->stmts[i])
            sqlite3_reset(places->stmts[i]);
}

int gw_places_commit(struct gw_places *places)
{
    reset_all(places);
    int r = run(places, GW_PLACES_COMMIT);
    if (r < 0)
        gw_places_rollback(places);
    return r;
}

void gw_places_rollback(struct gw_places *places)
{
    reset_all(places);
    // A full disk may have rolled back already: then there is nothing to end.
    if (!sqlite3_get_autocommit(places->db))
        run(places, GW_PLACES_ROLLBACK);
}

int gw_places_expect_many(struct gw_places *places)
{
    char pragma[64];
    snprintf(pragma, sizeof(pragma), "PRAGMA cache_size = -%d", CACHE_KIB);
    int rc = sqlite3_exec(places->db, pragma, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : gw_store_error(rc);
}

int gw_places_tidy(struct gw_places *places)
{
    return run(places, GW_PLACES_WORDS_TIDY);
}

// ---- rows ----

static double degrees(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(stmt, column);
}

void gw_places_read(struct sqlite3_stmt *stmt, struct gw_place *ret_place)
{
    enum gw_place_kind kind = gw_place_kind_of_key(gw_sql_text(stmt, 3));
    *ret_place = (struct gw_place) {
        .num = sqlite3_column_int64(stmt, 0),
        .id = gw_sql_text(stmt, 1),
        .name = gw_sql_text(stmt, 2),
        .kind = kind == GW_PLACE_KINDS ? GW_PLACE_OTHER : kind,
        .class_code = gw_sql_text(stmt, 4),
        .address = gw_sql_text(stmt, 5),
        .lon = degrees(stmt, 6),
        .lat = degrees(stmt, 7),
        .division = gw_sql_text(stmt, 8),
        .division_fixed = sqlite3_column_int(stmt, 9) != 0,
        .cell = gw_sql_text(stmt, 10),
        .cell_fixed = sqlite3_column_int(stmt, 11) != 0,
        .home = gw_sql_text(stmt, 12),
        .department = gw_sql_text(stmt, 13),
        .attributes = gw_sql_text(stmt, 14),
        .initials = gw_sql_text(stmt, 15),
        .author = gw_sql_text(stmt, 16),
        .changed_ms = (uint64_t)sqlite3_column_int64(stmt, 17),
    };
}

static int find(sqlite3_stmt *stmt, struct gw_place *ret_place)
{
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_DONE) {
        sqlite3_reset(stmt);
        return -ENOENT;
    }
    if (rc != SQLITE_ROW)
        return gw_store_error(rc);
    gw_places_read(stmt, ret_place);
    return 0;
}

int gw_places_find(struct gw_places *places, const char *id, struct gw_place *ret_place)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_places_stmt(places, GW_PLACES_FIND, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, id);
    return find(stmt, ret_place);
}

int gw_places_find_removed(struct gw_places *places, const char *id, uint64_t now_ms,
                           struct gw_place *ret_place)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_places_stmt(places, GW_PLACES_FIND_REMOVED, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)now_ms - GW_REMOVED_KEPT_MS);
    return find(stmt, ret_place);
}

int gw_places_next(struct gw_places *places, int64_t after, struct gw_place *ret_place)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_places_stmt(places, GW_PLACES_NEXT, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, after);
    return find(stmt, ret_place);
}

// ---- writing ----

static void bind_degrees(sqlite3_stmt *stmt, int at, double value)
{
    if (!isnan(value))
        sqlite3_bind_double(stmt, at, value);
}

static int write_row(struct gw_places *places, const struct gw_place *old,
                     const struct gw_place *p, const struct gw_author *author)
{
    int r = 0;
    int64_t num = old ? old->num : p->num;
    sqlite3_stmt *stmt =
        gw_places_stmt(places, old ? GW_PLACES_UPDATE : GW_PLACES_INSERT, &r);
    if (!stmt)
        return r;
    if (num)
        sqlite3_bind_int64(stmt, 1, num); // else the next one
    gw_sql_bind_text(stmt, 2, p->id);
    gw_sql_bind_text(stmt, 3, p->name);
    gw_sql_bind_text(stmt, 4, gw_place_kind_name(p->kind));
    gw_sql_bind_text(stmt, 5, p->class_code);
    gw_sql_bind_text(stmt, 6, p->address);
    bind_degrees(stmt, 7, p->lon);
    bind_degrees(stmt, 8, p->lat);
    gw_sql_bind_text(stmt, 9, p->division);
    sqlite3_bind_int(stmt, 10, p->division_fixed);
    gw_sql_bind_text(stmt, 11, p->cell);
    sqlite3_bind_int(stmt, 12, p->cell_fixed);
    gw_sql_bind_text(stmt, 13, p->home);
    gw_sql_bind_text(stmt, 14, p->department);
    gw_sql_bind_text(stmt, 15, p->attributes);
    gw_sql_bind_text(stmt, 16, p->initials);
    gw_sql_bind_text(stmt, 17, author->name);
    sqlite3_bind_int64(stmt, 18, (sqlite3_int64)author->now_ms);
    return gw_store_run(stmt);
}

static int write_words(struct gw_places *places, enum gw_places_stmt which, int64_t num,
                       const struct gw_place *place)
{
    int r = gw_place_words(place, places->words);
    sqlite3_stmt *stmt = r == 0 ? gw_places_stmt(places, which, &r) : NULL;
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, num);
    gw_sql_bind_text(stmt, 2, places->words);
    return gw_store_run(stmt);
}

static int put_box(struct gw_places *places, int64_t num, const struct gw_place *place)
{
    int r = 0;
    if (isnan(place->lon))
        return 0;
    sqlite3_stmt *stmt = gw_places_stmt(places, GW_PLACES_BOX_PUT, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, num);
    sqlite3_bind_double(stmt, 2, place->lon);
    sqlite3_bind_double(stmt, 3, place->lat);
    return gw_store_run(stmt);
}

static int drop_indexes(struct gw_places *places, const struct gw_place *old)
{
    int r = write_words(places, GW_PLACES_WORDS_DELETE, old->num, old);
    return r < 0 || isnan(old->lon) ? r
                                    : run_number(places, GW_PLACES_BOX_DELETE, old->num);
}

int gw_places_put(struct gw_places *places, const struct gw_place *old,
                  const struct gw_place *place, const struct gw_author *author)
{
    // By the old record its words are known; what it borrows is not ours to keep.
    int r = old ? drop_indexes(places, old) : 0;
    if (r == 0)
        r = write_row(places, old, place, author);
    if (r < 0)
        return r;
    int64_t num = old ? old->num : sqlite3_last_insert_rowid(places->db);
    if (!old && place->num) // it comes back
        r = run_number(places, GW_PLACES_DROP_REMOVED, num);
    if (r == 0)
        r = write_words(places, GW_PLACES_WORDS_ADD, num, place);
    return r < 0 ? r : put_box(places, num, place);
}

static int keep_removed(struct gw_places *places, int64_t num,
                        const struct gw_author *author)
{
    int r = run_number(places, GW_PLACES_FORGET_REMOVED,
                       (int64_t)author->now_ms - GW_REMOVED_KEPT_MS);
    sqlite3_stmt *stmt =
        r == 0 ? gw_places_stmt(places, GW_PLACES_KEEP_REMOVED, &r) : NULL;
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, num);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)author->now_ms);
    gw_sql_bind_text(stmt, 3, author->name);
    return gw_store_run(stmt);
}

int gw_places_remove(struct gw_places *places, const struct gw_place *old,
                     const struct gw_author *author)
{
    int64_t num = old->num;
    int r = drop_indexes(places, old);
    if (r == 0)
        r = keep_removed(places, num, author);
    return r < 0 ? r : run_number(places, GW_PLACES_DELETE, num);
}
