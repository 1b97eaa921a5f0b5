// All GOP caches of one shard, and who goes first when the bound on all of them
// together is reached: the least watched.
//
// The bound holds for all shards of the process: they share a budget, and nothing
// else. One shard cannot take a cache from another, so the last part of the budget
// (GW_GOP_RESERVE_SHARE) is for streams that somebody watches: once it is touched,
// streams that nobody watches give up theirs, on whatever shard, each at its own
// next frame. Who needs room takes it
//   - unwatched: up to the reserve, from streams that stand ahead of it in the line
//     of the unwatched; a stream that has no cache yet waits for better times;
//   - watched: up to the bound, from all that are unwatched, and then from those
//     with fewer viewers. Else it goes without: its viewers who join wait for a key
//     frame.
// There is a line for each number of viewers. In it stands first what began to be cached
// last, and behind it whose number of viewers became this one, latest last. So nobody is
// looked for: what a cache or an eviction costs does not grow with the streams.
#ifndef GW_MUX_GOP_SHELF_H
#define GW_MUX_GOP_SHELF_H

#include "mux/gop_cache.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_GOP_RESERVE_SHARE = 16, // of the budget
    GW_GOP_RANKS = 256,        // lines; streams with as many viewers and more are equals
};

// Shared by the shelves of all shards. Two of them that ask at the same moment may
// both get the last pages: it is exceeded by a frame of each at most.
struct gw_gop_budget {
    size_t max_bytes; // of pages
    atomic_size_t used_bytes;
};

struct gw_gop_line {
    struct gw_gop_cache *first;
    struct gw_gop_cache *last;
};

struct gw_gop_shelf_stats {
    uint64_t bytes;   // of the frames that are cached
    uint64_t memory;  // bytes that they take, idle pages included
    uint64_t evicted; // GOPs that outgrew the bound of their stream
    uint64_t shed;    // caches given up for the bound on all together
};

// For the functions below only.
struct gw_gop_shelf {
    struct gw_page_pool pool;
    struct gw_gop_budget *budget;           // NULL: no bound on all together
    struct gw_gop_line lines[GW_GOP_RANKS]; // caches that are not empty, by viewers
    unsigned held;
    uint64_t bytes;
    uint64_t evicted;
    uint64_t shed;
};

void gw_gop_budget_init(struct gw_gop_budget *b, size_t max_bytes);

// `budget` is borrowed as long as the shelf lives.
void gw_gop_shelf_init(struct gw_gop_shelf *s, struct gw_gop_budget *budget);

// All caches are empty.
void gw_gop_shelf_finish(struct gw_gop_shelf *s);

// Puts a unit into a cache of this shelf, as gw_gop_cache_push() does. What could not
// be kept was counted.
void gw_gop_shelf_push(struct gw_gop_shelf *s, struct gw_gop_cache *c,
                       const struct gw_unit *unit);

// Empties a cache: it is no longer wanted.
void gw_gop_shelf_clear(struct gw_gop_shelf *s, struct gw_gop_cache *c);

// So many watch its stream now.
void gw_gop_shelf_watch(struct gw_gop_shelf *s, struct gw_gop_cache *c, uint32_t viewers);

// While somebody reads, pages stay where they are. Calls nest.
void gw_gop_shelf_hold(struct gw_gop_shelf *s);
void gw_gop_shelf_release(struct gw_gop_shelf *s);

void gw_gop_shelf_stats(const struct gw_gop_shelf *s,
                        struct gw_gop_shelf_stats *ret_stats);

#endif
