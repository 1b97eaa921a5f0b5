#include "tests/harness/ws_client.h"

#include "tests/harness/socket.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum {
    PATIENCE_MS = 60 * 1000,
    FIRST_ROOM = 64 * 1024,
    MESSAGE_MAX = 64 * 1024 * 1024,
};

// Makes room for `need` more bytes behind what waits, then reads some.
static int fill(struct ws_client *c, size_t need, int timeout_ms)
{
    if (c->start > 0) {
        memmove(c->buf, c->buf + c->start, c->end - c->start);
        c->end -= c->start;
        c->start = 0;
    }
    if (c->end + need > c->cap) {
        c->cap = (c->end + need) * 2;
        c->buf = realloc(c->buf, c->cap + 1);
        assert_non_null(c->buf);
    }
    long n = socket_read(c->fd, c->buf + c->end, c->cap - c->end, timeout_ms);
    if (n == -ETIMEDOUT)
        return -ETIMEDOUT;
    if (n <= 0)
        return -EPIPE;
    c->end += (size_t)n;
    return 0;
}

int ws_connect(struct ws_client *c, uint16_t port, const char *path, const char *protocol)
{
    char request[1024];
    char *blank = NULL;

    *c = (struct ws_client) { .cap = FIRST_ROOM };
    c->fd = socket_connect(port);
    if (c->fd < 0)
        return c->fd;
    c->buf = malloc(c->cap + 1);
    assert_non_null(c->buf);

    // The key of RFC 6455 section 1.3; a test needs no other.
    int len = snprintf(request, sizeof(request),
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
                       path, port, protocol ? "Sec-WebSocket-Protocol: " : "",
                       protocol ? protocol : "", protocol ? "\r\n" : "");
    socket_write(c->fd, request, (size_t)len);
    do {
        int r = fill(c, 1, PATIENCE_MS);
        if (r < 0)
            return r;
        c->buf[c->end] = '\0';
        blank = strstr((char *)c->buf, "\r\n\r\n");
    } while (!blank);

    c->status = atoi((char *)c->buf + strlen("HTTP/1.1 "));
    if (c->status != 101)
        return -EPROTO;
    assert_non_null(strstr((char *)c->buf, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    c->start = (size_t)(blank + 4 - (char *)c->buf);
    return 0;
}

void ws_close(struct ws_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free(c->buf);
    free(c->whole);
    *c = (struct ws_client) { .fd = -1 };
}

void ws_send(struct ws_client *c, enum ws_opcode opcode, const void *data, size_t len)
{
    static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
    uint8_t *frame = malloc(len + 14);
    size_t head = 2;

    assert_non_null(frame);
    frame[0] = (uint8_t)(0x80 | opcode);
    if (len < 126) {
        frame[1] = (uint8_t)(0x80 | len);
    } else {
        assert_true(len <= UINT16_MAX);
        frame[1] = 0x80 | 126;
        frame[2] = (uint8_t)(len >> 8);
        frame[3] = (uint8_t)len;
        head = 4;
    }
    memcpy(frame + head, mask, 4);
    for (size_t i = 0; i < len; i++)
        frame[head + 4 + i] = ((const uint8_t *)data)[i] ^ mask[i % 4];
    socket_write(c->fd, frame, head + 4 + len);
    free(frame);
}

void ws_send_text(struct ws_client *c, const char *text)
{
    ws_send(c, WS_TEXT, text, strlen(text));
}

// Waits until `need` bytes stand at c->start.
static int want(struct ws_client *c, size_t need, int timeout_ms)
{
    while (c->end - c->start < need) {
        int r = fill(c, need - (c->end - c->start), timeout_ms);
        if (r < 0)
            return r;
    }
    return 0;
}

// One frame; its payload is borrowed from the buffer.
static int receive_frame(struct ws_client *c, uint8_t *ret_first,
                         struct ws_message *ret_payload, int timeout_ms)
{
    size_t head = 2;
    int r = want(c, 2, timeout_ms);
    if (r < 0)
        return r;

    uint64_t len = c->buf[c->start + 1] & 0x7f;
    assert_false(c->buf[c->start + 1] & 0x80); // servers do not mask
    if (len >= 126) {
        size_t bytes = len == 126 ? 2 : 8;
        head += bytes;
        if (want(c, head, PATIENCE_MS) < 0)
            return -EPIPE;
        len = 0;
        for (size_t i = 0; i < bytes; i++)
            len = len << 8 | c->buf[c->start + 2 + i];
    }
    assert_true(len <= MESSAGE_MAX);
    if (want(c, head + len, PATIENCE_MS) < 0)
        return -EPIPE;
    *ret_first = c->buf[c->start];
    ret_payload->data = c->buf + c->start + head;
    ret_payload->len = len;
    c->start += head + len;
    return 0;
}

static void append(struct ws_client *c, const struct ws_message *part)
{
    c->whole = realloc(c->whole, c->whole_len + part->len + 1);
    assert_non_null(c->whole);
    memcpy(c->whole + c->whole_len, part->data, part->len);
    c->whole_len += part->len;
}

int ws_receive(struct ws_client *c, struct ws_message *ret_message, int timeout_ms)
{
    struct ws_message part;
    uint8_t first;
    enum ws_opcode opcode = 0;

    c->whole_len = 0;
    for (;;) {
        int r = receive_frame(c, &first, &part, timeout_ms);
        if (r < 0)
            return r;
        enum ws_opcode this = first & 0x0f;
        if (this == WS_PING) {
            ws_send(c, WS_PONG, part.data, part.len);
            continue;
        }
        if (this != 0)
            opcode = this;
        append(c, &part);
        if (first & 0x80)
            break;
    }
    c->whole[c->whole_len] = '\0';
    *ret_message = (struct ws_message) { opcode, c->whole, c->whole_len };
    return 0;
}
