// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/inlet.h"

#include <errno.h>

#define REPORT_OF(ssrc)                                                                  \
    "\x80\xc8\x00\x06\x00\x00\x00" ssrc "\xe0\x00\x00\x01\x80\x00\x00\x00"               \
    "\x00\x01\x5f\x90\x00\x00\x00\x09\x00\x00\x01\x00"
#define BYE_OF(ssrc) "\x81\xcb\x00\x01\x00\x00\x00" ssrc

struct fixture {
    struct gw_inlet inlet;
    unsigned packets;
    unsigned reports;
};

static void on_packet(void *arg, const void *data, size_t len)
{
    struct fixture *f = arg;
    (void)data;
    (void)len;
    f->packets++;
}

static void on_report(void *arg, const struct gw_rtcp_sender_report *report)
{
    struct fixture *f = arg;
    (void)report;
    f->reports++;
}

static void begin(struct fixture *f, bool datagrams)
{
    *f = (struct fixture) { 0 };
    struct gw_inlet_config config = {
        .datagrams = datagrams,
        .on_packet = on_packet,
        .on_report = on_report,
        .arg = f,
    };
    assert_int_equal(gw_inlet_init(&f->inlet, &config), 0);
}

static int rtp(struct fixture *f, uint8_t seq)
{
    const uint8_t packet[] = { 0x80, 96, 0, seq, 0, 0, 0, 0, 0, 0, 0, 7 };
    return gw_inlet_rtp(&f->inlet, packet, sizeof(packet), 0);
}

#define RTCP(f, bytes) gw_inlet_rtcp(&(f)->inlet, (bytes), sizeof(bytes) - 1, 0)

static void what_is_no_rtp_is_dropped_and_counted(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    assert_int_equal(gw_inlet_rtp(&f.inlet, "\x80", 1, 0), -EBADMSG);
    assert_int_equal(rtp(&f, 1), 0);
    assert_int_equal(f.packets, 1);
    assert_int_equal(f.inlet.stats.packets, 2);
    assert_int_equal(f.inlet.stats.malformed, 1);
    gw_inlet_finish(&f.inlet);
}

static void only_datagrams_are_put_in_order(void **state)
{
    struct fixture f;
    (void)state;
    for (int datagrams = 0; datagrams <= 1; datagrams++) {
        begin(&f, datagrams);
        rtp(&f, 1);
        rtp(&f, 3);
        assert_int_equal(f.packets, datagrams ? 1 : 2);
        gw_inlet_finish(&f.inlet);
    }
}

static void a_bye_counts_when_it_is_the_senders_and_nothing_follows(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    RTCP(&f, BYE_OF("\x07")); // before any packet: whose is it?
    assert_false(f.inlet.left);
    rtp(&f, 1);
    RTCP(&f, BYE_OF("\x08"));
    assert_false(f.inlet.left);
    RTCP(&f, REPORT_OF("\x07") BYE_OF("\x07"));
    assert_true(f.inlet.left);
    assert_int_equal(f.reports, 1);
    rtp(&f, 2);
    assert_false(f.inlet.left);
    assert_int_equal(f.inlet.stats.byes, 1);
    gw_inlet_finish(&f.inlet);
}

static void malformed_rtcp_is_counted_and_what_came_before_it_counts(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    RTCP(&f, REPORT_OF("\x07") "\x9f\xcb\x00\x01\x00\x00\x00\x07");
    assert_int_equal(f.reports, 1);
    assert_int_equal(f.inlet.stats.malformed, 1);
    assert_false(f.inlet.left);
    gw_inlet_finish(&f.inlet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_rtp_is_dropped_and_counted),
        cmocka_unit_test(only_datagrams_are_put_in_order),
        cmocka_unit_test(a_bye_counts_when_it_is_the_senders_and_nothing_follows),
        cmocka_unit_test(malformed_rtcp_is_counted_and_what_came_before_it_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
