// Where connections go to, in levels: a host, the subnet it lies in (IPv4 /24,
// IPv6 /64: about what one uplink carries), and all of them together. A host that
// is known by name only lies in no subnet.
//
// For admission.c only: it keeps its counts and lines here, and locks.
#ifndef GW_INGEST_HOST_GROUP_H
#define GW_INGEST_HOST_GROUP_H

#include "base/list.h"
#include "base/table.h"
#include "ingest/deadlines.h"

#include <stdbool.h>
#include <stdint.h>

enum gw_priority {
    GW_PRIORITY_WALL,   // somebody looks at it
    GW_PRIORITY_WARM,   // a patrol or a map will want it soon
    GW_PRIORITY_ALWAYS, // pulled whether or not somebody looks
    GW_PRIORITY_PROBE,  // only to know whether it answers
    GW_PRIORITIES,
};

enum gw_group_level { GW_GROUP_HOST, GW_GROUP_SUBNET, GW_GROUP_ALL, GW_GROUP_LEVELS };

struct gw_group {
    enum gw_group_level level;
    struct gw_group *parent; // NULL: ALL
    struct gw_list inside;   // a HOST's tickets; else the groups of a lower level
    struct gw_list link;     // in parent->inside
    size_t members;          // inside

    // Who waits, by priority, ordered by the number of asking: a HOST's tickets; else the
    // groups inside that have room for somebody who waits in them. `place` is this
    // group's in the parent's lines.
    struct gw_deadlines line[GW_PRIORITIES];
    struct gw_deadline place[GW_PRIORITIES];

    uint32_t attempts;    // under way
    uint32_t connections; // that stand
    uint32_t failures;    // by the network, in a row
    bool full;            // HOST: it said so; no more attempts than `trial` at once
    uint32_t trial;
    struct gw_deadline trial_at; // HOST, full: when the next one may be made

    struct gw_group *same_hash; // private to host_group.c
    uint32_t hash;
    char name[];
};

struct gw_groups {
    struct gw_table by_hash; // hosts and subnets
    struct gw_group *all;
};

// Returns 0 or -ENOMEM.
int gw_groups_init(struct gw_groups *g);

// No host may be left.
void gw_groups_finish(struct gw_groups *g);

// Finds or makes the group of a host, as its URL names it (numeric, without
// brackets, or a name). Put something inside, or release it. Returns NULL when out
// of memory.
struct gw_group *gw_groups_host(struct gw_groups *g, const char *host);

// Makes room in the lines for one more member. Returns 0 or -ENOMEM.
int gw_group_reserve(struct gw_group *group);

// Puts a member inside, for which room was reserved, or takes it out.
void gw_group_enter(struct gw_group *group, struct gw_list *member);
void gw_group_leave(struct gw_group *group, struct gw_list *member);

// Frees a host with nothing inside, and its subnet when that is empty too.
void gw_groups_release(struct gw_groups *g, struct gw_group *host);

#endif
