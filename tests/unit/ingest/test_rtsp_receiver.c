// Whole pushes by a scripted source: what the receiver answers is checked, and the
// source's bytes reach it in pieces of `chunk` bytes.

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "ingest/rtsp_liveness.h"
#include "ingest/rtsp_receiver.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SDP                                                                              \
    "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=0\r\n"  \
    "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 PCMA/8000\r\na=control:streamid=1\r\n"
#define URI "rtsp://engine:8554/push/7/main"
// An RTP packet of a channel, with no payload; a sender's report, and its BYE.
#define RTP_OF(channel) "$" channel "\0\x0c\x80\x60\0\1\0\0\0\0\0\0\0\7"
#define REPORT_OF(channel)                                                               \
    "$" channel "\0\x1c\x80\xc8\0\6\0\0\0\7\xe0\0\0\1\x80\0\0\0"                         \
    "\0\1\x5f\x90\0\0\0\x09\0\0\1\0"
#define BYE_OF(channel) "$" channel "\0\x08\x81\xcb\0\1\0\0\0\7"
#define SEND(p, bytes) send((p), (bytes), sizeof(bytes) - 1)

#define BASIC_KEY "Authorization: Basic dTprZXk=\r\n" // u:key

static const uint64_t TIMEOUT_US = 5 * GW_SECOND;
static const uint64_t STALL_US = 10 * GW_SECOND;

struct push {
    struct gw_rtsp_receiver *r;
    size_t chunk;
    uint64_t now_us;
    unsigned cseq;
    const char *key;
    enum gw_rtsp_source source;
    char path[64]; // last one asked for
    size_t media;  // of the last on_setup
    bool full;     // on_setup has no room
    unsigned packets[GW_MEDIA_KINDS];
    unsigned reports[GW_MEDIA_KINDS];
    bool broken; // no picture of the packets is whole
};

static enum gw_rtsp_source on_source(void *arg, struct gw_rtsp_text path,
                                     const char **ret_key)
{
    struct push *p = arg;
    snprintf(p->path, sizeof(p->path), "%.*s", (int)path.len, path.s);
    if (p->source == GW_RTSP_SOURCE_HERE)
        *ret_key = p->key;
    return p->source;
}

static int on_setup(void *arg, const struct gw_media_format *media, size_t count)
{
    struct push *p = arg;
    assert_int_equal(media[0].kind, GW_MEDIA_VIDEO);
    assert_int_equal(media[0].codec, GW_CODEC_H264);
    p->media = count;
    return p->full ? -ENOMEM : 0;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct push *p = arg;
    assert_int_equal(len, 12);
    assert_memory_equal(data, "\x80\x60", 2);
    p->packets[kind]++;
    return !p->broken;
}

static void on_report(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    struct push *p = arg;
    assert_int_equal(report->ssrc, 7);
    p->reports[kind]++;
}

static void begin(struct push *p, size_t chunk)
{
    *p = (struct push) {
        .chunk = chunk, .now_us = 1000, .key = "key", .source = GW_RTSP_SOURCE_HERE
    };
    struct gw_rtsp_receiver_config config = {
        .random = { 1, 2, 3 },
        .timeout_us = TIMEOUT_US,
        .stall_us = STALL_US,
        .audio = true,
        .on_source = on_source,
        .on_setup = on_setup,
        .on_packet = on_packet,
        .on_report = on_report,
        .arg = p,
    };
    assert_int_equal(gw_rtsp_receiver_create(&config, p->now_us, &p->r), 0);
}

static void send(struct push *p, const char *bytes, size_t len)
{
    for (size_t at = 0; at < len; at += p->chunk) {
        size_t n = len - at < p->chunk ? len - at : p->chunk;
        gw_rtsp_receiver_receive(p->r, bytes + at, n, p->now_us);
    }
}

