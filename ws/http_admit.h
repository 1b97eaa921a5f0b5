// What is asked for, and whether a request is taken at all: what holds for every one,
// whatever answers it. Pure, but for the hooks of guests.
#ifndef GW_WS_HTTP_ADMIT_H
#define GW_WS_HTTP_ADMIT_H

#include "ws/problem.h"
#include "ws/ws.h"

#include <stdbool.h>
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
    const char *if_match;
    const char *if_none_match;
    const char *idempotency_key;
    const char *accept_encoding;
    const char *accept_language;
    const char *subprotocol;
    const char *cookie;
    const char *authorization;
    const char *forwarded_for;
    const char *address;     // of the peer, without port
    bool upgrade;            // to WebSocket
    bool plain;              // came without TLS to where TLS is spoken
    bool chunked;            // has Transfer-Encoding
    bool has_length;         // has Content-Length
    uint64_t content_length; // bytes
    bool too_long;           // a header above was longer than its room
};

// Whether the body goes into a file.
bool gw_http_is_upload(const struct gw_ws *ws, const char *method, const char *path);

// 404: nothing is there, or no WebSocket.
extern const struct gw_problem GW_PROBLEM_NOT_FOUND;
extern const struct gw_problem GW_PROBLEM_NO_WEBSOCKET;

enum gw_route { GW_ROUTE_WALL, GW_ROUTE_LIVE, GW_ROUTE_API, GW_ROUTE_FILE };

enum gw_route gw_route_of(const char *path);

// Checks what holds for every request, before anything else is done with it.
// Returns 0, or -EACCES with what to answer.
int gw_http_admit(const struct gw_ws *ws, const struct gw_http_head *head,
                  struct gw_problem *ret_problem);

// What the head says of who sends it; borrowed from it.
struct gw_arrival gw_http_arrival(const struct gw_http_head *head);

// The address that stands for who sends it (guest.h).
void gw_http_address(const struct gw_ws *ws, const struct gw_http_head *head,
                     char ret_address[GW_ADDRESS_MAX]);

// Asks who sends it (guest.h), once it is admitted. Returns 0, or -EACCES with what to
// answer.
int gw_http_greet(const struct gw_ws *ws, const struct gw_http_head *head,
                  struct gw_guest **ret_guest, struct gw_problem *ret_problem);

#endif
