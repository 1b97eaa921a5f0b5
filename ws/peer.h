// A connection as the sessions see it: something that takes bytes or asks to
// wait. connection.c implements it; nothing that includes this knows which library
// moves the bytes. All calls on the shard's thread.
#ifndef GW_WS_PEER_H
#define GW_WS_PEER_H

#include "base/hot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_peer;

enum gw_peer_message {
    GW_PEER_TEXT,   // WebSocket text message
    GW_PEER_BINARY, // WebSocket binary message
    GW_PEER_RAW,    // bytes of an HTTP answer
};

// Whether a write would go to the socket at once: nothing is left of earlier ones
// and the connection is not being closed.
bool gw_peer_can_write(const struct gw_peer *p);

// Asks for the session's `writable` once the socket takes more.
void gw_peer_want_write(struct gw_peer *p);

// Writes `len` bytes. In front of `data` lie GW_PACKET_HEADROOM bytes that may be
// overwritten (not with GW_PEER_RAW). What the socket does not take is kept by the
// library: ask gw_peer_can_write() before each write. A connection that turns out
// to be broken closes later, not within the call.
void gw_peer_write(struct gw_peer *p, enum gw_peer_message as, uint8_t *data, size_t len);

// Who is at the other end, borrowed; NULL where there are no guests (guest.h).
struct gw_guest;
struct gw_guest *gw_peer_guest(const struct gw_peer *p);
const char *gw_peer_address(const struct gw_peer *p);

// Names the memory that a write reads.
void gw_peer_hot(const struct gw_peer *p, struct gw_hot *hot);

// The HTTP answer is complete: the connection may carry the next request, or is
// closed when `close` says so. Only from within the session's `writable`.
void gw_peer_finish(struct gw_peer *p, bool close);

// Closes soon, not within the call: a WebSocket with `status` (RFC 6455 section
// 7.4) and `reason`, a static string of at most 123 bytes.
void gw_peer_close(struct gw_peer *p, uint16_t status, const char *reason);

#endif
