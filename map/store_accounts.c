#include "map/store_accounts.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "map/change_json.h"
#include "map/sql.h"
#include "map/store_internal.h"
#include "map/utf8.h"

static const char *const kinds[GW_ACCOUNT_KINDS] = {
    [GW_ACCOUNT_USER] = "user",
    [GW_ACCOUNT_TOKEN] = "token",
};

bool gw_account_name_valid(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && gw_is_plain_text(name, GW_ACCOUNT_NAME_MAX) && name[0] != ' ' &&
           name[len - 1] != ' ' && !strchr(name, '/');
}

// What this program cannot read, a role of a later one for example, has no rights.
static struct gw_account row_of(sqlite3_stmt *stmt)
{
    enum gw_role role = gw_role_of_name(gw_sql_text(stmt, 4));
    return (struct gw_account) {
        .num = sqlite3_column_int64(stmt, 0),
        .kind = strcmp(gw_sql_text(stmt, 1), kinds[GW_ACCOUNT_USER]) == 0
                    ? GW_ACCOUNT_USER
                    : GW_ACCOUNT_TOKEN,
        .name = gw_sql_text(stmt, 2),
        .secret = gw_sql_text(stmt, 3),
        .role = role < GW_ROLES ? role : GW_ROLE_VIEWER,
        .disabled = sqlite3_column_int(stmt, 5) != 0 || role == GW_ROLES,
        .expires_ms = (uint64_t)sqlite3_column_int64(stmt, 6),
        .scope = gw_sql_text(stmt, 7),
        .created_ms = (uint64_t)sqlite3_column_int64(stmt, 8),
        .changed_ms = (uint64_t)sqlite3_column_int64(stmt, 9),
    };
}

int gw_store_find_account(struct gw_store *store, enum gw_account_kind kind,
                          const char *name, struct gw_account *ret_account)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ACCOUNT_FIND, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, kinds[kind]);
    sqlite3_bind_text(stmt, 2, name, -1, SQLITE_TRANSIENT);
    int rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW) {
        sqlite3_reset(stmt);
        return rc == SQLITE_DONE ? -ENOENT : gw_store_fault(store->db, rc);
    }
    *ret_account = row_of(stmt);
    return 0;
}

int gw_store_each_account(struct gw_store *store,
                          int (*on_row)(void *arg, const struct gw_account *row),
                          void *arg)
{
    int r = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ACCOUNT_EACH, &r);
    if (!stmt)
        return r;
    while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const struct gw_account row = row_of(stmt);
        r = on_row(arg, &row);
    }
    sqlite3_reset(stmt);
    if (r != 0)
        return r;
    return rc == SQLITE_DONE ? 0 : gw_store_fault(store->db, rc);
}

static int note(struct gw_store *store, const struct gw_author *author,
                const char *action, const struct gw_account *before,
                const struct gw_account *after)
{
    const struct gw_account *account = after ? after : before;
    char *was = before ? gw_account_change_json(before, after) : NULL;
    char *is = after ? gw_account_change_json(after, before) : NULL;
    int r = -ENOMEM;
    if ((was || !before) && (is || !after))
        r = gw_store_add_change(store, author, kinds[account->kind],
                                &(struct gw_change) {
                                    .at_ms = author->now_ms,
                                    .author = author->name,
                                    .id = account->name,
                                    .action = action,
                                    .before = was ? was : "",
                                    .after = is ? is : "",
                                });
    free(was);
    free(is);
    return r;
}

static int count(struct gw_store *store, int64_t *ret_count)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ACCOUNT_COUNT, &r);
    if (!stmt)
        return r;
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret_count = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return rc == SQLITE_ROW ? 0 : gw_store_fault(store->db, rc);
}

static int write_account(struct gw_store *store, enum gw_store_stmt which,
                         const struct gw_account *account, uint64_t now_ms)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, which, &r);
    if (!stmt)
        return r;
    gw_sql_bind_text(stmt, 1, kinds[account->kind]);
    gw_sql_bind_text(stmt, 2, account->name);
    gw_sql_bind_text(stmt, 3, account->secret);
    gw_sql_bind_text(stmt, 4, gw_role_name(account->role));
    sqlite3_bind_int(stmt, 5, account->disabled);
    sqlite3_bind_int64(stmt, 6, (sqlite3_int64)account->expires_ms);
    gw_sql_bind_text(stmt, 7, account->scope);
    sqlite3_bind_int64(stmt, 8, (sqlite3_int64)now_ms);
    return gw_store_run(stmt);
}

int gw_store_insert_account(struct gw_store *store, const struct gw_account *account,
                            const struct gw_author *author)
{
    int64_t n = 0;
    int r = count(store, &n);
    if (r == 0 && n >= GW_ACCOUNTS_MAX)
        r = -ENOBUFS;
    if (r == 0)
        r = write_account(store, GW_STMT_ACCOUNT_INSERT, account, author->now_ms);
    return r < 0 ? r : note(store, author, "created", NULL, account);
}

int gw_store_update_account(struct gw_store *store, const struct gw_account *account,
                            const struct gw_author *author)
{
    struct gw_account before;
    int r = gw_store_find_account(store, account->kind, account->name, &before);
    if (r == 0)
        r = note(store, author, "changed", &before, account);
    return r < 0 ? r
                 : write_account(store, GW_STMT_ACCOUNT_UPDATE, account, author->now_ms);
}

int gw_store_delete_account(struct gw_store *store, const struct gw_account *account,
                            const struct gw_author *author)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_ACCOUNT_DELETE, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, account->num);
    r = gw_store_run(stmt);
    return r < 0 ? r : note(store, author, "removed", account, NULL);
}
