// Counts the audit log after: whether every entry is as it was written, in its place, and
// none is missing, at the end neither. Reads only; others may write meanwhile.
#ifndef GW_MAP_AUDIT_VERIFY_H
#define GW_MAP_AUDIT_VERIFY_H

#include "base/text.h"
#include "map/audit.h"
#include "map/store.h"

enum gw_audit_fault {
    GW_AUDIT_GOOD,
    GW_AUDIT_ALTERED,    // the entry, or the hash of it or of the one before, is another
    GW_AUDIT_MISSING,    // the entry is not there, though later ones are
    GW_AUDIT_CUT,        // entries from this one on are gone: the head knows of them
    GW_AUDIT_UNSIGNED,   // entries from this one on were added behind the head's back
    GW_AUDIT_HEAD,       // the head is not what its signature says
    GW_AUDIT_EMPTIED,    // the key was used, and there is neither entry nor head
    GW_AUDIT_BEGINNING,  // entries up to this one are gone, and no entry tells of it
    GW_AUDIT_CHANGE,     // the change that the entry tells of is another, or gone
    GW_AUDIT_TOLD,       // the entry itself says that the log was found broken there
    GW_AUDIT_NOT_ANCHOR, // the entry is not the one that an anchor was taken of
    GW_AUDIT_FAULTS,
};

struct gw_audit_verdict {
    enum gw_audit_fault fault;
    int64_t fault_seq;           // the first entry that is not in order
    size_t entries;              // that were in order
    int64_t first_seq, last_seq; // 0: there are none
    uint64_t from_ms, to_ms;     // Unix time of those two
    size_t changes;              // entries whose change was compared
    size_t pruned;               // entries given up before the first one
    bool has_key;                // there is audit.key: the end was checked by it
    bool other_key;              // but it is not the one that signed: the end was not
    struct gw_audit_anchor end;  // of the last entry that was in order
};

struct gw_audit_check {
    const struct gw_audit_anchor *anchors; // to compare with, borrowed
    size_t anchor_count;
    // Every 65,536 entries, with how many there are about. NULL: none.
    void (*on_progress)(void *arg, size_t done, size_t total);
    void *arg;
};

// Returns 0 with the verdict, also of a broken log; or an error of map/store.h when it
// could not be read.
int gw_audit_verify(struct gw_store *store, const struct gw_audit_check *check,
                    struct gw_audit_verdict *ret_verdict);

// "altered": the stable name, and what people read; "%lld" in it is the entry's number.
const char *gw_audit_fault_name(enum gw_audit_fault fault);
struct gw_text gw_audit_fault_text(enum gw_audit_fault fault);

#endif
