// Who sends a request: a user who signed in, a program with a token, or, while
// nobody signs in, anybody. Reference-counted; what it says of rights never
// changes: who is given others is another guest. Any thread.
#ifndef GW_APP_GUEST_H
#define GW_APP_GUEST_H

#include "map/rights.h"
#include "map/scope.h"
#include "ws/server.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_GUEST_NAME_MAX = 96, // bytes: "token: NAME"
    GW_GUEST_TAG_MAX = 12,  // bytes; what is longer is cut
};

struct gw_guest_plan {
    const char *name; // stands in the list of changes
    const char *tag;  // tells one sign-in from another, no secret; NULL: there are none
    enum gw_role role;
    const struct gw_scope *scope; // borrowed for the call; NULL: everything
    uint64_t until_ms;            // Unix time; 0: for ever
    uint64_t idle_ms;             // at most this long without being heard of; 0: any
    // Whose rights it has (map/store_accounts.h), and since when the account is as it is;
    // 0: nobody's.
    uint32_t account;
    uint64_t generation;
    const char
        *session; // digest of its word (app/sessions.h); NULL: it has none that is kept
    bool by_link; // came by a live link: sees one stream, and nothing else
};

// Returns NULL when out of memory.
struct gw_guest *gw_guest_create(const struct gw_guest_plan *plan, uint64_t now_ms);
struct gw_guest *gw_guest_ref(struct gw_guest *g);
void gw_guest_unref(struct gw_guest **pg);

const char *gw_guest_name(const struct gw_guest *g);
const char *gw_guest_tag(const struct gw_guest *g); // "": none
enum gw_role gw_guest_role(const struct gw_guest *g);

// The digest of its session; "": none.
const char *gw_guest_session(const struct gw_guest *g);

// When it ends in any case, Unix time; 0: never.
uint64_t gw_guest_until_ms(const struct gw_guest *g);

// Whether it is time to write down that its session has been heard of: true once in a
// sixteenth of how long it may be silent.
bool gw_guest_is_due(struct gw_guest *g, uint64_t now_ms);

uint32_t gw_guest_account(const struct gw_guest *g);
uint64_t gw_guest_generation(const struct gw_guest *g);
bool gw_guest_is_by_link(const struct gw_guest *g);

// NULL: everything.
const struct gw_scope *gw_guest_scope(const struct gw_guest *g);

// From now on nobody is let in as this guest, and who is in goes.
void gw_guest_end(struct gw_guest *g);

// Whether it may stay; if so it has been heard of now.
bool gw_guest_stands(struct gw_guest *g, uint64_t now_ms);

// Whether it would, without it being heard of.
bool gw_guest_has_ended(const struct gw_guest *g, uint64_t now_ms);

// When it was heard of last, Unix time.
uint64_t gw_guest_heard_ms(const struct gw_guest *g);

#endif
