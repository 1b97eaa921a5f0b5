// What the words of a camera show of it, and what they do not.

#include "ingest/rtsp_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef void (*looks)(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer);

static struct gw_rtsp_message parse(const char *head)
{
    struct gw_rtsp_message message;
    assert_int_equal(gw_rtsp_message_parse(head, strlen(head), &message), 0);
    return message;
}

// What a head shows when it is looked at as any answer.
static struct gw_rtsp_peer seen(const char *head)
{
    struct gw_rtsp_peer peer = { 0 };
    struct gw_rtsp_message message = parse(head);
    gw_rtsp_peer_answer(&peer, &message, head, strlen(head));
    return peer;
}

static gw_tolerances noted(looks look, const char *head)
{
    struct gw_rtsp_peer peer = { 0 };
    struct gw_rtsp_message message = parse(head);
    look(&peer, &message);
    return peer.tolerated;
}

static void assert_notes(gw_tolerances set, enum gw_tolerance t, bool expected)
{
    assert_int_equal(set, expected ? gw_tolerance_bit(t) : 0);
}

#define OK "RTSP/1.0 200 OK\r\n"

static void a_good_answer_shows_nothing(void **state)
{
    (void)state;
    assert_int_equal(seen(OK "CSeq: 1\r\nServer: Acme\r\n\r\n").tolerated, 0);
    assert_string_equal(seen(OK "CSeq: 1\r\nServer: Acme 1\r\n\r\n").server, "Acme 1");
}

