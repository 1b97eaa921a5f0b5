#include "tests/bench/viewer_socket.h"

#include "base/bytes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FIN = 0x80,
    OPCODE = 0x0f,
    TEXT = 1,
    BINARY = 2,
    CLOSE = 8,
    MASKED = 0x80,
    CONTROL_MAX = 125, // bytes of a message that needs no longer length
};

static void write_path(const struct viewer_target *t, char *path, size_t cap)
{
    switch (t->form) {
    case PICTURE_RTP: snprintf(path, cap, "/%u/%u", t->first, t->count); break;
    case PICTURE_FLV: snprintf(path, cap, "/live/%05u/sub.flv", t->first); break;
    case PICTURE_MP4: snprintf(path, cap, "/live/%05u/sub.mp4", t->first); break;
    case PICTURE_WALL: snprintf(path, cap, "/ws/v1"); break;
    }
}

// What is sent is little, and nothing waits before it: it goes at once or not at all.
static int send_all(const struct viewer_socket *s, const void *data, size_t len)
{
    ssize_t n =
        s->ssl ? SSL_write(s->ssl, data, (int)len) : send(s->fd, data, len, MSG_NOSIGNAL);
    return n == (ssize_t)len ? 0 : -EPIPE;
}

// As recv() without waiting, of at most one record with TLS.
static ssize_t receive(const struct viewer_socket *s, void *buf, size_t cap)
{
    if (!s->ssl) {
        ssize_t n = recv(s->fd, buf, cap, MSG_DONTWAIT);
        return n < 0 ? -errno : n;
    }
    ERR_clear_error();
    int n = SSL_read(s->ssl, buf, (int)cap);
    if (n > 0)
        return n;
    switch (SSL_get_error(s->ssl, n)) {
    case SSL_ERROR_WANT_READ: return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: return -EPIPE;
    }
}

static int begin_tls(struct viewer_socket *s)
{
    s->ssl = SSL_new(s->target.tls);
    if (!s->ssl || SSL_set_fd(s->ssl, s->fd) != 1)
        return -ENOMEM;
    if (SSL_connect(s->ssl) != 1)
        return -EPROTO;
    return fcntl(s->fd, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int ask(const struct viewer_socket *s)
{
    char path[64];
    char text[512];

    write_path(&s->target, path, sizeof(path));
    int n = snprintf(
        text, sizeof(text),
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n%s\r\n",
        path, s->target.port,
        s->target.form == PICTURE_WALL ? "Sec-WebSocket-Protocol: gridwall.v1\r\n" : "");
    return send_all(s, text, (size_t)n);
}

int viewer_socket_open(struct viewer_socket *s, const struct viewer_target *target)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(target->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int on = 1;

    *s = (struct viewer_socket) { .target = *target };
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0)
        return -errno;
    (void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    int r = connect(s->fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
    if (r == 0 && target->tls)
        r = begin_tls(s);
    if (r == 0)
        r = ask(s);
    if (r < 0)
        viewer_socket_close(s);
    return r;
}

void viewer_socket_close(struct viewer_socket *s)
{
    SSL_free(s->ssl);
    s->ssl = NULL;
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
    free(s->tail);
    s->tail = NULL;
}

static int open_camera(struct viewer_socket *s, uint32_t ref)
{
    char text[2 + 4 + CONTROL_MAX + 1] = { (char)(FIN | TEXT) };
    int n = snprintf(text + 6, CONTROL_MAX + 1,
                     "{\"type\":\"open\",\"ref\":%u,\"camera\":\"%05u\","
                     "\"profile\":\"sub\",\"form\":\"avcc\"}",
                     ref, s->target.first + ref);
    text[1] = (char)(MASKED | n);
    return send_all(s, text, 6 + (size_t)n);
}

// Returns how many bytes the server's answer has, 0 when it is not whole, or -errno.
static ssize_t take_answer(struct viewer_socket *s, const uint8_t *data, size_t len)
{
    const uint8_t *end = memmem(data, len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (len < 12 || memcmp(data, "HTTP/1.1 101", 12) != 0)
        return -EPROTO;
    s->upgraded = true;
    int r = 0;
    for (uint32_t i = 0; s->target.form == PICTURE_WALL && !r && i < s->target.count; i++)
        r = open_camera(s, i);
    return r ? r : end + 4 - data;
}

// Hands out one message. Returns its bytes, 0 when it is not whole, or -errno.
static ssize_t take_message(const uint8_t *data, size_t len,
                            void (*on_message)(void *arg, const uint8_t *, size_t),
                            void *arg)
{
    struct gw_reader r = gw_reader_init(data, len);
    uint8_t head = gw_read_u8(&r);
    uint64_t size = gw_read_u8(&r);

    if (size == 126)
        size = gw_read_u16(&r);
    else if (size == 127)
        size = gw_read_u64(&r);
    if (r.failed || size > gw_reader_left(&r))
        return 0;
    const uint8_t *payload = gw_read_bytes(&r, (size_t)size);
    if ((head & OPCODE) == CLOSE)
        return -EPIPE;
    if (!(head & FIN))
        return -EPROTO;
    if ((head & OPCODE) == BINARY)
        on_message(arg, payload, (size_t)size);
    return (ssize_t)(len - gw_reader_left(&r));
}

static int keep_tail(struct viewer_socket *s, const uint8_t *data, size_t len)
{
    free(s->tail);
    s->tail = NULL;
    s->tail_len = len;
    if (len == 0)
        return 0;
    s->tail = malloc(len);
    if (!s->tail)
        return -ENOMEM;
    memcpy(s->tail, data, len);
    return 0;
}

int viewer_socket_read(struct viewer_socket *s, uint8_t *shared,
                       void (*on_message)(void *arg, const uint8_t *data, size_t len),
                       void *arg)
{
    size_t len = s->tail_len;
    if (len)
        memcpy(shared, s->tail, len);
    if (len == VIEWER_RECEIVE_BYTES)
        return -EPROTO;
    ssize_t n = receive(s, shared + len, VIEWER_RECEIVE_BYTES - len);
    if (n == -EAGAIN || n == -EINTR)
        return 0;
    if (n <= 0)
        return n < 0 ? (int)n : -EPIPE;
    len += (size_t)n;

    size_t used = 0;
    while ((n = s->upgraded ? take_message(shared + used, len - used, on_message, arg)
                            : take_answer(s, shared + used, len - used)) > 0)
        used += (size_t)n;
    return n < 0 ? (int)n : keep_tail(s, shared + used, len - used);
}