// Sends a request; its answer must begin with that status and hold `line`.
static void ask(struct push *p, const char *request, const char *body, int status,
                const char *line)
{
    char text[4096];
    char expected[64];
    size_t len;

    int n = snprintf(text, sizeof(text), "%s", request);
    n += snprintf(text + n, sizeof(text) - (size_t)n, "CSeq: %u\r\n", ++p->cseq);
    if (*body)
        n += snprintf(text + n, sizeof(text) - (size_t)n,
                      "Content-Type: application/sdp\r\nContent-Length: %zu\r\n",
                      strlen(body));
    n += snprintf(text + n, sizeof(text) - (size_t)n, "\r\n%s", body);
    send(p, text, (size_t)n);

    const char *out = gw_rtsp_receiver_output(p->r, &len);
    assert_true(len > 0);
    snprintf(expected, sizeof(expected), "RTSP/1.0 %d ", status);
    assert_true(strncmp(out, expected, strlen(expected)) == 0);
    snprintf(expected, sizeof(expected), "\r\nCSeq: %u\r\n", p->cseq);
    assert_non_null(memmem(out, len, expected, strlen(expected)));
    assert_non_null(memmem(out, len, line, strlen(line)));
    gw_rtsp_receiver_sent(p->r, len);
}

static void announce(struct push *p, int status)
{
    ask(p, "ANNOUNCE " URI " RTSP/1.0\r\n" BASIC_KEY, SDP, status, "");
}

static void set_up(struct push *p)
{
    announce(p, 200);
    ask(p,
        "SETUP " URI "/streamid=0 RTSP/1.0\r\n"
        "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n",
        "", 200, "interleaved=0-1");
    ask(p,
        "SETUP " URI "/streamid=1 RTSP/1.0\r\n"
        "Transport: RTP/AVP/TCP;unicast;interleaved=2-3;mode=record\r\n",
        "", 200, "interleaved=2-3");
}

static void record(struct push *p)
{
    set_up(p);
    ask(p, "RECORD " URI " RTSP/1.0\r\nSession: x\r\n", "", 200, "Session: ");
}

static void a_source_with_its_key_is_recorded_at_every_split(void **state)
{
    (void)state;
    for (size_t chunk = 1; chunk < 400; chunk += chunk < 40 ? 1 : 37) {
        struct push p;
        begin(&p, chunk);
        ask(&p, "OPTIONS " URI " RTSP/1.0\r\n", "", 200, "ANNOUNCE");
        record(&p);
        assert_string_equal(p.path, "/push/7/main");
        assert_int_equal(p.media, 2);
        assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_RECORDING);

        SEND(&p, RTP_OF("\0") REPORT_OF("\1") RTP_OF("\2") REPORT_OF("\3") RTP_OF("\7"));
        assert_int_equal(p.packets[GW_MEDIA_VIDEO], 1);
        assert_int_equal(p.reports[GW_MEDIA_VIDEO], 1);
        assert_int_equal(p.packets[GW_MEDIA_AUDIO], 1);
        assert_int_equal(p.reports[GW_MEDIA_AUDIO], 1);

        ask(&p, "TEARDOWN " URI " RTSP/1.0\r\n", "", 200, "");
        assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_CLOSED);
        gw_rtsp_receiver_destroy(p.r);
    }
}

static void without_the_key_nothing_is_taken(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    p.key = "another";
    announce(&p, 401);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_WAITING);
    ask(&p, "ANNOUNCE " URI " RTSP/1.0\r\n", SDP, 401, "WWW-Authenticate: Digest ");
    announce(&p, 401);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_FAILED);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_PASSWORD);
    gw_rtsp_receiver_destroy(p.r);
}

static void an_empty_key_lets_nobody_in(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    p.key = "";
    ask(&p, "ANNOUNCE " URI " RTSP/1.0\r\nAuthorization: Basic dTo=\r\n", SDP, 401, "");
    gw_rtsp_receiver_destroy(p.r);
}

static void an_unknown_source_is_refused_like_a_wrong_key(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    p.source = GW_RTSP_SOURCE_UNKNOWN;
    ask(&p, "ANNOUNCE rtsp://e/nothing RTSP/1.0\r\n" BASIC_KEY, SDP, 401,
        "WWW-Authenticate: Basic ");
    gw_rtsp_receiver_destroy(p.r);
}

static void a_worker_needs_no_key(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    p.key = NULL;
    ask(&p, "ANNOUNCE rtsp://w/ RTSP/1.0\r\n", SDP, 200, "");
    gw_rtsp_receiver_destroy(p.r);
}

