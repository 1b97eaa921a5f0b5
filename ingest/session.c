// State diagram, one arrow per `s->state =` below:
//
//   DIALLING ---------------> TALKING ---> GONE (socket is being closed)
//       |                       ^  |  the client is through, or failed
//       | rtsps                 |  +--- gw_session_close(): until TEARDOWN is
//       +-------> SECURING -----+       answered, without callbacks
//
//   any --- error, timeout ---> GONE

#include "ingest/session.h"

#include "base/clock.h"
#include "ingest/dial.h"
#include "ingest/media_ports.h"
#include "ingest/read_turn.h"
#include "ingest/stream_writer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum session_state { DIALLING, SECURING, TALKING, GONE };

struct gw_session {
    struct gw_session_group *group;
    struct gw_list link;

    struct gw_session_config config;
    bool closed; // by the owner: no more callbacks
    enum session_state state;
    uint64_t deadline_us; // SECURING

    struct gw_stream_url *url;
    struct gw_dial dial; // the connection
    struct gw_read_turn turn;
    struct gw_stream_writer writer;
    struct gw_tls *tls;            // NULL: in the clear
    struct gw_rtsp_client *client; // NULL until TALKING
    struct gw_media_ports ports;
};

int gw_session_group_init(struct gw_session_group *g, uv_loop_t *loop)
{
    uint8_t *receive = malloc(GW_SESSION_RECEIVE_BYTES);
    if (!receive)
        return -ENOMEM;
    *g = (struct gw_session_group) { .loop = loop,
                                     .receive = receive,
                                     .lookups.loop = loop };
    gw_list_init(&g->all, NULL);
    return 0;
}

void gw_session_group_finish(struct gw_session_group *g)
{
    assert(!g->count);
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

    for (const struct gw_list *l = g->all.next; l != &g->all; l = l->next) {
        struct gw_session_stats one = stats_of(l->owner);
        add_stats(&sum, &one);
    }
    *ret_stats = sum;
}

static void enter_group(struct gw_session *s)
{
    gw_list_init(&s->link, s);
    gw_list_append(&s->group->all, &s->link);
    s->group->count++;
}

static void leave_group(struct gw_session *s)
{
    gw_list_remove(&s->link);
    s->group->count--;
}

static void on_dial_closed(void *arg)
{
    struct gw_session *s = arg;
    struct gw_session_group *g = s->group;
    struct gw_session_stats stats = stats_of(s);

    add_stats(&g->gone, &stats);
    leave_group(s);
    gw_rtsp_client_destroy(s->client);
    gw_tls_destroy(s->tls);
    gw_stream_url_destroy(s->url);
    free(s);
    if (!g->count && g->on_empty)
        g->on_empty(g->arg);
}

static void leave(struct gw_session *s)
{
    if (s->state == GONE)
        return;
    s->state = GONE;
    gw_media_ports_close(&s->ports);
    gw_dial_close(&s->dial);
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
        fail(s, gw_dial_cause(error), 0);
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

static void on_written(void *arg, int status)
{
    struct gw_session *s = arg;

    if (s->state != TALKING && s->state != SECURING)
        return;
    if (status < 0)
        disconnected(s, status);
    settle(s);
}

static int flush_encrypted(struct gw_session *s, const void *data, size_t len)
{
    if (len && gw_tls_write(s->tls, data, len))
        return UV_EPIPE;
    const void *out = gw_tls_output(s->tls, &len);
    int r = len ? gw_stream_write(&s->writer, out, len) : 0;
    gw_tls_sent(s->tls);
    return r;
}

static void flush(struct gw_session *s)
{
    size_t len = 0;
    const void *data = s->client ? gw_rtsp_client_output(s->client, &len) : NULL;
    int r = 0;

    if (gw_stream_writer_is_busy(&s->writer) ||
        (s->state != TALKING && s->state != SECURING))
        return;
    if (s->tls)
        r = flush_encrypted(s, data, len);
    else if (len)
        r = gw_stream_write(&s->writer, data, len);
    if (r)
        disconnected(s, r);
    else if (len)
        gw_rtsp_client_sent(s->client, len);
}

// Of a libuv handle, which is the dial's.
static struct gw_session *session_of(const void *data)
{
    const struct gw_dial *d = data;
    return d->arg;
}

static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct gw_session *s = session_of(handle->data);
    (void)suggested;
    *ret_buf = gw_read_turn_lend(&s->turn, s->group->receive, GW_SESSION_RECEIVE_BYTES);
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

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct gw_session *s = arg;
    return s->config.on_packet(s->config.arg, kind, data, len);
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
    return gw_media_ports_open(&s->ports, kind, &s->dial.tcp, config, ret_rtp_port);
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
    struct gw_session *s = session_of(stream->data);
    struct gw_session_group *g = s->group;

    if (!gw_read_turn_take(&s->turn, n, buf) ||
        (s->state != TALKING && s->state != SECURING))
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

static void on_connected(void *arg)
{
    struct gw_session *s = arg;

    if (s->url->scheme != GW_SCHEME_RTSPS)
        start_talking(s);
    else if (start_securing(s))
        fail(s, GW_CAUSE_OUR_LIMIT, 0);
    if (s->state != GONE &&
        uv_read_start((uv_stream_t *)&s->dial.tcp, lend_buffer, on_read))
        fail(s, GW_CAUSE_OUR_LIMIT, 0);
    settle(s);
}

static void on_dial_failed(void *arg, enum gw_cause cause)
{
    fail(arg, cause, 0);
}

int gw_session_open(struct gw_session_group *g, struct gw_stream_url *url,
                    const struct gw_session_config *config,
                    struct gw_session **ret_session)
{
    struct gw_session *s = calloc(1, sizeof(*s));
    if (!s) {
        gw_stream_url_destroy(url);
        return -ENOMEM;
    }
    s->group = g;
    s->url = url;
    s->config = *config;
    s->state = DIALLING;
    s->dial = (struct gw_dial) {
        .lookups = &g->lookups,
        .timeout_us = config->timeout_us,
        .on_connected = on_connected,
        .on_failed = on_dial_failed,
        .on_closed = on_dial_closed,
        .arg = s,
    };
    s->writer = (struct gw_stream_writer) {
        .stream = (uv_stream_t *)&s->dial.tcp,
        .on_written = on_written,
        .arg = s,
    };
    enter_group(s);

    int r = gw_dial_start(&s->dial, url->host, url->port);
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
    case DIALLING: gw_dial_tick(&s->dial, now_us); break;
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

// Sessions leave the list in libuv's close callbacks only, new ones enter at its end:
// the walk comes by them too, long before anything of theirs is due.
void gw_session_group_tick(struct gw_session_group *g, uint64_t now_us)
{
    for (struct gw_list *l = g->all.next; l != &g->all; l = l->next)
        tick(l->owner, now_us);
}
