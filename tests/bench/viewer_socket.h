// A viewer's connection: WebSocket (RFC 6455) as a client that reads as fast as it
// can. For load, not for conformance: the server's handshake is taken as it comes,
// and what is sent is masked with zeros.
#ifndef GW_TESTS_BENCH_VIEWER_SOCKET_H
#define GW_TESTS_BENCH_VIEWER_SOCKET_H

#include "tests/bench/picture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssl_ctx_st; // OpenSSL's SSL_CTX
struct ssl_st;     // and its SSL

enum { VIEWER_RECEIVE_BYTES = 1024 * 1024 }; // of the shared buffer

struct viewer_target {
    uint16_t port; // of 127.0.0.1
    enum picture_form form;
    uint32_t first; // camera
    uint32_t count; // cameras from there on; 1 unless the form is RTP or WALL

    // For TLS, whoever the server is; NULL: plain. Outlives the sockets.
    struct ssl_ctx_st *tls;
};

struct viewer_socket {
    int fd;
    struct ssl_st *ssl; // NULL: plain
    struct viewer_target target;
    bool upgraded;
    uint8_t *tail; // bytes of a message that is not whole; NULL while there are none
    size_t tail_len;
};

// Connects and asks for the upgrade. Returns 0 or -errno.
int viewer_socket_open(struct viewer_socket *s, const struct viewer_target *target);
void viewer_socket_close(struct viewer_socket *s);

// Reads once into `shared` (VIEWER_RECEIVE_BYTES) and hands out binary messages,
// borrowed for the call. Returns 0, or -errno: -EPIPE when the peer left, -EPROTO
// when it refused or makes no sense.
int viewer_socket_read(struct viewer_socket *s, uint8_t *shared,
                       void (*on_message)(void *arg, const uint8_t *data, size_t len),
                       void *arg);

#endif
