// Strings that live and die together, packed into large blocks: a snapshot holds
// tens of thousands of short ones, and one malloc() each would double their cost.
#ifndef GW_MAP_ARENA_H
#define GW_MAP_ARENA_H

#include <stddef.h>

struct gw_arena_block;

// All zero is an empty arena too. One thread while it grows.
struct gw_arena {
    struct gw_arena_block *blocks;
    size_t bytes; // allocated in all blocks
};

enum { GW_ARENA_BLOCK = 64 * 1024 }; // bytes; a longer string gets its own block

// Returns a copy of `s` that stays where it is until gw_arena_finish(), or NULL
// when out of memory. An empty string costs nothing.
const char *gw_arena_string(struct gw_arena *a, const char *s);

// The same for the first `len` bytes of `s`, which hold no NUL.
const char *gw_arena_slice(struct gw_arena *a, const char *s, size_t len);

// Room for `size` bytes, aligned for pointers, or NULL when out of memory.
void *gw_arena_alloc(struct gw_arena *a, size_t size);

// Frees every string. The arena is empty afterwards.
void gw_arena_finish(struct gw_arena *a);

#endif
