// State diagram, one arrow per `s->state =` below:
//
//                  +----+ next address
//                  |    v
//   RESOLVING ---> CONNECTING ---> TALKING ---> GONE (socket is being closed)
//    |  a name       ^    |        ^  |  the client is through, or failed
//    +- an address --+    |        |  +--- gw_session_close(): until TEARDOWN is
//                         |        |       answered, without callbacks
//                  rtsps  +-> SECURING
//   any --- error, timeout ---> GONE

#include "ingest/session.h"

#include "base/clock.h"
#include "ingest/media_ports.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum session_state { RESOLVING, CONNECTING, SECURING, TALKING, GONE };

struct gw_session {
    struct gw_session_group *group;
    struct gw_session *next;
    struct gw_session *prev;

    struct gw_session_config config;
    bool closed; // by the owner: no more callbacks
    enum session_state state;
    uint64_t deadline_us; // RESOLVING, CONNECTING, SECURING

    struct gw_stream_url *url;
    struct gw_rtsp_client *client; // NULL until TALKING
    uv_tcp_t tcp;
    bool tcp_closed;
    bool reopening; // CONNECTING: the socket is closed to try the next address
    struct addrinfo *addresses;   // of a name; owned
    const struct addrinfo *later; // of these, to be tried next; NULL: none
    uint64_t share_us;            // of the timeout, for each
    struct gw_media_ports ports;
    struct gw_tls *tls; // NULL: in the clear

    // Requests under way: each is an allocation of its own, for they are large and
    // seldom.
    struct gw_lookup *lookup;
    uv_write_t *write;
};

enum gw_cause gw_session_cause_of(int uv_error)
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

int gw_session_group_init(struct gw_session_group *g, uv_loop_t *loop)
{
    uint8_t *receive = malloc(GW_SESSION_RECEIVE_BYTES);
    if (!receive)
        return -ENOMEM;
    *g = (struct gw_session_group) { .loop = loop,
                                     .receive = receive,
                                     .lookups.loop = loop };
    return 0;
}

void gw_session_group_finish(struct gw_session_group *g)
{
    assert(!g->first);
    free(g->receive);
    free(g->datagrams);
}

// Sums fields that are all counters.
static void add_stats(struct gw_session_stats *sum, const struct gw_session_stats *s)
{
    sum->rtsp.packets += s->rtsp.packets;
    sum->rtsp.packets_malformed += s->rtsp.packets_malformed;
    sum->rtsp.packets_reordered += s->rtsp.packets_reordered;
    sum->rtsp.packets_late += s->rtsp.packets_late;
    sum->rtsp.packets_other += s->rtsp.packets_other;
    sum->rtsp.rtcp += s->rtsp.rtcp;
    sum->rtsp.reports += s->rtsp.reports;
    sum->rtsp.garbage += s->rtsp.garbage;
    sum->rtsp.unexpected += s->rtsp.unexpected;
    sum->rtsp.switched += s->rtsp.switched;
    sum->strangers += s->strangers;
}

static struct gw_session_stats stats_of(const struct gw_session *s)
{
    struct gw_session_stats stats = { .strangers = gw_media_ports_strangers(&s->ports) };
    if (s->client)
        gw_rtsp_client_stats(s->client, &stats.rtsp);
    return stats;
}

void gw_session_group_stats(const struct gw_session_group *g,
                            struct gw_session_stats *ret_stats)
{
    struct gw_session_stats sum = g->gone;

    for (const struct gw_session *s = g->first; s; s = s->next) {
        struct gw_session_stats one = stats_of(s);
        add_stats(&sum, &one);
    }
    *ret_stats = sum;
}

static void enter_group(struct gw_session *s)
{
    struct gw_session_group *g = s->group;
    s->next = g->first;
    if (g->first)
        g->first->prev = s;
    g->first = s;
    g->count++;
}

static void leave_group(struct gw_session *s)
{
    struct gw_session_group *g = s->group;
    if (s->prev)
        s->prev->next = s->next;
    else
        g->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    g->count--;
}

