// Entries that wait to be written into the audit log, in order and bounded. What finds no
// room is counted, and the count becomes an entry of its own. One thread at a time: the
// caller locks.
#ifndef GW_MAP_AUDIT_QUEUE_H
#define GW_MAP_AUDIT_QUEUE_H

#include "map/audit.h"

// Entries, some 400 bytes each. As many again may be on their way to the disk.
enum { GW_AUDIT_WAITING_MAX = 32 * 1024 };

struct gw_audit_note {
    struct gw_audit_note *next;
    struct gw_audit_entry entry; // its strings lie in `strings`
    char strings[];
};

// All zero: empty.
struct gw_audit_queue {
    struct gw_audit_note *first;
    struct gw_audit_note *last;
    size_t waiting;
    uint64_t lost; // that found no room, since the last note of it
};

// Copies the entry. Returns 0, -ENOBUFS or -ENOMEM: then it is counted as lost.
int gw_audit_queue_push(struct gw_audit_queue *q, const struct gw_audit_entry *entry);

// Takes all that waits; gw_audit_queue_finish() it, or give it back.
struct gw_audit_queue gw_audit_queue_take(struct gw_audit_queue *q);

// What was taken could not be written: it waits again, in front.
void gw_audit_queue_give_back(struct gw_audit_queue *q, struct gw_audit_queue *taken);

// Empties it.
void gw_audit_queue_finish(struct gw_audit_queue *q);

#endif
