#include "tests/farm/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { IOV_BATCH = 1024 }; // Linux takes no more in one call

// Returns the bytes taken, 0 when the socket is full, or -errno.
static ssize_t send_some(int fd, struct iovec *iov, size_t count)
{
    struct msghdr msg = { .msg_iov = iov,
                          .msg_iovlen = count < IOV_BATCH ? count : IOV_BATCH };
    ssize_t n;

    do
        n = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
    return n;
}

// Leaves in *iov what comes after the first `taken` bytes.
static void advance(struct iovec **iov, size_t *count, size_t taken)
{
    while (*count > 0 && taken >= (*iov)->iov_len) {
        taken -= (*iov)->iov_len;
        (*iov)++;
        (*count)--;
    }
    if (*count > 0) {
        (*iov)->iov_base = (uint8_t *)(*iov)->iov_base + taken;
        (*iov)->iov_len -= taken;
    }
}

static int keep(struct farm_output *o, const struct iovec *iov, size_t count)
{
    size_t waiting = o->len - o->pos;
    size_t more = 0;

    for (size_t i = 0; i < count; i++)
        more += iov[i].iov_len;
    if (waiting + more > FARM_WAITING_MAX)
        return -ENOBUFS;

    uint8_t *rest = malloc(waiting + more);
    if (!rest)
        return -ENOMEM;
    if (waiting > 0)
        memcpy(rest, o->rest + o->pos, waiting);
    free(o->rest);
    *o = (struct farm_output) { o->fd, rest, 0, waiting };
    for (size_t i = 0; i < count; i++) {
        memcpy(rest + o->len, iov[i].iov_base, iov[i].iov_len);
        o->len += iov[i].iov_len;
    }
    return 0;
}

int farm_output_send(struct farm_output *o, struct iovec *iov, size_t count)
{
    while (count > 0 && !farm_output_waits(o)) {
        ssize_t n = send_some(o->fd, iov, count);
        if (n < 0)
            return (int)n;
        if (n == 0)
            break;
        advance(&iov, &count, (size_t)n);
    }
    return count > 0 ? keep(o, iov, count) : 0;
}

int farm_output_flush(struct farm_output *o)
{
    while (farm_output_waits(o)) {
        struct iovec iov = { o->rest + o->pos, o->len - o->pos };
        ssize_t n = send_some(o->fd, &iov, 1);
        if (n <= 0)
            return (int)n;
        o->pos += (size_t)n;
        if (o->pos == o->len)
            farm_output_finish(o);
    }
    return 0;
}

void farm_output_finish(struct farm_output *o)
{
    free(o->rest);
    *o = (struct farm_output) { .fd = o->fd };
}
