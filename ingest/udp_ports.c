#include "ingest/udp_ports.h"

#include "base/rng.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { RTP, RTCP, PORTS };

// Where the kernel chooses from when nothing else is said: RFC 6335 section 6.
enum { ANY_FIRST = 49152, ANY_LAST = 65535 };

struct gw_udp_ports {
    struct gw_udp_ports_config config;
    uv_udp_t udp[PORTS];
    unsigned open; // sockets that libuv holds
    bool closed;
    uint16_t number;
    struct sockaddr_storage peer[PORTS]; // with its ports
    uint64_t strangers;
};

static void set_port(struct sockaddr_storage *addr, uint16_t port)
{
    if (addr->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)addr)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)addr)->sin_port = htons(port);
}

static uint16_t port_of(const struct sockaddr_storage *addr)
{
    return ntohs(addr->ss_family == AF_INET6
                     ? ((const struct sockaddr_in6 *)addr)->sin6_port
                     : ((const struct sockaddr_in *)addr)->sin_port);
}

static void copy_address(struct sockaddr_storage *to, const struct sockaddr *from)
{
    memset(to, 0, sizeof(*to));
    memcpy(to, from,
           from->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                       : sizeof(struct sockaddr_in));
}

// Ports may differ: some cameras send from others than they said.
static bool is_host(const struct sockaddr_storage *a, const struct sockaddr *b)
{
    if (a->ss_family != b->sa_family)
        return false;
    if (b->sa_family == AF_INET6)
        return !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                       &((const struct sockaddr_in6 *)b)->sin6_addr,
                       sizeof(struct in6_addr));
    return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
           ((const struct sockaddr_in *)b)->sin_addr.s_addr;
}

static void on_closed(uv_handle_t *handle)
{
    struct gw_udp_ports *p = handle->data;
    if (!--p->open)
        free(p);
}

static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct gw_udp_ports *p = handle->data;
    (void)suggested;
    *ret_buf = uv_buf_init((char *)p->config.buffer, (unsigned)p->config.buffer_bytes);
}

static void on_received(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf,
                        const struct sockaddr *from, unsigned flags)
{
    struct gw_udp_ports *p = udp->data;

    // Without an address nothing came. Errors are ICMP's words on what we sent: the
    // camera's silence is noticed anyway.
    if (!from || n < 0 || p->closed)
        return;
    if ((flags & UV_UDP_PARTIAL) || !is_host(&p->peer[RTP], from)) {
        p->strangers++;
        return;
    }
    p->config.on_datagram(p->config.arg, udp == &p->udp[RTCP], buf->base, (size_t)n);
}

static int open_sockets(struct gw_udp_ports *p)
{
    for (size_t i = 0; i < PORTS; i++) {
        int r = uv_udp_init_ex(p->config.loop, &p->udp[i],
                               p->config.local->sa_family | UV_UDP_RECVMMSG);
        if (r)
            return r;
        p->udp[i].data = p;
        p->open++;
    }
    return 0;
}

static int bind_pair(struct gw_udp_ports *p, uint16_t number)
{
    for (size_t i = 0; i < PORTS; i++) {
        struct sockaddr_storage local;
        copy_address(&local, p->config.local);
        set_port(&local, (uint16_t)(number + i));
        int r = uv_udp_bind(&p->udp[i], (const struct sockaddr *)&local, 0);
        if (r)
            return r;
    }
    p->number = number;
    return 0;
}

static int listen_pair(struct gw_udp_ports *p)
{
    for (size_t i = 0; i < PORTS; i++) {
        int bytes = GW_UDP_RECEIVE_KB * 1024;
        // As much as the system allows: losses are counted.
        (void)uv_recv_buffer_size((uv_handle_t *)&p->udp[i], &bytes);
        int r = uv_udp_recv_start(&p->udp[i], lend_buffer, on_received);
        if (r)
            return r;
    }
    return 0;
}

static int open_pair(const struct gw_udp_ports_config *config, uint16_t number,
                     struct gw_udp_ports **ret_ports)
{
    struct gw_udp_ports *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->config = *config;
    copy_address(&p->peer[RTP], config->peer);
    copy_address(&p->peer[RTCP], config->peer);
    set_port(&p->peer[RTP], 0);
    set_port(&p->peer[RTCP], 0);

    int r = open_sockets(p);
    if (!r)
        r = bind_pair(p, number);
    if (!r)
        r = listen_pair(p);
    p->config.local = NULL; // the caller's
    p->config.peer = NULL;
    if (r) {
        gw_udp_ports_close(p);
        return r;
    }
    *ret_ports = p;
    return 0;
}

int gw_udp_ports_open(const struct gw_udp_ports_config *config,
                      struct gw_udp_ports **ret_ports)
{
    uint32_t first = config->first_port ? config->first_port : ANY_FIRST;
    uint32_t last = config->last_port ? config->last_port : ANY_LAST;
    uint32_t even = (first + 1) & ~1u;
    uint32_t pairs = even < last ? (last - even + 1) / 2 : 0;
    uint32_t tries = pairs < GW_UDP_TRIES ? pairs : GW_UDP_TRIES;
    struct gw_rng rng;

    gw_rng_init(&rng, config->seed);
    uint32_t start = (uint32_t)gw_rng_below(&rng, pairs);
    for (uint32_t i = 0; i < tries; i++) {
        uint16_t number = (uint16_t)(even + 2 * ((start + i) % pairs));
        int r = open_pair(config, number, ret_ports);
        if (r != UV_EADDRINUSE)
            return r;
    }
    return -EADDRINUSE;
}

void gw_udp_ports_close(struct gw_udp_ports *p)
{
    if (!p || p->closed)
        return;
    p->closed = true;
    if (!p->open) {
        free(p);
        return;
    }
    for (size_t i = 0, n = p->open; i < n; i++)
        uv_close((uv_handle_t *)&p->udp[i], on_closed);
}

uint16_t gw_udp_ports_number(const struct gw_udp_ports *p)
{
    return p->number;
}

void gw_udp_ports_peer(struct gw_udp_ports *p, const char *host, uint16_t rtp_port,
                       uint16_t rtcp_port)
{
    uint16_t ports[PORTS] = { rtp_port, rtcp_port };
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    const struct sockaddr *other = NULL;

    if (!uv_ip4_addr(host, 0, &v4))
        other = (const struct sockaddr *)&v4;
    else if (!uv_ip6_addr(host, 0, &v6))
        other = (const struct sockaddr *)&v6;
    for (size_t i = 0; i < PORTS; i++) {
        if (other && other->sa_family == p->peer[i].ss_family)
            copy_address(&p->peer[i], other);
        set_port(&p->peer[i], ports[i]);
    }
}

void gw_udp_ports_send(struct gw_udp_ports *p, bool rtcp, const void *data, size_t len)
{
    size_t i = rtcp ? RTCP : RTP;
    uv_buf_t buf = uv_buf_init((char *)data, (unsigned)len);

    if (!p->closed && port_of(&p->peer[i]))
        (void)uv_udp_try_send(&p->udp[i], &buf, 1, (const struct sockaddr *)&p->peer[i]);
}

uint64_t gw_udp_ports_strangers(const struct gw_udp_ports *p)
{
    return p->strangers;
}
