// A hash table from 32-bit numbers (streams, cameras) to pointers.
//
// Open addressing, linear probing, at most three quarters full. It owns nothing
// that the pointers point to. One thread.
#ifndef GW_BASE_TABLE_H
#define GW_BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct gw_table_slot {
    uint32_t key;
    void *value; // NULL: free
};

struct gw_table {
    struct gw_table_slot *slots; // NULL while empty
    size_t mask;                 // slots - 1; slots are a power of two
    size_t count;
};

// All zero is an empty table too.
void gw_table_init(struct gw_table *t);
void gw_table_finish(struct gw_table *t);

// The value, or NULL.
void *gw_table_get(const struct gw_table *t, uint32_t key);

// Sets or replaces. `value` is not NULL. Returns 0 or -ENOMEM.
int gw_table_put(struct gw_table *t, uint32_t key, void *value);

// Takes the entry out and returns its value, or NULL.
void *gw_table_remove(struct gw_table *t, uint32_t key);

// Walks over all entries in no particular order:
//   for (size_t i = 0; (v = gw_table_next(&t, &i));)
// The table must not be changed meanwhile.
void *gw_table_next(const struct gw_table *t, size_t *pos);

#endif
