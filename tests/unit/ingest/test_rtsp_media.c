// What arrives on the channels and ports of a session, and the reports that go back.

#include "rtsp_talk.h"

#include "ingest/reorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listens_to_the_channel_that_the_camera_names),
        cmocka_unit_test(finds_the_video_on_a_channel_that_nobody_named),
        cmocka_unit_test(pulls_by_udp_in_order),
        cmocka_unit_test(a_gap_is_passed_over_when_its_time_is_up),
        cmocka_unit_test(tells_the_camera_every_few_seconds_how_packets_arrive),
        cmocka_unit_test(reports_over_tcp_go_with_the_keep_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
