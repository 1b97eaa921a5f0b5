#include "ws/socket_state.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int gw_socket_unacked_bytes(int fd)
{
    int bytes = 0;
    (void)ioctl(fd, SIOCOUTQ, &bytes);
    return bytes;
}

bool gw_socket_has_hung_up(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLRDHUP };
    return poll(&p, 1, 0) > 0;
}

enum gw_socket_next gw_socket_peek(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n > 0)
        return GW_SOCKET_BYTES;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? GW_SOCKET_NOTHING
                                                        : GW_SOCKET_END;
}
