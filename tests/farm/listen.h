// Listening TCP sockets, for the cameras and for the control port.
#ifndef GW_TESTS_FARM_LISTEN_H
#define GW_TESTS_FARM_LISTEN_H

// Binds and listens on a numeric IPv4 or IPv6 address, port 0 for a free one.
// Returns a non-blocking socket, -EINVAL (no such address), or -errno of the
// system call that failed. *ret_port is the port.
int farm_listen(const char *address, int port, int *ret_port);

#endif
