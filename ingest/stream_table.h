// Finds what belongs to a stream by the stream's number: a hash table from
// uint32_t to pointers that its user owns. One thread.
#ifndef GW_INGEST_STREAM_TABLE_H
#define GW_INGEST_STREAM_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct gw_stream_table;

// Returns NULL when out of memory.
struct gw_stream_table *gw_stream_table_create(void);

// Frees the table, not what it points to. NULL is allowed.
void gw_stream_table_destroy(struct gw_stream_table *t);

// Sets the value of `stream`, never NULL; one that was there is replaced.
// Returns 0 or -ENOMEM (nothing changed).
int gw_stream_table_put(struct gw_stream_table *t, uint32_t stream, void *value);

// Returns the value, or NULL when there is none.
void *gw_stream_table_get(const struct gw_stream_table *t, uint32_t stream);

// Takes the value out and returns it, or NULL when there was none.
void *gw_stream_table_remove(struct gw_stream_table *t, uint32_t stream);

size_t gw_stream_table_count(const struct gw_stream_table *t);

// Goes through all values in no order: start with *pos = 0, until it returns
// NULL. Between calls the table must not be changed, but for the value just
// returned being replaced.
void *gw_stream_table_next(const struct gw_stream_table *t, size_t *pos);

#endif
