// The frames of one stream since its last key frame, for viewers that join.
//
// It holds references, not copies. Bounded in bytes and in frames: a GOP that
// outgrows a bound is given up as a whole (part of one cannot be decoded), and
// the cache stays empty until the next key frame. "Smart" codecs (H.264+) have 5
// to 40 s between key frames.
#ifndef GW_MUX_GOP_CACHE_H
#define GW_MUX_GOP_CACHE_H

#include "mux/unit.h"

#include <stddef.h>

enum { GW_GOP_FRAMES_MAX = 4096 }; // 40 s at 100 frames a second

struct gw_gop_cache {
    struct gw_unit *units; // each with its own references
    size_t count;          // 0: nothing is cached, or it was given up
    size_t room;           // units allocated
    size_t bytes;          // of the frames, their own overhead included
    size_t max_bytes;
};

void gw_gop_cache_init(struct gw_gop_cache *c, size_t max_bytes);

// Drops all references.
void gw_gop_cache_finish(struct gw_gop_cache *c);

// Takes references to the frame and the params of `unit`. A key frame drops what
// was there; any other frame is ignored while nothing is cached.
// Returns 0, -EMSGSIZE (over a bound) or -ENOMEM: the GOP was given up.
int gw_gop_cache_push(struct gw_gop_cache *c, const struct gw_unit *unit);

// Forgets what is cached.
void gw_gop_cache_clear(struct gw_gop_cache *c);

#endif
