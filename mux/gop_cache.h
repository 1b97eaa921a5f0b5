// The frames of one stream since its last key frame, its audio among them, for viewers
// that join.
//
// They are copied, one behind the other, into pages of the shard's pool: so they
// cost their bytes and half a page, and the frame that was copied can be freed at
// once. Bounded in bytes and in frames: a GOP that outgrows a bound is given up as a
// whole (part of one cannot be decoded), and the cache stays empty until the next
// key frame. "Smart" codecs (H.264+) have 5 to 40 s between key frames.
//
// One thread. Callers outside of the shelf (gop_shelf.h) only read.
#ifndef GW_MUX_GOP_CACHE_H
#define GW_MUX_GOP_CACHE_H

#include "base/page_pool.h"
#include "mux/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_GOP_FRAMES_MAX = 4096 }; // 40 s at 100 frames a second

// Parameter sets that cached units refer to, latest first: one entry a change.
struct gw_gop_sets;

struct gw_gop_cache {
    struct gw_page_pool *pool;
    struct gw_page_list pages;
    size_t end; // bytes used of the last page
    struct gw_gop_sets *sets;
    size_t count;     // units; 0: nothing is cached, or it was given up
    size_t bytes;     // of the frames, sizeof(struct gw_frame) each included
    size_t max_bytes; // of `bytes`
    uint32_t cleared; // times: whoever reads meanwhile notices

    // The shelf's: see there.
    struct gw_gop_cache *prev;
    struct gw_gop_cache *next;
    uint32_t viewers;
    bool shelved;
};

void gw_gop_cache_init(struct gw_gop_cache *c, struct gw_page_pool *pool,
                       size_t max_bytes);

// Pages that a push of this unit would add at most.
size_t gw_gop_cache_growth(const struct gw_gop_cache *c, const struct gw_unit *unit);

// Copies the frame, and takes references to its parameter sets and the unit's. A key
// frame of the video drops what was there; any other frame is ignored while nothing is
// cached. Returns 0, -EMSGSIZE (over a bound) or -ENOMEM: the GOP was given up.
int gw_gop_cache_push(struct gw_gop_cache *c, const struct gw_unit *unit);

// Forgets what is cached.
void gw_gop_cache_clear(struct gw_gop_cache *c);

// Reads what is cached, oldest first. The cache may grow or be cleared meanwhile; its
// pages may not move: gw_gop_shelf_hold().
struct gw_gop_reader {
    const struct gw_gop_cache *cache;
    uint32_t page;
    size_t at;   // bytes into its data
    size_t left; // units
    uint32_t cleared;
};

struct gw_gop_reader gw_gop_read(const struct gw_gop_cache *c);

// The next unit; frame and params are references that the caller owns. Returns 0,
// -ENODATA (that was all, or the cache was cleared since) or -ENOMEM.
int gw_gop_read_next(struct gw_gop_reader *r, struct gw_unit *ret_unit);

#endif
