// Who is in: sessions of users who signed in, and tokens that were used, each found by
// the digest of its word; the words themselves are kept nowhere. In memory: what outlives
// the engine is map/store_sessions.h's. Reads no clock. Any thread.
#ifndef GW_APP_SESSIONS_H
#define GW_APP_SESSIONS_H

#include "app/guest.h"
#include "map/accounts.h"
#include "map/store_sessions.h"

enum {
    GW_SESSIONS_MAX = 20000, // and of an account GW_SESSIONS_OF_USER
};

struct gw_sessions;

// Returns NULL when out of memory.
struct gw_sessions *gw_sessions_create(void);
void gw_sessions_destroy(struct gw_sessions *s);

// Lets an account in under the digest of its word; who is in under it already stays so. A
// user's session ends when nobody has heard of it for half a day, and after a week; a
// wall screen's after a month and a year, for nobody sits there; a token with the
// account. `until_ms`, unless it is 0, is another end: of one that was in before the
// engine started, and was heard of last at `now_ms`. *ret_guest is a reference. Returns
// 0, -ENOMEM, or -ENOBUFS when there are GW_SESSIONS_MAX.
int gw_sessions_enter(struct gw_sessions *s, const char *digest,
                      const struct gw_account_rights *account, uint64_t now_ms,
                      uint64_t until_ms, struct gw_guest **ret_guest);

// A reference to whose session it is, heard of now; NULL: there is none.
struct gw_guest *gw_sessions_find(struct gw_sessions *s, const char *digest,
                                  uint64_t now_ms);

// Ends a session, if there is one.
void gw_sessions_leave(struct gw_sessions *s, const char *digest);

// Ends those whose account is not as it was when they came in, and those whose time is
// over. Who enters by accounts that may have changed meanwhile is to be rechecked by
// those that are then.
void gw_sessions_recheck(struct gw_sessions *s, const struct gw_accounts *accounts,
                         uint64_t now_ms);

#endif
