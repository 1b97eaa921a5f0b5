// Users, tokens and screens as JSON: what is asked of them, and how they stand.
#ifndef GW_APP_JSON_ACCOUNT_H
#define GW_APP_JSON_ACCOUNT_H

#include "base/buf.h"
#include "base/text.h"
#include "map/account_edit.h"
#include "map/accounts.h"
#include "map/secret.h"

#include <stddef.h>
#include <stdint.h>

enum { GW_SCREEN_CODE = 16 }; // bytes of the code that a screen shows, NUL included

// What a body asks of an account. Its secrets are to be wiped.
struct gw_account_wish {
    unsigned has;                // which fields were there: bits below
    struct gw_account_edit edit; // strings lie in the rest
    char name[GW_ACCOUNT_NAME_MAX + 1];
    char password[GW_PASSWORD_MAX + 1];
    char old_password[GW_PASSWORD_MAX + 1];
    char scope[GW_SCOPE_TEXT_MAX + 1];
    char code[GW_SCREEN_CODE];
    uint32_t days; // until a token expires
};

enum gw_account_field {
    GW_FIELD_NAME = 1 << 0,
    GW_FIELD_PASSWORD = 1 << 1,
    GW_FIELD_OLD_PASSWORD = 1 << 2,
    GW_FIELD_ROLE = 1 << 3,
    GW_FIELD_SCOPE = 1 << 4,
    GW_FIELD_DISABLED = 1 << 5,
    GW_FIELD_DAYS = 1 << 6,
    GW_FIELD_CODE = 1 << 7,
};

enum { GW_ACCOUNT_DAYS_MAX = 3650 };

// Reads the fields of `may`, of which those of `must` have to be there; any other field
// is refused. Returns 0, -EBADMSG when it is no JSON object, or -EINVAL with the sentence
// that says which field is wrong and how to mend it (static). `ret_wish` is not to be
// moved afterwards.
int gw_json_read_account(const char *text, size_t len, unsigned may, unsigned must,
                         struct gw_account_wish *ret_wish, struct gw_text *ret_why);

// One account without its secret, but with `word` where that is told this once (else
// NULL). Owned by the caller; NULL: out of memory.
struct gw_buf *gw_json_account(const struct gw_account *account, const char *word);

// All accounts of a kind as "items"; those of `role` alone unless it is GW_ROLES.
struct gw_buf *gw_json_accounts(const struct gw_accounts *accounts,
                                enum gw_account_kind kind, enum gw_role role);

#endif
