// Which ids a file has had already, and where: the second line of one id is
// refused. One thread.
#ifndef GW_MAP_ID_SET_H
#define GW_MAP_ID_SET_H

#include "map/arena.h"

#include <stdbool.h>

// All zero is an empty set too.
struct gw_id_set {
    struct gw_arena strings;
    struct gw_id_slot *slots; // open addressing, at most half full
    size_t mask;              // slots - 1
    size_t count;
};

// Adds `id`. Returns 0 (*ret_line is where it was before, or 0 when it is new) or
// -ENOMEM.
int gw_id_set_add(struct gw_id_set *set, const char *id, size_t line, size_t *ret_line);

bool gw_id_set_has(const struct gw_id_set *set, const char *id);

void gw_id_set_finish(struct gw_id_set *set);

#endif