static void a_source_of_another_owner_goes_there_with_its_request(void **state)
{
    static const char request[] = "OPTIONS " URI "?x=1 RTSP/1.0\r\nCSeq: 1\r\n\r\n";
    struct push p;
    size_t len;
    (void)state;
    begin(&p, 7);
    p.source = GW_RTSP_SOURCE_ELSEWHERE;
    send(&p, request, sizeof(request) - 1);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_ELSEWHERE);
    assert_string_equal(p.path, "/push/7/main");
    const void *bytes = gw_rtsp_receiver_handover(p.r, &len);
    assert_int_equal(len, sizeof(request) - 1);
    assert_memory_equal(bytes, request, len);
    gw_rtsp_receiver_output(p.r, &len);
    assert_int_equal(len, 0);
    gw_rtsp_receiver_destroy(p.r);
}

static void steps_out_of_turn_change_nothing(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    ask(&p, "RECORD " URI " RTSP/1.0\r\n", "", 455, "Public: ");
    ask(&p, "DESCRIBE " URI " RTSP/1.0\r\n", "", 455, "Public: ");
    announce(&p, 200);
    announce(&p, 455);
    ask(&p, "RECORD " URI " RTSP/1.0\r\n", "", 455, "");
    ask(&p, "SETUP " URI "/streamid=0 RTSP/1.0\r\nTransport: RTP/AVP;unicast\r\n", "",
        461, "");
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_ANNOUNCED);
    assert_int_equal(p.media, 0);
    gw_rtsp_receiver_destroy(p.r);
}

static void a_medium_that_we_do_not_take_is_set_up_and_passed_over(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    announce(&p, 200);
    ask(&p,
        "SETUP " URI "/streamid=2 RTSP/1.0\r\nTransport: RTP/AVP/TCP;interleaved=4-5\r\n",
        "", 200, "interleaved=4-5");
    ask(&p, "SETUP /streamid=0 RTSP/1.0\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n",
        "", 200, "");
    ask(&p, "RECORD " URI " RTSP/1.0\r\n", "", 200, "");
    assert_int_equal(p.media, 1);
    SEND(&p, RTP_OF("\4") RTP_OF("\0"));
    assert_int_equal(p.packets[GW_MEDIA_VIDEO], 1);
    gw_rtsp_receiver_destroy(p.r);
}

static void a_push_without_a_picture_is_refused_with_its_cause(void **state)
{
    static const struct {
        const char *sdp;
        enum gw_cause cause;
    } cases[] = {
        { "v=0\r\nm=audio 0 RTP/AVP 8\r\n", GW_CAUSE_NO_VIDEO },
        { "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n", GW_CAUSE_CODEC },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct push p;
        begin(&p, SIZE_MAX);
        ask(&p, "ANNOUNCE " URI " RTSP/1.0\r\n" BASIC_KEY, cases[i].sdp, 415, "");
        assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_FAILED);
        assert_int_equal(gw_rtsp_receiver_cause(p.r), cases[i].cause);
        gw_rtsp_receiver_destroy(p.r);
    }
}

static void a_source_that_we_have_no_room_for_is_refused(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    p.full = true;
    set_up(&p);
    ask(&p, "RECORD " URI " RTSP/1.0\r\n", "", 500, "");
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_OUR_LIMIT);
    SEND(&p, RTP_OF("\0"));
    assert_int_equal(p.packets[GW_MEDIA_VIDEO], 0);
    gw_rtsp_receiver_destroy(p.r);
}

