#include "ingest/rtsp_media.h"

#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    PUNCH_BYTES = 12, // an RTP header and nothing behind it
    FRAMING = 4,      // '$', channel, 16-bit length: RFC 2326 section 10.12
};

static void on_packet(void *arg, const void *data, size_t len)
{
    struct gw_rtsp_medium_in *in = arg;
    struct gw_rtsp_media *m = in->media;

    if (m->config.on_packet(m->config.arg, in->kind, data, len))
        m->unfinished_us = 0;
}

static void on_report(void *arg, const struct gw_rtcp_sender_report *report)
{
    struct gw_rtsp_medium_in *in = arg;
    if (in->media->config.on_report)
        in->media->config.on_report(in->media->config.arg, in->kind, report);
}

void gw_rtsp_media_init(struct gw_rtsp_media *m,
                        const struct gw_rtsp_media_config *config, uint64_t seed)
{
    *m = (struct gw_rtsp_media) { .config = *config };
    gw_rng_init(&m->rng, seed);
    m->ssrc = (uint32_t)gw_rng_next(&m->rng);
    // Of this session only, and nobody's address: RFC 7022 section 4.2.
    snprintf(m->cname, sizeof(m->cname), "%016" PRIx64, gw_rng_next(&m->rng));
}

void gw_rtsp_media_finish(struct gw_rtsp_media *m)
{
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++)
        gw_inlet_finish(&m->media[i].inlet);
}

static struct gw_rtsp_medium_in *find_channel(struct gw_rtsp_media *m, uint8_t channel)
{
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        struct gw_rtsp_medium_in *in = &m->media[i];
        if (in->set_up && in->lower == GW_RTSP_TCP &&
            (channel == in->rtp_channel || channel == in->rtcp_channel))
            return in;
    }
    return NULL;
}

int gw_rtsp_media_add(struct gw_rtsp_media *m, const struct gw_media_format *format,
                      enum gw_rtsp_lower lower, const struct gw_rtsp_transport *transport,
                      bool sure)
{
    struct gw_rtsp_medium_in *in = &m->media[format->kind];
    struct gw_inlet_config config = {
        .clock_rate = format->clock_rate,
        .datagrams = lower == GW_RTSP_UDP,
        .on_packet = on_packet,
        .on_report = on_report,
        .arg = in,
    };

    // Two media on one channel cannot be told apart.
    if (lower == GW_RTSP_TCP && find_channel(m, transport->rtp_channel))
        return -EBADMSG;
    int r = gw_inlet_init(&in->inlet, &config);
    if (r)
        return r;
    in->media = m;
    in->kind = format->kind;
    in->set_up = true;
    in->sure = sure;
    in->lower = lower;
    in->payload_type = format->payload_type;
    in->rtp_channel = transport->rtp_channel;
    in->rtcp_channel = transport->rtcp_channel;
    return 0;
}

bool gw_rtsp_media_has(const struct gw_rtsp_media *m, enum gw_media_kind kind)
{
    return m->media[kind].set_up;
}

bool gw_rtsp_media_by_udp(const struct gw_rtsp_media *m)
{
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        if (m->media[i].set_up && m->media[i].lower == GW_RTSP_UDP)
            return true;
    }
    return false;
}

static void send_report(struct gw_rtsp_media *m, struct gw_rtsp_medium_in *in,
                        uint64_t now_us)
{
    uint8_t report[GW_RTCP_REPORT_MAX];
    size_t len = gw_inlet_report(&in->inlet, m->ssrc, m->cname, now_us, report);

    m->config.send(m->config.arg, in->kind, true, report, len);
    m->reports++;
}

// What comes back by UDP passes a firewall only where something went out before.
static void punch(struct gw_rtsp_media *m, struct gw_rtsp_medium_in *in, uint64_t now_us)
{
    uint8_t packet[PUNCH_BYTES] = { 0x80, in->payload_type };

    m->config.send(m->config.arg, in->kind, false, packet, sizeof(packet));
    send_report(m, in, now_us);
}

static void plan_report(struct gw_rtsp_media *m, uint64_t now_us)
{
    uint64_t mean_us = (uint64_t)GW_RTSP_REPORT_MS * GW_MS;
    m->report_at_us = now_us + mean_us / 2 + gw_rng_below(&m->rng, mean_us);
}

void gw_rtsp_media_begin(struct gw_rtsp_media *m, uint64_t now_us)
{
    m->open = true;
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        struct gw_rtsp_medium_in *in = &m->media[i];
        if (in->set_up && in->lower == GW_RTSP_UDP)
            punch(m, in, now_us);
    }
    plan_report(m, now_us);
}

// A packet that ends a picture leaves nothing unfinished, though it may begin another:
// the next one does as well.
static void take_video(struct gw_rtsp_medium_in *in, const void *data, size_t len,
                       uint64_t now_us)
{
    struct gw_rtsp_media *m = in->media;
    uint64_t before_us = m->unfinished_us;

    if (!before_us)
        m->unfinished_us = now_us;
    if (gw_inlet_rtp(&in->inlet, data, len, now_us))
        m->unfinished_us = before_us;
    else
        m->video_at_us = now_us;
}

