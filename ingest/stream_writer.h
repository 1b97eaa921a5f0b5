// Sends bytes over a libuv stream: as much as the socket takes at once, and the rest when
// it takes more, one write at a time. On the loop's thread.
#ifndef GW_INGEST_STREAM_WRITER_H
#define GW_INGEST_STREAM_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

// Embedded by value in what owns the stream, for as long as libuv has that.
struct gw_stream_writer {
    uv_stream_t *stream;
    uv_write_t *pending; // NULL: none. An allocation of its own, for it is seldom

    // What was pending is sent (0) or lost (a libuv error; UV_ECANCELED when the
    // stream is being closed).
    void (*on_written)(void *arg, int status);
    void *arg;
};

// Wait for on_written before the next gw_stream_write().
bool gw_stream_writer_is_busy(const struct gw_stream_writer *w);

// Takes a copy of what the socket does not. Returns 0 or a libuv error: the stream is
// of no use any more.
int gw_stream_write(struct gw_stream_writer *w, const void *data, size_t len);

#endif
