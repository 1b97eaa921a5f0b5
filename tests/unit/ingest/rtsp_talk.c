#include "rtsp_talk.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum gw_cause on_setup(void *arg, const struct gw_media_format *media,
                              size_t count)
{
    struct talk *t = arg;
    t->setups++;
    t->media = count;
    for (size_t i = 0; i < count; i++)
        t->format[i] = media[i];
    t->params_len = media[0].params ? gw_buf_len(media[0].params) : 0;
    return t->refusal;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct talk *t = arg;
    (void)data;
    if (kind == GW_MEDIA_AUDIO) {
        t->audio_packets++;
        return false;
    }
    t->packets++;
    t->bytes += len;
    return !t->broken;
}

static void on_report(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    struct talk *t = arg;
    assert_int_equal(report->ssrc, 7);
    t->reports[kind]++;
}

static int open_ports(void *arg, enum gw_media_kind kind, uint16_t *ret_rtp_port)
{
    struct talk *t = arg;
    if (t->no_ports)
        return -EADDRINUSE;
    t->opened++;
    *ret_rtp_port = kind == GW_MEDIA_VIDEO ? 5000 : 6000;
    return 0;
}

static void set_peer(void *arg, enum gw_media_kind kind,
                     const struct gw_rtsp_transport *transport)
{
    struct talk *t = arg;
    t->peer[kind] = *transport;
}

static void send_datagram(void *arg, enum gw_media_kind kind, bool rtcp, const void *data,
                          size_t len)
{
    struct talk *t = arg;
    (void)data;
    assert_in_range(len, 8, GW_RTCP_REPORT_MAX);
    t->sent[kind][rtcp]++;
}

static const struct gw_rtsp_udp udp = {
    .open = open_ports,
    .peer = set_peer,
    .send = send_datagram,
};

void begin_with(const char *url, struct wishes wishes, struct talk *t)
{
    *t = (struct talk) { .chunk = SIZE_MAX, .now_us = 1000 };
    assert_int_equal(gw_stream_url_parse(url, &t->url), 0);
    struct gw_rtsp_client_config config = {
        .url = t->url,
        .answer_timeout_us = TIMEOUT_US,
        .stall_us = STALL_US,
        .audio = wishes.audio,
        .lower = wishes.lower,
        .may_switch = wishes.may_switch,
        .udp = &udp,
        .on_setup = on_setup,
        .on_packet = on_packet,
        .on_report = on_report,
        .arg = t,
    };
    assert_int_equal(gw_rtsp_client_create(&config, t->now_us, &t->c), 0);
}

void begin(const char *url, bool audio, struct talk *t)
{
    begin_with(url, (struct wishes) { .audio = audio }, t);
}

void begin_at(const char *url, struct talk *t)
{
    begin(url, false, t);
}

void end(struct talk *t)
{
    gw_rtsp_client_destroy(t->c);
    gw_stream_url_destroy(t->url);
}

// What the client has to say is sent, and becomes t->request.
static void listen_to(struct talk *t)
{
    size_t len;
    const void *out = gw_rtsp_client_output(t->c, &len);

    assert_in_range(len, 1, sizeof(t->request) - 1);
    memcpy(t->request, out, len);
    t->request[len] = '\0';
    gw_rtsp_client_sent(t->c, len);
}

void says(struct talk *t, const char *line)
{
    listen_to(t);
    if (strncmp(t->request, line, strlen(line)) != 0)
        fail_msg("wanted '%s', got '%s'", line, t->request);
    const char *cseq = strstr(t->request, "\r\nCSeq: ");
    assert_non_null(cseq);
    assert_null(strstr(cseq + 1, "\r\nCSeq: "));
    assert_int_equal(sscanf(cseq, "\r\nCSeq: %u", &t->cseq), 1);
}

void says_exactly(struct talk *t, const char *text)
{
    listen_to(t);
    assert_string_equal(t->request, text);
}

void says_nothing(struct talk *t)
{
    size_t len;
    (void)gw_rtsp_client_output(t->c, &len);
    assert_int_equal(len, 0);
}

void said(struct talk *t, const char *part)
{
    if (!strstr(t->request, part))
        fail_msg("no '%s' in '%s'", part, t->request);
}

