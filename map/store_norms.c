#include "map/store_norms.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "map/store_internal.h"

enum { HOUR_BYTES = 8, MINUTES_BYTES = GW_NORM_HOURS * HOUR_BYTES };

// A prepared statement with its day, and a number where it has one.
static sqlite3_stmt *prepare(struct gw_store *store, enum gw_store_stmt which,
                             uint32_t day, uint32_t second, int *ret_error)
{
    sqlite3_stmt *stmt = gw_store_stmt(store, which, ret_error);
    if (!stmt)
        return NULL;
    sqlite3_bind_int64(stmt, 1, day);
    if (sqlite3_bind_parameter_count(stmt) > 1)
        sqlite3_bind_int64(stmt, 2, second);
    return stmt;
}

// ---- minutes of a day ----

// Eight bytes an hour, the lower ones first.
static int read_minutes(sqlite3_stmt *stmt, int column, uint64_t hours[GW_NORM_HOURS])
{
    const uint8_t *bytes = sqlite3_column_blob(stmt, column);
    if (sqlite3_column_bytes(stmt, column) != MINUTES_BYTES)
        return -EBADMSG;
    for (int hour = 0; hour < GW_NORM_HOURS; hour++) {
        hours[hour] = 0;
        for (int i = HOUR_BYTES - 1; i >= 0; i--)
            hours[hour] = hours[hour] << 8 | bytes[hour * HOUR_BYTES + i];
    }
    return 0;
}

// All zero where nothing is kept of that day, or what is kept is broken.
static int find_minutes(struct gw_store *store, uint32_t day,
                        uint64_t ret_hours[GW_NORM_HOURS])
{
    int r = 0;
    sqlite3_stmt *stmt = prepare(store, GW_STMT_NORM_MINUTES_FIND, day, 0, &r);
    if (!stmt)
        return r;
    int rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW || read_minutes(stmt, 0, ret_hours) < 0)
        memset(ret_hours, 0, GW_NORM_HOURS * sizeof(*ret_hours));
    sqlite3_reset(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : gw_store_fault(store->db, rc);
}

static int add_minutes(struct gw_store *store, const struct gw_norm_hour *hour)
{
    uint64_t hours[GW_NORM_HOURS];
    uint8_t bytes[MINUTES_BYTES];
    uint32_t day = gw_norm_hour_of(hour) / GW_NORM_HOURS;
    int r = find_minutes(store, day, hours);
    sqlite3_stmt *stmt =
        r == 0 ? prepare(store, GW_STMT_NORM_MINUTES_PUT, day, 0, &r) : NULL;
    if (!stmt)
        return r;
    hours[gw_norm_hour_of(hour) % GW_NORM_HOURS] |= gw_norm_hour_minutes(hour);
    for (int i = 0; i < MINUTES_BYTES; i++)
        bytes[i] = (uint8_t)(hours[i / HOUR_BYTES] >> 8 * (i % HOUR_BYTES));
    sqlite3_bind_blob(stmt, 2, bytes, sizeof(bytes), SQLITE_STATIC);
    return gw_store_run(stmt);
}

int gw_store_mark_norm_minutes(struct gw_store *store, struct gw_norm_hour *hour)
{
    uint64_t hours[GW_NORM_HOURS];
    int r = find_minutes(store, gw_norm_hour_of(hour) / GW_NORM_HOURS, hours);
    for (unsigned minute = 0; r == 0 && minute < GW_NORM_MINUTES; minute++)
        if (hours[gw_norm_hour_of(hour) % GW_NORM_HOURS] >> minute & 1)
            gw_norm_hour_mark(hour, minute);
    return r;
}

// ---- days of cameras ----

static int read_day(sqlite3_stmt *stmt, int column, struct gw_norm_day *ret_day)
{
    const uint8_t *bytes = sqlite3_column_blob(stmt, column); // NULL where it is empty
    int len = sqlite3_column_bytes(stmt, column);
    return gw_norm_day_decode(bytes ? bytes : (const uint8_t *)"", (size_t)len, ret_day);
}

struct adding {
    struct gw_store *store;
    uint32_t hour;
};

// A broken day begins anew: it must not keep all later ones from being written.
static int add_camera(void *arg, uint32_t num, const uint8_t minutes[GW_NORM_WORDS])
{
    const struct adding *a = arg;
    uint8_t bytes[GW_NORM_DAY_MAX];
    struct gw_norm_day hours = { 0 };
    uint32_t day = a->hour / GW_NORM_HOURS;
    int r = 0;
    sqlite3_stmt *stmt = prepare(a->store, GW_STMT_NORM_DAY_FIND, day, num, &r);
    if (!stmt)
        return r;
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        (void)read_day(stmt, 0, &hours);
    sqlite3_reset(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return gw_store_fault(sqlite3_db_handle(stmt), rc);

    gw_norm_day_add(&hours, a->hour % GW_NORM_HOURS, minutes);
    size_t len = gw_norm_day_encode(&hours, bytes);
    stmt = prepare(a->store, GW_STMT_NORM_DAY_PUT, day, num, &r);
    if (!stmt)
        return r;
    sqlite3_bind_blob(stmt, 3, bytes, (int)len, SQLITE_STATIC);
    return gw_store_run(stmt);
}

static int forget(struct gw_store *store)
{
    int r = 0;
    for (int days = 0; days < 2 && r == 0; days++) {
        sqlite3_stmt *stmt =
            prepare(store, days ? GW_STMT_NORM_MINUTES_FORGET : GW_STMT_NORM_DAYS_FORGET,
                    GW_NORM_DAYS_KEPT, 0, &r);
        if (stmt)
            r = gw_store_run(stmt);
    }
    return r;
}

int gw_store_add_norms(struct gw_store *store, const struct gw_norm_hour *hour)
{
    struct adding a = { store, gw_norm_hour_of(hour) };
    int r = gw_norm_hour_each(hour, add_camera, &a);
    if (r == 0)
        r = add_minutes(store, hour);
    return r < 0 ? r : forget(store);
}

// ---- reading ----

static int finish_walk(sqlite3_stmt *stmt, int rc, int r)
{
    sqlite3_reset(stmt);
    if (r != 0)
        return r;
    return rc == SQLITE_DONE ? 0 : gw_store_fault(sqlite3_db_handle(stmt), rc);
}

int gw_store_each_norm(struct gw_store *store, uint32_t first_day, uint32_t last_day,
                       int (*on_row)(void *arg, const struct gw_norm_row *row), void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = prepare(store, GW_STMT_NORM_DAYS, first_day, last_day, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_norm_row row = {
            .day = (uint32_t)sqlite3_column_int64(stmt, 0),
            .num = (uint32_t)sqlite3_column_int64(stmt, 1),
        };
        r = read_day(stmt, 2, &row.hours);
        if (r == 0)
            r = on_row(arg, &row);
    }
    return finish_walk(stmt, rc, r);
}

int gw_store_each_norm_minutes(
    struct gw_store *store, uint32_t first_day, uint32_t last_day,
    int (*on_row)(void *arg, const struct gw_norm_minutes_row *row), void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = prepare(store, GW_STMT_NORM_MINUTES, first_day, last_day, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_norm_minutes_row row = {
            .day = (uint32_t)sqlite3_column_int64(stmt, 0),
        };
        r = read_minutes(stmt, 1, row.hours);
        if (r == 0)
            r = on_row(arg, &row);
    }
    return finish_walk(stmt, rc, r);
}
