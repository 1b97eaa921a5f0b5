// When the frames of wall sockets leave.
//
// One send a frame is what a relay costs, so the frames of one wall that are due
// within a few milliseconds of each other leave in one message. The walls of a shard
// share one line and one beat: whoever comes between two beats leaves with the next,
// and one timer wakes the shard for all of them. What does not wait, and what leaves
// with it, is the wall's to say (wall.c).
//
// It does no I/O and reads no clock. One thread.
#ifndef GW_WS_BATCH_H
#define GW_WS_BATCH_H

#include "base/hot.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_BATCH_US = 6000, // between two beats: the longest that a frame waits

    // A timer may fire this much before the beat: no use to wait for the rest.
    GW_BATCH_EARLY_US = 1000,
};

// One wall's place in the line; embedded in its owner. All zero: not in the line.
struct gw_batch_place {
    struct gw_batch_place *prev;
    struct gw_batch_place *next;
    uint64_t due_us;   // 0: not in the line
    struct gw_hot hot; // what its owner reads when its turn comes; the owner sets it
};

// All zero: nobody waits.
struct gw_batch {
    struct gw_batch_place *first;
    struct gw_batch_place *last;
};

// Takes a place in the line, or keeps the one there is.
void gw_batch_wait(struct gw_batch *b, struct gw_batch_place *place, uint64_t now_us);

// Leaves the line, if in it: it has sent what waited, or goes.
void gw_batch_leave(struct gw_batch *b, struct gw_batch_place *place);

// Takes the next one out of the line that is due. Returns NULL when none is.
struct gw_batch_place *gw_batch_take(struct gw_batch *b, uint64_t now_us);

// Fetches the memory of those whose turn comes next.
void gw_batch_fetch_next(const struct gw_batch *b);

// How long until the first is due, 0 when it is; UINT64_MAX when nobody waits.
uint64_t gw_batch_left_us(const struct gw_batch *b, uint64_t now_us);

#endif
