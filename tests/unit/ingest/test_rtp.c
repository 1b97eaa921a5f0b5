#include "ingest/rtp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEADER(flags) flags, 0xe0, 0x12, 0x34, 0, 0, 0, 9, 0xaa, 0xbb, 0xcc, 0xdd

// Parses from an exact allocation, so that a read past the end is seen.
static int parse(const uint8_t *bytes, size_t len, struct gw_rtp_packet *ret_packet,
                 uint8_t *payload)
{
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    int r = gw_rtp_parse(exact, len, ret_packet);
    if (!r)
        memcpy(payload, ret_packet->payload, ret_packet->len);
    free(exact);
    return r;
}

static void reads_all_fields(void **state)
{
    static const uint8_t bytes[] = { HEADER(0x80), 'h', 'i' };
    struct gw_rtp_packet p;
    uint8_t payload[64];
    (void)state;

    assert_int_equal(parse(bytes, sizeof(bytes), &p, payload), 0);
    assert_int_equal(p.payload_type, 96);
    assert_true(p.marker);
    assert_int_equal(p.seq, 0x1234);
    assert_int_equal(p.timestamp, 9);
    assert_int_equal(p.ssrc, 0xaabbccdd);
    assert_int_equal(p.len, 2);
    assert_memory_equal(payload, "hi", 2);
}

static void skips_sources_extension_and_padding(void **state)
{
    static const uint8_t bytes[] = { HEADER(0xb1), 1,    2, 3, 4,          // one source
                                     0xbe,         0xde, 0, 1, 5, 6, 7, 8, // extension
                                     'h',          'i',  0, 0, 3 };
    struct gw_rtp_packet p;
    uint8_t payload[64];
    (void)state;

    assert_int_equal(parse(bytes, sizeof(bytes), &p, payload), 0);
    assert_int_equal(p.len, 2);
    assert_memory_equal(payload, "hi", 2);
}

static void an_extension_is_borrowed_with_its_profile(void **state)
{
    static const uint8_t bytes[] = { HEADER(0x90), 0xff, 0xd8, 0, 1, 5, 6, 7, 8, 'h' };
    static const uint8_t plain[] = { HEADER(0x80), 'h' };
    struct gw_rtp_packet p;
    (void)state;

    assert_int_equal(gw_rtp_parse(bytes, sizeof(bytes), &p), 0);
    assert_int_equal(p.extension_profile, 0xffd8);
    assert_int_equal(p.extension_len, 4);
    assert_ptr_equal(p.extension, bytes + 16);
    assert_int_equal(gw_rtp_parse(plain, sizeof(plain), &p), 0);
    assert_null(p.extension);
}

static void payload_may_be_empty(void **state)
{
    static const uint8_t plain[] = { HEADER(0x80) };
    static const uint8_t padded[] = { HEADER(0xa0), 0, 2 };
    struct gw_rtp_packet p;
    uint8_t payload[64];
    (void)state;

    assert_int_equal(parse(plain, sizeof(plain), &p, payload), 0);
    assert_int_equal(p.len, 0);
    assert_int_equal(parse(padded, sizeof(padded), &p, payload), 0);
    assert_int_equal(p.len, 0);
}

static void refuses_every_cut_of_the_header(void **state)
{
    static const uint8_t bytes[] = {
        HEADER(0x91), 1, 2, 3, 4, 0xbe, 0xde, 0, 1, 5, 6, 7, 8
    };
    struct gw_rtp_packet p = { .len = 42 };
    uint8_t payload[64];
    (void)state;

    for (size_t len = 0; len < sizeof(bytes); len++)
        assert_int_equal(parse(bytes, len, &p, payload), -EBADMSG);
    assert_int_equal(p.len, 42); // untouched on failure
    assert_int_equal(parse(bytes, sizeof(bytes), &p, payload), 0);
}

static void refuses_padding_longer_than_the_packet(void **state)
{
    static const uint8_t longer[] = { HEADER(0xa0), 'x', 3 };
    static const uint8_t zero[] = { HEADER(0xa0), 'x', 0 };
    static const uint8_t none[] = { HEADER(0xa0) };
    struct gw_rtp_packet p;
    uint8_t payload[64];
    (void)state;

    assert_int_equal(parse(longer, sizeof(longer), &p, payload), -EBADMSG);
    assert_int_equal(parse(zero, sizeof(zero), &p, payload), -EBADMSG);
    assert_int_equal(parse(none, sizeof(none), &p, payload), -EBADMSG);
}

static void refuses_an_extension_past_the_end(void **state)
{
    static const uint8_t bytes[] = { HEADER(0x90), 0xbe, 0xde, 0xff, 0xff, 1, 2, 3, 4 };
    struct gw_rtp_packet p;
    uint8_t payload[64];
    (void)state;

    assert_int_equal(parse(bytes, sizeof(bytes), &p, payload), -EBADMSG);
}

static void refuses_other_versions(void **state)
{
    static const uint8_t one[] = { HEADER(0x40), 'x' };
    static const uint8_t three[] = { HEADER(0xc0), 'x' };
    struct gw_rtp_packet p;
    uint8_t payload[64];
    (void)state;

    assert_int_equal(parse(one, sizeof(one), &p, payload), -EBADMSG);
    assert_int_equal(parse(three, sizeof(three), &p, payload), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_fields),
        cmocka_unit_test(skips_sources_extension_and_padding),
        cmocka_unit_test(an_extension_is_borrowed_with_its_profile),
        cmocka_unit_test(payload_may_be_empty),
        cmocka_unit_test(refuses_every_cut_of_the_header),
        cmocka_unit_test(refuses_padding_longer_than_the_packet),
        cmocka_unit_test(refuses_an_extension_past_the_end),
        cmocka_unit_test(refuses_other_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
