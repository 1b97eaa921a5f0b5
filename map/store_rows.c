// Rows of the four tables, to and from the records of map/snapshot.h.
#include "map/store.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>

#include "map/sql.h"
#include "map/store_internal.h"

static double degrees(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(stmt, column);
}

static void bind_degrees(sqlite3_stmt *stmt, int index, double v)
{
    if (isnan(v))
        sqlite3_bind_null(stmt, index);
    else
        sqlite3_bind_double(stmt, index, v);
}

static int read_addresses(struct gw_store *store, sqlite3_stmt *stmt,
                          enum gw_address_use use, struct gw_camera_row *row)
{
    struct gw_camera *c = &row->camera;
    const char **urls[] = { &c->url_main, &c->url_sub };
    for (uint32_t sub = 0; sub < 2; sub++) {
        const struct gw_seal_place place = { c->num, sub };
        int r = gw_store_read_address(store, stmt, 9 + (int)sub, use, place, urls[sub]);
        if (r < 0)
            return r;
        row->unreadable[sub] = r > 0;
    }
    return 0;
}

static int read_camera(struct gw_store *store, sqlite3_stmt *stmt,
                       enum gw_address_use use, struct gw_camera_row *ret_row)
{
    *ret_row = (struct gw_camera_row) {
        .camera = {
            .num = (uint32_t)sqlite3_column_int64(stmt, 0),
            .id = gw_sql_text(stmt, 1),
            .name = gw_sql_text(stmt, 2),
            .lon = degrees(stmt, 3),
            .lat = degrees(stmt, 4),
            .division = gw_sql_text(stmt, 5),
            .department = gw_sql_text(stmt, 6),
            .cell = gw_sql_text(stmt, 7),
            .pull = (enum gw_pull)sqlite3_column_int(stmt, 11),
            .kind = (enum gw_camera_kind)sqlite3_column_int(stmt, 12),
            .tags = gw_sql_text(stmt, 18),
            .groups = gw_sql_text(stmt, 19),
            .address = gw_sql_text(stmt, 20),
            .initials = gw_sql_text(stmt, 21),
            .revision = sqlite3_column_int64(stmt, 22 + GW_DETAILS),
        },
        .cell_fixed = sqlite3_column_int(stmt, 8),
    };
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        *gw_pose_field(&ret_row->camera.pose, i) = degrees(stmt, 13 + i);
    for (int i = 0; i < GW_DETAILS; i++) {
        ret_row->details[i] = gw_sql_text(stmt, 22 + i);
        if (*ret_row->details[i])
            ret_row->camera.details = ret_row->details;
    }
    return read_addresses(store, stmt, use, ret_row);
}

static void read_division(sqlite3_stmt *stmt, struct gw_division *ret_division)
{
    *ret_division = (struct gw_division) {
        .code = gw_sql_text(stmt, 0),
        .name = gw_sql_text(stmt, 1),
        .parent = gw_sql_text(stmt, 2),
        .level = sqlite3_column_int(stmt, 3),
        .geometry = gw_sql_text(stmt, 4),
        .revision = sqlite3_column_int64(stmt, 5),
    };
}

static void read_cell(sqlite3_stmt *stmt, struct gw_cell *ret_cell)
{
    *ret_cell = (struct gw_cell) {
        .code = gw_sql_text(stmt, 0),
        .name = gw_sql_text(stmt, 1),
        .division = gw_sql_text(stmt, 2),
        .parent = gw_sql_text(stmt, 3),
        .level = sqlite3_column_int(stmt, 4),
        .geometry = gw_sql_text(stmt, 5),
        .revision = sqlite3_column_int64(stmt, 6),
    };
}

// Steps to the row with that key. Returns 0 (the statement stays on it), or
// -ENOENT and the like.
static int find(struct gw_store *store, enum gw_store_stmt which, const char *key,
                sqlite3_stmt **ret_stmt)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, which, &r);
    if (!stmt)
        return r;
    // The caller's key may be gone before the row is: let SQLite copy it.
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_TRANSIENT);
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        *ret_stmt = stmt;
        return 0;
    }
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? -ENOENT : gw_store_fault(store->db, rc);
}

