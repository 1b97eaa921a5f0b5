// Two UDP ports for a medium: an even one for RTP and the next one for RTCP (RFC
// 3550 section 11), on a libuv loop. One thread.
#ifndef GW_INGEST_UDP_PORTS_H
#define GW_INGEST_UDP_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum {
    // Datagrams of one receive call: each gets this much of the buffer lent, which
    // is the most that libuv takes into account for one.
    GW_UDP_DATAGRAM_MAX = 64 * 1024,

    GW_UDP_TRIES = 32,       // pairs that are tried before -EADDRINUSE
    GW_UDP_RECEIVE_KB = 512, // of the kernel's queue: a key frame comes at once
};

struct gw_udp_ports;

struct gw_udp_ports_config {
    uv_loop_t *loop;
    const struct sockaddr *local; // address to bind; its port is not looked at
    const struct sockaddr *peer;  // who may send; its port is not looked at

    // Even ports first..last, the pair's second one included; 0..0: any.
    uint16_t first_port;
    uint16_t last_port;
    uint64_t seed; // where in the range to begin

    // Lent for one receive call, and given back by it. Of GW_UDP_DATAGRAM_MAX, or
    // several times that for several datagrams a call.
    uint8_t *buffer;
    size_t buffer_bytes;

    // A datagram of the peer's address. Borrowed for the call.
    void (*on_datagram)(void *arg, bool rtcp, const void *data, size_t len);
    void *arg;
};

// Returns 0, -EADDRINUSE when no pair of the range is free, -ENOMEM or another libuv
// error. `config` is copied, but for the addresses.
int gw_udp_ports_open(const struct gw_udp_ports_config *config,
                      struct gw_udp_ports **ret_ports);

// No callback comes any more; frees itself once the loop has closed the sockets. NULL
// is allowed.
void gw_udp_ports_close(struct gw_udp_ports *p);

uint16_t gw_udp_ports_number(const struct gw_udp_ports *p); // of RTP

// Where to send, and whence datagrams are taken. `host` is a numeric address, else
// it stays the peer's; a zero port: nothing is sent there.
void gw_udp_ports_peer(struct gw_udp_ports *p, const char *host, uint16_t rtp_port,
                       uint16_t rtcp_port);

// Sends to the peer, or drops it.
void gw_udp_ports_send(struct gw_udp_ports *p, bool rtcp, const void *data, size_t len);

// Datagrams that were dropped: not from the peer's address, or cut.
uint64_t gw_udp_ports_strangers(const struct gw_udp_ports *p);

#endif
