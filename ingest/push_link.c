#include "ingest/push_link.h"

#include "base/clock.h"
#include "ingest/read_turn.h"
#include "ingest/stream_writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct gw_push_link {
    struct gw_push_links *group;
    struct gw_list link;
    struct gw_push_link_config config;
    struct gw_rtsp_receiver *receiver;
    bool gone; // the socket is being closed

    // A TCP connection or the socket pair of a worker: to libuv any stream socket
    // may be a pipe.
    uv_pipe_t socket;
    struct gw_read_turn turn;
    struct gw_stream_writer writer;
};

int gw_push_links_init(struct gw_push_links *g, uv_loop_t *loop)
{
    uint8_t *receive = malloc(GW_PUSH_RECEIVE_BYTES);
    if (!receive)
        return -ENOMEM;
    *g = (struct gw_push_links) { .loop = loop, .receive = receive };
    gw_list_init(&g->all, NULL);
    return 0;
}

void gw_push_links_finish(struct gw_push_links *g)
{
    assert(!g->count);
    free(g->receive);
    g->receive = NULL;
}

static void enter_group(struct gw_push_link *l)
{
    gw_list_init(&l->link, l);
    gw_list_append(&l->group->all, &l->link);
    l->group->count++;
}

static void leave_group(struct gw_push_link *l)
{
    gw_list_remove(&l->link);
    l->group->count--;
}

static uint64_t malformed_of(const struct gw_push_link *l)
{
    struct gw_inlet_stats stats = { 0 };

    if (l->receiver)
        gw_rtsp_receiver_stats(l->receiver, &stats);
    return stats.malformed;
}

uint64_t gw_push_links_malformed(const struct gw_push_links *g)
{
    uint64_t sum = g->malformed;

    for (const struct gw_list *l = g->all.next; l != &g->all; l = l->next)
        sum += malformed_of(l->owner);
    return sum;
}

static void on_closed(uv_handle_t *handle)
{
    struct gw_push_link *l = handle->data;
    struct gw_push_links *g = l->group;

    leave_group(l);
    g->malformed += malformed_of(l);
    gw_rtsp_receiver_destroy(l->receiver);
    free(l);
    if (!g->count && g->on_empty)
        g->on_empty(g->arg);
}

static void leave(struct gw_push_link *l)
{
    if (l->gone)
        return;
    l->gone = true;
    uv_close((uv_handle_t *)&l->socket, on_closed);
}

// The source goes to its owner with a descriptor of its own: ours is libuv's.
static void hand_over(struct gw_push_link *l)
{
    uv_os_fd_t fd;
    size_t len;
    const void *request = gw_rtsp_receiver_handover(l->receiver, &len);
    int copy = uv_fileno((const uv_handle_t *)&l->socket, &fd)
                   ? -1
                   : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    leave(l);
    if (copy < 0)
        l->config.on_over(l->config.receiver.arg, GW_CAUSE_OUR_LIMIT);
    else
        l->config.on_elsewhere(l->config.receiver.arg, copy, request, len);
}

static void flush(struct gw_push_link *l);

// After every call of the receiver: sends what it wants sent, and goes when it is
// through.
static void settle(struct gw_push_link *l)
{
    void *arg = l->config.receiver.arg;

    if (l->gone)
        return;
    flush(l);
    switch (gw_rtsp_receiver_state(l->receiver)) {
    case GW_RTSP_RECEIVER_CLOSED:
        leave(l);
        l->config.on_over(arg, GW_CAUSE_NONE);
        break;
    case GW_RTSP_RECEIVER_FAILED:
        leave(l);
        l->config.on_over(arg, gw_rtsp_receiver_cause(l->receiver));
        break;
    case GW_RTSP_RECEIVER_ELSEWHERE: hand_over(l); break;
    case GW_RTSP_RECEIVER_WAITING:
    case GW_RTSP_RECEIVER_ANNOUNCED:
    case GW_RTSP_RECEIVER_RECORDING: break;
    }
}

static void on_written(void *arg, int status)
{
    struct gw_push_link *l = arg;

    if (l->gone)
        return;
    if (status < 0)
        gw_rtsp_receiver_disconnected(l->receiver);
    settle(l);
}

static void flush(struct gw_push_link *l)
{
    size_t len;
    const char *data = gw_rtsp_receiver_output(l->receiver, &len);

    if (!len || gw_stream_writer_is_busy(&l->writer))
        return;
    if (gw_stream_write(&l->writer, data, len))
        gw_rtsp_receiver_disconnected(l->receiver);
    else
        gw_rtsp_receiver_sent(l->receiver, len);
}

static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct gw_push_link *l = handle->data;
    (void)suggested;
    *ret_buf = gw_read_turn_lend(&l->turn, l->group->receive, GW_PUSH_RECEIVE_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct gw_push_link *l = stream->data;

    if (!gw_read_turn_take(&l->turn, n, buf) || l->gone)
        return;
    if (n > 0) {
        gw_push_link_feed(l, buf->base, (size_t)n);
        return;
    }
    gw_rtsp_receiver_disconnected(l->receiver);
    settle(l);
}

static int start(struct gw_push_link *l, int fd)
{
    int r = gw_rtsp_receiver_create(&l->config.receiver, gw_clock_now_us(), &l->receiver);
    if (!r)
        r = uv_pipe_open(&l->socket, fd);
    if (r) {
        (void)close(fd);
        return r;
    }
    return uv_read_start((uv_stream_t *)&l->socket, lend_buffer, on_read);
}

int gw_push_link_open(struct gw_push_links *g, int fd,
                      const struct gw_push_link_config *config,
                      struct gw_push_link **ret_link)
{
    struct gw_push_link *l = g->count < GW_PUSH_LINKS_MAX ? calloc(1, sizeof(*l)) : NULL;
    int r = l ? uv_pipe_init(g->loop, &l->socket, 0) : -ENOBUFS;
    if (r) {
        (void)close(fd);
        free(l);
        return r;
    }
    l->group = g;
    l->config = *config;
    l->socket.data = l;
    l->writer = (struct gw_stream_writer) {
        .stream = (uv_stream_t *)&l->socket,
        .on_written = on_written,
        .arg = l,
    };
    enter_group(l);

    r = start(l, fd);
    if (r) {
        leave(l);
        return r;
    }
    *ret_link = l;
    return 0;
}

void gw_push_link_feed(struct gw_push_link *l, const void *data, size_t len)
{
    struct gw_push_links *g = l->group;

    if (l->gone)
        return;
    g->bytes += len;
    g->now_us = gw_clock_now_us();
    g->unix_us = gw_clock_unix_us();
    gw_rtsp_receiver_receive(l->receiver, data, len, g->now_us);
    settle(l);
}

void gw_push_link_close(struct gw_push_link *l)
{
    leave(l);
}

// Links leave the list in libuv's close callbacks only: this walk is left alone.
void gw_push_links_tick(struct gw_push_links *g, uint64_t now_us)
{
    for (struct gw_list *link = g->all.next; link != &g->all; link = link->next) {
        struct gw_push_link *l = link->owner;
        if (l->gone || now_us < gw_rtsp_receiver_deadline_us(l->receiver))
            continue;
        gw_rtsp_receiver_tick(l->receiver, now_us);
        settle(l);
    }
}