int gw_store_find_camera(struct gw_store *store, const char *id,
                         struct gw_camera_row *ret_row)
{
    sqlite3_stmt *stmt = NULL;
    int r = find(store, GW_STMT_CAMERA_FIND, id, &stmt);
    struct gw_camera_row row;
    if (r == 0)
        r = read_camera(store, stmt, GW_ADDRESS_FOUND, &row);
    if (r < 0)
        return r;
    *ret_row = row;
    if (row.camera.details)
        ret_row->camera.details = ret_row->details;
    return 0;
}

int gw_store_find_division(struct gw_store *store, const char *code,
                           struct gw_division *ret_division)
{
    sqlite3_stmt *stmt = NULL;
    int r = find(store, GW_STMT_DIVISION_FIND, code, &stmt);
    if (r == 0)
        read_division(stmt, ret_division);
    return r;
}

int gw_store_find_cell(struct gw_store *store, const char *code, struct gw_cell *ret_cell)
{
    sqlite3_stmt *stmt = NULL;
    int r = find(store, GW_STMT_CELL_FIND, code, &stmt);
    if (r == 0)
        read_cell(stmt, ret_cell);
    return r;
}

// Ends a walk that stopped with step code `rc` or the caller's `r`.
static int finish_walk(sqlite3_stmt *stmt, int rc, int r)
{
    sqlite3_reset(stmt);
    if (r != 0)
        return r;
    return rc == SQLITE_DONE ? 0 : gw_store_fault(sqlite3_db_handle(stmt), rc);
}

int gw_store_each_camera(struct gw_store *store,
                         int (*on_row)(void *arg, const struct gw_camera_row *row),
                         void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_CAMERA_EACH, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_camera_row row;
        r = read_camera(store, stmt, GW_ADDRESS_WALKED, &row);
        if (r == 0)
            r = on_row(arg, &row);
    }
    return finish_walk(stmt, rc, r);
}

int gw_store_each_division(struct gw_store *store,
                           int (*on_row)(void *arg, const struct gw_division *row),
                           void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_DIVISION_EACH, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_division row;
        read_division(stmt, &row);
        r = on_row(arg, &row);
    }
    return finish_walk(stmt, rc, r);
}

int gw_store_each_cell(struct gw_store *store,
                       int (*on_row)(void *arg, const struct gw_cell *row), void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_CELL_EACH, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_cell row;
        read_cell(stmt, &row);
        r = on_row(arg, &row);
    }
    return finish_walk(stmt, rc, r);
}

int gw_store_each_department(struct gw_store *store,
                             int (*on_row)(void *arg, const struct gw_department *row),
                             void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_DEPARTMENT_EACH, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_department row = { .name = gw_sql_text(stmt, 0) };
        r = on_row(arg, &row);
    }
    return finish_walk(stmt, rc, r);
}

static int put_department(struct gw_store *store, const char *name)
{
    int r = 0;
    if (!*name)
        return 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_DEPARTMENT_PUT, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, name);
    return gw_store_run(stmt);
}

enum { BOUND_DETAILS = 22, BOUND_NOW = BOUND_DETAILS + GW_DETAILS, BOUND_NUM };

// An UPDATE leaves as it is what is not bound.
static int bind_addresses(struct gw_store *store, sqlite3_stmt *stmt,
                          const struct gw_camera_row *row, uint32_t num)
{
    const char *const urls[] = { row->camera.url_main, row->camera.url_sub };
    int r = 0;
    for (uint32_t sub = 0; sub < 2 && r == 0; sub++) {
        const struct gw_seal_place place = { num, sub };
        if (row->unreadable[sub] && !*urls[sub])
            sqlite3_bind_null(stmt, 9 + (int)sub);
        else
            r = gw_store_bind_address(store, stmt, 9 + (int)sub, place, urls[sub]);
    }
    return r;
}