// libuv may still hold the socket or a look-up: the last to go frees.
static void free_when_unused(struct gw_session *s)
{
    if (!s->tcp_closed || s->lookup)
        return;

    struct gw_session_group *g = s->group;
    struct gw_session_stats stats = stats_of(s);
    add_stats(&g->gone, &stats);
    leave_group(s);
    gw_rtsp_client_destroy(s->client);
    gw_tls_destroy(s->tls);
    gw_stream_url_destroy(s->url);
    uv_freeaddrinfo(s->addresses);
    free(s);
    if (!g->first && g->on_empty)
        g->on_empty(g->arg);
}

static void try_address(struct gw_session *s);

static void on_tcp_closed(uv_handle_t *handle)
{
    struct gw_session *s = handle->data;
    if (s->state == CONNECTING) {
        try_address(s);
        return;
    }
    s->tcp_closed = true;
    free_when_unused(s);
}

static void leave(struct gw_session *s)
{
    if (s->state == GONE)
        return;
    s->state = GONE;
    if (s->lookup && gw_lookup_cancel(s->lookup))
        s->lookup = NULL;
    gw_media_ports_close(&s->ports);
    if (!s->reopening) // else it is being closed already
        uv_close((uv_handle_t *)&s->tcp, on_tcp_closed);
}

enum gw_rtsp_lower gw_session_lower(const struct gw_session *s)
{
    return s->client ? gw_rtsp_client_lower(s->client) : s->config.lower;
}

struct gw_rtsp_peer gw_session_peer(const struct gw_session *s)
{
    return s->client ? gw_rtsp_client_peer(s->client) : (struct gw_rtsp_peer) { 0 };
}

static void fail(struct gw_session *s, enum gw_cause cause, uint16_t rtsp_status)
{
    if (s->state == GONE)
        return;
    leave(s);
    if (s->closed)
        return;
    struct gw_session_end end = {
        .cause = cause,
        .rtsp_status = rtsp_status,
        .lower = gw_session_lower(s),
        .url = s->url,
        .location = s->client ? gw_rtsp_client_location(s->client) : NULL,
    };
    s->config.on_failed(s->config.arg, &end);
}

static void flush(struct gw_session *s);

static void disconnected(struct gw_session *s, int error)
{
    if (s->client)
        gw_rtsp_client_disconnected(s->client);
    else
        fail(s, gw_session_cause_of(error), 0);
}

// After every call of the client: sends what it wants sent, and goes when it is
// through.
static void settle(struct gw_session *s)
{
    flush(s);
    if (s->state != TALKING)
        return;
    switch (gw_rtsp_client_state(s->client)) {
    case GW_RTSP_CLOSED:
        leave(s);
        if (!s->closed) // only a probe ends by itself
            s->config.on_described(s->config.arg);
        break;
    case GW_RTSP_FAILED:
        fail(s, gw_rtsp_client_cause(s->client), gw_rtsp_client_status(s->client));
        break;
    case GW_RTSP_OPTIONS:
    case GW_RTSP_DESCRIBE:
    case GW_RTSP_SETUP:
    case GW_RTSP_PLAY:
    case GW_RTSP_PLAYING:
    case GW_RTSP_TEARDOWN: break;
    }
}

static void on_written(uv_write_t *write, int status)
{
    struct gw_session *s = write->data;

    free(write);
    s->write = NULL;
    if (s->state != TALKING && s->state != SECURING)
        return;
    if (status < 0)
        disconnected(s, status);
    settle(s);
}

// Leaves the bytes to libuv, which sends them when the socket takes more. They lie
// behind the request.
static int write_later(struct gw_session *s, const void *data, size_t len)
{
    uv_write_t *write = malloc(sizeof(*write) + len);
    if (!write)
        return UV_ENOMEM;
    uv_buf_t buf = uv_buf_init((char *)(write + 1), (unsigned)len);
    memcpy(buf.base, data, len);
    write->data = s;
    int r = uv_write(write, (uv_stream_t *)&s->tcp, &buf, 1, on_written);
    if (r) {
        free(write);
        return r;
    }
    s->write = write;
    return 0;
}

