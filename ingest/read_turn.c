#include "ingest/read_turn.h"

uv_buf_t gw_read_turn_lend(const struct gw_read_turn *t, void *buffer, size_t cap)
{
    return t->filled ? uv_buf_init(NULL, 0) : uv_buf_init(buffer, (unsigned)cap);
}

bool gw_read_turn_take(struct gw_read_turn *t, ssize_t n, const uv_buf_t *buf)
{
    // Without a buffer libuv says ENOBUFS: with that the turn is over.
    t->filled = n > 0 && (size_t)n == buf->len;
    return n != 0 && n != UV_ENOBUFS;
}
