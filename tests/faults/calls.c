#include "tests/faults/calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ERRORS_MAX = 4, DESCRIPTORS_MAX = 1024 };

static _Thread_local bool armed;
static _Thread_local bool fired;
static _Thread_local uint64_t left; // calls ahead of the one that fails
static _Thread_local unsigned choice;
static _Thread_local size_t longest_read;
static _Thread_local char what[64];
static _Thread_local ino_t sockets[DESCRIPTORS_MAX]; // this thread's; 0: none

// Is this the one that fails? Then errno is one of `errors`, of which zeros at the
// end are none.
static bool fails(const char *name, const int errors[ERRORS_MAX])
{
    unsigned count = 0;

    if (!armed || fired || left--)
        return false;
    while (count < ERRORS_MAX && errors[count])
        count++;
    fired = true;
    errno = errors[choice % count];
    (void)snprintf(what, sizeof(what), "%s: %s", name, strerrorname_np(errno));
    return true;
}

#define FAILS(name, ...) fails(name, (const int[ERRORS_MAX]) { __VA_ARGS__ })

// The function of that name that would have been called without this file.
#define NEXT(type, name) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

// 0: it is closed. Another file gets another number.
static ino_t inode_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) ? 0 : status.st_ino;
}

int socket(int domain, int type, int protocol)
{
    if (FAILS("socket", EMFILE, ENFILE, ENOBUFS, ENOMEM))
        return -1;
    int fd = NEXT(int (*)(int, int, int), "socket")(domain, type, protocol);
    if (fd >= 0 && fd < DESCRIPTORS_MAX)
        sockets[fd] = inode_of(fd);
    return fd;
}

// glibc's type of an address: a union of all kinds.
int connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
    if (FAILS("connect", ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL, EINTR))
        return -1;
    return NEXT(int (*)(int, const struct sockaddr *, socklen_t),
                "connect")(fd, addr.__sockaddr__, len);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    if (FAILS("setsockopt", ENOBUFS, ENOMEM))
        return -1;
    return NEXT(int (*)(int, int, int, const void *, socklen_t),
                "setsockopt")(fd, level, name, value, len);
}

ssize_t read(int fd, void *buf, size_t len)
{
    if (FAILS("read", ECONNRESET, EINTR, ETIMEDOUT, EAGAIN))
        return -1;
    if (armed && !fired && len > longest_read)
        len = longest_read;
    return NEXT(ssize_t(*)(int, void *, size_t), "read")(fd, buf, len);
}

ssize_t write(int fd, const void *data, size_t len)
{
    if (FAILS("write", EPIPE, ECONNRESET, EAGAIN, EINTR))
        return -1;
    return NEXT(ssize_t(*)(int, const void *, size_t), "write")(fd, data, len);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    if (FAILS("writev", EPIPE, ECONNRESET, EAGAIN, EINTR))
        return -1;
    return NEXT(ssize_t(*)(int, const struct iovec *, int), "writev")(fd, pieces, count);
}

int epoll_wait(int epfd, struct epoll_event *events, int max, int timeout)
{
    if (FAILS("epoll_wait", EINTR))
        return -1;
    return NEXT(int (*)(int, struct epoll_event *, int, int), "epoll_wait")(epfd, events,
                                                                            max, timeout);
}

int epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout,
                const sigset_t *signals)
{
    if (FAILS("epoll_pwait", EINTR))
        return -1;
    return NEXT(int (*)(int, struct epoll_event *, int, int, const sigset_t *),
                "epoll_pwait")(epfd, events, max, timeout, signals);
}

void calls_arm(uint64_t nth, unsigned seed, size_t read_max)
{
    left = nth;
    choice = seed;
    longest_read = read_max;
    *what = '\0';
    fired = false;
    armed = true;
}

bool calls_disarm(void)
{
    armed = false;
    return fired;
}

bool calls_fired(void)
{
    return fired;
}

// libuv closes by syscall(): what is left is found by looking.
unsigned calls_sockets(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
        count += sockets[fd] && sockets[fd] == inode_of(fd);
    return count;
}

const char *calls_what(void)
{
    return what;
}
