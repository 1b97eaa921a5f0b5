#include "mux/opus.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "OpusHead\x01\x02\x38\x01\x80\xbb\0\0\x01\xff\0"

static void a_head_is_read(void **state)
{
    struct gw_opus_head head;
    (void)state;

    assert_int_equal(gw_opus_head_parse(HEAD, 19, &head), 0);
    assert_int_equal(head.channels, 2);
    assert_int_equal(head.pre_skip, 312);
    assert_int_equal(head.input_rate, 48000);
    assert_int_equal(head.gain, -255);
}

static void heads_that_are_none_are_refused(void **state)
{
    struct gw_opus_head head = { .channels = 9 };
    uint8_t bytes[19];
    (void)state;

    for (size_t len = 0; len < sizeof(bytes); len++)
        assert_int_equal(gw_opus_head_parse(HEAD, len, &head), -EBADMSG);
    memcpy(bytes, HEAD, sizeof(bytes));
    bytes[0] = 'o';
    assert_int_equal(gw_opus_head_parse(bytes, 19, &head), -EBADMSG);

    static const uint8_t at[] = { 8, 9, 9, 18 };
    static const uint8_t value[] = { 16, 0, 3, 1 }; // version, channels, mapping
    for (size_t i = 0; i < sizeof(at); i++) {
        memcpy(bytes, HEAD, sizeof(bytes));
        bytes[at[i]] = value[i];
        assert_int_equal(gw_opus_head_parse(bytes, 19, &head), -ENOTSUP);
    }
    assert_int_equal(head.channels, 9); // untouched
}

// RFC 6716 table 2, in units of 2.5 ms, by configuration number.
static void every_configuration_has_its_time(void **state)
{
    static const unsigned units[32] = { 4,  8, 16, 24, 4, 8, 16, 24, 4, 8, 16,
                                        24, 4, 8,  4,  8, 1, 2,  4,  8, 1, 2,
                                        4,  8, 1,  2,  4, 8, 1,  2,  4, 8 };
    (void)state;

    for (unsigned config = 0; config < 32; config++) {
        uint32_t frame = units[config] * 225;
        uint8_t toc = (uint8_t)(config << 3);
        uint8_t packet[2] = { toc, 0 };
        assert_int_equal(gw_opus_duration_90k(packet, 1), frame);
        for (uint8_t code = 1; code <= 2; code++) {
            packet[0] = toc | code;
            assert_int_equal(gw_opus_duration_90k(packet, 1), 2 * frame);
        }
        for (unsigned frames = 0; frames < 64; frames++) {
            packet[0] = toc | 3;
            packet[1] = (uint8_t)(0xc0 | frames);
            uint32_t all = frames * frame;
            assert_int_equal(gw_opus_duration_90k(packet, 2), all <= 10800 ? all : 0);
        }
        assert_int_equal(gw_opus_duration_90k(packet, 1), 0); // no count
    }
    assert_int_equal(gw_opus_duration_90k("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_read),
        cmocka_unit_test(heads_that_are_none_are_refused),
        cmocka_unit_test(every_configuration_has_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
