#include "tests/harness/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60 * 1000 };

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in) {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

int socket_connect(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int r = -errno;
        close(fd);
        return r;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

int socket_listen(uint16_t *ret_port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

void socket_write(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        struct pollfd out = { .fd = fd, .events = POLLOUT };
        assert_true(poll(&out, 1, PATIENCE_MS) > 0);
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        assert_true(n > 0);
        p += n;
        len -= (size_t)n;
    }
}

long socket_read(int fd, void *data, size_t cap, int timeout_ms)
{
    struct pollfd in = { .fd = fd, .events = POLLIN };
    if (poll(&in, 1, timeout_ms) <= 0)
        return -ETIMEDOUT;
    ssize_t n = recv(fd, data, cap, 0);
    return n < 0 ? -errno : n;
}
