// One HTTP request and its answer: the API by the server's hook, everything else
// from files. It sees a connection (peer.h), no library. One thread.
#ifndef GW_WS_HTTP_H
#define GW_WS_HTTP_H

#include "ws/peer.h"
#include "ws/problem.h"
#include "ws/ws.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The head of a request as the library has read it. All borrowed; "" for what is
// missing.
struct gw_http_head {
    const char *method;
    const char *path;  // percent-decoded
    const char *query; // percent-encoded, without "?"
    const char *host;
    const char *origin;
    const char *content_type;
    const char *if_none_match;
    const char *accept_encoding;
    const char *accept_language;
    const char *subprotocol;
    bool upgrade;            // to WebSocket
    bool plain;              // came without TLS to where TLS is spoken
    bool chunked;            // has Transfer-Encoding
    bool has_length;         // has Content-Length
    uint64_t content_length; // bytes
    bool too_long;           // a header above was longer than its room
};

// 404: no WebSocket is to be had there.
extern const struct gw_problem GW_PROBLEM_NO_WEBSOCKET;

enum gw_route { GW_ROUTE_WALL, GW_ROUTE_LIVE, GW_ROUTE_API, GW_ROUTE_FILE };

enum gw_route gw_route_of(const char *path);

// Checks what holds for every request, before anything else is done with it.
// Returns 0, or -EACCES with what to answer.
int gw_http_admit(const struct gw_ws *ws, const struct gw_http_head *head,
                  struct gw_problem *ret_problem);

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
