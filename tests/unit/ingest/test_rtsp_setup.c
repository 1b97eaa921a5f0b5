// Which media are set up, over what, and what becomes of those that are refused.

#include "rtsp_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define SENDER_REPORT                                                                    \
    "\x80\xc8\x00\x06\x00\x00\x00\x07\xe0\x00\x00\x01\x80\x00\x00\x00"                   \
    "\x00\x01\x5f\x90\x00\x00\x00\x09\x00\x00\x01\x00"

static void sender_report(struct talk *t, uint8_t channel)
{
    rtcp(t, channel, SENDER_REPORT, sizeof(SENDER_REPORT) - 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(media_that_cannot_be_taken_end_the_session),
        cmocka_unit_test(sets_up_an_audio_beside_the_video),
        cmocka_unit_test(an_audio_that_is_not_wanted_is_not_set_up),
        cmocka_unit_test(an_audio_that_is_refused_or_broken_is_left_out),
        cmocka_unit_test(an_audio_that_cannot_be_carried_is_not_asked_for),
        cmocka_unit_test(an_audio_without_an_answer_is_left_out),
        cmocka_unit_test(closing_between_two_set_ups_says_teardown),
        cmocka_unit_test(a_refused_transport_is_followed_by_the_other),
        cmocka_unit_test(a_camera_that_answers_udp_with_channels_is_taken_at_its_word),
        cmocka_unit_test(a_challenged_set_up_keeps_its_ports),
        cmocka_unit_test(without_ports_it_is_our_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
