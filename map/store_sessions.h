// Sessions of users in the registry's tables, so that who is in stays in when the engine
// starts anew: a wall of screens needs nobody after a power cut. As map/store.h: one
// connection, one thread.
//
// Of the word that a browser holds the digest is kept; it opens nothing.
#ifndef GW_MAP_STORE_SESSIONS_H
#define GW_MAP_STORE_SESSIONS_H

#include "map/store.h"

enum {
    GW_SESSIONS_OF_USER = 64
}; // further ones end the one that was heard of longest ago

// Strings borrowed.
struct gw_kept_session {
    const char *digest;
    uint32_t account;    // its number
    uint64_t generation; // changed_ms of the account: with other rights it is over
    uint64_t heard_ms;   // of when it was heard of, Unix time, now and then
    uint64_t until_ms;   // when it ends in any case
};

enum gw_session_verb {
    GW_SESSION_ENTER,
    GW_SESSION_HEARD, // heard_ms alone; of one that has left, nothing
    GW_SESSION_LEAVE, // digest alone
};

// Within a transaction of the caller's. Who enters makes room: what is over is removed,
// and of the account's sessions all but GW_SESSIONS_OF_USER.
int gw_store_write_session(struct gw_store *store, enum gw_session_verb verb,
                           const struct gw_kept_session *session, uint64_t now_ms);

// As the other gw_store_each_ functions; also such as are over.
int gw_store_each_session(struct gw_store *store,
                          int (*on_row)(void *arg, const struct gw_kept_session *row),
                          void *arg);

#endif
