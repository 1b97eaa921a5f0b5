// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/rtsp_transport.h"

#include <string.h>

static struct gw_rtsp_transport parse(const char *header)
{
    return gw_rtsp_transport_parse((struct gw_rtsp_text) { header, strlen(header) });
}

static void reads_channels(void **state)
{
    struct gw_rtsp_transport t = parse("RTP/AVP/TCP;unicast;interleaved=8-9");
    (void)state;
    assert_true(t.interleaved);
    assert_int_equal(t.rtp_channel, 8);
    assert_int_equal(t.rtcp_channel, 9);
}

// Quirk 16: Hikvision has a blank behind "ssrc=", Luckfox has ssrc first.
static void reads_parameters_in_any_order_with_blanks(void **state)
{
    struct gw_rtsp_transport t =
        parse("RTP/AVP/TCP; ssrc= d6d6627 ; Interleaved = 4 - 7 ;mode=\"play\";;=;x=");
    (void)state;
    assert_true(t.interleaved);
    assert_int_equal(t.rtp_channel, 4);
    assert_int_equal(t.rtcp_channel, 7);
}

static void reads_ports_and_source(void **state)
{
    struct gw_rtsp_transport t =
        parse("RTP/AVP;unicast;client_port=5000-5001;server_port=6970-6971;"
              "source=fe80::1");
    (void)state;
    assert_false(t.interleaved);
    assert_int_equal(t.rtp_port, 6970);
    assert_int_equal(t.rtcp_port, 6971);
    assert_int_equal(t.source.len, 7);
    assert_memory_equal(t.source.s, "fe80::1", 7);
}

static void one_number_means_the_next_too(void **state)
{
    (void)state;
    assert_int_equal(parse("x;interleaved=2").rtcp_channel, 3);
    assert_int_equal(parse("x;interleaved=255").rtcp_channel, 255);
    assert_int_equal(parse("x;server_port=7000").rtcp_port, 7001);
}

static void what_is_broken_is_not_there(void **state)
{
    static const char *const broken[] = {
        "",
        ",",
        "x;interleaved",
        "x;interleaved=",
        "x;interleaved=a-b",
        "x;interleaved=256-257",
        "x;interleaved=0-256",
        "x;interleaved=-1",
        "x;server_port=65536-65537",
        "x;server_port=99999999999",
        "x,RTP/AVP/TCP;interleaved=0-1;server_port=1-2", // one transport is chosen
    };
    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        struct gw_rtsp_transport t = parse(broken[i]);
        assert_false(t.interleaved);
        assert_int_equal(t.rtp_channel, 0);
        assert_int_equal(t.rtcp_channel, 1);
        assert_int_equal(t.rtp_port, 0);
        assert_int_equal(t.source.len, 0);
    }
}

static void asks_for_channels_or_ports(void **state)
{
    char buf[GW_RTSP_TRANSPORT_MAX];
    (void)state;
    gw_rtsp_transport_write(GW_RTSP_TCP, 2, buf);
    assert_string_equal(buf, "Transport: RTP/AVP/TCP;unicast;interleaved=2-3\r\n");
    gw_rtsp_transport_write(GW_RTSP_UDP, 65534, buf);
    assert_string_equal(buf, "Transport: RTP/AVP;unicast;client_port=65534-65535\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_channels),
        cmocka_unit_test(reads_parameters_in_any_order_with_blanks),
        cmocka_unit_test(reads_ports_and_source),
        cmocka_unit_test(one_number_means_the_next_too),
        cmocka_unit_test(what_is_broken_is_not_there),
        cmocka_unit_test(asks_for_channels_or_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
