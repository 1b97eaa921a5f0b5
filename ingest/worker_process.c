#include "ingest/worker_process.h"

#include "ingest/worker/order.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ; // POSIX has it in no header

// Ours and the child's ends of what leads to a worker.
struct ends {
    int order[2];
    int said[2];
    int socket[2];
};

static void close_both(int fds[2])
{
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]);
        fds[i] = -1;
    }
}

static void close_ends(struct ends *e)
{
    close_both(e->order);
    close_both(e->said);
    close_both(e->socket);
}

// The order fits into the pipe, which is given away with it inside.
static int open_ends(struct ends *e, const char *order, size_t len)
{
    *e = (struct ends) { { -1, -1 }, { -1, -1 }, { -1, -1 } };
    if (pipe2(e->order, O_CLOEXEC) || pipe2(e->said, O_CLOEXEC | O_NONBLOCK) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, e->socket) ||
        write(e->order[1], order, len) != (ssize_t)len)
        return -errno;
    return 0;
}

static int start(const char *program, const struct ends *e, struct gw_child *ret_child)
{
    char name[] = "gridwall-source";
    char *argv[] = { name, NULL };
    const struct gw_child_config config = {
        .program = program,
        .argv = argv,
        .environment = environ,
        .in_fd = e->order[0],
        .out_fd = GW_CHILD_NOTHING,
        .error_fd = e->said[1],
        .first_fd = e->socket[1],
    };
    static_assert((int)GW_WORKER_SOCKET == GW_CHILD_FIRST_FD, "the worker pushes on it");
    return gw_child_start(&config, ret_child);
}

int gw_worker_process_start(const char *program, const char *order, size_t len,
                            struct gw_worker_process *ret_process)
{
    struct ends e;
    struct gw_child child;

    int r = open_ends(&e, order, len);
    if (!r)
        r = start(program, &e, &child);
    if (!r) {
        *ret_process = (struct gw_worker_process) {
            .child = child,
            .said_fd = e.said[0],
            .socket_fd = e.socket[0],
        };
        e.said[0] = -1;
        e.socket[0] = -1;
    }
    close_ends(&e);
    return r;
}

void gw_worker_process_abandon(struct gw_worker_process *process)
{
    gw_child_kill(process->child.pid);
    (void)close(process->child.pid_fd);
    (void)close(process->said_fd);
    (void)close(process->socket_fd);
}
