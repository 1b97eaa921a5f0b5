// One client's connection: bytes to requests, replies and frames to bytes.
// For the server only.
#ifndef GW_TESTS_FARM_CONN_H
#define GW_TESTS_FARM_CONN_H

#include "tests/farm/server.h"

#include <stdint.h>

// Takes `fd` over in any case, and puts the connection into the server's list.
// Returns 0, -ENOMEM, or what libuv says.
int farm_conn_open(struct farm_server *s, int fd);

// Leaves the list; memory goes when the loop has run its close callbacks.
void farm_conn_close(struct farm_conn *c);

// The camera of a playing session, else 0.
uint32_t farm_conn_camera(const struct farm_conn *c);

// The next one in the server's list, or NULL.
struct farm_conn *farm_conn_next(const struct farm_conn *c);

#endif
