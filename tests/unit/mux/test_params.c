#include "mux/avc_record.h"
#include "mux/params.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BASELINE_SPS                                                                     \
    "\x67\x42\xc0\x1e\xd9\x00\xa0\x2f\xf9\x70\x11\x00\x00\x03\x00\x01\x00\x00\x03\x00"   \
    "\x32\x0f\x16\x2e\x48"
#define HIGH_SPS                                                                         \
    "\x67\x64\x00\x28\xac\xd9\x40\x78\x02\x27\xe5\xc0\x44\x00\x00\x03\x00\x04\x00\x00"   \
    "\x03\x00\xc8\x3c\x60\xc6\x58"
#define PPS "\x68\xcb\x83\xcb\x20"

// From a string literal.
#define BUF(s) gw_buf_copy(s, sizeof(s) - 1)

static void writes_the_record_of_a_baseline_stream(void **state)
{
    static const char want[] =
        "\x01\x42\xc0\x1e\xff\xe1\x00\x19" BASELINE_SPS "\x01\x00\x05" PPS;
    struct gw_buf *source = BUF("\0\0\0\x19" BASELINE_SPS "\0\0\0\x05" PPS);
    struct gw_params *p = NULL;
    (void)state;

    assert_int_equal(gw_params_parse(GW_CODEC_H264, source, &p), 0);
    assert_string_equal(p->codec_string, "avc1.42C01E");
    assert_int_equal(p->width, 640);
    assert_int_equal(p->height, 360);
    assert_int_equal(p->reorder, 0);
    assert_int_equal(p->interval_90k, 3600);
    assert_int_equal(p->record_len, sizeof(want) - 1);
    assert_memory_equal(p->record, want, sizeof(want) - 1);
    gw_params_unref(&p);
    assert_null(p);
    gw_buf_unref(&source);
}

static void a_high_profile_has_the_tail(void **state)
{
    static const char want[] = "\x01\x64\x00\x28\xff\xe1\x00\x1b" HIGH_SPS
                               "\x02\x00\x05" PPS "\x00\x05" PPS "\xfd\xf8\xf8\x00";
    struct gw_buf *source = BUF("\0\0\0\x1b" HIGH_SPS "\0\0\0\x05" PPS "\0\0\0\x05" PPS);
    struct gw_params *p = NULL;
    (void)state;

    assert_int_equal(gw_params_parse(GW_CODEC_H264, source, &p), 0);
    assert_string_equal(p->codec_string, "avc1.640028");
    assert_int_equal(p->reorder, 2);
    assert_int_equal(p->record_len, sizeof(want) - 1);
    assert_memory_equal(p->record, want, sizeof(want) - 1);
    gw_params_unref(&p);
    gw_buf_unref(&source);
}

#define HEVC_VPS "\x40\x01\x0c\x01"
#define HEVC_SPS                                                                         \
    "\x42\x01\x01\x01\x60\x00\x00\x03\x00\x90\x00\x00\x03\x00\x00\x03\x00\x1e\xa0\x20"   \
    "\x83\x16\x59\x2a\xe4\xca\xf0\x16\x80\x80\x00\x00\x03\x00\x80\x00\x00\x0c\x84"
#define HEVC_PPS "\x44\x01\xc1\x72"
#define HEVC "\0\0\0\x04" HEVC_VPS "\0\0\0\x27" HEVC_SPS "\0\0\0\x04" HEVC_PPS

static void writes_the_record_of_an_h265_stream(void **state)
{
    static const char want[] =
        "\x01\x01\x60\0\0\0\x90\0\0\0\0\0\x1e\xf0\0\xfc\xfd\xf8\xf8\0\0"
        "\x0f\x03" // one layer, nested, lengths of 4 bytes; arrays
        "\xa0\0\x01\0\x04" HEVC_VPS "\xa1\0\x01\0\x27" HEVC_SPS
        "\xa2\0\x01\0\x04" HEVC_PPS;
    struct gw_buf *source = BUF(HEVC);
    struct gw_params *p = NULL;
    (void)state;

    assert_int_equal(gw_params_parse(GW_CODEC_H265, source, &p), 0);
    assert_int_equal(p->codec, GW_CODEC_H265);
    assert_string_equal(p->codec_string, "hvc1.1.6.L30.90");
    assert_int_equal(p->width, 64);
    assert_int_equal(p->height, 48);
    assert_int_equal(p->reorder, 0);
    assert_int_equal(p->interval_90k, 3600);
    assert_int_equal(p->record_len, sizeof(want) - 1);
    assert_memory_equal(p->record, want, sizeof(want) - 1);
    assert_true(gw_params_same(p, GW_CODEC_H265, source));
    assert_false(gw_params_same(p, GW_CODEC_H264, source));
    gw_params_unref(&p);
    gw_buf_unref(&source);
}

// ISO/IEC 14496-15 section E.3: every part of the codec string.
static void the_longest_codec_string_has_room(void **state)
{
    char bytes[] = HEVC;
    struct gw_params *p = NULL;
    (void)state;

    // Profile space 3, high tier, profile 31; all flags; level 255.
    memcpy(bytes + 12 + 3, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
           15);
    memcpy(bytes + 12 + 3 + 12, &HEVC_SPS[18], 21);
    memset(bytes + 12 + 3 + 12 + 21, 0, 3); // shorter: no emulation prevention
    struct gw_buf *source = BUF(bytes);
    assert_int_equal(gw_params_parse(GW_CODEC_H265, source, &p), 0);
    assert_string_equal(p->codec_string, "hvc1.C31.FFFFFFFF.H255.FF.FF.FF.FF.FF.FF");
    gw_params_unref(&p);
    gw_buf_unref(&source);
}

