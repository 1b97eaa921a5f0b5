// What was answered to requests that carry a key, so that one who never heard the answer
// may ask again and changes nothing twice (draft-ietf-httpapi-idempotency-key-header). It
// is kept in the transaction that makes the change. Errors are those of map/store.h.
#ifndef GW_MAP_STORE_ANSWERS_H
#define GW_MAP_STORE_ANSWERS_H

#include "map/registry.h"
#include "map/store.h"

#define GW_ANSWERS_KEPT_MS (24ll * 3600 * 1000)
enum { GW_ANSWERS_KEPT_MAX = 1000 }; // of one account; then the oldest is forgotten

// The answer to that key; -ENOENT: there is none, or it is too old; -EALREADY: the key
// was another request's. Borrowed until the next find or the end of the transaction.
int gw_store_find_answer(struct gw_store *store, const struct gw_author *account,
                         const struct gw_once *once, struct gw_kept_answer *ret_answer);

// In a write transaction.
int gw_store_keep_answer(struct gw_store *store, const struct gw_author *account,
                         const struct gw_once *once, const struct gw_kept_answer *answer);

#endif
