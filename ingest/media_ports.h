// The UDP ports of a session's media (udp_ports.h), beside its TCP connection: on the
// address that the camera is talked to from, open to the one it is talked to at.
#ifndef GW_INGEST_MEDIA_PORTS_H
#define GW_INGEST_MEDIA_PORTS_H

#include "ingest/media.h"
#include "ingest/rtsp_transport.h"
#include "ingest/udp_ports.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct gw_media_ports;

struct gw_media_port_pair {
    struct gw_media_ports *owner;
    enum gw_media_kind kind;
    struct gw_udp_ports *ports; // NULL: none
};

// Embedded by value, and not moved; all zero at first but for the callback and arg.
struct gw_media_ports {
    void (*on_datagram)(void *arg, enum gw_media_kind kind, bool rtcp, const void *data,
                        size_t len);
    void *arg;
    struct gw_media_port_pair pairs[GW_MEDIA_KINDS];
    uint64_t strangers; // of pairs that were closed
};

// Opens the pair of a medium that has none. Of `config`, addresses and callback are
// filled in here. Returns 0 or -errno as gw_udp_ports_open().
int gw_media_ports_open(struct gw_media_ports *m, enum gw_media_kind kind,
                        const uv_tcp_t *tcp, struct gw_udp_ports_config config,
                        uint16_t *ret_rtp_port);

// What the camera said of its own ports.
void gw_media_ports_peer(struct gw_media_ports *m, enum gw_media_kind kind,
                         const struct gw_rtsp_transport *transport);

void gw_media_ports_send(struct gw_media_ports *m, enum gw_media_kind kind, bool rtcp,
                         const void *data, size_t len);

uint64_t gw_media_ports_strangers(const struct gw_media_ports *m);

// All of them; no callback comes any more.
void gw_media_ports_close(struct gw_media_ports *m);

#endif
