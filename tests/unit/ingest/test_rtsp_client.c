// Whole sessions against a scripted camera: what the client says is checked line
// by line, and its answers reach the client in pieces of `chunk` bytes.

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "ingest/reorder.h"
#include "ingest/rtsp_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL "rtsp://10.0.0.1/x"
#define VIDEO                                                                            \
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"                                 \
    "a=fmtp:96 sprop-parameter-sets=Z0IA,aM4=\r\na=control:trackID=1\r\n"
#define DIGEST "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"

static const uint64_t TIMEOUT_US = 5 * GW_SECOND;
static const uint64_t STALL_US = 10 * GW_SECOND;

struct talk {
    struct gw_stream_url *url;
    struct gw_rtsp_client *c;
    size_t chunk;
    uint64_t now_us;
    char request[8192]; // last one the client sent
    unsigned cseq;      // of it
    unsigned setups;
    enum gw_cause refusal;                         // of what was set up
    size_t media;                                  // that were set up
    struct gw_media_format format[GW_MEDIA_KINDS]; // its texts are gone
    size_t params_len;
    unsigned audio_packets;
    unsigned reports[GW_MEDIA_KINDS];
    unsigned opened; // ports
    bool no_ports;
    struct gw_rtsp_transport peer[GW_MEDIA_KINDS];
    unsigned sent[GW_MEDIA_KINDS][2]; // datagrams to RTP and RTCP ports
    unsigned packets;                 // of the video
    size_t bytes;
};

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

static void on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct talk *t = arg;
    (void)data;
    if (kind == GW_MEDIA_AUDIO) {
        t->audio_packets++;
        return;
    }
    t->packets++;
    t->bytes += len;
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

struct wishes {
    bool audio;
    enum gw_rtsp_lower lower;
    bool may_switch;
};

static void begin_with(const char *url, struct wishes wishes, struct talk *t)
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

static void begin(const char *url, bool audio, struct talk *t)
{
    begin_with(url, (struct wishes) { .audio = audio }, t);
}

static void begin_at(const char *url, struct talk *t)
{
    begin(url, false, t);
}

static void end(struct talk *t)
{
    gw_rtsp_client_destroy(t->c);
    gw_stream_url_destroy(t->url);
}

// The client sends a request that begins like this, and nothing else.
static void says(struct talk *t, const char *line)
{
    size_t len;
    const void *out = gw_rtsp_client_output(t->c, &len);

    assert_in_range(len, 1, sizeof(t->request) - 1);
    memcpy(t->request, out, len);
    t->request[len] = '\0';
    gw_rtsp_client_sent(t->c, len);
    if (strncmp(t->request, line, strlen(line)) != 0)
        fail_msg("wanted '%s', got '%s'", line, t->request);
    const char *cseq = strstr(t->request, "\r\nCSeq: ");
    assert_non_null(cseq);
    assert_null(strstr(cseq + 1, "\r\nCSeq: "));
    assert_int_equal(sscanf(cseq, "\r\nCSeq: %u", &t->cseq), 1);
}

static void says_nothing(struct talk *t)
{
    size_t len;
    (void)gw_rtsp_client_output(t->c, &len);
    assert_int_equal(len, 0);
}

static void said(struct talk *t, const char *part)
{
    if (!strstr(t->request, part))
        fail_msg("no '%s' in '%s'", part, t->request);
}

static void feed(struct talk *t, const void *data, size_t len)
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

static void answer_with(struct talk *t, const char *status, const char *headers,
                        const char *body)
{
    char text[4096];
    int len = snprintf(text, sizeof(text),
                       "RTSP/1.0 %s\r\nCSeq: %u\r\n%sContent-Length: %zu\r\n\r\n%s",
                       status, t->cseq, headers, strlen(body), body);
    feed(t, text, (size_t)len);
}

static void answer(struct talk *t, const char *status, const char *headers)
{
    answer_with(t, status, headers, "");
}

static void packet(struct talk *t, uint8_t channel)
{
    const uint8_t data[] = {
        '$', channel, 0, 12, 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7
    };
    feed(t, data, sizeof(data));
}

#define SENDER_REPORT                                                                    \
    "\x80\xc8\x00\x06\x00\x00\x00\x07\xe0\x00\x00\x01\x80\x00\x00\x00"                   \
    "\x00\x01\x5f\x90\x00\x00\x00\x09\x00\x00\x01\x00"
#define BYE "\x81\xcb\x00\x01\x00\x00\x00\x07"

static void rtcp(struct talk *t, uint8_t channel, const char *data, size_t len)
{
    uint8_t framed[64] = { '$', channel, 0, (uint8_t)len };
    memcpy(framed + 4, data, len);
    feed(t, framed, 4 + len);
}

