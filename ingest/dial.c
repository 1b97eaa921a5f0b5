// State diagram, one arrow per `d->state =` below:
//
//                           next address
//                      +---- REOPENING <---+
//                      v                   |
//   RESOLVING ---> CONNECTING -------------+---> CONNECTED
//    |  a name         ^
//    +--- an address --+
//
//   any --- gw_dial_close() ---> CLOSED

#include "ingest/dial.h"

#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>

enum gw_cause gw_dial_cause(int uv_error)
{
    switch (uv_error) {
    case UV_ECONNREFUSED: return GW_CAUSE_REFUSED;
    case UV_ETIMEDOUT: return GW_CAUSE_TIMEOUT;
    case UV_ECONNRESET:
    case UV_EPIPE:
    case UV_EOF: return GW_CAUSE_CLOSED;
    case UV_ENOMEM:
    case UV_EMFILE:
    case UV_ENFILE:
    case UV_ENOBUFS: return GW_CAUSE_OUR_LIMIT;
    default: return GW_CAUSE_NO_ROUTE;
    }
}

// libuv may still hold the socket or a look-up: the last to go tells.
static void tell_when_closed(struct gw_dial *d)
{
    if (!d->tcp_closed || d->lookup)
        return;
    uv_freeaddrinfo(d->addresses);
    d->addresses = NULL;
    d->on_closed(d->arg);
}

static void try_address(struct gw_dial *d);

static void on_tcp_closed(uv_handle_t *handle)
{
    struct gw_dial *d = handle->data;
    if (d->state == GW_DIAL_REOPENING) {
        try_address(d);
        return;
    }
    d->tcp_closed = true;
    tell_when_closed(d);
}

void gw_dial_close(struct gw_dial *d)
{
    bool closing = d->state == GW_DIAL_REOPENING;

    if (d->state == GW_DIAL_CLOSED)
        return;
    d->state = GW_DIAL_CLOSED;
    if (d->lookup && gw_lookup_cancel(d->lookup))
        d->lookup = NULL;
    if (!closing)
        uv_close((uv_handle_t *)&d->tcp, on_tcp_closed);
}

// The address does not answer: on to the next one, by another socket.
static void give_address_up(struct gw_dial *d, enum gw_cause cause)
{
    if (!d->later) {
        d->on_failed(d->arg, cause);
        return;
    }
    d->state = GW_DIAL_REOPENING;
    uv_close((uv_handle_t *)&d->tcp, on_tcp_closed);
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct gw_dial *d = connect->data;

    free(connect);
    if (d->state != GW_DIAL_CONNECTING)
        return;
    if (status < 0) {
        give_address_up(d, gw_dial_cause(status));
        return;
    }
    (void)uv_tcp_nodelay(&d->tcp, 1);
    d->state = GW_DIAL_CONNECTED;
    d->on_connected(d->arg);
}

static int start_connect(struct gw_dial *d, const struct sockaddr *addr)
{
    uv_connect_t *connect = malloc(sizeof(*connect)); // large, and soon of no use
    if (!connect)
        return -ENOMEM;
    connect->data = d;
    int r = uv_tcp_connect(connect, &d->tcp, addr, on_connected);
    if (r) {
        free(connect);
        return r;
    }
    d->state = GW_DIAL_CONNECTING;
    d->deadline_us = gw_clock_now_us() + d->share_us;
    return 0;
}

// The socket is a new one: the address before may have been of another family.
static void try_address(struct gw_dial *d)
{
    const struct addrinfo *address = d->later;
    int r = 0;

    if (d->state == GW_DIAL_REOPENING) {
        r = uv_tcp_init(d->lookups->loop, &d->tcp);
        d->state = GW_DIAL_CONNECTING;
    }
    d->later = address->ai_next;
    if (!r)
        r = start_connect(d, address->ai_addr);
    if (r)
        give_address_up(d, gw_dial_cause(r));
}

// Takes over what was found, and leaves out what is too much.
static void take_addresses(struct gw_dial *d, struct addrinfo *info)
{
    uint64_t count = 1;
    struct addrinfo *last = info;

    for (; last->ai_next && count < GW_DIAL_ADDRESSES_MAX; last = last->ai_next)
        count++;
    uv_freeaddrinfo(last->ai_next);
    last->ai_next = NULL;
    d->addresses = info;
    d->later = info;
    d->share_us = d->timeout_us / count;
}

static void on_looked_up(void *arg, int status, struct addrinfo *addresses)
{
    struct gw_dial *d = arg;

    d->lookup = NULL;
    if (d->state == GW_DIAL_CLOSED) {
        uv_freeaddrinfo(addresses);
        tell_when_closed(d);
    } else if (status < 0) {
        d->on_failed(d->arg, GW_CAUSE_UNRESOLVED);
    } else {
        take_addresses(d, addresses);
        try_address(d);
    }
}

int gw_dial_start(struct gw_dial *d, const char *host, uint16_t port)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    (void)uv_tcp_init(d->lookups->loop, &d->tcp); // without a socket yet: cannot fail
    d->tcp.data = d;
    d->state = GW_DIAL_RESOLVING;
    d->share_us = d->timeout_us;
    d->deadline_us = gw_clock_now_us() + d->timeout_us;

    // An address needs no look-up, whose few threads slow name servers may hold up.
    if (!uv_ip4_addr(host, port, &v4))
        return start_connect(d, (const struct sockaddr *)&v4);
    if (!uv_ip6_addr(host, port, &v6))
        return start_connect(d, (const struct sockaddr *)&v6);
    return gw_lookup_start(d->lookups, host, port, on_looked_up, d, &d->lookup);
}

void gw_dial_tick(struct gw_dial *d, uint64_t now_us)
{
    if (now_us < d->deadline_us)
        return;
    if (d->state == GW_DIAL_RESOLVING)
        d->on_failed(d->arg, GW_CAUSE_TIMEOUT);
    else if (d->state == GW_DIAL_CONNECTING)
        give_address_up(d, GW_CAUSE_TIMEOUT);
}
