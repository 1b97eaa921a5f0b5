#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_fd(posix_spawn_file_actions_t *actions, int from, int to, int flags)
{
    if (from == GW_CHILD_NOTHING)
        return posix_spawn_file_actions_addopen(actions, to, "/dev/null", flags, 0);
    return posix_spawn_file_actions_adddup2(actions, from, to);
}

static int set_fds(posix_spawn_file_actions_t *actions, const struct gw_child_config *c)
{
    int e = set_fd(actions, c->in_fd, STDIN_FILENO, O_RDONLY);
    if (!e)
        e = set_fd(actions, c->out_fd, STDOUT_FILENO, O_WRONLY);
    if (!e)
        e = set_fd(actions, c->error_fd, STDERR_FILENO, O_WRONLY);
    if (!e && c->first_fd != GW_CHILD_NOTHING)
        e = posix_spawn_file_actions_adddup2(actions, c->first_fd, GW_CHILD_FIRST_FD);
    return e;
}

// We block signals that we wait for, and ignore SIGPIPE: not so a child.
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int e = posix_spawnattr_setsigmask(attributes, &none);
    if (!e)
        e = posix_spawnattr_setsigdefault(attributes, &all);
    if (!e)
        e = posix_spawnattr_setflags(attributes,
                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return e;
}

static int spawn(const struct gw_child_config *c, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int e = posix_spawn_file_actions_init(&actions);
    if (e)
        return -e;
    e = posix_spawnattr_init(&attributes);
    if (e) {
        posix_spawn_file_actions_destroy(&actions);
        return -e;
    }
    e = set_fds(&actions, c);
    if (!e)
        e = set_signals(&attributes);
    if (!e)
        e = posix_spawn(ret_pid, c->program, &actions, &attributes, c->argv,
                        c->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -e;
}

int gw_child_start(const struct gw_child_config *config, struct gw_child *ret_child)
{
    pid_t pid;
    int r = spawn(config, &pid);
    if (r < 0)
        return r;
    int pid_fd = pidfd_open(pid, 0);
    if (pid_fd < 0) {
        r = -errno;
        gw_child_kill(pid); // nobody could wait for it
        return r;
    }
    *ret_child = (struct gw_child) { .pid = pid, .pid_fd = pid_fd };
    return 0;
}

void gw_child_kill(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}
