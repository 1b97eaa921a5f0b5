// What access.c and access_sign_in.c share; nobody else includes it.
#ifndef GW_APP_ACCESS_INTERNAL_H
#define GW_APP_ACCESS_INTERNAL_H

#include "app/access.h"
#include "app/link_keys.h"
#include "app/lockout.h"
#include "app/sessions.h"
#include "map/accounts.h"

#include <pthread.h>

struct gw_access {
    const struct gw_settings *settings;
    struct gw_registry *registry;
    struct gw_audit *audit;
    struct gw_sessions *sessions;
    struct gw_guest *anybody; // while nobody signs in; else NULL
    struct gw_link_keys *link_keys;
    struct gw_screens *screens;

    pthread_mutex_t lock; // for all below
    struct gw_lockout *lockout;
    unsigned checks;             // passwords that are being checked
    char set_up[GW_SECRET_TEXT]; // digest of the link's word; "": there is none
    uint64_t set_up_until_ms;
};

uint64_t gw_access_now_ms(void); // Unix time

// Whether what browsers are told travels by TLS, here or up to the proxy in front of us;
// and the name of the cookie.
bool gw_access_is_secure(const struct gw_access *a);
const char *gw_access_cookie_name(const struct gw_access *a);

// The word in "name=WORD; other=..." (RFC 6265 section 5.4). False: there is none.
bool gw_access_read_cookie(const char *header, const char *name,
                           char ret_word[GW_SECRET_TEXT]);

// Lets in whose account was good a moment ago. Returns 0 with a reference, -ENOMEM,
// -ENOBUFS, or -EAGAIN when the account was changed meanwhile.
int gw_access_let_in(struct gw_access *a, const char *digest,
                     const struct gw_account_rights *account,
                     struct gw_guest **ret_guest);

// Notes in the audit log what a guest does.
void gw_access_note(struct gw_access *a, const struct gw_guest *guest,
                    const char *address, const char *action);

// What is kept of a guest's session; the digest is the guest's.
struct gw_kept_session gw_access_kept_of(const struct gw_guest *guest);

#endif
