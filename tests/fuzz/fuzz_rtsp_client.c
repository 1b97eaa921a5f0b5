// Properties: whatever a camera says, however TCP cuts it, the client ends in the
// same state; what waits to be sent stays under its limit even when nothing is
// ever sent; packets come only after a set-up; and FAILED is for good.
//
// The first input byte picks the cut; bytes of 0xfe let a second pass.

#include "ingest/rtsp_client.h"

#include "pieces.h"

#include <stdlib.h>
#include <string.h>

struct outcome {
    enum gw_rtsp_client_state state;
    enum gw_cause cause;
    unsigned status;
    unsigned setups;
    size_t media; // that were set up
    size_t bytes; // of packets
    size_t sent;  // bytes of datagrams
    size_t waiting;
};

static enum gw_cause on_setup(void *arg, const struct gw_media_format *media,
                              size_t count)
{
    struct outcome *o = arg;
    if (count < 1 || count > GW_MEDIA_KINDS || media[0].kind != GW_MEDIA_VIDEO)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (media[i].payload_type > 127 || (i && media[i].kind != GW_MEDIA_AUDIO))
            abort();
    }
    o->setups++;
    o->media = count;
    return GW_CAUSE_NONE;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct outcome *o = arg;
    (void)data;
    if ((size_t)kind >= o->media) // none before a set-up
        abort();
    o->bytes += len + 1;
    return o->bytes % 3;
}

static void on_report(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    (void)on_packet(arg, kind, report, sizeof(*report));
}

static int open_ports(void *arg, enum gw_media_kind kind, uint16_t *ret_rtp_port)
{
    (void)arg;
    *ret_rtp_port = (uint16_t)(5000 + 2 * kind);
    return 0;
}

static void set_peer(void *arg, enum gw_media_kind kind,
                     const struct gw_rtsp_transport *transport)
{
    struct outcome *o = arg;
    o->bytes += transport->source.len + kind;
}

static void send_datagram(void *arg, enum gw_media_kind kind, bool rtcp, const void *data,
                          size_t len)
{
    struct outcome *o = arg;
    (void)kind;
    (void)rtcp;
    (void)data;
    o->sent += len;
}

static const struct gw_rtsp_udp udp = {
    .open = open_ports,
    .peer = set_peer,
    .send = send_datagram,
};

static void look(struct gw_rtsp_client *c, struct outcome *o)
{
    enum gw_rtsp_client_state before = o->state;
    enum gw_cause cause = o->cause;

    (void)gw_rtsp_client_output(c, &o->waiting);
    o->state = gw_rtsp_client_state(c);
    o->cause = gw_rtsp_client_cause(c);
    o->status = gw_rtsp_client_status(c);
    if (o->waiting > GW_RTSP_OUTPUT_MAX)
        abort();
    if (before == GW_RTSP_FAILED && (o->state != before || o->cause != cause))
        abort();
    if ((o->state == GW_RTSP_FAILED) != (o->cause != GW_CAUSE_NONE))
        abort();
}

struct talk {
    struct gw_rtsp_client *c;
    struct outcome *o;
};

static void receive(void *arg, const void *data, size_t len, uint64_t now_us)
{
    struct talk *t = arg;
    gw_rtsp_client_receive(t->c, data, len, now_us);
    look(t->c, t->o);
}

static void tick(void *arg, uint64_t now_us)
{
    struct talk *t = arg;
    gw_rtsp_client_tick(t->c, now_us);
    look(t->c, t->o);
}

static struct outcome run(const uint8_t *data, size_t size, size_t chunk)
{
    struct outcome o = { .state = GW_RTSP_OPTIONS };
    struct talk t = { .o = &o };
    const struct piece_taker taker = { .receive = receive, .tick = tick, .arg = &t };
    struct gw_stream_url *url;

    if (gw_stream_url_parse("rtsp://u:p@cam/x", &url))
        abort();
    struct gw_rtsp_client_config config = {
        .url = url,
        .answer_timeout_us = 5 * GW_SECOND,
        .stall_us = 10 * GW_SECOND,
        .audio = true,
        .on_setup = on_setup,
        .on_packet = on_packet,
        .on_report = on_report,
        .may_switch = true,
        .udp = &udp,
        .arg = &o,
    };
    if (gw_rtsp_client_create(&config, 0, &t.c))
        abort();
    uint64_t now_us = take_pieces(&taker, data, size, chunk);
    gw_rtsp_client_close(t.c, now_us);
    tick(&t, now_us + 60ul * GW_SECOND);
    if (o.state != GW_RTSP_CLOSED && o.state != GW_RTSP_FAILED)
        abort();
    gw_rtsp_client_destroy(t.c);
    gw_stream_url_destroy(url);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct outcome whole = run(data + 1, size - 1, size);
    struct outcome cut = run(data + 1, size - 1, (size_t)data[0] + 1);
    if (memcmp(&whole, &cut, sizeof(whole)) != 0)
        abort();
    return 0;
}
