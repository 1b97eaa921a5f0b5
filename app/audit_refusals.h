// What is refused again and again, merged: the first one of a kind is told at once, equal
// ones of the next minute as one, with their count. So whoever asks in vain cannot fill
// the audit log. Reads no clock, does no I/O. One thread at a time: the caller locks.
#ifndef GW_APP_AUDIT_REFUSALS_H
#define GW_APP_AUDIT_REFUSALS_H

#include "map/audit.h"

#include <stdbool.h>

enum {
    GW_AUDIT_REFUSALS_ROWS = 128, // kinds at once; what is of none of them is one kind
    GW_AUDIT_REFUSALS_MERGE_MS = 60000,
};

struct gw_audit_refusals;

// Returns NULL when out of memory.
struct gw_audit_refusals *gw_audit_refusals_create(void);
void gw_audit_refusals_destroy(struct gw_audit_refusals *r);

// Who, address, action, subject and outcome make a kind. Returns true when this one is to
// be told by itself; else it was counted.
bool gw_audit_refusals_note(struct gw_audit_refusals *r,
                            const struct gw_audit_entry *entry);

// Tells of what was counted, for kinds whose minute is over at `now_ms` (UINT64_MAX: of
// all); `on_entry` is called with entries that have {"count":N,"from_ms":T}. Returns when
// to come again, UINT64_MAX: not for now.
uint64_t gw_audit_refusals_tell(struct gw_audit_refusals *r, uint64_t now_ms,
                                void (*on_entry)(void *arg,
                                                 const struct gw_audit_entry *entry),
                                void *arg);

#endif
