// Memory that is read together a little later: named once, fetched ahead of each use.
//
// Whoever serves a thousand others in turn finds the memory of each gone from the
// processor's caches. Fetching the next one's while this one is served hides that; it
// is a hint, reads nothing, and so may name memory that is not there any more.
#ifndef GW_BASE_HOT_H
#define GW_BASE_HOT_H

#include <stddef.h>
#include <stdint.h>

enum {
    GW_HOT_PIECES = 5,
    GW_HOT_LINE = 64, // bytes that a processor fetches at once
};

// All zero: nothing is named.
struct gw_hot {
    const void *at[GW_HOT_PIECES];
    uint16_t bytes[GW_HOT_PIECES];
    uint16_t count;
};

// Names another piece; one too many is left out.
static inline void gw_hot_add(struct gw_hot *hot, const void *at, size_t bytes)
{
    if (hot->count == GW_HOT_PIECES || bytes > UINT16_MAX)
        return;
    hot->at[hot->count] = at;
    hot->bytes[hot->count++] = (uint16_t)bytes;
}

static inline void gw_hot_fetch_bytes(const void *at, size_t bytes)
{
    for (size_t done = 0; done < bytes; done += GW_HOT_LINE)
        __builtin_prefetch(
            (const void *)((uintptr_t)at + done)); // NULL + n is no pointer
}

static inline void gw_hot_fetch(const struct gw_hot *hot)
{
    for (unsigned i = 0; i < hot->count; i++)
        gw_hot_fetch_bytes(hot->at[i], hot->bytes[i]);
}

#endif
