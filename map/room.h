// Arrays that grow by doubling: one way to do it for all of map/.
#ifndef GW_MAP_ROOM_H
#define GW_MAP_ROOM_H

#include <stddef.h>

// Makes room for `more` items of `size` bytes behind the first `count`. `parray` points
// to the pointer to the array, which may be NULL while *cap is 0 and may move. Returns 0,
// or -ENOMEM: then array and *cap are as before.
int gw_room_make(void *parray, size_t *cap, size_t count, size_t more, size_t size);

#endif
