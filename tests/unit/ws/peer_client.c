#include "peer_client.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { READ_ROOM = 256 * 1024 };

void client_init(struct client *c, uv_loop_t *loop, int fd)
{
    *c = (struct client) { .loop = loop, .fd = fd };
}

void client_finish(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free(c->in);
    *c = (struct client) { .fd = -1 };
}

void client_turn_deaf(struct client *c)
{
    uv_run(c->loop, UV_RUN_NOWAIT);
}

void client_turn(struct client *c)
{
    struct pollfd fds[] = {
        { .fd = uv_backend_fd(c->loop), .events = POLLIN },
        { .fd = c->closed ? -1 : c->fd, .events = POLLIN },
    };
    int timeout = uv_backend_timeout(c->loop);
    (void)poll(fds, 2, timeout);
    uv_run(c->loop, UV_RUN_NOWAIT);
    if (c->closed)
        return;

    c->in = realloc(c->in, c->in_len + READ_ROOM);
    assert_non_null(c->in);
    ssize_t n = recv(c->fd, c->in + c->in_len, READ_ROOM, MSG_DONTWAIT);
    if (n > 0)
        c->in_len += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        c->closed = true;
}

void client_send(struct client *c, const void *data, size_t len)
{
    const uint8_t *p = data;
    while (len) {
        ssize_t n = send(c->fd, p, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        } else {
            if (errno != EAGAIN)
                return; // the server has closed; the test will see
            client_turn(c);
        }
    }
}

void client_send_text(struct client *c, const char *text)
{
    client_send(c, text, strlen(text));
}

static uint8_t *take(struct client *c, size_t len)
{
    uint8_t *out = malloc(len + 1);
    assert_non_null(out);
    memcpy(out, c->in, len);
    out[len] = '\0';
    memmove(c->in, c->in + len, c->in_len - len);
    c->in_len -= len;
    return out;
}

static void need(struct client *c, size_t len)
{
    while (c->in_len < len) {
        assert_false(c->closed);
        client_turn(c);
    }
}

char *client_response(struct client *c, bool head_only)
{
    const char *end = NULL;
    while (!end) {
        end = c->in ? memmem(c->in, c->in_len, "\r\n\r\n", 4) : NULL;
        if (end)
            break;
        assert_false(c->closed);
        client_turn(c);
    }
    size_t head = (size_t)(end - (const char *)c->in) + 4;
    const char *length = memmem(c->in, head, "Content-Length: ", 16);
    size_t body = length && !head_only ? strtoul(length + 16, NULL, 10) : 0;
    need(c, head + body);
    return (char *)take(c, head + body);
}

void client_wait_closed(struct client *c)
{
    while (!c->closed)
        client_turn(c);
}

void client_upgrade(struct client *c, const char *path, const char *protocol)
{
    char request[1024];
    snprintf(request, sizeof(request),
             "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
             path, protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "",
             protocol ? "\r\n" : "");
    client_send_text(c, request);
    char *response = client_response(c, true);
    // The key and its answer are those of RFC 6455 section 1.3.
    assert_memory_equal(response, "HTTP/1.1 101 ", 13);
    assert_non_null(strstr(response, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_null(strstr(response, "permessage-deflate"));
    free(response);
}

void client_send_frame(struct client *c, int opcode, bool fin, const void *data,
                       size_t len)
{
    static const uint8_t mask[4] = { 0x12, 0x34, 0x56, 0x78 };
    uint8_t *frame = malloc(len + 8);
    size_t head = 2;
    assert_non_null(frame);
    assert_true(len < 65536);
    frame[0] = (uint8_t)((fin ? 0x80 : 0) | opcode);
    frame[1] = (uint8_t)(0x80 | (len < 126 ? len : 126));
    if (len >= 126) {
        frame[2] = (uint8_t)(len >> 8);
        frame[3] = (uint8_t)len;
        head = 4;
    }
    memcpy(frame + head, mask, 4);
    for (size_t i = 0; i < len; i++)
        frame[head + 4 + i] = ((const uint8_t *)data)[i] ^ mask[i % 4];
    client_send(c, frame, head + 4 + len);
    free(frame);
}

void client_send_json(struct client *c, const char *json)
{
    client_send_frame(c, 1, true, json, strlen(json));
}

struct message client_message(struct client *c)
{
    need(c, 2);
    assert_true(c->in[0] & 0x80); // the server never fragments
    assert_false(c->in[1] & 0x80);
    int opcode = c->in[0] & 15;
    size_t head = 2;
    uint64_t len = c->in[1];
    size_t wide = len == 126 ? 2 : len == 127 ? 8 : 0;
    if (wide) {
        need(c, 2 + wide);
        len = 0;
        for (size_t i = 0; i < wide; i++)
            len = len << 8 | c->in[2 + i];
        head += wide;
    }
    need(c, head + len);
    free(take(c, head));
    uint8_t *data = take(c, (size_t)len);
    return (struct message) { .opcode = opcode, .data = data, .len = (size_t)len };
}
