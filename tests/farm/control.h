// The control port: a line in, a line out, so that a test or a person with any
// line tool can make cameras misbehave.
//
//   a spec of faults.h    "ok", or "error: " and why
//   stats                 one JSON object with the numbers of struct farm_stats
#ifndef GW_TESTS_FARM_CONTROL_H
#define GW_TESTS_FARM_CONTROL_H

#include "tests/farm/server.h"

enum { FARM_CONTROL_CLIENTS_MAX = 16 }; // more are hung up on

struct farm_control;

// Listens on `address`, port 0 for a free one. Belongs to the thread of `loop`.
// Returns 0, -ENOMEM, or what farm_listen() and libuv say.
int farm_control_open(struct farm_server *s, uv_loop_t *loop, const char *address,
                      int port, struct farm_control **ret_control, int *ret_port);

// Memory goes when the loop has run its close callbacks. NULL is allowed.
void farm_control_close(struct farm_control *control);

#endif
