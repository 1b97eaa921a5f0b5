// Lets attempts to connect begin: how many a second, how many at once, how many to
// one host and one subnet, and who comes first. One for the whole process; the
// fleets of all shards ask it, for a network does not care which thread calls.
//
// Who waits is served by priority, within one by the order of asking. So that
// nobody starves, one turn in GW_ADMISSION_FAIR_EVERY goes to whoever waits
// longest; so that cameras which do not answer cannot keep a wall waiting, a
// quarter of all attempts under way is kept free for walls, and three quarters
// from health probes.
//
// A host that says it serves no more sessions (453, 503) is let alone for a while,
// then asked by one, two, four ... at a time as long as it takes them.
//
// When a group of hosts that only failed answers again, all who wait there for
// their back-off are recalled: they may ask at once, and come in line.
//
// Each call costs O(log n) of those who wait, and as much again for each turn given.
//
// It does no I/O and reads no clock. Attempts are rare, so one mutex guards it:
// any thread may call, `now_us` of one thread may lie a little behind another's.
#ifndef GW_INGEST_ADMISSION_H
#define GW_INGEST_ADMISSION_H

#include "ingest/host_group.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    // Turns that were not used for want of work may be made up for, at most this
    // much time's worth: a wall of nine cameras need not wait in line.
    GW_ADMISSION_BURST_US = 100 * 1000,
    // A turn that is not taken within this time is over, so that attempts of a busy
    // thread do not come in a heap.
    GW_ADMISSION_LATE_US = 100 * 1000,
    GW_ADMISSION_FAIR_EVERY = 16, // turns
};

struct gw_admission;
struct gw_admission_client;
struct gw_ticket;

struct gw_admission_config {
    uint32_t attempts_per_s; // in no second more than this, > 0

    // For each level: attempts under way at once (> 0), and these with connections
    // that stand (0: no limit).
    uint32_t attempts_max[GW_GROUP_LEVELS];
    uint32_t connections_max[GW_GROUP_LEVELS];
    uint64_t full_us; // a host that is full is left alone for this long
};

struct gw_admission_stats {
    uint64_t turns;       // given so far
    uint64_t returns;     // of groups that had failed
    uint64_t full;        // times a host said so
    uint32_t attempts;    // under way
    uint32_t connections; // that stand
    uint32_t waiting;     // for their turn
};

// Sensible figures.
struct gw_admission_config gw_admission_config_default(void);

// Returns 0 or -ENOMEM. `config` is copied.
int gw_admission_create(const struct gw_admission_config *config,
                        struct gw_admission **ret_admission);

// All clients must have left. NULL is allowed.
void gw_admission_destroy(struct gw_admission *a);

void gw_admission_stats(struct gw_admission *a, struct gw_admission_stats *ret_stats);

// A fleet enters. `on_wake` (NULL: the only client) is called by another client's
// thread, with the lock held, when gw_admission_next_us() has changed: it must do no
// more than see to it that this client's thread soon asks for it. What a client's own
// calls change it is not told: it asks after each.
// Returns 0 or -ENOMEM.
int gw_admission_enter(struct gw_admission *a, void (*on_wake)(void *arg), void *arg,
                       struct gw_admission_client **ret_client);

// No ticket may be left. NULL is allowed. on_wake is not called any more.
void gw_admission_leave(struct gw_admission_client *client);

// A ticket for connections to `host`, as its URL names it. `owner` comes back from
// the functions below. Returns 0 or -ENOMEM.
int gw_ticket_create(struct gw_admission_client *client, const char *host, void *owner,
                     struct gw_ticket **ret_ticket);

// Gives back what it holds. NULL is allowed.
void gw_ticket_destroy(struct gw_ticket *t, uint64_t now_us);

// Stands in line, or if it does so already, changes the priority without losing its
// place. The ticket holds neither turn nor connection.
void gw_ticket_ask(struct gw_ticket *t, enum gw_priority priority, uint64_t now_us);

// The attempt that its turn was for became a connection.
void gw_ticket_connected(struct gw_ticket *t, uint64_t now_us);

enum gw_release {
    GW_RELEASE_CLOSED,   // by us, or for a reason that says nothing of the host
    GW_RELEASE_ANSWERED, // by us, after the host had answered all we asked
    GW_RELEASE_LOST,     // the network or the host let us down
    GW_RELEASE_FULL,     // the host serves no more sessions
};

// Gives back place, turn or connection.
void gw_ticket_release(struct gw_ticket *t, enum gw_release how, uint64_t now_us);

// The owner of a ticket whose turn has come, or NULL. The attempt counts as under way
// until gw_ticket_connected() or _release().
void *gw_admission_take(struct gw_admission_client *client, uint64_t now_us);

// The owner of a ticket that was recalled while it held nothing, or NULL.
void *gw_admission_take_recalled(struct gw_admission_client *client);

// When gw_admission_take() may have something: a time in the past means now,
// UINT64_MAX means not before a wake-up.
uint64_t gw_admission_next_us(struct gw_admission_client *client);

#endif
