// What `gridwall user` and `gridwall token` have in common: their arguments, and a change
// of one account in one transaction. Both say themselves what is wrong.
#ifndef GW_APP_ACCOUNT_REQUEST_H
#define GW_APP_ACCOUNT_REQUEST_H

#include "map/scope.h"
#include "map/store_accounts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { GW_TOKEN_DAYS = 365, GW_TOKEN_DAYS_MAX = 3650 };

struct gw_account_request {
    const char *verb; // "add"
    const char *name; // or NULL
    const char *dir;
    bool help;
    bool has_role;
    enum gw_role role;
    bool has_scope;
    char scope[GW_SCOPE_TEXT_MAX + 1]; // text of map/scope.h
    unsigned days;                     // until it expires
};

// Returns 0, or the exit status 2 for a wrong call.
int gw_account_request_read(struct gw_account_request *q, int argc, char **argv);

// Opens the registry that the request names. NULL: it cannot be, which was said.
struct gw_store *gw_account_request_open(const struct gw_account_request *q);

// Adds or changes an account, and closes the store. Returns the exit status.
int gw_account_request_write(struct gw_store *store, const struct gw_account *account,
                             bool add);

// Prints all accounts of a kind as a table. Returns the exit status.
int gw_account_request_list(const struct gw_account_request *q,
                            enum gw_account_kind kind);

#endif
