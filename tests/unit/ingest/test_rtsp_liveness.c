// When a session that plays counts as alive, and how it is kept so.

#include "rtsp_talk.h"

#include "ingest/rtsp_liveness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BYE "\x81\xcb\x00\x01\x00\x00\x00\x07"

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

// A line that is far too slow: packets come all the time, and something of every picture
// is missing.
static void packets_without_a_whole_picture_are_no_video(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    packet(&t, 0);
    t.broken = true;
    for (uint64_t us = 0; us < STALL_US; us += GW_SECOND) {
        advance(&t, GW_SECOND);
        packet(&t, 0);
        is_in(&t, GW_RTSP_PLAYING);
    }
    advance(&t, GW_SECOND);
    packet(&t, 0);
    assert_true(gw_rtsp_client_deadline_us(t.c) <= t.now_us);
    advance(&t, 0);
    failed_with(&t, GW_CAUSE_INCOMPLETE, 0);
    says(&t, "TEARDOWN ");
    end(&t);
}

static void one_whole_picture_in_time_is_enough(void **state)
{
    struct talk t;
    (void)state;
    play_udp(&t);
    for (uint16_t seq = 0; seq < 100; seq++) {
        t.broken = seq % 9 != 0; // the other eight take eight seconds
        datagram(&t, seq);
        advance(&t, GW_SECOND);
        is_in(&t, GW_RTSP_PLAYING);
    }
    end(&t);
}

// A profile of a picture every few seconds: nearly as long as the camera may be silent.
static void a_picture_every_few_seconds_is_enough(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    for (int i = 0; i < 20; i++) {
        t.broken = true;
        packet(&t, 0);
        t.broken = false; // its second packet
        packet(&t, 0);
        advance(&t, STALL_US - 1);
        is_in(&t, GW_RTSP_PLAYING);
    }
    end(&t);
}

static void silence_in_the_midst_of_a_picture_is_silence(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    t.broken = true;
    packet(&t, 0);
    advance(&t, 5 * GW_SECOND);
    packet(&t, 0);
    advance(&t, STALL_US);
    failed_with(&t, GW_CAUSE_STALLED, 0);
    end(&t);
}

static void sound_does_not_make_up_for_pictures(void **state)
{
    struct talk t;
    (void)state;
    begin(URL, true, &t);
    set_up_audio(&t, "200 OK", "");
    answer(&t, "200 OK", "");
    t.broken = true;
    for (uint64_t us = 0; us <= STALL_US; us += GW_SECOND) {
        packet(&t, 0);
        packet(&t, 2);
        is_in(&t, GW_RTSP_PLAYING);
        advance(&t, GW_SECOND);
    }
    failed_with(&t, GW_CAUSE_INCOMPLETE, 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_alive_without_ever_being_answered),
        cmocka_unit_test(falls_back_to_options_where_get_parameter_is_refused),
        cmocka_unit_test(pings_at_half_of_a_short_session_timeout),
        cmocka_unit_test(a_refused_keep_alive_does_not_end_the_pictures),
        cmocka_unit_test(a_silent_camera_is_stalled),
        cmocka_unit_test(audio_alone_does_not_hide_a_stalled_video),
        cmocka_unit_test(packets_without_a_whole_picture_are_no_video),
        cmocka_unit_test(one_whole_picture_in_time_is_enough),
        cmocka_unit_test(a_picture_every_few_seconds_is_enough),
        cmocka_unit_test(silence_in_the_midst_of_a_picture_is_silence),
        cmocka_unit_test(sound_does_not_make_up_for_pictures),
        cmocka_unit_test(where_no_packet_comes_by_udp_it_says_so),
        cmocka_unit_test(a_camera_that_says_bye_is_closed_unless_it_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
