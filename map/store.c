#include "map/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map/data_lock.h"
#include "map/migrations.h"
#include "map/store_internal.h"
#include "map/store_words.h"

static const char FILE_NAME[] = "gridwall.db";

// In the order of enum gw_detail.
#define DETAIL_COLUMNS                                                                   \
    "vendor, model, point_type, common_name, ipv4, ipv6, mac, function_type, "           \
    "fill_light, codec, location_type, facing, network, police_station, installed, "     \
    "managing_unit, contact, days_kept, device_state"
// What is read and what is written differ in the department only.
#define RECORD_COLUMNS                                                                   \
    "cell, cell_fixed, url_main, url_sub, pull, kind, azimuth_deg, tilt_deg, fov_deg, "  \
    "range_m, height_m, tags, group_names, address, initials, " DETAIL_COLUMNS
#define CAMERA_COLUMNS                                                                   \
    "num, id, name, lon, lat, division, coalesce(department, ''), " RECORD_COLUMNS       \
    ", revision"
#define CAMERA_WRITTEN "id, name, lon, lat, division, department, " RECORD_COLUMNS
#define CAMERA_VALUES(main, sub)                                                         \
    "?1, ?2, ?3, ?4, ?5, nullif(?6, ''), ?7, ?8, " main ", " sub                         \
    ", ?11, ?12, ?13, ?14, ?15, ?16, "                                                   \
    "?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, "   \
    "?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40"
#define KEPT_COLUMNS "num, " CAMERA_WRITTEN ", created_ms, changed_ms"
#define CHANGE_COLUMNS "seq, at_ms, author, id, action, before, after"
#define ACCOUNT_COLUMNS                                                                  \
    "num, kind, name, secret, role, disabled, expires_ms, scope, created_ms, changed_ms"
#define AUDIT_COLUMNS                                                                    \
    "seq, at_ms, change, who, address, session, action, subject, outcome, details, hash"
// From a place on, newest first; an index has both.
#define AUDIT_PAGE                                                                       \
    " AND (at_ms, seq) < (?1, ?2) AND at_ms >= ?3 ORDER BY at_ms DESC, seq DESC"
#define DIVISION_COLUMNS "code, name, parent, level, geometry, revision"
#define CELL_COLUMNS "code, name, division, parent, level, geometry, revision"
// gw_store_next_revision() was called before.
#define THIS_REVISION "(SELECT last FROM revisions)"