static void sender_report(struct talk *t, uint8_t channel)
{
    rtcp(t, channel, SENDER_REPORT, sizeof(SENDER_REPORT) - 1);
}

static void is_in(struct talk *t, enum gw_rtsp_client_state state)
{
    assert_int_equal(gw_rtsp_client_state(t->c), state);
}

static void failed_with(struct talk *t, enum gw_cause cause, unsigned status)
{
    is_in(t, GW_RTSP_FAILED);
    assert_int_equal(gw_rtsp_client_cause(t->c), cause);
    assert_int_equal(gw_rtsp_client_status(t->c), status);
}

static void describe(struct talk *t, const char *headers, const char *sdp)
{
    says(t, "OPTIONS ");
    answer(t, "200 OK", "Public: OPTIONS, DESCRIBE\r\n");
    says(t, "DESCRIBE ");
    answer_with(t, "200 OK", headers, sdp);
}

static void play(struct talk *t, const char *session, const char *transport)
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

static void play_default(struct talk *t)
{
    begin_at(URL, t);
    play(t, "ab", "RTP/AVP/TCP;interleaved=0-1");
}

static void whole_session(struct talk *t)
{
    says(t, "OPTIONS " URL " RTSP/1.0\r\n");
    answer(t, "200 OK", "");
    says(t, "DESCRIBE " URL " RTSP/1.0\r\n");
    said(t, "\r\nAccept: application/sdp\r\n");
    answer_with(t, "200 OK", "Content-Base: " URL "/\r\n", "v=0\r\n" VIDEO);
    says(t, "SETUP " URL "/trackID=1 RTSP/1.0\r\n");
    said(t, "\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
    answer(t, "200 OK",
           "Session: ab;timeout=60\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n");
    assert_int_equal(t->setups, 1);
    assert_int_equal(t->media, 1);
    assert_int_equal(t->format[0].kind, GW_MEDIA_VIDEO);
    assert_int_equal(t->format[0].payload_type, 96);
    assert_int_equal(t->format[0].clock_rate, 90000);
    assert_int_equal(t->format[0].codec, GW_CODEC_H264);
    assert_int_equal(t->params_len, 13);
    says(t, "PLAY " URL "/ RTSP/1.0\r\n");
    said(t, "\r\nSession: ab\r\n");
    packet(t, 0); // quirk 25: before the answer
    answer(t, "200 OK", "RTP-Info: url=x;seq=0;rtptime=bad;\r\n");
    packet(t, 0);
    packet(t, 1);
    packet(t, 77);
    assert_int_equal(t->packets, 2);
    assert_int_equal(t->bytes, 24);
    says_nothing(t);
    gw_rtsp_client_close(t->c, t->now_us);
    says(t, "TEARDOWN " URL "/ RTSP/1.0\r\n");
    said(t, "\r\nSession: ab\r\n");
    packet(t, 0);
    is_in(t, GW_RTSP_TEARDOWN);
    answer(t, "200 OK", "");
    is_in(t, GW_RTSP_CLOSED);
    assert_int_equal(t->packets, 2);
    assert_true(gw_rtsp_client_deadline_us(t->c) == UINT64_MAX);
}

static void pulls_a_camera_however_tcp_cuts_its_answers(void **state)
{
    (void)state;
    for (size_t chunk = 1; chunk < 400; chunk++) {
        struct talk t;
        begin_at(URL, &t);
        t.chunk = chunk;
        whole_session(&t);
        end(&t);
    }
}

static void answers_a_challenge_once(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:p@10.0.0.1/x", &t);
    says(&t, "OPTIONS " URL " ");
    answer(&t, "401 Unauthorized", DIGEST);
    says(&t, "OPTIONS " URL " ");
    said(&t, "Authorization: Digest username=\"u\"");
    answer(&t, "401 Unauthorized", DIGEST);
    failed_with(&t, GW_CAUSE_PASSWORD, 0);
    says_nothing(&t);
    end(&t);
}

static void without_credentials_a_challenge_asks_for_a_password(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized", DIGEST);
    failed_with(&t, GW_CAUSE_PASSWORD, 0);
    end(&t);
}

// Quirk 3: stale=true renews the nonce; so does a new nonce after a good answer.
static void renews_a_nonce_that_became_too_old(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:p@10.0.0.1/x", &t);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized", DIGEST);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized",
           "WWW-Authenticate: Digest nonce=\"m\", stale=true\r\n");
    says(&t, "OPTIONS ");
    said(&t, "nonce=\"m\"");
    answer(&t, "200 OK", "");
    says(&t, "DESCRIBE ");
    said(&t, "nonce=\"m\"");
    answer(&t, "401 Unauthorized", "WWW-Authenticate: Digest nonce=\"o\"\r\n");
    says(&t, "DESCRIBE ");
    said(&t, "nonce=\"o\"");
    answer_with(&t, "200 OK", "", VIDEO);
    says(&t, "SETUP ");
    end(&t);
}

