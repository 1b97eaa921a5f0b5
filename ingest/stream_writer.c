#include "ingest/stream_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool gw_stream_writer_is_busy(const struct gw_stream_writer *w)
{
    return w->pending != NULL;
}

static void on_written(uv_write_t *write, int status)
{
    struct gw_stream_writer *w = write->data;

    free(write);
    w->pending = NULL;
    w->on_written(w->arg, status);
}

// Leaves the bytes to libuv. They lie behind the request.
static int write_later(struct gw_stream_writer *w, const void *data, size_t len)
{
    uv_write_t *write = malloc(sizeof(*write) + len);
    if (!write)
        return UV_ENOMEM;
    uv_buf_t buf = uv_buf_init((char *)(write + 1), (unsigned)len);
    memcpy(buf.base, data, len);
    write->data = w;
    int r = uv_write(write, w->stream, &buf, 1, on_written);
    if (r) {
        free(write);
        return r;
    }
    w->pending = write;
    return 0;
}

int gw_stream_write(struct gw_stream_writer *w, const void *data, size_t len)
{
    assert(!w->pending);
    uv_buf_t buf = uv_buf_init((char *)data, (unsigned)len);
    int sent = uv_try_write(w->stream, &buf, 1);
    if (sent < 0 && sent != UV_EAGAIN)
        return sent;
    size_t left = sent > 0 ? len - (size_t)sent : len;
    return left ? write_later(w, (const char *)data + (len - left), left) : 0;
}
