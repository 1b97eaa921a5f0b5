#include "map/store_sessions.h"

#include <assert.h>
#include <sqlite3.h>

#include "map/sql.h"
#include "map/store_internal.h"

static_assert(GW_SESSIONS_OF_USER == 64, "the number stands in map/store.c");

// Runs a statement of one text and one number, each where it takes it.
static int run(struct gw_store *store, enum gw_store_stmt which, const char *text,
               uint64_t number)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, which, &r);
    if (!stmt)
        return r;
    if (text)
        gw_sql_bind_text(stmt, 2, text);
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)number);
    return gw_store_run(stmt);
}

static int put(struct gw_store *store, const struct gw_kept_session *s)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_SESSION_PUT, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, s->digest);
    sqlite3_bind_int64(stmt, 2, s->account);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)s->generation);
    sqlite3_bind_int64(stmt, 4, (sqlite3_int64)s->heard_ms);
    sqlite3_bind_int64(stmt, 5, (sqlite3_int64)s->until_ms);
    return gw_store_run(stmt);
}

int gw_store_write_session(struct gw_store *store, enum gw_session_verb verb,
                           const struct gw_kept_session *session, uint64_t now_ms)
{
    if (verb == GW_SESSION_LEAVE)
        return run(store, GW_STMT_SESSION_DELETE, session->digest, 0);
    if (verb == GW_SESSION_HEARD)
        return run(store, GW_STMT_SESSION_HEARD, session->digest, session->heard_ms);
    int r = run(store, GW_STMT_SESSIONS_FORGET, NULL, now_ms);
    if (r == 0)
        r = put(store, session);
    return r < 0 ? r : run(store, GW_STMT_SESSIONS_TRIM, NULL, session->account);
}

int gw_store_each_session(struct gw_store *store,
                          int (*on_row)(void *arg, const struct gw_kept_session *row),
                          void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_SESSIONS, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *digest = (const char *)sqlite3_column_text(stmt, 0);
        const struct gw_kept_session row = {
            .digest = digest ? digest : "",
            .account = (uint32_t)sqlite3_column_int64(stmt, 1),
            .generation = (uint64_t)sqlite3_column_int64(stmt, 2),
            .heard_ms = (uint64_t)sqlite3_column_int64(stmt, 3),
            .until_ms = (uint64_t)sqlite3_column_int64(stmt, 4),
        };
        r = on_row(arg, &row);
    }
    sqlite3_reset(stmt);
    if (r != 0)
        return r;
    return rc == SQLITE_DONE ? 0 : gw_store_error(rc);
}
