// Who changed what, and cameras that were removed but may come back.
#include "map/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "map/change_json.h"
#include "map/sql.h"
#include "map/store_audit.h"
#include "map/store_internal.h"

int gw_store_add_change(struct gw_store *store, const struct gw_author *author,
                        const char *subject, const struct gw_change *change)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_CHANGE_ADD, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)change->at_ms);
    gw_sql_bind_text(stmt, 2, change->author);
    gw_sql_bind_text(stmt, 3, change->id);
    gw_sql_bind_text(stmt, 4, change->action);
    gw_sql_bind_text(stmt, 5, change->before);
    gw_sql_bind_text(stmt, 6, change->after);
    gw_sql_bind_text(stmt, 7, subject);
    r = gw_store_run(stmt);
    if (r < 0)
        return r;
    struct gw_change whole = *change;
    whole.seq = sqlite3_last_insert_rowid(store->db);
    return gw_store_audit_change(store, author, subject, &whole);
}

static const char *action_of(const struct gw_camera_row *before,
                             const struct gw_camera_row *after)
{
    return !before ? "created" : after ? "changed" : "removed";
}

int gw_store_note_camera(struct gw_store *store, const struct gw_author *author,
                         const struct gw_camera_row *before,
                         const struct gw_camera_row *after)
{
    char *was = before ? gw_change_json(before, after) : NULL;
    char *is = after ? gw_change_json(after, before) : NULL;
    int r = -ENOMEM;
    if ((was || !before) && (is || !after))
        r = gw_store_add_change(store, author, "camera",
                                &(struct gw_change) {
                                    .at_ms = author->now_ms,
                                    .author = author->name,
                                    .id = (after ? after : before)->camera.id,
                                    .action = action_of(before, after),
                                    .before = was ? was : "",
                                    .after = is ? is : "",
                                });
    free(was);
    free(is);
    return r;
}

int gw_store_note_cell(struct gw_store *store, const struct gw_author *author,
                       const struct gw_cell *before, const struct gw_cell *after)
{
    char *was = before ? gw_cell_change_json(before, after) : NULL;
    char *is = after ? gw_cell_change_json(after, before) : NULL;
    int r = -ENOMEM;
    if ((was || !before) && (is || !after))
        r = gw_store_add_change(store, author, "cell",
                                &(struct gw_change) {
                                    .at_ms = author->now_ms,
                                    .author = author->name,
                                    .id = (after ? after : before)->code,
                                    .action = !before ? "created"
                                              : after ? "changed"
                                                      : "removed",
                                    .before = was ? was : "",
                                    .after = is ? is : "",
                                });
    free(was);
    free(is);
    return r;
}

int gw_store_note_restored(struct gw_store *store, const struct gw_author *author,
                           const char *id)
{
    return gw_store_add_change(store, author, "camera",
                               &(struct gw_change) { .at_ms = author->now_ms,
                                                     .author = author->name,
                                                     .id = id,
                                                     .action = "restored",
                                                     .before = "",
                                                     .after = "" });
}

// Runs a statement about one id and a moment. Returns how many rows it touched, or
// negative errno.
static int run_for(struct gw_store *store, enum gw_store_stmt which, const char *id,
                   int64_t ms)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, which, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, ms);
    r = gw_store_run(stmt);
    return r < 0 ? r : sqlite3_changes(store->db);
}

int gw_store_delete_camera(struct gw_store *store, const char *id, uint64_t now_ms)
{
    int64_t oldest_ms = (int64_t)now_ms - GW_REMOVED_KEPT_MS;
    int n = run_for(store, GW_STMT_CAMERA_REMOVE, id, (int64_t)now_ms);
    if (n == 0)
        return -ENOENT;
    if (n > 0)
        n = run_for(store, GW_STMT_CAMERA_DELETE, id, 0);
    if (n >= 0)
        n = run_for(store, GW_STMT_REMOVED_FORGET, "", oldest_ms);
    return n < 0 ? n : 0;
}

int gw_store_restore_camera(struct gw_store *store, const char *id, uint64_t now_ms)
{
    int64_t oldest_ms = (int64_t)now_ms - GW_REMOVED_KEPT_MS;
    int n = gw_store_next_revision(store);
    if (n < 0)
        return n;
    n = run_for(store, GW_STMT_CAMERA_RESTORE, id, oldest_ms);
    if (n == 0)
        return -ENOENT;
    if (n > 0)
        n = run_for(store, GW_STMT_REMOVED_DELETE, id, 0);
    return n < 0 ? n : 0;
}

int gw_store_each_change(struct gw_store *store, const char *id, int64_t before_seq,
                         int (*on_row)(void *arg, const struct gw_change *row), void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt =
        gw_store_stmt(store, id ? GW_STMT_CHANGES_OF : GW_STMT_CHANGES, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, before_seq > 0 ? before_seq : INT64_MAX);
    if (id)
        sqlite3_bind_text(stmt, 2, id, -1, SQLITE_TRANSIENT);
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const struct gw_change row = {
            .seq = sqlite3_column_int64(stmt, 0),
            .at_ms = (uint64_t)sqlite3_column_int64(stmt, 1),
            .author = gw_sql_text(stmt, 2),
            .id = gw_sql_text(stmt, 3),
            .action = gw_sql_text(stmt, 4),
            .before = gw_sql_text(stmt, 5),
            .after = gw_sql_text(stmt, 6),
        };
        r = on_row(arg, &row);
    }
    sqlite3_reset(stmt);
    if (r != 0)
        return r;
    return rc == SQLITE_DONE ? 0 : gw_store_fault(store->db, rc);
}