// Parameters 1 to BOUND_NUM, the same in INSERT and UPDATE.
static int bind_camera(struct gw_store *store, sqlite3_stmt *stmt,
                       const struct gw_camera_row *row, uint32_t num, uint64_t now_ms)
{
    const struct gw_camera *c = &row->camera;
    gw_sql_bind_text(stmt, 1, c->id);
    gw_sql_bind_text(stmt, 2, c->name);
    bind_degrees(stmt, 3, c->lon);
    bind_degrees(stmt, 4, c->lat);
    gw_sql_bind_text(stmt, 5, c->division);
    gw_sql_bind_text(stmt, 6, c->department);
    gw_sql_bind_text(stmt, 7, c->cell);
    sqlite3_bind_int(stmt, 8, row->cell_fixed);
    sqlite3_bind_int(stmt, 11, c->pull);
    sqlite3_bind_int(stmt, 12, (int)c->kind);
    struct gw_camera_pose pose = c->pose;
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        bind_degrees(stmt, 13 + i, *gw_pose_field(&pose, i));
    gw_sql_bind_text(stmt, 18, c->tags);
    gw_sql_bind_text(stmt, 19, c->groups);
    gw_sql_bind_text(stmt, 20, c->address);
    gw_sql_bind_text(stmt, 21, c->initials);
    for (int i = 0; i < GW_DETAILS; i++)
        gw_sql_bind_text(stmt, BOUND_DETAILS + i, gw_camera_detail(c, (enum gw_detail)i));
    sqlite3_bind_int64(stmt, BOUND_NOW, (sqlite3_int64)now_ms);
    sqlite3_bind_int64(stmt, BOUND_NUM, num);
    return bind_addresses(store, stmt, row, num);
}

// A new camera's number: its addresses are bound to it, so it must be known before. As
// AUTOINCREMENT would give it.
static int next_number(struct gw_store *store, uint32_t *ret_num)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_CAMERA_NEXT, &r);
    if (!stmt)
        return r;
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret_num = (uint32_t)sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return rc == SQLITE_ROW ? 0 : gw_store_fault(store->db, rc);
}

static int write_camera(struct gw_store *store, enum gw_store_stmt which,
                        const struct gw_camera_row *row, uint64_t now_ms)
{
    uint32_t num = row->camera.num;
    int r = put_department(store, row->camera.department);
    if (r == 0)
        r = gw_store_next_revision(store);
    if (r == 0 && which == GW_STMT_CAMERA_INSERT)
        r = next_number(store, &num);
    if (r < 0)
        return r;
    sqlite3_stmt *stmt = gw_store_stmt(store, which, &r);
    if (!stmt)
        return r;
    r = bind_camera(store, stmt, row, num, now_ms);
    return r < 0 ? r : gw_store_run(stmt);
}

int gw_store_insert_camera(struct gw_store *store, const struct gw_camera_row *row,
                           uint64_t now_ms)
{
    return write_camera(store, GW_STMT_CAMERA_INSERT, row, now_ms);
}

int gw_store_update_camera(struct gw_store *store, const struct gw_camera_row *row,
                           uint64_t now_ms)
{
    return write_camera(store, GW_STMT_CAMERA_UPDATE, row, now_ms);
}

int gw_store_place_camera(struct gw_store *store, uint32_t num, const char *cell)
{
    int r = gw_store_next_revision(store);
    if (r < 0)
        return r;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_CAMERA_PLACE, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, num);
    gw_sql_bind_text(stmt, 2, cell);
    return gw_store_run(stmt);
}

int gw_store_put_division(struct gw_store *store, const struct gw_division *division)
{
    int r = gw_store_next_revision(store);
    if (r < 0)
        return r;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_DIVISION_PUT, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, division->code);
    gw_sql_bind_text(stmt, 2, division->name);
    gw_sql_bind_text(stmt, 3, division->parent);
    sqlite3_bind_int(stmt, 4, division->level);
    gw_sql_bind_text(stmt, 5, division->geometry);
    return gw_store_run(stmt);
}

int gw_store_put_cell(struct gw_store *store, const struct gw_cell *cell)
{
    int r = gw_store_next_revision(store);
    if (r < 0)
        return r;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_CELL_PUT, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, cell->code);
    gw_sql_bind_text(stmt, 2, cell->name);
    gw_sql_bind_text(stmt, 3, cell->division);
    gw_sql_bind_text(stmt, 4, cell->parent);
    sqlite3_bind_int(stmt, 5, cell->level);
    gw_sql_bind_text(stmt, 6, cell->geometry);
    return gw_store_run(stmt);
}

int gw_store_delete_cell(struct gw_store *store, const char *code)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_CELL_DELETE, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, code);
    r = gw_store_run(stmt);
    if (r < 0)
        return r;
    return sqlite3_changes(store->db) ? 0 : -ENOENT;
}
