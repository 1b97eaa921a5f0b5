#include "map/store_answers.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "map/sql.h"
#include "map/store_internal.h"

static int64_t oldest_ms(const struct gw_author *account)
{
    return (int64_t)account->now_ms - GW_ANSWERS_KEPT_MS;
}

int gw_store_find_answer(struct gw_store *store, const struct gw_author *account,
                         const struct gw_once *once, struct gw_kept_answer *ret_answer)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ANSWER_FIND, &r);
    if (!stmt)
        return r;
    // The caller's strings may be gone before the row is.
    sqlite3_bind_text(stmt, 1, account->name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(stmt, 2, once->key, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(stmt, 3, oldest_ms(account));
    int rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW) {
        sqlite3_reset(stmt);
        return rc == SQLITE_DONE ? -ENOENT : gw_store_fault(store->db, rc);
    }
    if (strcmp(gw_sql_text(stmt, 0), once->digest) != 0) {
        sqlite3_reset(stmt);
        return -EALREADY;
    }
    *ret_answer = (struct gw_kept_answer) {
        .status = sqlite3_column_int(stmt, 1),
        .etag = gw_sql_text(stmt, 2),
        .location = gw_sql_text(stmt, 3),
        .body = sqlite3_column_blob(stmt, 4),
        .body_len = (size_t)sqlite3_column_bytes(stmt, 4),
    };
    return 0;
}

// What is too old, of everybody.
static int forget(struct gw_store *store, const struct gw_author *account)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ANSWERS_FORGET, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, oldest_ms(account));
    return gw_store_run(stmt);
}

// The oldest of this account beyond the bound; no other account loses one.
static int bound(struct gw_store *store, const struct gw_author *account)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ANSWERS_BOUND, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, account->name);
    sqlite3_bind_int(stmt, 2, GW_ANSWERS_KEPT_MAX);
    return gw_store_run(stmt);
}

int gw_store_keep_answer(struct gw_store *store, const struct gw_author *account,
                         const struct gw_once *once, const struct gw_kept_answer *answer)
{
    int r = forget(store, account);
    if (r < 0)
        return r;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ANSWER_KEEP, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, account->name);
    gw_sql_bind_text(stmt, 2, once->key);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)account->now_ms);
    gw_sql_bind_text(stmt, 4, once->digest);
    sqlite3_bind_int(stmt, 5, answer->status);
    gw_sql_bind_text(stmt, 6, answer->etag);
    gw_sql_bind_text(stmt, 7, answer->location);
    if (answer->body_len)
        sqlite3_bind_blob64(stmt, 8, answer->body, answer->body_len, SQLITE_STATIC);
    else
        sqlite3_bind_zeroblob(stmt, 8, 0);
    r = gw_store_run(stmt);
    return r < 0 ? r : bound(store, account);
}
