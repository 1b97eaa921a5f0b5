// How much of a backlog a stream of libuv's may bring in one turn of the loop: one
// buffer. A read that did not fill its buffer left nothing behind; after one that did,
// the rest waits for the next turn, so that whoever has a backlog holds up nobody else.
#ifndef GW_INGEST_READ_TURN_H
#define GW_INGEST_READ_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

// Embedded by value in what reads the stream; all zero at first.
struct gw_read_turn {
    bool filled; // the buffer, in this turn
};

// For the allocation callback. Returns `buffer`, of `cap` bytes, or one without bytes
// when the turn is over: libuv asks again in the next one.
uv_buf_t gw_read_turn_lend(const struct gw_read_turn *t, void *buffer, size_t cap);

// For the read callback, before anything else. Returns whether `n` says something: bytes
// that came, or how the stream ended.
bool gw_read_turn_take(struct gw_read_turn *t, ssize_t n, const uv_buf_t *buf);

#endif
