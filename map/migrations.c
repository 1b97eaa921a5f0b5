#include "map/migrations.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

#include "map/pinyin.h"
#include "map/store_internal.h"

// Version 1. Codes of divisions and cells may refer to records that are imported
// later: no foreign keys there.
static const char version_1[] =
    "CREATE TABLE divisions ("
    "  code TEXT NOT NULL PRIMARY KEY,"
    "  name TEXT NOT NULL DEFAULT '',"
    "  parent TEXT NOT NULL DEFAULT '',"
    "  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),"
    "  geometry TEXT NOT NULL DEFAULT ''"
    ");"
    "CREATE TABLE departments ("
    "  name TEXT NOT NULL PRIMARY KEY"
    ") WITHOUT ROWID;"
    "CREATE TABLE cells ("
    "  code TEXT NOT NULL PRIMARY KEY,"
    "  name TEXT NOT NULL DEFAULT '',"
    "  division TEXT NOT NULL DEFAULT '',"
    "  parent TEXT NOT NULL DEFAULT '',"
    "  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 6),"
    "  geometry TEXT NOT NULL DEFAULT ''"
    ");"
    // AUTOINCREMENT: the number of a deleted camera is never given to another,
    // so no viewer who still asks for it sees a stranger's picture. Streams are
    // num * 2 + 1 in 32 bits.
    "CREATE TABLE cameras ("
    "  num INTEGER PRIMARY KEY AUTOINCREMENT CHECK (num BETWEEN 1 AND 2147483647),"
    "  id TEXT NOT NULL UNIQUE,"
    "  name TEXT NOT NULL DEFAULT '',"
    "  lon REAL CHECK (lon BETWEEN -180 AND 180),"
    "  lat REAL CHECK (lat BETWEEN -90 AND 90),"
    "  division TEXT NOT NULL DEFAULT '',"
    "  department TEXT REFERENCES departments(name),"
    "  cell TEXT NOT NULL DEFAULT '',"
    "  cell_fixed INTEGER NOT NULL DEFAULT 0 CHECK (cell_fixed IN (0, 1)),"
    "  url_main TEXT NOT NULL DEFAULT '',"
    "  url_sub TEXT NOT NULL DEFAULT '',"
    "  always INTEGER NOT NULL DEFAULT 0 CHECK (always IN (0, 1)),"
    "  created_ms INTEGER NOT NULL,"
    "  changed_ms INTEGER NOT NULL"
    ");"
    "CREATE INDEX cameras_department ON cameras(department);";

// Version 2. A third way to pull.
static const char version_2[] =
    "ALTER TABLE cameras"
    "  ADD COLUMN pull INTEGER NOT NULL DEFAULT 0 CHECK (pull BETWEEN 0 AND 2);"
    "UPDATE cameras SET pull = always;"
    "ALTER TABLE cameras DROP COLUMN always;";

// Version 3. The whole camera record; who changed what. Cameras that were removed wait
// elsewhere, so that every question about cameras stays without them.
static const char version_3[] =
    "ALTER TABLE cameras"
    "  ADD COLUMN kind INTEGER NOT NULL DEFAULT 0 CHECK (kind BETWEEN 0 AND 6);"
    "ALTER TABLE cameras ADD COLUMN azimuth_deg REAL;"
    "ALTER TABLE cameras ADD COLUMN tilt_deg REAL;"
    "ALTER TABLE cameras ADD COLUMN fov_deg REAL;"
    "ALTER TABLE cameras ADD COLUMN range_m REAL;"
    "ALTER TABLE cameras ADD COLUMN height_m REAL;"
    "ALTER TABLE cameras ADD COLUMN tags TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN group_names TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN address TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN initials TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN vendor TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN model TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN point_type TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN common_name TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN ipv4 TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN ipv6 TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN mac TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN function_type TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN fill_light TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN codec TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN location_type TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN facing TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN network TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN police_station TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN installed TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN managing_unit TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN contact TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN days_kept TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cameras ADD COLUMN device_state TEXT NOT NULL DEFAULT '';"
    "UPDATE cameras SET initials = pinyin_initials(name);"

    "CREATE TABLE removed_cameras AS SELECT 0 AS removed_ms, * FROM cameras WHERE 0;"
    "CREATE INDEX removed_cameras_id ON removed_cameras(id, removed_ms);"
    "CREATE INDEX removed_cameras_age ON removed_cameras(removed_ms);"

    "CREATE TABLE changes ("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at_ms INTEGER NOT NULL,"
    "  author TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  id TEXT NOT NULL,"
    "  action TEXT NOT NULL,"
    "  before TEXT NOT NULL DEFAULT '',"
    "  after TEXT NOT NULL DEFAULT ''"
    ");"
    "CREATE INDEX changes_of ON changes(subject, id, seq);"
    "CREATE TRIGGER changes_stay BEFORE UPDATE ON changes"
    "  BEGIN SELECT RAISE(ABORT, 'changes are only added to'); END;"
    "CREATE TRIGGER changes_are_kept BEFORE DELETE ON changes"
    "  BEGIN SELECT RAISE(ABORT, 'changes are only added to'); END;";