static void a_camera_that_is_never_content_is_given_up(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:p@10.0.0.1/x", &t);
    for (int i = 0; i <= GW_RTSP_401_MAX; i++) {
        says(&t, "OPTIONS ");
        answer(&t, "401 Unauthorized",
               "WWW-Authenticate: Digest nonce=\"m\", stale=true\r\n");
    }
    failed_with(&t, GW_CAUSE_PASSWORD, 0);
    end(&t);
}

static void the_password_is_in_no_request(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:s3cret@10.0.0.1/x", &t);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized", DIGEST);
    says(&t, "OPTIONS ");
    assert_null(strstr(t.request, "s3cret"));
    end(&t);
}

static void each_status_has_its_cause(void **state)
{
    static const struct {
        const char *status;
        enum gw_cause cause;
        unsigned rtsp_status;
    } cases[] = {
        { "403 Forbidden", GW_CAUSE_FORBIDDEN, 0 },
        { "404 Not Found", GW_CAUSE_NOT_FOUND, 0 },
        { "453 Not Enough Bandwidth", GW_CAUSE_BUSY, 0 }, // quirk 34
        { "503 Service Unavailable", GW_CAUSE_BUSY, 0 },
        { "500 Internal Server Error", GW_CAUSE_STATUS, 500 },
        { "302 Found", GW_CAUSE_STATUS, 302 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct talk t;
        begin_at(URL, &t);
        says(&t, "OPTIONS ");
        answer(&t, "501 Not Implemented", ""); // some do not know OPTIONS
        says(&t, "DESCRIBE ");
        answer(&t, cases[i].status, "");
        failed_with(&t, cases[i].cause, cases[i].rtsp_status);
        end(&t);
    }
}

static void says_why_there_is_no_picture(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "", "m=audio 0 RTP/AVP 8\r\n");
    failed_with(&t, GW_CAUSE_NO_VIDEO, 0);
    end(&t);
    begin_at(URL, &t);
    describe(&t, "", "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n");
    failed_with(&t, GW_CAUSE_CODEC, 0);
    end(&t);
    begin_at(URL, &t);
    feed(&t, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    failed_with(&t, GW_CAUSE_NOT_RTSP, 0);
    end(&t);
}

// Quirks 10 (Anjvision), 11 (Hikvision), 12 (VStarcam).
static void asks_for_the_track_where_the_camera_says(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "Content-Base: 10.0.0.1/y/\r\n", VIDEO);
    says(&t, "SETUP " URL "/trackID=1 ");
    end(&t);

    begin_at(URL, &t);
    describe(&t, "Content-Location: rtsp://10.0.0.1/z/ \r\n",
             "a=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
             "a=control:rtsp://10.0.0.1/x/trackID=1?p=1\r\n");
    says(&t, "SETUP rtsp://10.0.0.1/x/trackID=1?p=1 ");
    answer(&t, "200 OK", "");
    says(&t, "PLAY rtsp://10.0.0.1/z/ ");
    assert_null(strstr(t.request, "Session:"));
    end(&t);
}

static void takes_a_video_behind_one_it_cannot_carry(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "", "m=video 0 RTP/AVP 31\r\na=control:a\r\n" VIDEO);
    says(&t, "SETUP " URL "/trackID=1 ");
    end(&t);
}

// Quirks 16 (Luckfox has ssrc first) and 23: other channels than asked for.
static void listens_to_the_channel_that_the_camera_names(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    play(&t, "ab", "RTP/AVP/TCP;unicast;ssrc= d6d6627;interleaved=8-9");
    packet(&t, 0);
    assert_int_equal(t.packets, 0);
    packet(&t, 8);
    assert_int_equal(t.packets, 1);
    end(&t);
}

// Quirk 23, the camera that says one thing and does another.
static void finds_the_video_on_a_channel_that_nobody_named(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    play(&t, "ab", "RTP/AVP/TCP;unicast;interleaved=0-1");
    packet(&t, 8);
    packet(&t, 8);
    assert_int_equal(t.packets, 2);
    packet(&t, 6); // it has one by now
    assert_int_equal(t.packets, 2);
    end(&t);
}

static void media_that_cannot_be_taken_end_the_session(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    t.refusal = GW_CAUSE_OUR_LIMIT;
    describe(&t, "", VIDEO);
    says(&t, "SETUP ");
    answer(&t, "200 OK", "Session: ab\r\n");
    is_in(&t, GW_RTSP_FAILED);
    assert_int_equal(gw_rtsp_client_cause(t.c), GW_CAUSE_OUR_LIMIT);
    says(&t, "TEARDOWN "); // quirk 26: the camera has a session
    end(&t);
}

