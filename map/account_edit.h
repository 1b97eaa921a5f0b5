// A change of one account that is asked for by the API, carried out in a transaction of
// the store: what may not be is refused there, where nobody else can change it meanwhile.
#ifndef GW_MAP_ACCOUNT_EDIT_H
#define GW_MAP_ACCOUNT_EDIT_H

#include "base/text.h"
#include "map/store_accounts.h"

#include <stdbool.h>
#include <stdint.h>

// What an account shall be. NULL and false `has_...`: is not said.
struct gw_account_edit {
    enum gw_account_kind kind;
    const char *name;
    const char *secret; // kept password, or digest of a token's word
    const char *scope;  // text of map/scope.h
    bool has_role;
    enum gw_role role;
    bool has_disabled;
    bool disabled;
    bool has_expires;
    uint64_t expires_ms; // Unix time
    // Only an account of this role, with `only_role`: another one is as if it were not.
    bool only_role;
};

enum gw_account_verb {
    GW_ACCOUNT_CREATE,  // role is required, and the secret but for a wall screen
    GW_ACCOUNT_REPLACE, // likewise the role; what else is not said is as of a new one,
                        // but for secret and expiry, which stay
    GW_ACCOUNT_PATCH,   // what is not said stays
    GW_ACCOUNT_REMOVE,
};

// What was refused: 0, -EEXIST, -ENOENT, -ENOBUFS, or -EPERM for the last administrator.
struct gw_account_refusal {
    int error;
    struct gw_text why;
};

// Carries it out and notes it. Returns 0, also when it was refused, or an error of
// map/store.h: roll back. What changes nothing is not written, so that nobody is signed
// out for it.
int gw_account_edit_apply(struct gw_store *store, enum gw_account_verb verb,
                          const struct gw_account_edit *edit,
                          const struct gw_author *author,
                          struct gw_account_refusal *ret_refusal);

// Adds the first administrator; -EEXIST where one may sign in already, or the name is
// taken: two who follow one link at once shall not both be let in.
int gw_account_found(struct gw_store *store, const struct gw_account *account,
                     const struct gw_author *author,
                     struct gw_account_refusal *ret_refusal);

#endif