static const char *const sql[GW_STMTS] = {
    [GW_STMT_BEGIN] = "BEGIN IMMEDIATE",
    [GW_STMT_BEGIN_READ] = "BEGIN",
    [GW_STMT_COMMIT] = "COMMIT",
    [GW_STMT_ROLLBACK] = "ROLLBACK",
    [GW_STMT_SAVEPOINT] = "SAVEPOINT part",
    [GW_STMT_UNDO] = "ROLLBACK TO part",
    [GW_STMT_DATA_VERSION] = "PRAGMA data_version",
    [GW_STMT_REVISION_NEXT] = "UPDATE revisions SET last = last + 1",
    [GW_STMT_CAMERA_FIND] = "SELECT " CAMERA_COLUMNS " FROM cameras WHERE id = ?1",
    [GW_STMT_CAMERA_EACH] = "SELECT " CAMERA_COLUMNS " FROM cameras ORDER BY id",
    [GW_STMT_CAMERA_NEXT] = "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence"
                            " WHERE name = 'cameras'",
    [GW_STMT_CAMERA_INSERT] =
        "INSERT INTO cameras (" CAMERA_WRITTEN
        ", created_ms, changed_ms, num, revision) VALUES (" CAMERA_VALUES(
            "?9", "?10") ", ?41, ?41, ?42, " THIS_REVISION ")",
    [GW_STMT_CAMERA_UPDATE] =
        "UPDATE cameras SET (" CAMERA_WRITTEN ", changed_ms, revision)"
        " = (" CAMERA_VALUES("coalesce(?9, url_main)",
                             "coalesce(?10, url_sub)") ", ?41, " THIS_REVISION
                                                       ") WHERE num = ?42",
    [GW_STMT_CAMERA_DELETE] = "DELETE FROM cameras WHERE id = ?1",
    [GW_STMT_CAMERA_PLACE] =
        "UPDATE cameras SET cell = ?2, revision = " THIS_REVISION " WHERE num = ?1",
    // The newest one of that id, if it is not too old; both statements pick the same.
    [GW_STMT_CAMERA_REMOVE] = "INSERT INTO removed_cameras (removed_ms, " KEPT_COLUMNS
                              ") SELECT ?2, " KEPT_COLUMNS " FROM cameras WHERE id = ?1",
    [GW_STMT_CAMERA_RESTORE] =
        "INSERT INTO cameras (" KEPT_COLUMNS ", revision) SELECT " KEPT_COLUMNS
        ", " THIS_REVISION " FROM removed_cameras WHERE id = ?1 AND removed_ms >= ?2"
        " ORDER BY removed_ms DESC, num DESC LIMIT 1",
    [GW_STMT_REMOVED_DELETE] = "DELETE FROM removed_cameras WHERE num ="
                               " (SELECT num FROM cameras WHERE id = ?1)",
    [GW_STMT_REMOVED_FORGET] = "DELETE FROM removed_cameras WHERE removed_ms < ?2",
    [GW_STMT_CHANGE_ADD] =
        "INSERT INTO changes (at_ms, author, subject, id, action, before, after)"
        " VALUES (?1, ?2, ?7, ?3, ?4, ?5, ?6)",
    [GW_STMT_CHANGES] = "SELECT " CHANGE_COLUMNS " FROM changes WHERE subject = 'camera'"
                        " AND seq < ?1 ORDER BY seq DESC LIMIT 100",
    [GW_STMT_CHANGES_OF] =
        "SELECT " CHANGE_COLUMNS " FROM changes WHERE subject = 'camera' AND seq < ?1"
        " AND id = ?2 ORDER BY seq DESC LIMIT 100",
    [GW_STMT_ANSWER_FIND] = "SELECT digest, status, etag, location, body FROM answers"
                            " WHERE account = ?1 AND key = ?2 AND at_ms > ?3",
    [GW_STMT_ANSWER_KEEP] =
        "INSERT INTO answers (account, key, at_ms, digest, status, etag, location, body)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GW_STMT_ANSWERS_FORGET] = "DELETE FROM answers WHERE at_ms <= ?1",
    [GW_STMT_ANSWERS_BOUND] =
        "DELETE FROM answers WHERE num IN (SELECT num FROM answers WHERE account = ?1"
        " ORDER BY at_ms DESC, num DESC LIMIT -1 OFFSET ?2)",
    [GW_STMT_CHANGE_FIND] =
        "SELECT " CHANGE_COLUMNS ", subject FROM changes WHERE seq = ?1",
    [GW_STMT_AUDIT_HEAD] = "SELECT base_seq, base_hash, end_seq, end_hash, key_id,"
                           " signature FROM audit_head WHERE num = 1",
    [GW_STMT_AUDIT_SEAL] =
        "INSERT INTO audit_head (num, base_seq, base_hash, end_seq, end_hash, key_id,"
        " signature) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (num) DO UPDATE SET"
        " base_seq = ?1, base_hash = ?2, end_seq = ?3, end_hash = ?4, key_id = ?5,"
        " signature = ?6",
    [GW_STMT_AUDIT_ADD] = "INSERT INTO audit (" AUDIT_COLUMNS
                          ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [GW_STMT_AUDIT_LAST] = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
    [GW_STMT_AUDIT_OLDEST] = "SELECT seq, at_ms, hash FROM audit ORDER BY seq",
    [GW_STMT_AUDIT_DROP] = "DELETE FROM audit WHERE seq <= ?1",
    [GW_STMT_AUDIT_EACH] = "SELECT " AUDIT_COLUMNS " FROM audit WHERE 1" AUDIT_PAGE,
    [GW_STMT_AUDIT_OF_WHO] =
        "SELECT " AUDIT_COLUMNS " FROM audit WHERE who = ?4" AUDIT_PAGE,
    [GW_STMT_AUDIT_OF_SUBJECT] =
        "SELECT " AUDIT_COLUMNS " FROM audit WHERE subject = ?4" AUDIT_PAGE,
    [GW_STMT_AUDIT_WALK] = "SELECT " AUDIT_COLUMNS " FROM audit ORDER BY seq",
    [GW_STMT_NORM_DAY_FIND] = "SELECT hours FROM norm_days WHERE day = ?1 AND num = ?2",
    [GW_STMT_NORM_DAY_PUT] = "INSERT INTO norm_days (day, num, hours) VALUES (?1, ?2, ?3)"
                             " ON CONFLICT (day, num) DO UPDATE SET hours = ?3",
    [GW_STMT_NORM_DAYS] = "SELECT day, num, hours FROM norm_days"
                          " WHERE day BETWEEN ?1 AND ?2 ORDER BY day, num",
    [GW_STMT_NORM_DAYS_FORGET] = "DELETE FROM norm_days WHERE day IN (SELECT day"
                                 " FROM norm_minutes ORDER BY day DESC"
                                 " LIMIT -1 OFFSET ?1)",
    [GW_STMT_NORM_MINUTES_FIND] = "SELECT minutes FROM norm_minutes WHERE day = ?1",
    [GW_STMT_NORM_MINUTES_PUT] = "INSERT INTO norm_minutes (day, minutes) VALUES (?1, ?2)"
                                 " ON CONFLICT (day) DO UPDATE SET minutes = ?2",
    [GW_STMT_NORM_MINUTES] = "SELECT day, minutes FROM norm_minutes"
                             " WHERE day BETWEEN ?1 AND ?2 ORDER BY day",
    [GW_STMT_NORM_MINUTES_FORGET] = "DELETE FROM norm_minutes WHERE day IN (SELECT day"
                                    " FROM norm_minutes ORDER BY day DESC"
                                    " LIMIT -1 OFFSET ?1)",
    [GW_STMT_DIVISION_FIND] =
        "SELECT " DIVISION_COLUMNS " FROM divisions WHERE code = ?1",
    [GW_STMT_DIVISION_EACH] = "SELECT " DIVISION_COLUMNS " FROM divisions ORDER BY code",
    [GW_STMT_DIVISION_PUT] =
        "INSERT INTO divisions (" DIVISION_COLUMNS
        ") VALUES (?1, ?2, ?3, ?4, ?5, " THIS_REVISION ")"
        " ON CONFLICT (code) DO UPDATE SET name = ?2, parent = ?3, level = ?4,"
        " geometry = ?5, revision = excluded.revision",
    [GW_STMT_CELL_FIND] = "SELECT " CELL_COLUMNS " FROM cells WHERE code = ?1",
    [GW_STMT_CELL_EACH] = "SELECT " CELL_COLUMNS " FROM cells ORDER BY code",
    [GW_STMT_CELL_PUT] =
        "INSERT INTO cells (" CELL_COLUMNS
        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, " THIS_REVISION ")"
        " ON CONFLICT (code) DO UPDATE SET name = ?2, division = ?3, parent = ?4,"
        " level = ?5, geometry = ?6, revision = excluded.revision",
    [GW_STMT_CELL_DELETE] = "DELETE FROM cells WHERE code = ?1",
    [GW_STMT_DEPARTMENT_EACH] = "SELECT name FROM departments ORDER BY name",
    [GW_STMT_DEPARTMENT_PUT] = "INSERT OR IGNORE INTO departments (name) VALUES (?1)",
    [GW_STMT_ACCOUNT_FIND] =
        "SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE kind = ?1 AND name = ?2",
    [GW_STMT_ACCOUNT_EACH] =
        "SELECT " ACCOUNT_COLUMNS " FROM accounts ORDER BY kind, name",
    [GW_STMT_ACCOUNT_COUNT] = "SELECT count(*) FROM accounts",
    [GW_STMT_ACCOUNT_INSERT] =
        "INSERT INTO accounts (kind, name, secret, role, disabled, expires_ms, scope,"
        " created_ms, changed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
    [GW_STMT_SEALING_FIND] = "SELECT registry, key, unclean FROM sealing",
    [GW_STMT_SEALING_PUT] = "UPDATE sealing SET key = ?1, unclean = ?2",
    [GW_STMT_ACCOUNT_UPDATE] =
        "UPDATE accounts SET secret = ?3, role = ?4, disabled = ?5, expires_ms = ?6,"
        " scope = ?7, changed_ms = max(?8, changed_ms + 1) WHERE kind = ?1 AND name = ?2",
    [GW_STMT_ACCOUNT_DELETE] = "DELETE FROM accounts WHERE num = ?1",
    [GW_STMT_SESSIONS] =
        "SELECT digest, account, generation, heard_ms, until_ms FROM sessions",
    [GW_STMT_SESSIONS_FORGET] =
        "DELETE FROM sessions WHERE until_ms <= ?1 OR NOT EXISTS (SELECT 1 FROM accounts"
        " WHERE num = account AND changed_ms = generation AND disabled = 0)",
    [GW_STMT_SESSIONS_TRIM] =
        "DELETE FROM sessions WHERE account = ?1 AND digest NOT IN (SELECT digest"
        " FROM sessions WHERE account = ?1 ORDER BY heard_ms DESC"
        " LIMIT 64)",
    [GW_STMT_SESSION_PUT] = "INSERT INTO sessions VALUES (?1, ?2, ?3, ?4, ?5)",
    [GW_STMT_SESSION_HEARD] = "UPDATE sessions SET heard_ms = max(?1, heard_ms)"
                              " WHERE digest = ?2",
    [GW_STMT_SESSION_DELETE] = "DELETE FROM sessions WHERE digest = ?2",
};

