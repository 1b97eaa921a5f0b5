// The listening socket: accepts on a thread of its own and deals connections out.
#ifndef GW_WS_ACCEPTOR_H
#define GW_WS_ACCEPTOR_H

#include <stdint.h>

struct gw_acceptor;

// Listens on `address`, "127.0.0.1:8080" or "[::1]:8080"; port 0 takes a free
// one. `on_accept` is called on the acceptor's thread with each new socket
// (non-blocking, close-on-exec, TCP_NODELAY), which then belongs to the callee.
// Returns 0, -EINVAL for an address that cannot be read, -EADDRINUSE, -EACCES or
// another negative errno.
int gw_acceptor_start(const char *address, void (*on_accept)(void *arg, int fd),
                      void *arg, struct gw_acceptor **ret_acceptor);

// The port it listens on.
uint16_t gw_acceptor_port(const struct gw_acceptor *a);

// Stops and joins the thread: no callback afterwards. NULL is allowed.
void gw_acceptor_stop(struct gw_acceptor *a);

#endif