static void take(struct gw_rtsp_medium_in *in, bool rtcp, const void *data, size_t len,
                 uint64_t now_us)
{
    if (rtcp) {
        gw_inlet_rtcp(&in->inlet, data, len, now_us);
        return;
    }
    in->sure = true;
    if (in->kind == GW_MEDIA_VIDEO)
        take_video(in, data, len, now_us);
    else
        (void)gw_inlet_rtp(&in->inlet, data, len, now_us);
}

// Quirk 23: a camera that agreed to our channels, or named none, may send on others.
// A medium of which nothing came yet is then known by its payload type.
static struct gw_rtsp_medium_in *guess(struct gw_rtsp_media *m, uint8_t channel,
                                       const void *data, size_t len)
{
    struct gw_rtp_packet p;

    if (gw_rtp_parse(data, len, &p))
        return NULL;
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        struct gw_rtsp_medium_in *in = &m->media[i];
        if (!in->set_up || in->sure || in->lower != GW_RTSP_TCP ||
            in->payload_type != p.payload_type)
            continue;
        in->rtp_channel = channel;
        in->rtcp_channel = (uint8_t)(channel + 1);
        m->guessed = true;
        return in;
    }
    return NULL;
}

bool gw_rtsp_media_interleaved(struct gw_rtsp_media *m, uint8_t channel, const void *data,
                               size_t len, uint64_t now_us)
{
    struct gw_rtsp_medium_in *in = m->open ? find_channel(m, channel) : NULL;

    if (!in && m->open)
        in = guess(m, channel, data, len);
    if (!in)
        return false;
    take(in, channel != in->rtp_channel, data, len, now_us);
    return true;
}

void gw_rtsp_media_datagram(struct gw_rtsp_media *m, enum gw_media_kind kind, bool rtcp,
                            const void *data, size_t len, uint64_t now_us)
{
    struct gw_rtsp_medium_in *in = &m->media[kind];

    if (m->open && in->set_up && in->lower == GW_RTSP_UDP)
        take(in, rtcp, data, len, now_us);
}

void gw_rtsp_media_tick(struct gw_rtsp_media *m, uint64_t now_us)
{
    bool due = m->open && now_us >= m->report_at_us;

    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        struct gw_rtsp_medium_in *in = &m->media[i];
        if (!in->set_up || in->lower != GW_RTSP_UDP)
            continue;
        gw_inlet_tick(&in->inlet, now_us);
        if (due)
            send_report(m, in, now_us);
    }
    if (due)
        plan_report(m, now_us);
}

uint64_t gw_rtsp_media_deadline_us(const struct gw_rtsp_media *m)
{
    uint64_t first_us = UINT64_MAX;

    if (!m->open || !gw_rtsp_media_by_udp(m))
        return first_us;
    first_us = m->report_at_us;
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        const struct gw_rtsp_medium_in *in = &m->media[i];
        uint64_t us = in->set_up ? gw_inlet_deadline_us(&in->inlet) : UINT64_MAX;
        first_us = us < first_us ? us : first_us;
    }
    return first_us;
}

size_t gw_rtsp_media_write_report(struct gw_rtsp_media *m, enum gw_media_kind kind,
                                  uint64_t now_us, uint8_t buf[GW_RTSP_FRAMED_REPORT_MAX])
{
    struct gw_rtsp_medium_in *in = &m->media[kind];

    if (!in->set_up || in->lower != GW_RTSP_TCP)
        return 0;
    size_t len = gw_inlet_report(&in->inlet, m->ssrc, m->cname, now_us, buf + FRAMING);
    buf[0] = '$';
    buf[1] = in->rtcp_channel;
    buf[2] = (uint8_t)(len >> 8);
    buf[3] = (uint8_t)len;
    m->reports++;
    return FRAMING + len;
}

bool gw_rtsp_media_left(const struct gw_rtsp_media *m)
{
    return m->media[GW_MEDIA_VIDEO].inlet.left;
}

void gw_rtsp_media_stats(const struct gw_rtsp_media *m, struct gw_inlet_stats *ret_stats)
{
    struct gw_inlet_stats sum = { 0 };

    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        struct gw_inlet_stats one;
        gw_inlet_stats(&m->media[i].inlet, &one);
        sum.packets += one.packets;
        sum.rtcp += one.rtcp;
        sum.malformed += one.malformed;
        sum.byes += one.byes;
        sum.order.reordered += one.order.reordered;
        sum.order.late += one.order.late;
        sum.order.duplicates += one.order.duplicates;
        sum.order.lost += one.order.lost;
        sum.order.no_memory += one.order.no_memory;
    }
    *ret_stats = sum;
}