int gw_store_error(int rc)
{
    switch (rc & 0xff) { // the primary code, without SQLite's details
    case SQLITE_FULL: return -ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return -EBUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN: return -EACCES;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return -EBADMSG;
    case SQLITE_NOMEM: return -ENOMEM;
    case SQLITE_CONSTRAINT: return -EEXIST;
    default: return -EIO;
    }
}

int gw_store_fault(struct sqlite3 *db, int rc)
{
    int code = rc & 0xff;
    bool of_the_system = code == SQLITE_CANTOPEN || code == SQLITE_IOERR;
    return of_the_system && sqlite3_system_errno(db) == ENOSPC ? -ENOSPC
                                                               : gw_store_error(rc);
}

struct sqlite3_stmt *gw_store_stmt(struct gw_store *store, enum gw_store_stmt which,
                                   int *ret_error)
{
    struct sqlite3_stmt *stmt = store->stmts[which];
    if (!stmt) {
        int rc = sqlite3_prepare_v3(store->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                    &stmt, NULL);
        if (rc != SQLITE_OK) {
            *ret_error = gw_store_fault(store->db, rc);
            return NULL;
        }
        store->stmts[which] = stmt;
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return stmt;
}

int gw_store_run(struct sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE || rc == SQLITE_ROW
               ? 0
               : gw_store_fault(sqlite3_db_handle(stmt), rc);
}

static int run(struct gw_store *store, enum gw_store_stmt which)
{
    int r = 0;
    struct sqlite3_stmt *stmt = gw_store_stmt(store, which, &r);
    return stmt ? gw_store_run(stmt) : r;
}

// A statement left on a row would hold its read mark, and keep the log from
// being written back.
static void reset_all(struct gw_store *store)
{
    for (int i = 0; i < GW_STMTS; i++)
        if (store->stmts[i])
            sqlite3_reset(store->stmts[i]);
}

int gw_store_next_revision(struct gw_store *store)
{
    return run(store, GW_STMT_REVISION_NEXT);
}

int gw_store_begin(struct gw_store *store)
{
    gw_store_keys_begin(store);
    return run(store, GW_STMT_BEGIN);
}

int gw_store_begin_read(struct gw_store *store)
{
    gw_store_keys_begin(store);
    return run(store, GW_STMT_BEGIN_READ);
}

int gw_store_commit(struct gw_store *store)
{
    reset_all(store);
    int r = gw_store_audit_seal(store);
    if (r == 0)
        r = run(store, GW_STMT_COMMIT);
    if (r < 0)
        gw_store_rollback(store);
    else
        gw_store_audit_sealed(store);
    gw_store_audit_forget(store);
    return r;
}

void gw_store_rollback(struct gw_store *store)
{
    reset_all(store);
    gw_store_audit_forget(store);
    // A full disk may have rolled back already: then there is nothing to end.
    if (!sqlite3_get_autocommit(store->db))
        run(store, GW_STMT_ROLLBACK);
}

int gw_store_savepoint(struct gw_store *store)
{
    return run(store, GW_STMT_SAVEPOINT);
}

int gw_store_undo(struct gw_store *store)
{
    reset_all(store);
    return run(store, GW_STMT_UNDO);
}

int gw_store_data_version(struct gw_store *store, int64_t *ret_version)
{
    int r = 0;
    struct sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_DATA_VERSION, &r);
    if (!stmt)
        return r;
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret_version = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return rc == SQLITE_ROW ? 0 : gw_store_fault(store->db, rc);
}