static void line_ends_and_blanks_are_told_apart(void **state)
{
    static const struct {
        const char *head;
        bool line_ends;
        bool blanks;
    } cases[] = {
        { OK "CSeq: 1\r\n\r\n", false, false },
        { "RTSP/1.0 200 OK\nCSeq: 1\n\n", true, false },
        { "RTSP/1.0 200 OK\rCSeq: 1\r\r", true, false },
        { OK "CSeq: 1 \r\n\r\n", false, true },
        { "RTSP/1.0 200 OK\t\nCSeq: 1\n\n", true, true },
        { OK "CSeq: 1\r\nX: a\r\n b\r\n\r\n", false, true },
        { OK "CSeq: 1\r\nX:  a  b\r\n\r\n", false, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        gw_tolerances want = 0;
        gw_tolerance_note(&want, GW_TOLERATED_LINE_ENDS, cases[i].line_ends);
        gw_tolerance_note(&want, GW_TOLERATED_HEADER_BLANKS, cases[i].blanks);
        assert_int_equal(seen(cases[i].head).tolerated, want);
    }
}

static void a_name_that_would_steer_a_terminal_does_not(void **state)
{
    struct gw_rtsp_peer peer = seen(OK "CSeq: 1\r\nServer: a\x1b[2J\xe6z\r\n\r\n");
    (void)state;
    assert_string_equal(peer.server, "a?[2J?z");

    char head[256] = OK "CSeq: 1\r\nServer: ";
    memset(head + strlen(head), 'x', 100);
    strcat(head, "\r\n\r\n");
    assert_int_equal(strlen(seen(head).server), GW_RTSP_SERVER_MAX - 1);
}

static void what_it_takes_is_what_it_said(void **state)
{
    struct gw_rtsp_peer peer = { 0 };
    struct gw_rtsp_message message;
    (void)state;

    message = parse(OK "\r\n"); // it said nothing of it
    gw_rtsp_peer_options(&peer, &message);
    assert_false(peer.no_get_parameter);
    message = parse(OK "Public: OPTIONS, DESCRIBE\r\n\r\n");
    gw_rtsp_peer_options(&peer, &message);
    assert_true(peer.no_get_parameter);
    message = parse(OK "Public: OPTIONS,get_parameter\r\n\r\n");
    gw_rtsp_peer_options(&peer, &message);
    assert_false(peer.no_get_parameter);
    assert_int_equal(peer.tolerated, 0);
    assert_notes(noted(gw_rtsp_peer_options, "RTSP/1.0 501 No\r\n\r\n"),
                 GW_TOLERATED_NO_OPTIONS, true);
}

static void a_base_without_a_scheme_is_strange(void **state)
{
    static const struct {
        const char *base;
        bool strange;
    } cases[] = {
        { "", false },
        { "Content-Base: rtsp://10.0.0.1/x/\r\n", false },
        { "Content-Base: RTSPS://10.0.0.1/x/\r\n", false },
        { "Content-Base: 10.0.0.1/x/\r\n", true },
        { "Content-Base: rtsp\r\n", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char head[128] = OK "Content-Type: application/sdp\r\n";
        strcat(strcat(head, cases[i].base), "\r\n");
        assert_notes(noted(gw_rtsp_peer_description, head), GW_TOLERATED_CONTENT_BASE,
                     cases[i].strange);
    }
    assert_notes(noted(gw_rtsp_peer_description, OK "\r\n"), GW_TOLERATED_NO_CONTENT_TYPE,
                 true);
}

// Quirk 16. A list of transports may have blanks behind its commas.
static void blanks_between_parts_of_a_transport_are_strange(void **state)
{
    static const struct {
        const char *value;
        bool strange;
    } cases[] = {
        { "RTP/AVP/TCP;unicast;interleaved=0-1", false },
        { " RTP/AVP/TCP;unicast, RTP/AVP", false },
        { "RTP/AVP/TCP;unicast;ssrc= d6d6627;interleaved=0-1", true },
        { "RTP/AVP/TCP; unicast", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char head[128] = OK "Session: 1\r\nTransport: ";
        strcat(strcat(head, cases[i].value), "\r\n\r\n");
        assert_notes(noted(gw_rtsp_peer_setup, head), GW_TOLERATED_TRANSPORT_BLANKS,
                     cases[i].strange);
    }
    assert_int_equal(noted(gw_rtsp_peer_setup, OK "\r\n"),
                     gw_tolerance_bit(GW_TOLERATED_NO_SESSION) |
                         gw_tolerance_bit(GW_TOLERATED_NO_TRANSPORT));
}

// Quirk 17.
static void rtp_info_is_of_use_or_not(void **state)
{
    static const struct {
        const char *value;
        bool strange;
    } cases[] = {
        { "url=rtsp://a/t;seq=1;rtptime=2", false },
        { "url=rtsp://a/t?x=1;rtptime=2,url=rtsp://a/u;seq=3", false },
        { "url=rtsp://a/t;seq=1;rtptime=2;", true },
        { "url=rtsp://a/t;seq=1;rtptime=now", true },
        { "url=rtsp://a/t;seq=;rtptime=2", true },
        { "seq=1;rtptime=2", true },
        { "url=rtsp://a/t;seq=1,nonsense", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char head[128] = OK "RTP-Info: ";
        strcat(strcat(head, cases[i].value), "\r\n\r\n");
        assert_notes(noted(gw_rtsp_peer_play, head), GW_TOLERATED_RTP_INFO,
                     cases[i].strange);
    }
    assert_int_equal(noted(gw_rtsp_peer_play, OK "\r\n"), 0);
}

static void each_tolerance_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GW_TOLERANCES; i++) {
        assert_non_null(gw_tolerance_name((enum gw_tolerance)i));
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(gw_tolerance_name((enum gw_tolerance)i),
                                    gw_tolerance_name((enum gw_tolerance)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_answer_shows_nothing),
        cmocka_unit_test(line_ends_and_blanks_are_told_apart),
        cmocka_unit_test(a_name_that_would_steer_a_terminal_does_not),
        cmocka_unit_test(what_it_takes_is_what_it_said),
        cmocka_unit_test(a_base_without_a_scheme_is_strange),
        cmocka_unit_test(blanks_between_parts_of_a_transport_are_strange),
        cmocka_unit_test(rtp_info_is_of_use_or_not),
        cmocka_unit_test(each_tolerance_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
