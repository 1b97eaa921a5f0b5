// Puts RTP packets that UDP brought out of order back into it, over a short
// window. No I/O, no clock.
//
// A packet that is next goes on at once. One that is ahead waits for those before
// it: until they come, until HOLD_US have passed, or until the window is full;
// then the gap is passed on as a gap, which the depacketisers see by its sequence
// numbers. What comes later than that is dropped, as is what came already: so
// the order is strict and nothing comes twice.
#ifndef GW_INGEST_REORDER_H
#define GW_INGEST_REORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_REORDER_WINDOW = 64,            // packets that may wait, a power of two
    GW_REORDER_BYTES_MAX = 256 * 1024, // of all that wait
    GW_REORDER_HOLD_US = 100 * 1000,   // for the oldest gap, at most
};

struct gw_reorder;

struct gw_reorder_stats {
    uint64_t reordered;  // came behind a later one, and were put before it
    uint64_t late;       // behind what had gone on already, or far off: dropped
    uint64_t duplicates; // of one that waits: dropped
    uint64_t lost;       // did not come in time; a jump of the numbers counts 1
    uint64_t no_memory;  // ahead, and there was no memory to keep it: dropped
};

// `on_packet` takes packets in order, borrowed for the call; it must not call the
// reorderer. Returns NULL when out of memory.
struct gw_reorder *
gw_reorder_create(void (*on_packet)(void *arg, const void *data, size_t len), void *arg);

// NULL is allowed. What waits is dropped.
void gw_reorder_destroy(struct gw_reorder *r);

// Takes the packet of `ssrc` and `seq`, borrowed for the call. Another ssrc, and two
// numbers in a row that are far from the last ones, begin anew: what waits goes on
// first.
void gw_reorder_packet(struct gw_reorder *r, uint32_t ssrc, uint16_t seq,
                       const void *data, size_t len, uint64_t now_us);

// Passes gaps over that are older than HOLD_US.
void gw_reorder_tick(struct gw_reorder *r, uint64_t now_us);

// When gw_reorder_tick() has something to do; UINT64_MAX: never.
uint64_t gw_reorder_deadline_us(const struct gw_reorder *r);

// Packets that wait now.
size_t gw_reorder_waiting(const struct gw_reorder *r);

void gw_reorder_stats(const struct gw_reorder *r, struct gw_reorder_stats *ret_stats);

#endif
