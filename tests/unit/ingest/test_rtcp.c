// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/rtcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SENDER_REPORT                                                                    \
    "\x80\xc8\x00\x06\x00\x00\x00\x07\xe0\x00\x00\x01\x80\x00\x00\x00"                   \
    "\x00\x01\x5f\x90\x00\x00\x00\x09\x00\x00\x01\x00"
#define DESCRIPTION "\x81\xca\x00\x03\x00\x00\x00\x07\x01\x02me\x00\x00\x00\x00"
#define BYE "\x82\xcb\x00\x02\x00\x00\x00\x05\x00\x00\x00\x07"

static void reads_a_report_and_a_bye_of_a_compound(void **state)
{
    static const char bytes[] = SENDER_REPORT DESCRIPTION BYE;
    struct gw_rtcp_reader r = gw_rtcp_reader_init(bytes, sizeof(bytes) - 1);
    struct gw_rtcp_item item;
    (void)state;

    assert_int_equal(gw_rtcp_next(&r, &item), 0);
    assert_int_equal(item.type, GW_RTCP_SENDER_REPORT);
    assert_int_equal(item.report.ssrc, 7);
    assert_true(item.report.ntp == 0xe000000180000000);
    assert_int_equal(item.report.timestamp, 90000);
    assert_int_equal(gw_rtcp_next(&r, &item), 0);
    assert_int_equal(item.type, GW_RTCP_BYE);
    assert_true(gw_rtcp_bye_names(&item, 5));
    assert_true(gw_rtcp_bye_names(&item, 7));
    assert_false(gw_rtcp_bye_names(&item, 6));
    assert_int_equal(gw_rtcp_next(&r, &item), -ENOENT);
    assert_int_equal(gw_rtcp_next(&r, &item), -ENOENT);
}

// However short it is cut, nothing behind its end is read: the copy is exact.
static void a_packet_cut_anywhere_is_malformed_or_ends(void **state)
{
    static const char bytes[] = SENDER_REPORT DESCRIPTION BYE;
    (void)state;

    for (size_t len = 0; len < sizeof(bytes) - 1; len++) {
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        copy = realloc(copy, len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, bytes, len);
        struct gw_rtcp_reader r = gw_rtcp_reader_init(copy, len);
        struct gw_rtcp_item item;
        int items = 0;
        int end;
        while (!(end = gw_rtcp_next(&r, &item)))
            items++;
        assert_int_equal(items, len >= 28);
        assert_int_equal(end, len == 0 || len == 28 || len == 44 ? -ENOENT : -EBADMSG);
        free(copy);
    }
}

// The attacks of PJSIP's issue: a BYE that names more sources than it has, and
// lengths that lead out of the packet.
static void lengths_that_do_not_fit_are_malformed(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
        { "\x9f\xcb\x00\x01\x00\x00\x00\x05", 8 }, // 31 sources, one there
        { "\x81\xcb\x00\x00", 4 },                 // one source, none there
        { "\x80\xc8\x00\x03\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00", 16 },
        { "\x80\xca\xff\xff\x00\x00\x00\x00", 8 }, // longer than the packet
        { "\x40\xc8\x00\x00", 4 },                 // version 1
        { "\x80\xc8\x00", 3 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct gw_rtcp_reader r = gw_rtcp_reader_init(cases[i].bytes, cases[i].len);
        struct gw_rtcp_item item = { .count = 42 };
        assert_int_equal(gw_rtcp_next(&r, &item), -EBADMSG);
        assert_int_equal(item.count, 42);
    }
}

static void writes_a_report_with_its_name(void **state)
{
    static const uint8_t expected[] = {
        0x81, 201, 0, 7, 0,  0,    0,    9,                  // receiver report of 9
        0,    0,   0, 7, 64, 0xff, 0xff, 0xfe, 0, 1, 0,   2, // of 7: lost -2
        0,    0,   0, 3, 0,  0,    0,    4,    0, 0, 0,   5, //
        0x81, 202, 0, 3, 0,  0,    0,    9,    1, 4, 'n', 'a', 'm', 'e', 0, 0,
    };
    struct gw_rtcp_block block = {
        .ssrc = 7,
        .fraction = 64,
        .lost = -2,
        .highest = 0x10002,
        .jitter = 3,
        .last_sr = 4,
        .since_sr = 5,
    };
    uint8_t buf[GW_RTCP_REPORT_MAX];
    (void)state;

    assert_int_equal(gw_rtcp_write_report(9, &block, "name", buf), sizeof(expected));
    assert_memory_equal(buf, expected, sizeof(expected));
}

// Section 6.5: the list of items ends in at least one zero, at a word's end.
static void names_of_any_length_end_at_a_word(void **state)
{
    static const char name[] = "0123456789abcdef0123456789abcdef";
    (void)state;

    for (size_t len = 0; len <= GW_RTCP_CNAME_MAX; len++) {
        char cut[GW_RTCP_CNAME_MAX + 1] = "";
        uint8_t buf[GW_RTCP_REPORT_MAX];
        memcpy(cut, name, len);
        size_t size = gw_rtcp_write_report(9, NULL, cut, buf);
        assert_int_equal(size % 4, 0);
        assert_int_equal(buf[size - 1], 0);
        struct gw_rtcp_reader r = gw_rtcp_reader_init(buf, size);
        struct gw_rtcp_item item;
        assert_int_equal(gw_rtcp_next(&r, &item), -ENOENT); // whole, and no report
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_report_and_a_bye_of_a_compound),
        cmocka_unit_test(a_packet_cut_anywhere_is_malformed_or_ends),
        cmocka_unit_test(lengths_that_do_not_fit_are_malformed),
        cmocka_unit_test(writes_a_report_with_its_name),
        cmocka_unit_test(names_of_any_length_end_at_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
