// Immutable, reference-counted bytes.
//
// A buffer is filled by its only owner, then shared and never written again,
// so any thread may read one it holds a reference to. Counting is atomic;
// the contents need no lock.
#ifndef GW_BASE_BUF_H
#define GW_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct gw_buf;

// Returns a buffer of `len` uninitialised bytes with one reference, owned by
// the caller, or NULL when out of memory.
struct gw_buf *gw_buf_create(size_t len);

// The same, filled with a copy of `data`.
struct gw_buf *gw_buf_copy(const void *data, size_t len);

// Adds a reference. Returns `b`, for `x->params = gw_buf_ref(params)`.
struct gw_buf *gw_buf_ref(struct gw_buf *b);

// Drops the caller's reference and sets *pb to NULL. A NULL *pb is allowed.
void gw_buf_unref(struct gw_buf **pb);

// Write access, for the only owner: asserts that nobody else holds `b`.
uint8_t *gw_buf_fill(struct gw_buf *b);

// Borrowed: valid while the caller holds its reference.
const uint8_t *gw_buf_data(const struct gw_buf *b);
size_t gw_buf_len(const struct gw_buf *b);

#endif