void feed(struct talk *t, const void *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = len - at < t->chunk ? len - at : t->chunk;
        char *copy = malloc(n); // exact and gone afterwards: borrows are seen
        assert_non_null(copy);
        memcpy(copy, (const char *)data + at, n);
        gw_rtsp_client_receive(t->c, copy, n, t->now_us);
        free(copy);
        at += n;
    }
}

void answer_with(struct talk *t, const char *status, const char *headers,
                 const char *body)
{
    char text[4096];
    int len = snprintf(text, sizeof(text),
                       "RTSP/1.0 %s\r\nCSeq: %u\r\n%sContent-Length: %zu\r\n\r\n%s",
                       status, t->cseq, headers, strlen(body), body);
    feed(t, text, (size_t)len);
}

void answer(struct talk *t, const char *status, const char *headers)
{
    answer_with(t, status, headers, "");
}

void packet(struct talk *t, uint8_t channel)
{
    const uint8_t data[] = {
        '$', channel, 0, 12, 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7
    };
    feed(t, data, sizeof(data));
}

void rtcp(struct talk *t, uint8_t channel, const char *data, size_t len)
{
    uint8_t framed[64] = { '$', channel, 0, (uint8_t)len };
    memcpy(framed + 4, data, len);
    feed(t, framed, 4 + len);
}

void is_in(struct talk *t, enum gw_rtsp_client_state state)
{
    assert_int_equal(gw_rtsp_client_state(t->c), state);
}

void failed_with(struct talk *t, enum gw_cause cause, unsigned status)
{
    is_in(t, GW_RTSP_FAILED);
    assert_int_equal(gw_rtsp_client_cause(t->c), cause);
    assert_int_equal(gw_rtsp_client_status(t->c), status);
}

void describe(struct talk *t, const char *headers, const char *sdp)
{
    says(t, "OPTIONS ");
    answer(t, "200 OK", "Public: OPTIONS, DESCRIBE\r\n");
    says(t, "DESCRIBE ");
    answer_with(t, "200 OK", headers, sdp);
}

void play(struct talk *t, const char *session, const char *transport)
{
    describe(t, "", VIDEO);
    says(t, "SETUP ");
    char headers[512];
    snprintf(headers, sizeof(headers), "Session: %s\r\nTransport: %s\r\n", session,
             transport);
    answer(t, "200 OK", headers);
    says(t, "PLAY ");
    answer(t, "200 OK", "");
    is_in(t, GW_RTSP_PLAYING);
}

void play_default(struct talk *t)
{
    begin_at(URL, t);
    play(t, "ab", "RTP/AVP/TCP;interleaved=0-1");
}

void advance(struct talk *t, uint64_t us)
{
    t->now_us += us;
    gw_rtsp_client_tick(t->c, t->now_us);
}

void set_up_audio(struct talk *t, const char *status, const char *headers)
{
    describe(t, "", AUDIO VIDEO);
    says(t, "SETUP " URL "/trackID=1 ");
    answer(t, "200 OK", "Session: ab\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n");
    assert_int_equal(t->setups, 0);
    says(t, "SETUP " URL "/a ");
    said(t, "\r\nTransport: RTP/AVP/TCP;unicast;interleaved=2-3\r\n");
    said(t, "\r\nSession: ab\r\n");
    answer(t, status, headers);
    says(t, "PLAY ");
    assert_int_equal(t->setups, 1);
}

void set_up_udp(struct talk *t, bool audio)
{
    begin_with(
        URL, (struct wishes) { .audio = audio, .lower = GW_RTSP_UDP, .may_switch = true },
        t);
    describe(t, "", VIDEO AUDIO);
    says(t, "SETUP ");
    said(t, "\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n");
}

void play_udp(struct talk *t)
{
    set_up_udp(t, false);
    answer(t, "200 OK",
           "Session: ab\r\nTransport: RTP/AVP;unicast;server_port=7000-7001\r\n");
    says(t, "PLAY ");
    answer(t, "200 OK", "");
}

void datagram(struct talk *t, uint16_t seq)
{
    uint8_t *data = calloc(1, 12);
    assert_non_null(data);
    data[0] = 0x80;
    data[1] = 96;
    data[2] = (uint8_t)(seq >> 8);
    data[3] = (uint8_t)seq;
    data[11] = 7;
    gw_rtsp_client_datagram(t->c, GW_MEDIA_VIDEO, false, data, 12, t->now_us);
    free(data);
}
