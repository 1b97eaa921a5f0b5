#include "ingest/worker_process.h"

#include "ingest/worker/order.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

static int set_actions(posix_spawn_file_actions_t *actions, const struct ends *e)
{
    int r = posix_spawn_file_actions_adddup2(actions, e->order[0], STDIN_FILENO);
    if (!r)
        r = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null",
                                             O_WRONLY, 0);
    if (!r)
        r = posix_spawn_file_actions_adddup2(actions, e->said[1], STDERR_FILENO);
    if (!r)
        r = posix_spawn_file_actions_adddup2(actions, e->socket[1], GW_WORKER_SOCKET);
    return r;
}

// The engine blocks signals that it waits for, and ignores SIGPIPE: not so its child.
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    int r = posix_spawnattr_setsigmask(attributes, &none);
    if (!r)
        r = posix_spawnattr_setsigdefault(attributes, &all);
    if (!r)
        r = posix_spawnattr_setflags(attributes,
                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return r;
}

static int spawn(const char *program, const struct ends *e, pid_t *ret_pid)
{
    char name[] = "gridwall-source";
    char *argv[] = { name, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    int r = posix_spawn_file_actions_init(&actions);
    if (r)
        return -r;
    r = posix_spawnattr_init(&attributes);
    if (r) {
        posix_spawn_file_actions_destroy(&actions);
        return -r;
    }
    r = set_actions(&actions, e);
    if (!r)
        r = set_signals(&attributes);
    if (!r)
        r = posix_spawn(ret_pid, program, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -r;
}

// A child that nobody could wait for is ended here and now.
static void forget_child(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

int gw_worker_process_start(const char *program, const char *order, size_t len,
                            struct gw_worker_process *ret_process)
{
    struct ends e;
    pid_t pid;
    int pid_fd = -1;

    int r = open_ends(&e, order, len);
    if (!r)
        r = spawn(program, &e, &pid);
    if (!r && (pid_fd = pidfd_open(pid, 0)) < 0) {
        r = -errno;
        forget_child(pid);
    }
    if (!r) {
        *ret_process = (struct gw_worker_process) {
            .pid = pid,
            .pid_fd = pid_fd,
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
    forget_child(process->pid);
    (void)close(process->pid_fd);
    (void)close(process->said_fd);
    (void)close(process->socket_fd);
}
