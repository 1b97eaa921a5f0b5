// What the store thread does for the audit log: it writes what waits in a transaction, a
// quarter of a second after the first of it at the latest, gives up what is too old, and
// prints anchors, which an outside log keeps. No thread and no lock of its own:
// map/registry.c has those.
#ifndef GW_MAP_AUDIT_WRITER_H
#define GW_MAP_AUDIT_WRITER_H

#include "map/audit_queue.h"
#include "map/store.h"

#include <stdbool.h>

enum {
    GW_AUDIT_DELAY_MS = 250,     // that an entry waits for others
    GW_AUDIT_RETRY_MS = 1000,    // after a failure
    GW_AUDIT_ANCHOR_S = 3600,    // between anchors
    GW_AUDIT_PRUNE_S = 3600,     // between looks at what is too old
    GW_AUDIT_DAYS_MIN = 180,     // GB/T 22239: six months
    GW_AUDIT_DAYS_DEFAULT = 400, // as the norms
    GW_AUDIT_DAYS_MAX = 3650,
};

struct gw_audit_writer {
    // Under the registry's lock.
    struct gw_audit_queue queue;
    uint64_t pushed;  // entries that got in
    uint64_t written; // of these, on disk
    uint64_t lost;    // entries that did not get in, ever
    uint64_t failures;
    uint64_t due_ms;  // when what waits is written, monotonic; 0: nothing waits
    uint64_t awaited; // up to this one somebody waits for it

    // The store thread's.
    uint64_t days;
    uint64_t prune_ms;  // when to look next, monotonic
    uint64_t anchor_ms; // when to print next, likewise
    int64_t anchored;   // the last entry that was printed
};

// Under the lock: takes an entry in. Returns its ticket, or 0 when it was lost.
uint64_t gw_audit_writer_push(struct gw_audit_writer *w,
                              const struct gw_audit_entry *entry, uint64_t now_ms);

// Whether something is to be written or looked at now.
bool gw_audit_writer_is_due(const struct gw_audit_writer *w, uint64_t now_ms);

// In the transaction: adds what was taken from the queue, and prunes where it is time.
// Errors of map/store.h.
int gw_audit_writer_apply(struct gw_audit_writer *w, const struct gw_audit_queue *taken,
                          struct gw_store *store, uint64_t unix_ms, uint64_t now_ms);

// Under the lock: what became of it.
void gw_audit_writer_done(struct gw_audit_writer *w, struct gw_audit_queue *taken,
                          int error, uint64_t now_ms);

// After a commit, and at the end (`last`): prints where the log ends, where it is time.
void gw_audit_writer_anchor(struct gw_audit_writer *w, struct gw_store *store, bool last,
                            uint64_t now_ms);

#endif
