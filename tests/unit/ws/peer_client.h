// A browser's side of a connection for tests: raw bytes over a socket, and just
// enough of RFC 6455 to speak WebSocket.
#ifndef GW_TESTS_PEER_CLIENT_H
#define GW_TESTS_PEER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct client {
    uv_loop_t *loop; // is turned while the client waits
    int fd;
    uint8_t *in; // received, not consumed yet
    size_t in_len;
    bool closed; // by the server
};

struct message {
    int opcode;    // 1 text, 2 binary, 8 close
    uint8_t *data; // a NUL behind it; the caller's
    size_t len;
};

void client_init(struct client *c, uv_loop_t *loop, int fd);
void client_finish(struct client *c);

// Turns the loop once and takes in what has arrived.
void client_turn(struct client *c);

// Turns the loop only: the client reads nothing.
void client_turn_deaf(struct client *c);

void client_send(struct client *c, const void *data, size_t len);
void client_send_text(struct client *c, const char *text);

// Waits for a whole HTTP answer (by its Content-Length) and returns it, NUL-ended,
// the caller's. `head_only`: no body follows whatever the length says.
char *client_response(struct client *c, bool head_only);

// Waits until the server has closed.
void client_wait_closed(struct client *c);

// Upgrades to WebSocket on `path`; `protocol` may be NULL. Fails the test when the
// server refuses.
void client_upgrade(struct client *c, const char *path, const char *protocol);

// Sends one masked frame.
void client_send_frame(struct client *c, int opcode, bool fin, const void *data,
                       size_t len);
void client_send_json(struct client *c, const char *json);

// Waits for the next message.
struct message client_message(struct client *c);

#endif
