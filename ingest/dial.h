// The way to a host: its name is looked up, and its addresses are tried one after
// another until a TCP connection stands. On the loop's thread.
#ifndef GW_INGEST_DIAL_H
#define GW_INGEST_DIAL_H

#include "base/source.h"
#include "ingest/lookup.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { GW_DIAL_ADDRESSES_MAX = 4 }; // of a name that are tried

enum gw_dial_state {
    GW_DIAL_RESOLVING,
    GW_DIAL_CONNECTING,
    GW_DIAL_REOPENING, // the socket is closed to try the next address
    GW_DIAL_CONNECTED,
    GW_DIAL_CLOSED, // or being closed
};

// Embedded by value, and not moved. `tcp` is the owner's to read and write from
// on_connected on; its `data` is this object.
struct gw_dial {
    uv_tcp_t tcp;

    // Set by the owner before gw_dial_start().
    struct gw_lookups *lookups; // borrowed; its loop is ours
    uint64_t timeout_us;        // for the name, and for all its addresses together
    void (*on_connected)(void *arg);
    void (*on_failed)(void *arg, enum gw_cause cause); // why the last address did
    void (*on_closed)(void *arg); // libuv has nothing of it any more: it may be freed
    void *arg;

    // Private.
    enum gw_dial_state state;
    bool tcp_closed;
    uint64_t deadline_us;
    uint64_t share_us;            // of the timeout, for each address
    struct addrinfo *addresses;   // of a name; owned
    const struct addrinfo *later; // of these, to be tried next; NULL: none
    struct gw_lookup *lookup;     // under way, or NULL
};

// Starts to connect. `host` (a name or an address) must stay until it is connected or
// closed. Callbacks come from the loop or from the functions below. Returns 0, -ENOMEM
// or a libuv error; on_closed comes in any case, after gw_dial_close().
int gw_dial_start(struct gw_dial *d, const char *host, uint16_t port);

// Gives up what takes too long.
void gw_dial_tick(struct gw_dial *d, uint64_t now_us);

// Closes the socket, connected or not; on_closed comes from the loop, and no other
// callback does. May be called more than once.
void gw_dial_close(struct gw_dial *d);

// What a libuv error of a connection means to people.
enum gw_cause gw_dial_cause(int uv_error);

#endif