// Sends as much as the socket takes and leaves the rest to libuv.
static int write_now(struct gw_session *s, const void *data, size_t len)
{
    uv_buf_t buf = uv_buf_init((char *)data, (unsigned)len);
    int sent = uv_try_write((uv_stream_t *)&s->tcp, &buf, 1);
    int r = sent < 0 && sent != UV_EAGAIN ? sent : 0;
    size_t left = sent > 0 ? len - (size_t)sent : len;

    if (!r && left)
        r = write_later(s, (const char *)data + (len - left), left);
    return r;
}

static int flush_encrypted(struct gw_session *s, const void *data, size_t len)
{
    if (len && gw_tls_write(s->tls, data, len))
        return UV_EPIPE;
    const void *out = gw_tls_output(s->tls, &len);
    int r = len ? write_now(s, out, len) : 0;
    gw_tls_sent(s->tls);
    return r;
}

static void flush(struct gw_session *s)
{
    size_t len = 0;
    const void *data = s->client ? gw_rtsp_client_output(s->client, &len) : NULL;
    int r = 0;

    if (s->write || (s->state != TALKING && s->state != SECURING))
        return;
    if (s->tls)
        r = flush_encrypted(s, data, len);
    else if (len)
        r = write_now(s, data, len);
    if (r)
        disconnected(s, r);
    else if (len)
        gw_rtsp_client_sent(s->client, len);
}

static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct gw_session *s = handle->data;
    (void)suggested;
    *ret_buf = uv_buf_init((char *)s->group->receive, GW_SESSION_RECEIVE_BYTES);
}

static enum gw_cause on_setup(void *arg, const struct gw_media_format *media,
                              size_t count)
{
    struct gw_session *s = arg;
    return s->config.on_setup(s->config.arg, media, count);
}

static void on_playing(void *arg)
{
    struct gw_session *s = arg;
    if (s->config.on_playing)
        s->config.on_playing(s->config.arg);
}

static void on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct gw_session *s = arg;
    s->config.on_packet(s->config.arg, kind, data, len);
}

static void on_report(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    struct gw_session *s = arg;
    s->config.on_report(s->config.arg, kind, report);
}

static void on_datagram(void *arg, enum gw_media_kind kind, bool rtcp, const void *data,
                        size_t len)
{
    struct gw_session *s = arg;
    struct gw_session_group *g = s->group;

    g->bytes += len;
    g->now_us = gw_clock_now_us();
    g->unix_us = gw_clock_unix_us();
    gw_rtsp_client_datagram(s->client, kind, rtcp, data, len, g->now_us);
}

static int open_ports(void *arg, enum gw_media_kind kind, uint16_t *ret_rtp_port)
{
    struct gw_session *s = arg;
    struct gw_session_group *g = s->group;

    if (!g->datagrams)
        g->datagrams = malloc(GW_SESSION_DATAGRAMS_BYTES);
    if (!g->datagrams)
        return -ENOMEM;
    struct gw_udp_ports_config config = {
        .loop = g->loop,
        .first_port = g->first_udp_port,
        .last_port = g->last_udp_port,
        .seed = s->config.seed + kind,
        .buffer = g->datagrams,
        .buffer_bytes = GW_SESSION_DATAGRAMS_BYTES,
    };
    s->ports.on_datagram = on_datagram;
    s->ports.arg = s;
    return gw_media_ports_open(&s->ports, kind, &s->tcp, config, ret_rtp_port);
}

static void set_peer(void *arg, enum gw_media_kind kind,
                     const struct gw_rtsp_transport *transport)
{
    struct gw_session *s = arg;
    gw_media_ports_peer(&s->ports, kind, transport);
}

static void send_datagram(void *arg, enum gw_media_kind kind, bool rtcp, const void *data,
                          size_t len)
{
    struct gw_session *s = arg;
    gw_media_ports_send(&s->ports, kind, rtcp, data, len);
}

static const struct gw_rtsp_udp udp = {
    .open = open_ports,
    .peer = set_peer,
    .send = send_datagram,
};

