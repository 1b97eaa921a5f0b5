// What a socket's kernel knows of its peer. No bytes are taken.
#ifndef GW_WS_SOCKET_STATE_H
#define GW_WS_SOCKET_STATE_H

#include <stdbool.h>

// Bytes that the peer's kernel has not acknowledged. While a connection waits, any change
// of it means that something was taken.
int gw_socket_unacked_bytes(int fd);

// Whether the peer sends no more, whatever lies before the end.
bool gw_socket_has_hung_up(int fd);

// What may be read next.
enum gw_socket_next { GW_SOCKET_NOTHING, GW_SOCKET_BYTES, GW_SOCKET_END };

enum gw_socket_next gw_socket_peek(int fd);

#endif
