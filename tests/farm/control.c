#include "tests/farm/control.h"

#include "tests/farm/listen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 512 };

struct farm_control {
    struct farm_server *server; // borrowed
    uv_poll_t poll;
    int fd;
    struct client *clients[FARM_CONTROL_CLIENTS_MAX]; // NULL: free
};

struct client {
    struct farm_control *control;
    struct client **slot; // where the control knows it
    uv_poll_t poll;
    int fd;
    size_t len; // bytes of line
    char line[FARM_SPEC_MAX];
};

static void on_client_closed(uv_handle_t *handle)
{
    struct client *c = handle->data;
    (void)close(c->fd);
    free(c);
}

static void close_client(struct client *c)
{
    *c->slot = NULL;
    uv_close((uv_handle_t *)&c->poll, on_client_closed);
}

static void write_stats(const struct farm_stats *s, char answer[ANSWER_MAX])
{
    (void)snprintf(answer, ANSWER_MAX,
                   "{\"connections\":%" PRIu64 ",\"sessions\":%" PRIu64
                   ",\"accepted\":%" PRIu64 ",\"frames\":%" PRIu64 ",\"bytes\":%" PRIu64
                   ",\"dropped\":%" PRIu64 ",\"stalled\":%" PRIu64 ",\"slept\":%" PRIu64
                   "}\n",
                   s->connections, s->sessions, s->accepted, s->frames, s->bytes,
                   s->dropped, s->stalled, s->slept);
}

static void carry_out(struct farm_server *s, const char *line, char answer[ANSWER_MAX])
{
    struct farm_order order;

    if (!strcmp(line, "stats")) {
        write_stats(&s->stats, answer);
        if (s->journal)
            (void)fflush(s->journal);
        return;
    }
    int r = farm_order_parse(line, s->site.cameras, &order);
    if (!r)
        farm_server_order(s, &order);
    (void)snprintf(answer, ANSWER_MAX, "%s\n",
                   r == 0 ? "ok"
                   : r == -ERANGE
                       ? "error: no such camera or probability"
                       : "error: say stats, or stall, refuse, garbage, drop P, "
                         "close or resume, then cameras like 7, 1-10 or all");
}

// A client that does not read its answers is cut off rather than waited for.
static int answer_line(struct client *c, char *line)
{
    char answer[ANSWER_MAX];

    line[strcspn(line, "\r")] = '\0';
    carry_out(c->control->server, line, answer);
    ssize_t n = send(c->fd, answer, strlen(answer), MSG_NOSIGNAL | MSG_DONTWAIT);
    return n == (ssize_t)strlen(answer) ? 0 : -EPIPE;
}

static int answer_lines(struct client *c)
{
    char *end;
    int r = 0;

    while (!r && (end = memchr(c->line, '\n', c->len))) {
        size_t used = (size_t)(end - c->line) + 1;
        *end = '\0';
        r = answer_line(c, c->line);
        c->len -= used;
        memmove(c->line, c->line + used, c->len);
    }
    return r || c->len < sizeof(c->line) ? r : -EMSGSIZE;
}

static void on_client(uv_poll_t *handle, int status, int events)
{
    struct client *c = handle->data;
    int r = status;

    (void)events;
    if (!r) {
        ssize_t n = recv(c->fd, c->line + c->len, sizeof(c->line) - c->len, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0)
            r = -ECONNRESET;
        else
            c->len += (size_t)n;
    }
    if (!r)
        r = answer_lines(c);
    if (r)
        close_client(c);
}

static struct client **free_slot(struct farm_control *control)
{
    for (size_t i = 0; i < FARM_CONTROL_CLIENTS_MAX; i++) {
        if (!control->clients[i])
            return &control->clients[i];
    }
    return NULL;
}

static void on_connection(uv_poll_t *handle, int status, int events)
{
    struct farm_control *control = handle->data;
    struct client **slot = free_slot(control);

    (void)events;
    int fd = status ? -1 : accept4(control->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct client *c = slot ? calloc(1, sizeof(*c)) : NULL;
    if (!c || uv_poll_init(control->server->loop, &c->poll, fd)) {
        free(c);
        (void)close(fd);
        return;
    }
    c->control = control;
    c->slot = slot;
    c->fd = fd;
    c->poll.data = c;
    *slot = c;
    if (uv_poll_start(&c->poll, UV_READABLE, on_client))
        close_client(c);
}

static void on_control_closed(uv_handle_t *handle)
{
    struct farm_control *control = handle->data;
    (void)close(control->fd);
    free(control);
}

int farm_control_open(struct farm_server *s, uv_loop_t *loop, const char *address,
                      int port, struct farm_control **ret_control, int *ret_port)
{
    struct farm_control *control = calloc(1, sizeof(*control));
    if (!control)
        return -ENOMEM;
    control->server = s;
    control->fd = farm_listen(address, port, ret_port);
    int r =
        control->fd < 0 ? control->fd : uv_poll_init(loop, &control->poll, control->fd);
    if (r) {
        if (control->fd >= 0)
            (void)close(control->fd);
        free(control);
        return r;
    }
    control->poll.data = control;
    r = uv_poll_start(&control->poll, UV_READABLE, on_connection);
    if (r)
        farm_control_close(control);
    else
        *ret_control = control;
    return r;
}

void farm_control_close(struct farm_control *control)
{
    if (!control)
        return;
    for (size_t i = 0; i < FARM_CONTROL_CLIENTS_MAX; i++) {
        if (control->clients[i])
            close_client(control->clients[i]);
    }
    uv_close((uv_handle_t *)&control->poll, on_control_closed);
}