static int create_client(struct gw_session *s)
{
    struct gw_rtsp_client_config config = {
        .url = s->url,
        .answer_timeout_us = s->config.timeout_us,
        .stall_us = s->config.stall_us,
        .seed = s->config.seed,
        .audio = s->config.audio,
        .lower = s->config.lower,
        .may_switch = s->config.may_switch,
        .describe_only = s->config.on_described != NULL,
        .udp = &udp,
        .on_setup = on_setup,
        .on_playing = on_playing,
        .on_packet = on_packet,
        .on_report = on_report,
        .arg = s,
    };
    return gw_rtsp_client_create(&config, gw_clock_now_us(), &s->client);
}

static void start_talking(struct gw_session *s)
{
    if (create_client(s)) {
        fail(s, GW_CAUSE_OUR_LIMIT, 0);
        return;
    }
    s->state = TALKING;
}

// Decrypts what was fed, record by record, into a buffer of the stack: the group's
// holds what came.
static void receive_encrypted(struct gw_session *s, const void *data, size_t len)
{
    uint8_t plain[GW_TLS_RECORD_MAX];
    ssize_t n = 0;

    if (gw_tls_feed(s->tls, data, len)) {
        fail(s, GW_CAUSE_OUR_LIMIT, 0);
        return;
    }
    while (s->state != GONE && (n = gw_tls_read(s->tls, plain, sizeof(plain))) > 0) {
        if (s->state == SECURING)
            start_talking(s);
        if (s->client)
            gw_rtsp_client_receive(s->client, plain, (size_t)n, s->group->now_us);
    }
    if (s->state == SECURING && gw_tls_is_ready(s->tls))
        start_talking(s);
    if (n < 0) {
        flush(s); // the alert tells the camera why
        fail(s, gw_tls_cause(s->tls), 0);
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct gw_session *s = stream->data;
    struct gw_session_group *g = s->group;

    if (n == 0 || (s->state != TALKING && s->state != SECURING))
        return;
    if (n < 0) {
        disconnected(s, (int)n);
    } else {
        g->bytes += (uint64_t)n;
        g->now_us = gw_clock_now_us();
        g->unix_us = gw_clock_unix_us();
        if (s->tls)
            receive_encrypted(s, buf->base, (size_t)n);
        else
            gw_rtsp_client_receive(s->client, buf->base, (size_t)n, g->now_us);
    }
    settle(s);
}

static int start_securing(struct gw_session *s)
{
    if (!s->group->trust)
        return -ENOTSUP;
    int r =
        gw_tls_create(s->group->trust, s->url->host, s->config.any_certificate, &s->tls);
    if (r)
        return r;
    s->state = SECURING;
    s->deadline_us = gw_clock_now_us() + s->config.timeout_us;
    return 0;
}

// The address does not answer: on to the next one, by another socket. Why the last
// one failed is what is told.
static void give_address_up(struct gw_session *s, enum gw_cause cause)
{
    if (!s->later) {
        fail(s, cause, 0);
        return;
    }
    s->reopening = true;
    uv_close((uv_handle_t *)&s->tcp, on_tcp_closed);
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct gw_session *s = connect->data;

    free(connect);
    if (s->state != CONNECTING || s->reopening)
        return;
    if (status < 0) {
        give_address_up(s, gw_session_cause_of(status));
        return;
    }
    (void)uv_tcp_nodelay(&s->tcp, 1);
    if (s->url->scheme != GW_SCHEME_RTSPS)
        start_talking(s);
    else if (start_securing(s))
        fail(s, GW_CAUSE_OUR_LIMIT, 0);
    if (s->state != GONE && uv_read_start((uv_stream_t *)&s->tcp, lend_buffer, on_read))
        fail(s, GW_CAUSE_OUR_LIMIT, 0);
    settle(s);
}

static int start_connect(struct gw_session *s, const struct sockaddr *addr)
{
    uv_connect_t *connect = malloc(sizeof(*connect));
    if (!connect)
        return -ENOMEM;
    connect->data = s;
    int r = uv_tcp_connect(connect, &s->tcp, addr, on_connected);
    if (r) {
        free(connect);
        return r;
    }
    s->state = CONNECTING;
    s->deadline_us = gw_clock_now_us() + s->share_us;
    return 0;
}

// The socket is a new one: the address before may have been of another family.
static void try_address(struct gw_session *s)
{
    const struct addrinfo *address = s->later;
    int r = s->reopening ? uv_tcp_init(s->group->loop, &s->tcp) : 0;

    s->state = CONNECTING;
    s->reopening = false;
    s->later = address->ai_next;
    if (!r)
        r = start_connect(s, address->ai_addr);
    if (r)
        give_address_up(s, gw_session_cause_of(r));
}

// Takes over what was found, and leaves out what is too much.
static void take_addresses(struct gw_session *s, struct addrinfo *info)
{
    uint64_t count = 1;
    struct addrinfo *last = info;

    for (; last->ai_next && count < GW_SESSION_ADDRESSES_MAX; last = last->ai_next)
        count++;
    uv_freeaddrinfo(last->ai_next);
    last->ai_next = NULL;
    s->addresses = info;
    s->later = info;
    s->share_us = s->config.timeout_us / count;
}

static void on_looked_up(void *arg, int status, struct addrinfo *addresses)
{
    struct gw_session *s = arg;

    s->lookup = NULL;
    if (s->state == GONE) {
        uv_freeaddrinfo(addresses);
        free_when_unused(s);
    } else if (status < 0) {
        fail(s, GW_CAUSE_UNRESOLVED, 0);
    } else {
        take_addresses(s, addresses);
        try_address(s);
    }
}

// An address needs no look-up, whose few threads slow name servers may hold up.
static int start(struct gw_session *s)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (!uv_ip4_addr(s->url->host, s->url->port, &v4))
        return start_connect(s, (const struct sockaddr *)&v4);
    if (!uv_ip6_addr(s->url->host, s->url->port, &v6))
        return start_connect(s, (const struct sockaddr *)&v6);
    s->deadline_us = gw_clock_now_us() + s->config.timeout_us;
    return gw_lookup_start(&s->group->lookups, s->url->host, s->url->port, on_looked_up,
                           s, &s->lookup);
}

