// Who is at the other end of a connection, as far as this folder needs to know: it asks
// those whose hooks these are, and keeps what it is told. What a guest is and may do is
// theirs alone.
#ifndef GW_WS_GUEST_H
#define GW_WS_GUEST_H

#include "ws/problem.h"

#include <stdbool.h>
#include <stdint.h>

enum { GW_ADDRESS_MAX = 64 }; // bytes of an address, NUL included

struct gw_guest;  // one reference is the connection's
struct gw_server; // server.h
struct gw_viewer;

// What a request says of who sends it. All borrowed; "" for what is missing.
struct gw_arrival {
    const char *method;
    const char *path;  // percent-decoded
    const char *query; // percent-encoded
    const char *host;
    const char *origin;
    const char *cookie;
    const char *authorization;
    const char *forwarded_for; // whoever is in front of us says so, or the peer itself
    const char *address;       // of the peer, without port
    bool upgrade;              // to WebSocket
};

// All NULL: nobody is asked, and there are no guests.
struct gw_guest_hooks {
    // A request has come that is good as such. Returns 0 with a reference to who sends it
    // (NULL: what is asked for is everybody's), or -EACCES with what to answer.
    int (*on_arrival)(void *arg, const struct gw_arrival *arrival,
                      struct gw_guest **ret_guest, struct gw_problem *ret_problem);

    // The address that stands for who sends a request: the peer's own, or the one that a
    // proxy in front of us gives for it. Borrowed as `arrival` is.
    const char *(*address_of)(void *arg, const struct gw_arrival *arrival);

    // Whether one who has a socket or a live picture may stay: asked four times a second,
    // so it is to be cheap. Who may not is closed, a WebSocket with 4401.
    bool (*is_welcome)(void *arg, struct gw_guest *guest);

    // Whether a viewer may still have its stream; asked by gw_server_judge().
    bool (*may_watch)(void *arg, const struct gw_guest *guest, uint32_t stream);

    // The connection's reference is given back.
    void (*on_gone)(void *arg, struct gw_guest *guest);
};

// Whose viewer it is, borrowed while the viewer lives; NULL where there are no guests.
struct gw_guest *gw_viewer_guest(const struct gw_viewer *v);

// Where it is, as address_of said; "" where nobody was asked. Borrowed likewise.
const char *gw_viewer_address(const struct gw_viewer *v);

// The registry has changed: asks may_watch for each viewer. Those who may not are ended
// as if the camera were gone, with `code` and `why`, as gw_server_end_stream() does.
void gw_server_judge(struct gw_server *s, const char *code, struct gw_text why);

#endif
