#include "base/aac_config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct example {
    const char *bytes;
    size_t len;
    int result;
    struct gw_aac_config config;
};

static void reads_what_decoders_must_know(void **state)
{
    static const struct example examples[] = {
        { "\x14\x08", 2, 0, { 2, 1, 1024, 16000, 16 } },
        { "\x12\x10", 2, 0, { 2, 2, 1024, 44100, 16 } },
        { "\x15\x8c", 2, 0, { 2, 1, 960, 8000, 16 } },
        // SBR: 24 kHz that sound as 48 kHz.
        { "\x2b\x11\x88\x00", 4, 0, { 5, 2, 1024, 24000, 25 } },
        // A rate of its own, 0x3e80.
        { "\x17\x80\x1f\x40\x08", 5, 0, { 2, 1, 1024, 16000, 40 } },
    };
    (void)state;

    for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
        const struct example *e = &examples[i];
        struct gw_aac_config c = { 0 };
        assert_int_equal(gw_aac_config_parse(e->bytes, e->len, &c), 0);
        assert_int_equal(c.object_type, e->config.object_type);
        assert_int_equal(c.channels, e->config.channels);
        assert_int_equal(c.frame_samples, e->config.frame_samples);
        assert_int_equal(c.sample_rate, e->config.sample_rate);
        assert_int_equal(c.bits, e->config.bits);
    }
}

static void refuses_what_is_cut_reserved_or_another_coding(void **state)
{
    static const struct example examples[] = {
        { "", 0, -EBADMSG, { 0 } },
        { "\x14", 1, -EBADMSG, { 0 } },
        { "\x2b\x11", 2, -EBADMSG, { 0 } },
        { "\x16\x88", 2, -EBADMSG, { 0 } },             // rate 13
        { "\x17\x80\x00\x00\x08", 5, -EBADMSG, { 0 } }, // 0 Hz
        { "\x14\x00", 2, -ENOTSUP, { 0 } },             // channels by a PCE
        { "\x4c\x08", 2, -ENOTSUP, { 0 } },             // CELP
    };
    static const uint8_t large[GW_AAC_CONFIG_MAX + 1] = { 0x14, 0x08 };
    struct gw_aac_config c = { .channels = 99 };
    (void)state;

    for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++)
        assert_int_equal(gw_aac_config_parse(examples[i].bytes, examples[i].len, &c),
                         examples[i].result);
    assert_int_equal(gw_aac_config_parse(large, sizeof(large), &c), -EMSGSIZE);
    assert_int_equal(gw_aac_config_parse(large, sizeof(large) - 1, &c), 0);
    assert_int_equal(c.channels, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_decoders_must_know),
        cmocka_unit_test(refuses_what_is_cut_reserved_or_another_coding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
