// Strings that many records share, kept once: vendors, departments, codes. One thread.
#ifndef GW_MAP_INTERN_H
#define GW_MAP_INTERN_H

#include "map/arena.h"

// All zero is empty too. The strings lie in the arena that they are put into.
struct gw_intern {
    const char **slots; // open addressing, at most half full
    size_t mask;        // slots - 1
    size_t count;
};

// Returns the one copy of `s` in `strings`, or NULL when out of memory.
const char *gw_intern_string(struct gw_intern *in, struct gw_arena *strings,
                             const char *s);

// The strings stay.
void gw_intern_finish(struct gw_intern *in);

#endif