static int prepare_directory(const char *dir)
{
    struct stat st;
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    if (stat(dir, &st) < 0)
        return -errno;
    return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

// Creates the file ourselves, so that it is never readable by others, not even
// for a moment; SQLite gives its log and index the same mode. An existing file is
// not opened: closing it would drop the locks that another connection of this
// process holds (POSIX advisory locks belong to the process).
static int prepare_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
        return 0;
    }
    if (errno != EEXIST)
        return -errno;
    if (stat(path, &st) < 0)
        return -errno;
    bool open_to_others = st.st_mode & (S_IRWXG | S_IRWXO);
    return open_to_others && chmod(path, 0600) < 0 ? -errno : 0;
}

static int path_of(const char *dir, char path[PATH_MAX])
{
    int len = snprintf(path, PATH_MAX, "%s/%s", dir, FILE_NAME);
    return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

// WAL: readers and the one writer do not wait for each other. FULL: a commit
// returns only after the log is on the platter; with NORMAL a power cut could
// take back what we have acknowledged. secure_delete: what is overwritten is gone from
// the file, not only from the tables.
static int configure(struct gw_store *store)
{
    static const char pragmas[] = "PRAGMA journal_mode = WAL;"
                                  "PRAGMA synchronous = FULL;"
                                  "PRAGMA secure_delete = ON;"
                                  "PRAGMA foreign_keys = ON;"
                                  "PRAGMA trusted_schema = OFF;";
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, GW_STORE_BUSY_MS);
    int rc = sqlite3_exec(store->db, pragmas, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : gw_store_fault(store->db, rc);
}

static int open_database(struct gw_store *store, const char *path)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(path, &store->db, flags, NULL);
    if (rc != SQLITE_OK)
        return gw_store_fault(store->db, rc);
    int r = configure(store);
    return r < 0 ? r : gw_migrate(store->db, gw_migrations, gw_migrations_count);
}

