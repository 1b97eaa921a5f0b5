// The audit log in the registry's tables: entries are added to the transaction of what
// they tell of, and read. As map/store.h: one connection, one thread.
//
// Beside the entries stands the head: where the log begins (what was before has been
// given up), where it ends, and a signature over both by the key of map/audit_key.h. Each
// commit that added entries writes it.
#ifndef GW_MAP_STORE_AUDIT_H
#define GW_MAP_STORE_AUDIT_H

#include "map/audit.h"
#include "map/audit_key.h"
#include "map/store.h"

enum {
    GW_AUDIT_PAGE = 100,            // entries of an answer
    GW_AUDIT_SCAN_MAX = 50 * 1000,  // entries that are looked at for one
    GW_AUDIT_PRUNE_MAX = 20 * 1000, // entries that are given up at once
};

#define GW_AUDIT_DAY_MS (24ull * 3600 * 1000)

// Adds an entry; seq is the store's to give. What the log does not say of itself: where
// the head is not what its signature says, an entry "audit_broken" comes first, and where
// the key is another than before, "audit_key_changed". In a write transaction. Errors as
// in map/store.h.
int gw_store_add_audit(struct gw_store *store, const struct gw_audit_entry *entry);

// The same for an entry of the list of changes: as "SUBJECT_ACTION", with its number and
// its digest.
int gw_store_audit_change(struct gw_store *store, const struct gw_author *author,
                          const char *subject, const struct gw_change *change);

// SHA-256 of an entry of the list of changes. Returns 0, -ENOMEM.
int gw_change_digest(const char *subject, const struct gw_change *change,
                     uint8_t ret_digest[GW_AUDIT_HASH]);

// Where the log ends; seq 0: nothing was written yet.
int gw_store_audit_end(struct gw_store *store, struct gw_audit_anchor *ret_end);

// Which entries are asked for. NULL and 0: any.
struct gw_audit_query {
    uint64_t from_ms, to_ms; // from <= at < to
    const char *who;
    const char *subject;
    const char *action;
    uint64_t before_ms; // with before_seq: the place that a page before ended at
    int64_t before_seq;
    size_t limit; // at most
};

// Where the next page begins. `seq` 0: there is none.
struct gw_audit_place {
    uint64_t at_ms;
    int64_t seq;
};

// Calls `on_row` for entries, newest first; the row is borrowed for the call. A page may
// be shorter than the limit where many entries had to be passed over, and still have a
// next one. Otherwise as the other gw_store_each_ functions.
int gw_store_each_audit(struct gw_store *store, const struct gw_audit_query *query,
                        int (*on_row)(void *arg, const struct gw_audit_entry *row),
                        void *arg, struct gw_audit_place *ret_next);

// Gives up the oldest entries, those before `before_ms`, GW_AUDIT_PRUNE_MAX at most, and
// notes that in the log. In a write transaction. *ret_count: how many.
int gw_store_prune_audit(struct gw_store *store, uint64_t before_ms, uint64_t now_ms,
                         size_t *ret_count);

#endif