static void what_does_not_come_in_time_ends_it(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    assert_int_equal(gw_rtsp_receiver_deadline_us(p.r), p.now_us + TIMEOUT_US);
    // Requests that lead nowhere do not hold the connection.
    p.now_us += TIMEOUT_US - 1;
    ask(&p, "OPTIONS * RTSP/1.0\r\n", "", 200, "");
    gw_rtsp_receiver_tick(p.r, p.now_us);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_WAITING);
    gw_rtsp_receiver_tick(p.r, p.now_us + 1);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_TIMEOUT);
    gw_rtsp_receiver_destroy(p.r);

    begin(&p, SIZE_MAX);
    record(&p);
    p.now_us += STALL_US - 1;
    SEND(&p, RTP_OF("\2") RTP_OF("\0"));
    gw_rtsp_receiver_tick(p.r, p.now_us + STALL_US - 1);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_RECORDING);
    p.now_us += STALL_US - 1;
    SEND(&p, RTP_OF("\2")); // a voice is no picture
    gw_rtsp_receiver_tick(p.r, p.now_us + 1);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_STALLED);
    gw_rtsp_receiver_destroy(p.r);
}

static void packets_without_a_whole_picture_end_it(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    record(&p);
    p.broken = true;
    for (uint64_t us = 0; us <= STALL_US; us += GW_SECOND) {
        gw_rtsp_receiver_tick(p.r, p.now_us);
        assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_RECORDING);
        SEND(&p, RTP_OF("\0"));
        p.now_us += GW_SECOND;
    }
    gw_rtsp_receiver_tick(p.r, p.now_us);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_INCOMPLETE);
    gw_rtsp_receiver_destroy(p.r);
}

// As a camera's that is pulled: some say it when they restart their encoder.
static void a_source_that_says_bye_is_closed_unless_it_goes_on(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    record(&p);
    SEND(&p, RTP_OF("\0") BYE_OF("\1"));
    gw_rtsp_receiver_tick(p.r, p.now_us);
    SEND(&p, RTP_OF("\0"));
    p.now_us += GW_RTSP_BYE_MS * GW_MS;
    gw_rtsp_receiver_tick(p.r, p.now_us);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_RECORDING);

    SEND(&p, BYE_OF("\1"));
    gw_rtsp_receiver_tick(p.r, p.now_us);
    gw_rtsp_receiver_tick(p.r, p.now_us + GW_RTSP_BYE_MS * GW_MS - 1);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_RECORDING);
    gw_rtsp_receiver_tick(p.r, p.now_us + GW_RTSP_BYE_MS * GW_MS);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_CLOSED);
    gw_rtsp_receiver_destroy(p.r);
}

static void what_is_no_packet_is_dropped_and_counted(void **state)
{
    struct gw_inlet_stats stats;
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    record(&p);
    SEND(&p, "$\0\0\2hi$\1\0\2hi" RTP_OF("\0"));
    gw_rtsp_receiver_stats(p.r, &stats);
    assert_int_equal(stats.malformed, 2);
    assert_int_equal(stats.packets, 2);
    assert_int_equal(p.packets[GW_MEDIA_VIDEO], 1);
    gw_rtsp_receiver_destroy(p.r);
}

static void two_media_on_one_channel_are_refused(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    announce(&p, 200);
    for (int i = 0; i < 2; i++)
        ask(&p,
            i ? "SETUP /streamid=1 RTSP/1.0\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n"
              : "SETUP /streamid=0 RTSP/1.0\r\nTransport: "
                "RTP/AVP/TCP;interleaved=0-1\r\n",
            "", i ? 461 : 200, "");
    ask(&p, "RECORD " URI " RTSP/1.0\r\n", "", 200, "");
    assert_int_equal(p.media, 1);
    gw_rtsp_receiver_destroy(p.r);
}

static void garbage_and_a_flood_of_requests_end_it(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    send(&p, "\x16\x03\x01 TLS?", 8);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_NOT_RTSP);
    gw_rtsp_receiver_destroy(p.r);

    begin(&p, SIZE_MAX);
    for (int i = 0; i < 1000; i++)
        send(&p, "OPTIONS * RTSP/1.0\r\n\r\n", 22);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_OUR_LIMIT);
    gw_rtsp_receiver_destroy(p.r);
}

static void a_source_that_hangs_up_is_closed(void **state)
{
    struct push p;
    size_t len;
    (void)state;
    begin(&p, SIZE_MAX);
    send(&p, "OPTIONS * RTSP/1.0\r\n\r\n", 22);
    gw_rtsp_receiver_disconnected(p.r);
    assert_int_equal(gw_rtsp_receiver_state(p.r), GW_RTSP_RECEIVER_CLOSED);
    assert_null(gw_rtsp_receiver_output(p.r, &len));
    gw_rtsp_receiver_destroy(p.r);
}