static void advance(struct talk *t, uint64_t us)
{
    t->now_us += us;
    gw_rtsp_client_tick(t->c, t->now_us);
}

#define AUDIO "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\na=control:a\r\n"

static void set_up_audio(struct talk *t, const char *status, const char *headers)
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

// Quirks 18: another session id; 23: other channels.
static void sets_up_an_audio_beside_the_video(void **state)
{
    struct talk t;
    (void)state;
    begin(URL, true, &t);
    set_up_audio(&t, "200 OK",
                 "Session: cd;timeout=10\r\nTransport: RTP/AVP/TCP;interleaved=8-9\r\n");
    said(&t, "\r\nSession: cd\r\n");
    assert_int_equal(t.media, 2);
    assert_int_equal(t.format[1].kind, GW_MEDIA_AUDIO);
    assert_int_equal(t.format[1].payload_type, 97);
    assert_int_equal(t.format[1].clock_rate, 48000);
    assert_int_equal(t.format[1].channels, 2);
    assert_int_equal(t.format[1].codec, GW_CODEC_OPUS);
    answer(&t, "200 OK", "");
    packet(&t, 0);
    packet(&t, 1);
    packet(&t, 8);
    packet(&t, 8);
    packet(&t, 9);
    packet(&t, 2);
    assert_int_equal(t.packets, 1);
    assert_int_equal(t.audio_packets, 2);
    sender_report(&t, 9);
    assert_int_equal(t.reports[GW_MEDIA_VIDEO], 0);
    assert_int_equal(t.reports[GW_MEDIA_AUDIO], 1);
    end(&t);
}

static void an_audio_that_is_not_wanted_is_not_set_up(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "", AUDIO VIDEO);
    says(&t, "SETUP " URL "/trackID=1 ");
    answer(&t, "200 OK", "");
    says(&t, "PLAY ");
    end(&t);
}