int gw_session_open(struct gw_session_group *g, struct gw_stream_url *url,
                    const struct gw_session_config *config,
                    struct gw_session **ret_session)
{
    struct gw_session *s = calloc(1, sizeof(*s));
    int r = s ? uv_tcp_init(g->loop, &s->tcp) : -ENOMEM;
    if (r) {
        gw_stream_url_destroy(url);
        free(s);
        return r;
    }
    s->group = g;
    s->url = url;
    s->config = *config;
    s->state = RESOLVING;
    s->share_us = config->timeout_us;
    s->tcp.data = s;
    enter_group(s);

    r = start(s);
    if (r) {
        s->closed = true;
        leave(s);
        return r;
    }
    *ret_session = s;
    return 0;
}

void gw_session_close(struct gw_session *s)
{
    if (s->state == GONE)
        return;
    s->closed = true;
    if (s->state != TALKING) {
        leave(s);
        return;
    }
    gw_rtsp_client_close(s->client, gw_clock_now_us());
    settle(s);
}

static void tick(struct gw_session *s, uint64_t now_us)
{
    switch (s->state) {
    case CONNECTING:
        if (now_us >= s->deadline_us && !s->reopening)
            give_address_up(s, GW_CAUSE_TIMEOUT);
        break;
    case RESOLVING:
    case SECURING:
        if (now_us >= s->deadline_us)
            fail(s, GW_CAUSE_TIMEOUT, 0);
        break;
    case TALKING:
        if (now_us < gw_rtsp_client_deadline_us(s->client))
            return;
        gw_rtsp_client_tick(s->client, now_us);
        settle(s);
        break;
    case GONE: break;
    }
}

// Sessions leave the list in libuv's close callbacks only, new ones enter at its
// front: both leave this walk alone.
void gw_session_group_tick(struct gw_session_group *g, uint64_t now_us)
{
    for (struct gw_session *s = g->first; s; s = s->next)
        tick(s, now_us);
}