static void a_source_that_gives_up_on_its_key_is_known_for_it(void **state)
{
    struct push p;
    (void)state;
    begin(&p, SIZE_MAX);
    p.key = "another";
    announce(&p, 401);
    gw_rtsp_receiver_disconnected(p.r);
    assert_int_equal(gw_rtsp_receiver_cause(p.r), GW_CAUSE_PASSWORD);
    gw_rtsp_receiver_destroy(p.r);
}

static void read_session(struct push *p, char ret_session[64])
{
    static const char head[] = "\r\nSession: ";
    size_t len;

    send(p, "OPTIONS * RTSP/1.0\r\n\r\n", 22);
    const char *out = gw_rtsp_receiver_output(p->r, &len);
    const char *id = memmem(out, len, head, strlen(head));
    assert_non_null(id);
    id += strlen(head);
    size_t id_len =
        (size_t)((const char *)memchr(id, '\r', (size_t)(out + len - id)) - id);
    assert_true(id_len > 0 && id_len < 64);
    snprintf(ret_session, 64, "%.*s", (int)id_len, id);
    gw_rtsp_receiver_sent(p->r, len);
}

// Seen against live555: whoever knew a session's id took it over by another connection.
static void a_session_is_of_no_use_on_another_connection(void **state)
{
    struct push owner, other;
    char session[64];
    char text[256];
    (void)state;

    begin(&owner, SIZE_MAX);
    begin(&other, SIZE_MAX);
    record(&owner);
    read_session(&owner, session);

    snprintf(text, sizeof(text), "RECORD " URI " RTSP/1.0\r\nSession: %s\r\n", session);
    ask(&other, text, "", 455, "");
    SEND(&other, RTP_OF("\0"));
    assert_int_equal(other.packets[GW_MEDIA_VIDEO], 0);
    snprintf(text, sizeof(text), "TEARDOWN " URI " RTSP/1.0\r\nSession: %s\r\n", session);
    ask(&other, text, "", 200, "");
    assert_int_equal(gw_rtsp_receiver_state(other.r), GW_RTSP_RECEIVER_CLOSED);

    assert_int_equal(gw_rtsp_receiver_state(owner.r), GW_RTSP_RECEIVER_RECORDING);
    SEND(&owner, RTP_OF("\0"));
    assert_int_equal(owner.packets[GW_MEDIA_VIDEO], 1);
    gw_rtsp_receiver_destroy(other.r);
    gw_rtsp_receiver_destroy(owner.r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_with_its_key_is_recorded_at_every_split),
        cmocka_unit_test(without_the_key_nothing_is_taken),
        cmocka_unit_test(an_empty_key_lets_nobody_in),
        cmocka_unit_test(an_unknown_source_is_refused_like_a_wrong_key),
        cmocka_unit_test(a_worker_needs_no_key),
        cmocka_unit_test(a_source_of_another_owner_goes_there_with_its_request),
        cmocka_unit_test(steps_out_of_turn_change_nothing),
        cmocka_unit_test(a_medium_that_we_do_not_take_is_set_up_and_passed_over),
        cmocka_unit_test(a_push_without_a_picture_is_refused_with_its_cause),
        cmocka_unit_test(a_source_that_we_have_no_room_for_is_refused),
        cmocka_unit_test(what_does_not_come_in_time_ends_it),
        cmocka_unit_test(packets_without_a_whole_picture_end_it),
        cmocka_unit_test(a_source_that_says_bye_is_closed_unless_it_goes_on),
        cmocka_unit_test(what_is_no_packet_is_dropped_and_counted),
        cmocka_unit_test(two_media_on_one_channel_are_refused),
        cmocka_unit_test(garbage_and_a_flood_of_requests_end_it),
        cmocka_unit_test(a_source_that_hangs_up_is_closed),
        cmocka_unit_test(a_source_that_gives_up_on_its_key_is_known_for_it),
        cmocka_unit_test(a_session_is_of_no_use_on_another_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