int gw_store_open(const char *dir, struct gw_store **ret_store,
                  char ret_error[GW_STORE_ERROR_MAX])
{
    char path[PATH_MAX] = ":memory:";
    struct gw_store *store = calloc(1, sizeof(*store));
    int r = store ? 0 : -ENOMEM;

    if (store)
        store->lock = -1;
    if (r == 0 && dir)
        r = path_of(dir, path);
    if (r == 0 && dir)
        r = prepare_directory(dir);
    if (r == 0 && dir)
        r = gw_data_lock(dir, false, &store->lock);
    if (r == 0 && dir)
        r = prepare_file(path);
    if (r == 0 && dir && !(store->dir = strdup(dir)))
        r = -ENOMEM;
    if (r == 0)
        r = open_database(store, path);
    if (r == 0)
        r = gw_store_audit_begin(&store->audit, dir);
    if (r < 0)
        goto fail;
    *ret_store = store;
    return 0;

fail:
    gw_store_words(r, dir ? path : "memory", gw_lang_of_terminal(), ret_error,
                   GW_STORE_ERROR_MAX);
    gw_store_close(store);
    return r;
}

bool gw_store_exists(const char *dir)
{
    char path[PATH_MAX];
    return path_of(dir, path) == 0 && access(path, F_OK) == 0;
}

void gw_store_close(struct gw_store *store)
{
    if (!store)
        return;
    for (int i = 0; i < GW_STMTS; i++)
        sqlite3_finalize(store->stmts[i]);
    sqlite3_close(store->db);
    gw_store_audit_finish(&store->audit);
    gw_store_keys_destroy(store->keys);
    if (store->lock >= 0)
        close(store->lock);
    free(store->dir);
    free(store);
}