static void an_h265_stream_needs_all_three_kinds(void **state)
{
    struct gw_buf *bad[] = {
        BUF("\0\0\0\x04" HEVC_VPS "\0\0\0\x27" HEVC_SPS),
        BUF("\0\0\0\x04" HEVC_VPS "\0\0\0\x04" HEVC_PPS),
        BUF("\0\0\0\x27" HEVC_SPS "\0\0\0\x04" HEVC_PPS),
        BUF(HEVC "\0\0\0\x04\x26\x01\xaf\x11"), // a slice
        BUF(HEVC "\0\0\0\x05" HEVC_PPS),
    };
    struct gw_params *p = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(gw_params_parse(GW_CODEC_H265, bad[i], &p), -EBADMSG);
        assert_null(p);
        gw_buf_unref(&bad[i]);
    }
    struct gw_buf *source = BUF(HEVC);
    assert_int_equal(gw_params_parse(GW_CODEC_H264, source, &p), -EBADMSG);
    assert_int_equal(gw_params_parse(GW_CODEC_PCMA, source, &p), -ENOTSUP);
    gw_buf_unref(&source);
}

static void what_cannot_be_used_is_malformed(void **state)
{
    struct gw_buf *bad[] = {
        BUF(""),
        BUF("\0\0\0\x19" BASELINE_SPS),                         // no PPS
        BUF("\0\0\0\x05" PPS),                                  // no SPS
        BUF("\0\0\0\x19" BASELINE_SPS "\0\0\0\x06" PPS),        // past the end
        BUF("\0\0\0\x19" BASELINE_SPS "\xff\xff\xff\xff" PPS),  // far past it
        BUF("\0\0\0\x19" BASELINE_SPS "\0\0\0\x05" PPS "\0\0"), // half a length
        BUF("\0\0\0\x19" BASELINE_SPS "\0\0\0\x05" PPS "\0\0\0\0"),
        BUF("\0\0\0\x19" BASELINE_SPS "\0\0\0\x05" PPS "\0\0\0\x01\x65"), // a slice
        BUF("\0\0\0\x04\x67\x42\xc0\x1e\0\0\0\x05" PPS),                  // half an SPS
    };
    struct gw_params *p = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(gw_params_parse(GW_CODEC_H264, bad[i], &p), -EBADMSG);
        assert_null(p); // untouched on failure
        gw_buf_unref(&bad[i]);
    }
}

static void too_many_or_too_large_sets_are_over_the_limit(void **state)
{
    static const char one[] = "\0\0\0\x05" PPS;
    static const char sps[] = "\0\0\0\x19" BASELINE_SPS;
    enum { ONE = sizeof(one) - 1, SPS = sizeof(sps) - 1, SETS = GW_AVC_PPS_MAX + 1 };
    struct gw_buf *many = gw_buf_create(SPS + SETS * ONE);
    struct gw_buf *large = gw_buf_create(GW_PARAMS_BYTES_MAX + 1);
    struct gw_params *p = NULL;
    (void)state;

    uint8_t *fill = gw_buf_fill(many);
    memcpy(fill, sps, SPS);
    for (size_t i = 0; i < SETS; i++)
        memcpy(fill + SPS + i * ONE, one, ONE);
    assert_int_equal(gw_params_parse(GW_CODEC_H264, many, &p), -EMSGSIZE);

    memset(gw_buf_fill(large), 0, GW_PARAMS_BYTES_MAX + 1);
    assert_int_equal(gw_params_parse(GW_CODEC_H264, large, &p), -EMSGSIZE);
    assert_null(p);
    gw_buf_unref(&many);
    gw_buf_unref(&large);
}

static void repeated_sets_are_the_same(void **state)
{
    struct gw_buf *source = BUF("\0\0\0\x19" BASELINE_SPS "\0\0\0\x05" PPS);
    struct gw_buf *again = BUF("\0\0\0\x19" BASELINE_SPS "\0\0\0\x05" PPS);
    struct gw_buf *other = BUF("\0\0\0\x1b" HIGH_SPS "\0\0\0\x05" PPS);
    struct gw_params *p = NULL;
    (void)state;

    assert_int_equal(gw_params_parse(GW_CODEC_H264, source, &p), 0);
    assert_true(gw_params_same(p, GW_CODEC_H264, source));
    assert_true(gw_params_same(p, GW_CODEC_H264, again));
    assert_false(gw_params_same(p, GW_CODEC_H264, other));
    gw_params_unref(&p);
    gw_buf_unref(&source);
    gw_buf_unref(&again);
    gw_buf_unref(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_record_of_a_baseline_stream),
        cmocka_unit_test(a_high_profile_has_the_tail),
        cmocka_unit_test(what_cannot_be_used_is_malformed),
        cmocka_unit_test(too_many_or_too_large_sets_are_over_the_limit),
        cmocka_unit_test(repeated_sets_are_the_same),
        cmocka_unit_test(writes_the_record_of_an_h265_stream),
        cmocka_unit_test(the_longest_codec_string_has_room),
        cmocka_unit_test(an_h265_stream_needs_all_three_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
