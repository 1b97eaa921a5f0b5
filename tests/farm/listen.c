#include "tests/farm/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

enum { BACKLOG = 4096 }; // a restarted engine reconnects to all cameras at once

static int fill_address(const char *address, int port, struct sockaddr_storage *ret_addr)
{
    if (!uv_ip4_addr(address, port, (struct sockaddr_in *)ret_addr))
        return 0;
    if (!uv_ip6_addr(address, port, (struct sockaddr_in6 *)ret_addr))
        return 0;
    return -EINVAL;
}

static int open_socket(int fd, const struct sockaddr_storage *addr, int *ret_port)
{
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    int on = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 ||
        listen(fd, BACKLOG) < 0 || getsockname(fd, (struct sockaddr *)&bound, &len) < 0)
        return -errno;

    // The port lies at the same place for both families: RFC 3493 section 3.3.
    *ret_port = ntohs(((const struct sockaddr_in *)&bound)->sin_port);
    return 0;
}

int farm_listen(const char *address, int port, int *ret_port)
{
    struct sockaddr_storage addr = { 0 };

    int r = fill_address(address, port, &addr);
    if (r)
        return r;
    int fd = socket(addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    r = open_socket(fd, &addr, ret_port);
    if (r) {
        (void)close(fd);
        return r;
    }
    return fd;
}
