// One HTTP request and its answer: the API by the server's hook, everything else
// from files. It sees a connection (peer.h), no library. One thread.
#ifndef GW_WS_HTTP_H
#define GW_WS_HTTP_H

#include "ws/http_admit.h"
#include "ws/peer.h"
#include "ws/problem.h"
#include "ws/ws.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A request has come; `problem`, if not NULL, is why it is refused. Its body
// follows through gw_request_body() when gw_request_wants_body().
// Returns NULL when out of memory.
struct gw_request *gw_request_begin(struct gw_ws *ws, struct gw_peer *peer,
                                    const struct gw_http_head *head,
                                    const struct gw_problem *problem);
bool gw_request_wants_body(const struct gw_request *r);
void gw_request_body(struct gw_request *r, const void *data, size_t len);
void gw_request_body_end(struct gw_request *r);

// The socket takes more. The last piece ends with gw_peer_finish().
void gw_request_writable(struct gw_request *r);

// Bytes of the answer that wait.
size_t gw_request_queued(const struct gw_request *r);

// The peer is done with the request or has left. One that is with the hook lives
// on until it is replied to. NULL is allowed.
void gw_request_release(struct gw_request *r);

#endif
