// Users and tokens in the registry's tables. As map/store.h: one connection, one thread.
#ifndef GW_MAP_STORE_ACCOUNTS_H
#define GW_MAP_STORE_ACCOUNTS_H

#include "map/rights.h"
#include "map/store.h"

enum {
    GW_ACCOUNT_NAME_MAX = 64, // bytes of a user's or token's name
    GW_ACCOUNTS_MAX = 10000,  // of both kinds together; more are refused
};

enum gw_account_kind {
    GW_ACCOUNT_USER,  // signs in with a password
    GW_ACCOUNT_TOKEN, // a program that sends its word along
    GW_ACCOUNT_KINDS,
};

// Strings are never NULL.
struct gw_account {
    int64_t num; // never given to another; below 2^32
    enum gw_account_kind kind;
    const char *name;   // unique among its kind
    const char *secret; // kept password, or digest of the word (map/secret.h)
    enum gw_role role;
    bool disabled;       // a token: revoked
    uint64_t expires_ms; // Unix time; 0: never
    const char *scope;   // text of map/scope.h
    uint64_t created_ms, changed_ms;
};

// Whether a name can be an account's: 1 to GW_ACCOUNT_NAME_MAX bytes of UTF-8 without
// control characters, no blank at either end, and no '/': what stands behind one in an
// address is something of the account's, as its password.
bool gw_account_name_valid(const char *name);

// -ENOENT. The strings are borrowed until the next find, or the end of the transaction.
int gw_store_find_account(struct gw_store *store, enum gw_account_kind kind,
                          const char *name, struct gw_account *ret_account);

// As the other gw_store_each_ functions; in order of kind and name.
int gw_store_each_account(struct gw_store *store,
                          int (*on_row)(void *arg, const struct gw_account *row),
                          void *arg);

// Adds an account; num and times are the store's to give. -EEXIST: there is one of that
// kind and name; -ENOBUFS: there are GW_ACCOUNTS_MAX. It is noted in the list of changes,
// without its secret.
int gw_store_insert_account(struct gw_store *store, const struct gw_account *account,
                            const struct gw_author *author);

// Overwrites secret, role, scope, expiry and whether it is disabled, of the account with
// that kind and name. -ENOENT. Noted likewise.
int gw_store_update_account(struct gw_store *store, const struct gw_account *account,
                            const struct gw_author *author);

// Removes an account that was found; its number is not given to another. Noted likewise.
int gw_store_delete_account(struct gw_store *store, const struct gw_account *account,
                            const struct gw_author *author);

#endif
