#include "tests/farm/server.h"

#include "tests/farm/conn.h"
#include "tests/farm/listen.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_connection(uv_poll_t *handle, int status, int events)
{
    struct farm_server *s = handle->data;
    int fd;

    (void)events;
    if (status < 0)
        return;
    // Out of descriptors, the connection stays in the backlog: the client waits,
    // as it would with a camera that is busy.
    while ((fd = accept4(s->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        s->stats.accepted++;
        (void)farm_conn_open(s, fd); // without memory, the client is hung up on
    }
}

int farm_server_open(struct farm_server *s, uv_loop_t *loop, const char *address,
                     int port, int *ret_port)
{
    int r;

    s->loop = loop;
    s->listen_fd = -1;
    s->batch = malloc(sizeof(*s->batch));
    if (!s->batch)
        return -ENOMEM;

    int fd = farm_listen(address, port, ret_port);
    if (fd < 0)
        return fd;
    r = uv_poll_init(loop, &s->listener, fd);
    if (r) {
        (void)close(fd);
        return r;
    }
    s->listen_fd = fd;
    s->listener.data = s;
    return uv_poll_start(&s->listener, UV_READABLE, on_connection);
}

void farm_server_close(struct farm_server *s)
{
    if (s->listen_fd >= 0) {
        uv_close((uv_handle_t *)&s->listener, NULL);
        (void)close(s->listen_fd);
        s->listen_fd = -1;
    }
    while (s->conns)
        farm_conn_close(s->conns);
    free(s->batch);
    s->batch = NULL;
}

static void close_sessions(struct farm_server *s, const struct farm_order *order)
{
    struct farm_conn *next;

    for (struct farm_conn *c = s->conns; c; c = next) {
        uint32_t camera = farm_conn_camera(c);
        next = farm_conn_next(c);
        if (camera >= order->first && camera <= order->last)
            farm_conn_close(c);
    }
}

void farm_server_order(struct farm_server *s, const struct farm_order *order)
{
    farm_faults_apply(&s->site.faults, order);
    if (order->fault == FARM_CLOSE)
        close_sessions(s, order);
}
