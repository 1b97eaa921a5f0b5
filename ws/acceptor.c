#include "ws/acceptor.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,    // connections the kernel keeps for us
    BACK_OFF_MS = 100, // without memory, until accept() is tried again
    ADDRESS_MAX = 64,  // bytes of "[address]:port"
};

struct gw_acceptor {
    int fd;
    int stop;    // eventfd
    int reserve; // an open file to give up when no descriptor is left
    uint16_t port;
    void (*on_accept)(void *arg, int fd);
    void *arg;
    pthread_t thread;
    bool running;
};

static int parse_port(const char *text, in_port_t *ret_port)
{
    char *end;
    if (*text < '0' || *text > '9')
        return -EINVAL;
    unsigned long port = strtoul(text, &end, 10);
    if (*end != '\0' || port > 65535)
        return -EINVAL;
    *ret_port = htons((uint16_t)port);
    return 0;
}

static int parse_address(const char *address, struct sockaddr_storage *ret_addr,
                         socklen_t *ret_len)
{
    char host[ADDRESS_MAX];
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    const char *colon = strrchr(address, ':');

    if (!colon || (size_t)(colon - address) >= sizeof(host))
        return -EINVAL;
    size_t len = (size_t)(colon - address);
    memcpy(host, address, len);
    host[len] = '\0';

    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        if (inet_pton(AF_INET6, host + 1, &v6.sin6_addr) != 1 ||
            parse_port(colon + 1, &v6.sin6_port) < 0)
            return -EINVAL;
        memcpy(ret_addr, &v6, sizeof(v6));
        *ret_len = sizeof(v6);
        return 0;
    }
    if (inet_pton(AF_INET, host, &v4.sin_addr) != 1 ||
        parse_port(colon + 1, &v4.sin_port) < 0)
        return -EINVAL;
    memcpy(ret_addr, &v4, sizeof(v4));
    *ret_len = sizeof(v4);
    return 0;
}

// Without a descriptor left, accept() fails and poll() goes on reporting the
// connection. The reserve is spent to take it and to hang up, so that the peer
// learns of it and the thread does not spin.
static void hang_up_one(struct gw_acceptor *a)
{
    if (a->reserve >= 0)
        close(a->reserve);
    int fd = accept4(a->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        close(fd);
    a->reserve = eventfd(0, EFD_CLOEXEC);
    gw_log(GW_LOG_WARN, "no_descriptors",
           "text=\"a connection was refused; raise the limit of open files\"");
}

// Returns how long to leave the socket alone, in milliseconds.
static int accept_one(struct gw_acceptor *a)
{
    int on = 1;
    int fd = accept4(a->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        a->on_accept(a->arg, fd);
        return 0;
    }
    if (errno == EMFILE || errno == ENFILE) {
        hang_up_one(a);
        return a->reserve >= 0 ? 0 : BACK_OFF_MS;
    }
    // All else is the one connection's trouble (accept(2)), or lack of memory.
    return errno == ENOBUFS || errno == ENOMEM ? BACK_OFF_MS : 0;
}

static void *run(void *arg)
{
    struct gw_acceptor *a = arg;
    int wait_ms = 0;

    for (;;) {
        struct pollfd fds[] = {
            { .fd = a->stop, .events = POLLIN },
            { .fd = wait_ms ? -1 : a->fd, .events = POLLIN },
        };
        int n = poll(fds, 2, wait_ms ? wait_ms : -1);
        if (n > 0 && fds[0].revents)
            return NULL;
        wait_ms = n > 0 && fds[1].revents ? accept_one(a) : 0;
    }
}

static int listen_on(struct gw_acceptor *a, const struct sockaddr_storage *addr,
                     socklen_t len)
{
    int on = 1;
    a->fd = socket(addr->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (a->fd < 0 || setsockopt(a->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(a->fd, (const struct sockaddr *)addr, len) < 0 || listen(a->fd, BACKLOG) < 0)
        return -errno;

    struct sockaddr_storage own;
    socklen_t own_len = sizeof(own);
    if (getsockname(a->fd, (struct sockaddr *)&own, &own_len) < 0)
        return -errno;
    a->port = ntohs(own.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&own)->sin6_port
                                              : ((struct sockaddr_in *)&own)->sin_port);
    return 0;
}

int gw_acceptor_start(const char *address, void (*on_accept)(void *arg, int fd),
                      void *arg, struct gw_acceptor **ret_acceptor)
{
    struct sockaddr_storage addr = { 0 };
    socklen_t len = 0;
    int r = parse_address(address, &addr, &len);
    if (r < 0)
        return r;

    struct gw_acceptor *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->fd = -1;
    a->on_accept = on_accept;
    a->arg = arg;
    a->stop = eventfd(0, EFD_CLOEXEC);
    a->reserve = eventfd(0, EFD_CLOEXEC);
    if (a->stop < 0 || a->reserve < 0) {
        r = -errno;
        goto fail;
    }
    r = listen_on(a, &addr, len);
    if (r < 0)
        goto fail;
    r = -pthread_create(&a->thread, NULL, run, a);
    if (r < 0)
        goto fail;
    a->running = true;
    *ret_acceptor = a;
    return 0;

fail:
    gw_acceptor_stop(a); // takes a half-built one
    return r;
}

uint16_t gw_acceptor_port(const struct gw_acceptor *a)
{
    return a->port;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void gw_acceptor_stop(struct gw_acceptor *a)
{
    if (!a)
        return;
    if (a->running) {
        (void)eventfd_write(a->stop, 1);
        pthread_join(a->thread, NULL);
    }
    close_if_open(a->fd);
    close_if_open(a->stop);
    close_if_open(a->reserve);
    free(a);
}