// Version 4. How cameras fared (map/store_norms.h). By day first: a day is written,
// asked for and forgotten as a whole.
static const char version_4[] = "CREATE TABLE norm_days ("
                                "  day INTEGER NOT NULL,"
                                "  num INTEGER NOT NULL,"
                                "  hours BLOB NOT NULL,"
                                "  PRIMARY KEY (day, num)"
                                ") WITHOUT ROWID;"
                                "CREATE TABLE norm_minutes ("
                                "  day INTEGER PRIMARY KEY,"
                                "  minutes BLOB NOT NULL"
                                ");";

// Version 5. Users and tokens in one table: they have the same rights. A scope is text
// (map/scope.h), so that it changes as a whole.
static const char version_5[] =
    "CREATE TABLE accounts ("
    "  num INTEGER PRIMARY KEY AUTOINCREMENT CHECK (num BETWEEN 1 AND 4294967295),"
    "  kind TEXT NOT NULL CHECK (kind IN ('user', 'token')),"
    "  name TEXT NOT NULL,"
    "  secret TEXT NOT NULL,"
    "  role TEXT NOT NULL,"
    "  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),"
    "  expires_ms INTEGER NOT NULL DEFAULT 0,"
    "  scope TEXT NOT NULL DEFAULT '',"
    "  created_ms INTEGER NOT NULL,"
    "  changed_ms INTEGER NOT NULL,"
    "  UNIQUE (kind, name)"
    ");";

// Version 6. A number that grows with every write of a camera, division or cell, and
// stands in the row: clients tell by it whether what they saw is still so. One count for
// all, so that none comes again with an id or a code that was removed.
static const char version_6[] =
    "CREATE TABLE revisions (last INTEGER NOT NULL);"
    "INSERT INTO revisions VALUES (1);"
    "ALTER TABLE cameras ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE divisions ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE cells ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;";

// Version 7. What was answered to requests with a key (map/store_answers.h).
static const char version_7[] = "CREATE TABLE answers ("
                                "  num INTEGER PRIMARY KEY,"
                                "  account TEXT NOT NULL,"
                                "  key TEXT NOT NULL,"
                                "  at_ms INTEGER NOT NULL,"
                                "  digest TEXT NOT NULL,"
                                "  status INTEGER NOT NULL,"
                                "  etag TEXT NOT NULL,"
                                "  location TEXT NOT NULL,"
                                "  body BLOB NOT NULL,"
                                "  UNIQUE (account, key)"
                                ");"
                                "CREATE INDEX answers_of ON answers(account, at_ms);"
                                "CREATE INDEX answers_age ON answers(at_ms);";