// Quirk 14 (Dahua's talk-back and others): it never costs the video.
static void an_audio_that_is_refused_or_broken_is_left_out(void **state)
{
    static const struct {
        const char *status;
        const char *headers;
    } cases[] = {
        { "461 Unsupported Transport", "" },
        { "500 Internal Server Error", "" },
        { "200 OK", "Session: a\r\n b\r\n" },
        { "200 OK", "Transport: RTP/AVP/TCP;interleaved=0-1\r\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct talk t;
        begin(URL, true, &t);
        set_up_audio(&t, cases[i].status, cases[i].headers);
        said(&t, "\r\nSession: ab\r\n");
        assert_int_equal(t.media, 1);
        packet(&t, 0);
        packet(&t, 2);
        assert_int_equal(t.packets, 1);
        assert_int_equal(t.audio_packets, 0);
        end(&t);
    }
}

static void an_audio_that_cannot_be_carried_is_not_asked_for(void **state)
{
    static const char *const audios[] = {
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 x-private/8000\r\na=control:a\r\n",
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000\r\na=control:a b\r\n",
        "m=audio 0 RTP/AVP smart/1/90000\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(audios) / sizeof(*audios); i++) {
        char sdp[512];
        struct talk t;
        snprintf(sdp, sizeof(sdp), "%s" VIDEO, audios[i]);
        begin(URL, true, &t);
        describe(&t, "", sdp);
        says(&t, "SETUP " URL "/trackID=1 ");
        answer(&t, "200 OK", "");
        says(&t, "PLAY ");
        end(&t);
    }
}

static void an_audio_without_an_answer_is_left_out(void **state)
{
    struct talk t;
    (void)state;
    begin(URL, true, &t);
    describe(&t, "", VIDEO AUDIO);
    says(&t, "SETUP ");
    answer(&t, "200 OK", "Session: ab\r\n");
    says(&t, "SETUP ");
    advance(&t, TIMEOUT_US);
    says(&t, "PLAY ");
    assert_int_equal(t.media, 1);
    answer(&t, "200 OK", "");
    packet(&t, 0);
    assert_int_equal(t.packets, 1);
    end(&t);
}

static void closing_between_two_set_ups_says_teardown(void **state)
{
    struct talk t;
    (void)state;
    begin(URL, true, &t);
    describe(&t, "", VIDEO AUDIO);
    says(&t, "SETUP ");
    answer(&t, "200 OK", "Session: ab\r\n");
    says(&t, "SETUP ");
    gw_rtsp_client_close(t.c, t.now_us);
    says(&t, "TEARDOWN ");
    said(&t, "\r\nSession: ab\r\n");
    end(&t);
}

static void audio_alone_does_not_hide_a_stalled_video(void **state)
{
    struct talk t;
    (void)state;
    begin(URL, true, &t);
    set_up_audio(&t, "200 OK", "");
    answer(&t, "200 OK", "");
    advance(&t, STALL_US - 1);
    packet(&t, 2);
    assert_int_equal(t.audio_packets, 1);
    advance(&t, 1);
    failed_with(&t, GW_CAUSE_STALLED, 0);
    end(&t);
}

// Quirks 5, 7, 8: no answer to any keep-alive, and media counts as alive.
static void keeps_alive_without_ever_being_answered(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    for (int i = 0; i < 100; i++) {
        packet(&t, 0);
        advance(&t, 5 * GW_SECOND);
        if (i % 6 == 5)
            says(&t, "GET_PARAMETER " URL " ");
        else
            says_nothing(&t);
    }
    is_in(&t, GW_RTSP_PLAYING);
    end(&t);
}

// Quirk 6: GET_PARAMETER is tried even where it is not advertised.
static void falls_back_to_options_where_get_parameter_is_refused(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    for (int i = 0; i < 4; i++) {
        packet(&t, 0);
        advance(&t, 8 * GW_SECOND);
    }
    says(&t, "GET_PARAMETER ");
    answer(&t, "501 Not Implemented", "");
    says(&t, "OPTIONS ");
    answer(&t, "501 Not Implemented", "");
    says_nothing(&t);
    is_in(&t, GW_RTSP_PLAYING);
    end(&t);
}

// Quirk 9.
static void pings_at_half_of_a_short_session_timeout(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    play(&t, "ab ; timeout = 10", "RTP/AVP/TCP;interleaved=0-1");
    uint64_t played_us = t.now_us;
    assert_true(gw_rtsp_client_deadline_us(t.c) == played_us + 5 * GW_SECOND);
    advance(&t, 5 * GW_SECOND - 1);
    says_nothing(&t);
    advance(&t, 1);
    says(&t, "GET_PARAMETER ");
    said(&t, "\r\nSession: ab\r\n");
    end(&t);
}

static void a_refused_keep_alive_does_not_end_the_pictures(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    for (int i = 0; i < 4; i++) {
        packet(&t, 0);
        advance(&t, 8 * GW_SECOND);
    }
    says(&t, "GET_PARAMETER ");
    answer(&t, "401 Unauthorized", DIGEST);
    is_in(&t, GW_RTSP_PLAYING);
    end(&t);
}

static void a_silent_camera_is_stalled(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    advance(&t, STALL_US - 1);
    packet(&t, 1); // RTCP is no picture
    is_in(&t, GW_RTSP_PLAYING);
    advance(&t, 1);
    failed_with(&t, GW_CAUSE_STALLED, 0);
    says(&t, "TEARDOWN "); // quirk 26: or it refuses the next session
    end(&t);
}

static void an_answer_that_does_not_come_is_a_timeout(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    advance(&t, TIMEOUT_US - 1);
    is_in(&t, GW_RTSP_OPTIONS);
    advance(&t, 1);
    failed_with(&t, GW_CAUSE_TIMEOUT, 0);
    end(&t);
}

static void failed_stays_failed(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    advance(&t, TIMEOUT_US);
    answer(&t, "200 OK", "");
    gw_rtsp_client_close(t.c, t.now_us);
    gw_rtsp_client_disconnected(t.c);
    advance(&t, TIMEOUT_US);
    says_nothing(&t);
    failed_with(&t, GW_CAUSE_TIMEOUT, 0);
    end(&t);
}

static void a_late_answer_to_another_request_is_passed_over(void **state)
{
    struct talk t;
    struct gw_rtsp_client_stats stats;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    t.cseq += 7;
    answer(&t, "404 Not Found", "");
    t.cseq -= 7;
    feed(&t, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", 31);
    feed(&t, "RTSP/1.0 100 Continue\r\n\r\n", 25);
    is_in(&t, GW_RTSP_OPTIONS);
    says_nothing(&t);
    gw_rtsp_client_stats(t.c, &stats);
    assert_int_equal(stats.unexpected, 3);
    answer(&t, "200 OK", "");
    says(&t, "DESCRIBE ");
    end(&t);
}

static void closing_waits_for_teardown_only_so_long(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    gw_rtsp_client_close(t.c, t.now_us);
    says(&t, "TEARDOWN ");
    advance(&t, GW_RTSP_TEARDOWN_MS * GW_MS - 1);
    is_in(&t, GW_RTSP_TEARDOWN);
    advance(&t, 1);
    is_in(&t, GW_RTSP_CLOSED);
    end(&t);

    begin_at(URL, &t);
    gw_rtsp_client_close(t.c, t.now_us); // nothing stands yet
    is_in(&t, GW_RTSP_CLOSED);
    says_nothing(&t);
    end(&t);
}

static void a_camera_that_hangs_up_is_closed(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    gw_rtsp_client_disconnected(t.c);
    failed_with(&t, GW_CAUSE_CLOSED, 0);
    says_nothing(&t);
    end(&t);
}

// A session id goes into headers of ours.
static void a_session_id_that_forges_headers_is_refused(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "", VIDEO);
    says(&t, "SETUP ");
    answer(&t, "200 OK", "Session: a\r\n b\r\n");
    failed_with(&t, GW_CAUSE_NOT_RTSP, 0);
    end(&t);
}

// Quirk 24.
static void goes_on_after_garbage_between_frames(void **state)
{
    struct talk t;
    struct gw_rtsp_client_stats stats;
    (void)state;
    play_default(&t);
    packet(&t, 0);
    feed(&t, "\x00\x01garbage", 9);
    packet(&t, 0);
    assert_int_equal(t.packets, 2);
    gw_rtsp_client_stats(t.c, &stats);
    assert_int_equal(stats.garbage, 9);
    end(&t);
}

static void set_up_udp(struct talk *t, bool audio)
{
    begin_with(
        URL, (struct wishes) { .audio = audio, .lower = GW_RTSP_UDP, .may_switch = true },
        t);
    describe(t, "", VIDEO AUDIO);
    says(t, "SETUP ");
    said(t, "\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n");
}

static void play_udp(struct talk *t)
{
    set_up_udp(t, false);
    answer(t, "200 OK",
           "Session: ab\r\nTransport: RTP/AVP;unicast;server_port=7000-7001\r\n");
    says(t, "PLAY ");
    answer(t, "200 OK", "");
}

static void datagram(struct talk *t, uint16_t seq)
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

static void pulls_by_udp_in_order(void **state)
{
    struct talk t;
    (void)state;
    set_up_udp(&t, true);
    answer(&t, "200 OK",
           "Session: ab\r\nTransport: RTP/AVP;unicast;server_port=7000-7001\r\n");
    assert_int_equal(t.peer[GW_MEDIA_VIDEO].rtp_port, 7000);
    says(&t, "SETUP ");
    said(&t, "client_port=6000-6001\r\n");
    datagram(&t, 9); // nothing is set up yet
    answer(&t, "200 OK", "");
    says(&t, "PLAY ");
    // The way through firewalls is open before packets come.
    assert_int_equal(t.sent[GW_MEDIA_VIDEO][0], 1);
    assert_int_equal(t.sent[GW_MEDIA_VIDEO][1], 1);
    assert_int_equal(t.sent[GW_MEDIA_AUDIO][0], 1);
    datagram(&t, 1); // before the answer
    answer(&t, "200 OK", "");
    datagram(&t, 3);
    assert_int_equal(t.packets, 1);
    datagram(&t, 2);
    assert_int_equal(t.packets, 3);
    packet(&t, 0); // nobody has a channel
    assert_int_equal(t.packets, 3);
    struct gw_rtsp_client_stats stats;
    gw_rtsp_client_stats(t.c, &stats);
    assert_int_equal(stats.packets_reordered, 1);
    assert_int_equal(stats.packets_other, 1);
    end(&t);
}

static void a_gap_is_passed_over_when_its_time_is_up(void **state)
{
    struct talk t;
    (void)state;
    play_udp(&t);
    datagram(&t, 1);
    datagram(&t, 3);
    assert_int_equal(t.packets, 1);
    assert_true(gw_rtsp_client_deadline_us(t.c) <= t.now_us + GW_REORDER_HOLD_US);
    advance(&t, GW_REORDER_HOLD_US);
    assert_int_equal(t.packets, 2);
    end(&t);
}

static void tells_the_camera_every_few_seconds_how_packets_arrive(void **state)
{
    struct talk t;
    struct gw_rtsp_client_stats stats;
    (void)state;
    play_udp(&t);
    for (uint16_t i = 0; i < 100; i++) {
        datagram(&t, i);
        advance(&t, GW_SECOND);
        if (i == 29 || i == 59 || i == 89)
            says(&t, "GET_PARAMETER ");
    }
    assert_in_range(t.sent[GW_MEDIA_VIDEO][1], 100 / 8, 100 / 2);
    gw_rtsp_client_stats(t.c, &stats);
    assert_int_equal(stats.reports, t.sent[GW_MEDIA_VIDEO][1]);
    end(&t);
}

// Over TCP the report is written behind the keep-alive: no packet more on the wire.
static void reports_over_tcp_go_with_the_keep_alive(void **state)
{
    struct talk t;
    size_t len;
    (void)state;
    play_default(&t);
    for (int i = 0; i < 4; i++) {
        packet(&t, 0);
        advance(&t, 8 * GW_SECOND);
    }
    const char *out = gw_rtsp_client_output(t.c, &len);
    assert_memory_equal(out, "GET_PARAMETER ", 14);
    const char *end_of_head = memmem(out, len, "\r\n\r\n", 4);
    assert_non_null(end_of_head);
    assert_memory_equal(end_of_head + 4, "$\x01\x00", 3);
    assert_int_equal((uint8_t)end_of_head[9], 201);
    end(&t);
}

static void where_no_packet_comes_by_udp_it_says_so(void **state)
{
    struct talk t;
    (void)state;
    play_udp(&t);
    advance(&t, GW_RTSP_UDP_SILENCE_MS * GW_MS - 1);
    is_in(&t, GW_RTSP_PLAYING);
    advance(&t, 1);
    failed_with(&t, GW_CAUSE_UDP_SILENT, 0);
    says(&t, "TEARDOWN ");
    end(&t);

    play_udp(&t);
    datagram(&t, 1);
    advance(&t, STALL_US);
    failed_with(&t, GW_CAUSE_STALLED, 0);
    end(&t);
}

static void a_refused_transport_is_followed_by_the_other(void **state)
{
    struct talk t;
    (void)state;
    set_up_udp(&t, false);
    answer(&t, "461 Unsupported Transport", "");
    says(&t, "SETUP ");
    said(&t, "interleaved=0-1\r\n");
    answer(&t, "461 Unsupported Transport", ""); // neither
    failed_with(&t, GW_CAUSE_TRANSPORT, 0);
    end(&t);

    begin_with(URL, (struct wishes) { .may_switch = true }, &t);
    describe(&t, "", VIDEO);
    says(&t, "SETUP ");
    answer(&t, "461 Unsupported Transport", "");
    says(&t, "SETUP ");
    said(&t, "client_port=5000-5001\r\n");
    answer(&t, "200 OK", "");
    says(&t, "PLAY ");
    assert_int_equal(gw_rtsp_client_lower(t.c), GW_RTSP_UDP);
    end(&t);

    begin_at(URL, &t); // may not
    describe(&t, "", VIDEO);
    says(&t, "SETUP ");
    answer(&t, "461 Unsupported Transport", "");
    failed_with(&t, GW_CAUSE_TRANSPORT, 0);
    end(&t);
}

static void a_camera_that_answers_udp_with_channels_is_taken_at_its_word(void **state)
{
    struct talk t;
    (void)state;
    set_up_udp(&t, false);
    answer(&t, "200 OK", "Transport: RTP/AVP/TCP;interleaved=4-5\r\n");
    says(&t, "PLAY ");
    assert_int_equal(t.sent[GW_MEDIA_VIDEO][0], 0);
    answer(&t, "200 OK", "");
    packet(&t, 4);
    assert_int_equal(t.packets, 1);
    end(&t);
}

static void a_challenged_set_up_keeps_its_ports(void **state)
{
    struct talk t;
    (void)state;
    begin_with("rtsp://u:p@10.0.0.1/x", (struct wishes) { .lower = GW_RTSP_UDP }, &t);
    describe(&t, "", VIDEO);
    says(&t, "SETUP ");
    answer(&t, "401 Unauthorized", DIGEST);
    says(&t, "SETUP ");
    said(&t, "client_port=5000-5001\r\n");
    assert_int_equal(t.opened, 1);
    end(&t);
}

static void without_ports_it_is_our_limit(void **state)
{
    struct talk t;
    (void)state;
    begin_with(URL, (struct wishes) { .lower = GW_RTSP_UDP }, &t);
    t.no_ports = true;
    describe(&t, "", VIDEO);
    failed_with(&t, GW_CAUSE_OUR_LIMIT, 0);
    end(&t);
}

static void a_camera_that_says_bye_is_closed_unless_it_goes_on(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    packet(&t, 0);
    rtcp(&t, 1, BYE, sizeof(BYE) - 1);
    advance(&t, 0);
    packet(&t, 0);
    advance(&t, GW_RTSP_BYE_MS * GW_MS);
    is_in(&t, GW_RTSP_PLAYING);

    rtcp(&t, 1, BYE, sizeof(BYE) - 1);
    assert_true(gw_rtsp_client_deadline_us(t.c) <= t.now_us);
    advance(&t, 0);
    advance(&t, GW_RTSP_BYE_MS * GW_MS - 1);
    is_in(&t, GW_RTSP_PLAYING);
    advance(&t, 1);
    failed_with(&t, GW_CAUSE_CLOSED, 0);
    end(&t);
}

static void a_camera_may_send_us_elsewhere(void **state)
{
    static const char *const statuses[] = { "301 Moved", "302 Found", "305 Use Proxy" };
    static const char elsewhere[] =
        "REDIRECT * RTSP/1.0\r\nCSeq: 9\r\nLocation: rtsp://b/\r\n\r\n";
    static const char nowhere[] = "REDIRECT * RTSP/1.0\r\nCSeq: 9\r\n\r\n";
    struct talk t;
    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        begin_at(URL, &t);
        says(&t, "OPTIONS ");
        answer(&t, "200 OK", "");
        says(&t, "DESCRIBE ");
        answer(&t, statuses[i], "Location: rtsp://10.0.0.2/y \r\n");
        failed_with(&t, GW_CAUSE_REDIRECT, 0);
        assert_string_equal(gw_rtsp_client_location(t.c), "rtsp://10.0.0.2/y");
        end(&t);
    }
    play_default(&t);
    feed(&t, elsewhere, sizeof(elsewhere) - 1);
    failed_with(&t, GW_CAUSE_REDIRECT, 0);
    assert_string_equal(gw_rtsp_client_location(t.c), "rtsp://b/");
    says(&t, "TEARDOWN ");
    end(&t);

    play_default(&t); // without saying where to
    feed(&t, nowhere, sizeof(nowhere) - 1);
    is_in(&t, GW_RTSP_PLAYING);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pulls_a_camera_however_tcp_cuts_its_answers),
        cmocka_unit_test(answers_a_challenge_once),
        cmocka_unit_test(without_credentials_a_challenge_asks_for_a_password),
        cmocka_unit_test(renews_a_nonce_that_became_too_old),
        cmocka_unit_test(a_camera_that_is_never_content_is_given_up),
        cmocka_unit_test(the_password_is_in_no_request),
        cmocka_unit_test(each_status_has_its_cause),
        cmocka_unit_test(says_why_there_is_no_picture),
        cmocka_unit_test(asks_for_the_track_where_the_camera_says),
        cmocka_unit_test(takes_a_video_behind_one_it_cannot_carry),
        cmocka_unit_test(listens_to_the_channel_that_the_camera_names),
        cmocka_unit_test(finds_the_video_on_a_channel_that_nobody_named),
        cmocka_unit_test(media_that_cannot_be_taken_end_the_session),
        cmocka_unit_test(sets_up_an_audio_beside_the_video),
        cmocka_unit_test(an_audio_that_is_not_wanted_is_not_set_up),
        cmocka_unit_test(an_audio_that_is_refused_or_broken_is_left_out),
        cmocka_unit_test(an_audio_that_cannot_be_carried_is_not_asked_for),
        cmocka_unit_test(an_audio_without_an_answer_is_left_out),
        cmocka_unit_test(closing_between_two_set_ups_says_teardown),
        cmocka_unit_test(audio_alone_does_not_hide_a_stalled_video),
        cmocka_unit_test(a_camera_may_send_us_elsewhere),
        cmocka_unit_test(pulls_by_udp_in_order),
        cmocka_unit_test(a_gap_is_passed_over_when_its_time_is_up),
        cmocka_unit_test(tells_the_camera_every_few_seconds_how_packets_arrive),
        cmocka_unit_test(reports_over_tcp_go_with_the_keep_alive),
        cmocka_unit_test(where_no_packet_comes_by_udp_it_says_so),
        cmocka_unit_test(a_refused_transport_is_followed_by_the_other),
        cmocka_unit_test(a_camera_that_answers_udp_with_channels_is_taken_at_its_word),
        cmocka_unit_test(a_challenged_set_up_keeps_its_ports),
        cmocka_unit_test(without_ports_it_is_our_limit),
        cmocka_unit_test(a_camera_that_says_bye_is_closed_unless_it_goes_on),
        cmocka_unit_test(keeps_alive_without_ever_being_answered),
        cmocka_unit_test(falls_back_to_options_where_get_parameter_is_refused),
        cmocka_unit_test(pings_at_half_of_a_short_session_timeout),
        cmocka_unit_test(a_refused_keep_alive_does_not_end_the_pictures),
        cmocka_unit_test(a_silent_camera_is_stalled),
        cmocka_unit_test(an_answer_that_does_not_come_is_a_timeout),
        cmocka_unit_test(failed_stays_failed),
        cmocka_unit_test(a_late_answer_to_another_request_is_passed_over),
        cmocka_unit_test(closing_waits_for_teardown_only_so_long),
        cmocka_unit_test(a_camera_that_hangs_up_is_closed),
        cmocka_unit_test(a_session_id_that_forges_headers_is_refused),
        cmocka_unit_test(goes_on_after_garbage_between_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
