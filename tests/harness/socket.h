// A TCP connection with patience: reads and writes fail the test after 60 s.
#ifndef GW_TESTS_HARNESS_SOCKET_H
#define GW_TESTS_HARNESS_SOCKET_H

#include <stddef.h>
#include <stdint.h>

// Connects to 127.0.0.1:port, TCP_NODELAY. Returns the descriptor, or -errno.
int socket_connect(uint16_t port);

// Listens on a free port of 127.0.0.1. Returns the descriptor.
int socket_listen(uint16_t *ret_port);

void socket_write(int fd, const void *data, size_t len);

// Up to `cap` bytes; waits for the first one at most `timeout_ms`. Returns how
// many, 0 at the end of the stream, -ETIMEDOUT, or -errno.
long socket_read(int fd, void *data, size_t cap, int timeout_ms);

#endif