// Version 8. The audit log (map/store_audit.h). Entries are only added to; the oldest may
// go once the head says that they have gone. Numbers are the store's to give, without a
// gap. What is asked for is a camera, somebody, or a time.
static const char version_8[] =
    "CREATE TABLE audit ("
    "  seq INTEGER PRIMARY KEY,"
    "  at_ms INTEGER NOT NULL,"
    "  change INTEGER NOT NULL,"
    "  who TEXT NOT NULL,"
    "  address TEXT NOT NULL,"
    "  session TEXT NOT NULL,"
    "  action TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  outcome TEXT NOT NULL,"
    "  details TEXT NOT NULL,"
    "  hash BLOB NOT NULL"
    ");"
    "CREATE INDEX audit_at ON audit(at_ms);"
    "CREATE INDEX audit_of ON audit(subject, at_ms);"
    "CREATE INDEX audit_by ON audit(who, at_ms);"
    "CREATE TABLE audit_head ("
    "  num INTEGER PRIMARY KEY CHECK (num = 1),"
    "  base_seq INTEGER NOT NULL,"
    "  base_hash BLOB NOT NULL,"
    "  end_seq INTEGER NOT NULL,"
    "  end_hash BLOB NOT NULL,"
    "  key_id BLOB NOT NULL,"
    "  signature BLOB NOT NULL"
    ");"
    "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;"
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit"
    "  WHEN old.seq > coalesce((SELECT base_seq FROM audit_head), 0)"
    "  BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;";

// Version 9. Stream addresses are sealed (map/store_keys.h): which key is in use, and
// whether what was stored by another may still lie in the file.
static const char version_9[] =
    "CREATE TABLE sealing ("
    "  one INTEGER PRIMARY KEY CHECK (one = 1),"
    "  registry TEXT NOT NULL,"
    "  key INTEGER,"
    "  unclean INTEGER NOT NULL DEFAULT 0 CHECK (unclean IN (0, 1))"
    ");"
    "INSERT INTO sealing (one, registry) VALUES (1, lower(hex(randomblob(8))));";

// Version 10. Who is in (map/store_sessions.h). Of no account: it may be gone, and its
// sessions with it.
static const char version_10[] =
    "CREATE TABLE sessions ("
    "  digest TEXT PRIMARY KEY,"
    "  account INTEGER NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  heard_ms INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE INDEX sessions_of ON sessions(account, heard_ms);";

const struct gw_migration gw_migrations[] = {
    { version_1 }, { version_2 }, { version_3 }, { version_4 }, { version_5 },
    { version_6 }, { version_7 }, { version_8 }, { version_9 }, { version_10 },
};
const size_t gw_migrations_count = sizeof(gw_migrations) / sizeof(*gw_migrations);

// pinyin_initials(text), for steps that fill the column.
static void answer_initials(sqlite3_context *context, int n, sqlite3_value **values)
{
    char initials[GW_INITIALS_MAX + 1];
    const char *text = (const char *)sqlite3_value_text(values[0]);
    int r = gw_pinyin_initials(text ? text : "", initials);
    (void)n;
    if (r < 0)
        sqlite3_result_error_code(context, r == -ENOMEM ? SQLITE_NOMEM : SQLITE_ERROR);
    else
        sqlite3_result_text(context, initials, -1, SQLITE_TRANSIENT);
}

static int read_version(sqlite3 *db, size_t *ret_version)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    sqlite3_int64 version = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    if (rc != SQLITE_ROW)
        return gw_store_fault(db, rc);
    if (version < 0)
        return -ENOTSUP;
    *ret_version = (size_t)version;
    return 0;
}

// Inside the write transaction: another process may have migrated meanwhile.
static int run_step(sqlite3 *db, const struct gw_migration *steps, size_t count,
                    size_t *ret_version)
{
    char set_version[64];
    size_t version = 0;
    int r = read_version(db, &version);
    if (r < 0)
        return r;
    if (version >= count) {
        *ret_version = version;
        return 0;
    }
    snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %zu", version + 1);
    int rc = sqlite3_exec(db, steps[version].sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, set_version, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return gw_store_fault(db, rc);
    *ret_version = version + 1;
    return 0;
}

int gw_migrate(struct sqlite3 *db, const struct gw_migration *steps, size_t count)
{
    size_t version = 0;
    int rc = sqlite3_create_function(db, "pinyin_initials", 1, SQLITE_UTF8, NULL,
                                     answer_initials, NULL, NULL);
    int r = rc == SQLITE_OK ? read_version(db, &version) : gw_store_fault(db, rc);

    while (r == 0 && version < count) {
        rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            return gw_store_fault(db, rc);
        r = run_step(db, steps, count, &version);
        if (r == 0) {
            rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
            r = rc == SQLITE_OK ? 0 : gw_store_fault(db, rc);
        }
        if (r < 0)
            sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (r < 0)
        return r;
    return version > count ? -ENOTSUP : 0;
}
