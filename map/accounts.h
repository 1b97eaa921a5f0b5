// Users and tokens at one moment, in memory: immutable, reference-counted, readable from
// any thread without a lock.
#ifndef GW_MAP_ACCOUNTS_H
#define GW_MAP_ACCOUNTS_H

#include "map/scope.h"
#include "map/store_accounts.h"

struct gw_accounts;

// One of them, with its scope read. What cannot be read is the scope of nothing.
struct gw_account_rights {
    struct gw_account account; // strings live as long as the accounts
    struct gw_scope scope;
};

// Reads all accounts as of one moment; call it outside of a transaction. Returns 0,
// -ENOMEM or an error of map/store.h.
int gw_accounts_read(struct gw_store *store, struct gw_accounts **ret_accounts);

struct gw_accounts *gw_accounts_ref(struct gw_accounts *a);
void gw_accounts_unref(struct gw_accounts **pa);

// Sorted by kind, then name.
const struct gw_account_rights *gw_accounts_all(const struct gw_accounts *a,
                                                size_t *ret_n);

// One account, or NULL.
const struct gw_account_rights *gw_accounts_user(const struct gw_accounts *a,
                                                 const char *name);
const struct gw_account_rights *gw_accounts_find(const struct gw_accounts *a,
                                                 enum gw_account_kind kind,
                                                 const char *name);
const struct gw_account_rights *gw_accounts_token(const struct gw_accounts *a,
                                                  const char *digest);

const struct gw_account_rights *gw_accounts_by_num(const struct gw_accounts *a,
                                                   int64_t num);

// Whether there is an administrator who may sign in: without one nobody could ever let
// anybody in.
bool gw_accounts_has_administrator(const struct gw_accounts *a);

#endif
