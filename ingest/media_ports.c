#include "ingest/media_ports.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

static void on_datagram(void *arg, bool rtcp, const void *data, size_t len)
{
    struct gw_media_port_pair *pair = arg;
    pair->owner->on_datagram(pair->owner->arg, pair->kind, rtcp, data, len);
}

int gw_media_ports_open(struct gw_media_ports *m, enum gw_media_kind kind,
                        const uv_tcp_t *tcp, struct gw_udp_ports_config config,
                        uint16_t *ret_rtp_port)
{
    struct gw_media_port_pair *pair = &m->pairs[kind];
    struct sockaddr_storage local;
    struct sockaddr_storage peer;
    int local_len = sizeof(local);
    int peer_len = sizeof(peer);

    assert(!pair->ports);
    int r = uv_tcp_getsockname(tcp, (struct sockaddr *)&local, &local_len);
    if (!r)
        r = uv_tcp_getpeername(tcp, (struct sockaddr *)&peer, &peer_len);
    if (r)
        return r;
    config.local = (const struct sockaddr *)&local;
    config.peer = (const struct sockaddr *)&peer;
    config.on_datagram = on_datagram;
    config.arg = pair;
    pair->owner = m;
    pair->kind = kind;
    r = gw_udp_ports_open(&config, &pair->ports);
    if (r)
        return r;
    *ret_rtp_port = gw_udp_ports_number(pair->ports);
    return 0;
}

void gw_media_ports_peer(struct gw_media_ports *m, enum gw_media_kind kind,
                         const struct gw_rtsp_transport *transport)
{
    char host[INET6_ADDRSTRLEN] = ""; // empty: no address, the peer's stays
    size_t len = transport->source.len;

    if (len && len < sizeof(host))
        memcpy(host, transport->source.s, len);
    gw_udp_ports_peer(m->pairs[kind].ports, host, transport->rtp_port,
                      transport->rtcp_port);
}

void gw_media_ports_send(struct gw_media_ports *m, enum gw_media_kind kind, bool rtcp,
                         const void *data, size_t len)
{
    gw_udp_ports_send(m->pairs[kind].ports, rtcp, data, len);
}

uint64_t gw_media_ports_strangers(const struct gw_media_ports *m)
{
    uint64_t sum = m->strangers;

    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        if (m->pairs[i].ports)
            sum += gw_udp_ports_strangers(m->pairs[i].ports);
    }
    return sum;
}

void gw_media_ports_close(struct gw_media_ports *m)
{
    m->strangers = gw_media_ports_strangers(m);
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        gw_udp_ports_close(m->pairs[i].ports);
        m->pairs[i].ports = NULL;
    }
}
