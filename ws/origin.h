// Who may talk to a server that is for this machine only: against DNS rebinding,
// where a foreign page makes its own name point at 127.0.0.1, and against foreign
// pages that send requests across origins. Pure functions.
#ifndef GW_WS_ORIGIN_H
#define GW_WS_ORIGIN_H

#include <stdbool.h>

enum { GW_ORIGIN_MAX = 255 }; // bytes of an origin

// Whether the authority of a Host header ("localhost:8080", "[::1]", "127.0.0.1")
// names this machine: localhost or a name below it, 127.0.0.0/8, ::1. Any port.
bool gw_host_is_loopback(const char *host);

// Whether an Origin header ("http://localhost:8080") names this machine likewise.
bool gw_origin_is_loopback(const char *origin);

// Whether the origin is the very place that the request went to: same host and
// port.
bool gw_origin_is_host(const char *origin, const char *host);

// Whether a text is the origin of a page as browsers write it (RFC 6454 section 6.1):
// "https://name" or "http://name:port", in small letters, without a path.
bool gw_origin_is_good(const char *text);

// What an answer says to a page of `origin` that wants to read it, where those of `list`
// may (between blanks, or "*"): "*", the origin itself, or NULL for nothing. Borrowed
// from the call.
const char *gw_origin_allowed(const char *list, const char *origin);

#endif
