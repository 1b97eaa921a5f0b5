#include "map/accounts.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "map/arena.h"
#include "map/room.h"
#include "map/secret.h"

struct gw_accounts {
    atomic_uint refs;
    struct gw_arena strings;
    struct gw_account_rights *items;
    size_t count, room;
    struct gw_table by_num; // made last: items move while they grow
};

struct gw_accounts *gw_accounts_ref(struct gw_accounts *a)
{
    atomic_fetch_add_explicit(&a->refs, 1, memory_order_relaxed);
    return a;
}

void gw_accounts_unref(struct gw_accounts **pa)
{
    struct gw_accounts *a = *pa;
    *pa = NULL;
    if (!a || atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < a->count; i++)
        gw_scope_finish(&a->items[i].scope);
    gw_arena_finish(&a->strings);
    gw_table_finish(&a->by_num);
    free(a->items);
    free(a);
}

static int on_account(void *arg, const struct gw_account *row)
{
    struct gw_accounts *a = arg;
    int r = gw_room_make(&a->items, &a->room, a->count, 1, sizeof(*a->items));
    if (r < 0)
        return r;
    struct gw_account_rights item = { .account = *row };
    item.account.name = gw_arena_string(&a->strings, row->name);
    item.account.secret = gw_arena_string(&a->strings, row->secret);
    item.account.scope = gw_arena_string(&a->strings, row->scope);
    if (!item.account.name || !item.account.secret || !item.account.scope)
        return -ENOMEM;
    size_t line;
    r = gw_scope_read(row->scope, &item.scope, &line);
    if (r == -ENOMEM)
        return r;
    a->items[a->count++] = item;
    return 0;
}

int gw_accounts_read(struct gw_store *store, struct gw_accounts **ret_accounts)
{
    struct gw_accounts *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    atomic_init(&a->refs, 1);
    int r = gw_store_each_account(store, on_account, a);
    for (size_t i = 0; i < a->count && r == 0; i++)
        r = gw_table_put(&a->by_num, (uint32_t)a->items[i].account.num, &a->items[i]);
    if (r < 0) {
        gw_accounts_unref(&a);
        return r;
    }
    *ret_accounts = a;
    return 0;
}

const struct gw_account_rights *gw_accounts_all(const struct gw_accounts *a,
                                                size_t *ret_n)
{
    *ret_n = a->count;
    return a->items;
}

const struct gw_account_rights *
gw_accounts_find(const struct gw_accounts *a, enum gw_account_kind kind, const char *name)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].account.kind == kind &&
            strcmp(a->items[i].account.name, name) == 0)
            return &a->items[i];
    return NULL;
}

const struct gw_account_rights *gw_accounts_user(const struct gw_accounts *a,
                                                 const char *name)
{
    return gw_accounts_find(a, GW_ACCOUNT_USER, name);
}

const struct gw_account_rights *gw_accounts_token(const struct gw_accounts *a,
                                                  const char *digest)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].account.kind == GW_ACCOUNT_TOKEN &&
            gw_secret_equal(a->items[i].account.secret, digest))
            return &a->items[i];
    return NULL;
}

const struct gw_account_rights *gw_accounts_by_num(const struct gw_accounts *a,
                                                   int64_t num)
{
    return gw_table_get(&a->by_num, (uint32_t)num);
}

bool gw_accounts_has_administrator(const struct gw_accounts *a)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct gw_account *account = &a->items[i].account;
        if (account->kind == GW_ACCOUNT_USER && !account->disabled &&
            account->role == GW_ROLE_ADMINISTRATOR)
            return true;
    }
    return false;
}
