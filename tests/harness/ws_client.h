// A WebSocket client (RFC 6455) on a blocking socket, for tests and load.
#ifndef GW_TESTS_HARNESS_WS_CLIENT_H
#define GW_TESTS_HARNESS_WS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ws_opcode { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

struct ws_message {
    enum ws_opcode opcode;
    const uint8_t *data; // borrowed until the next read; a zero behind it
    size_t len;
};

struct ws_client {
    int fd;     // -1: closed
    int status; // of the HTTP answer
    uint8_t *buf;
    size_t cap;
    size_t start, end; // bytes that were read and not handed out
    uint8_t *whole;    // a message of several fragments
    size_t whole_len;
};

// Connects and upgrades; `protocol` may be NULL. Returns 0, -errno, or -EPROTO
// when the answer is not 101 (see c->status).
int ws_connect(struct ws_client *c, uint16_t port, const char *path,
               const char *protocol);

void ws_close(struct ws_client *c);

void ws_send(struct ws_client *c, enum ws_opcode opcode, const void *data, size_t len);
void ws_send_text(struct ws_client *c, const char *text);

// The next message; answers pings itself. Returns 0, -ETIMEDOUT, or -EPIPE when
// the peer is gone.
int ws_receive(struct ws_client *c, struct ws_message *ret_message, int timeout_ms);

#endif
