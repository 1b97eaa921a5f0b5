#include "mux/h264_sps.h"

#include "mux/sps_syntax.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// Made by x264, except where a test builds its own.
static const uint8_t high_1080p[] = {
    0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00,
    0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc6, 0x58,
};
static const uint8_t main_4cif[] = {
    0x67, 0x4d, 0x40, 0x1e, 0xec, 0xa0, 0x58, 0x09, 0x36, 0x02, 0x20, 0x00,
    0x00, 0x03, 0x00, 0x20, 0x00, 0x00, 0x06, 0x41, 0xe2, 0xc5, 0xb2, 0xc0,
};
static const uint8_t baseline_360p[] = {
    0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x2f, 0xf9, 0x70, 0x11, 0x00, 0x00,
    0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x32, 0x0f, 0x16, 0x2e, 0x48,
};
static const uint8_t interlaced_1080_hrd[] = {
    0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x04, 0x4f, 0xde, 0x02,
    0x20, 0x00, 0x00, 0x03, 0x00, 0x20, 0x00, 0x00, 0x06, 0x4c, 0x08, 0x00,
    0x1e, 0x84, 0x80, 0x03, 0xd0, 0x9c, 0x98, 0x60, 0x1f, 0x16, 0x2d, 0x96,
};
static const uint8_t yuv444_66x50[] = {
    0x67, 0xf4, 0x00, 0x0a, 0x91, 0x9b, 0x28, 0xa4, 0xf1, 0xf1, 0xf8, 0x08, 0x80,
    0x00, 0x00, 0x03, 0x00, 0x80, 0x00, 0x00, 0x19, 0x07, 0x89, 0x12, 0xcb,
};

// Builds the bits of an SPS. It writes no emulation prevention: the sets below
// have no two zero bytes in a row.
struct bits {
    uint8_t data[256];
    size_t count;
};

static void put(struct bits *b, unsigned n, uint32_t v)
{
    for (unsigned i = n; i-- > 0; b->count++)
        b->data[b->count / 8] |= (uint8_t)((v >> i & 1) << (7 - b->count % 8));
}

static void put_ue(struct bits *b, uint32_t v)
{
    unsigned zeros = 0;
    while ((v + 1) >> (zeros + 1))
        zeros++;
    put(b, zeros, 0);
    put(b, zeros + 1, v + 1);
}

static void put_se(struct bits *b, int32_t v)
{
    put_ue(b, v > 0 ? (uint32_t)(2 * v - 1) : (uint32_t)(-2 * v));
}

// Everything of a Baseline or Main SPS up to the picture size.
static void put_head(struct bits *b, uint8_t profile)
{
    put(b, 8, 0x67);
    put(b, 8, profile);
    put(b, 8, 0xc0);
    put(b, 8, 30);
    put_ue(b, 0); // seq_parameter_set_id
    if (profile >= 100) {
        put_ue(b, 1); // chroma_format_idc
        put_ue(b, 0);
        put_ue(b, 0);
        put(b, 1, 0);
    }
}

static void put_order(struct bits *b, uint32_t poc_type)
{
    put_ue(b, 0); // log2_max_frame_num_minus4
    put_ue(b, poc_type);
    if (poc_type == 0)
        put_ue(b, 4);
    put_ue(b, 1); // max_num_ref_frames
    put(b, 1, 0);
}

static void put_size(struct bits *b, uint32_t columns, uint32_t rows)
{
    put_ue(b, columns - 1);
    put_ue(b, rows - 1);
    put(b, 1, 1); // frame_mbs_only_flag
    put(b, 1, 1);
    put(b, 1, 0); // frame_cropping_flag
}

static int parse(const struct bits *b, struct gw_h264_sps *sps)
{
    return gw_h264_sps_parse(b->data, b->count / 8 + 1, sps);
}

static void reads_what_an_encoder_wrote(void **state)
{
    static const struct {
        const uint8_t *nal;
        size_t len;
        struct gw_h264_sps want;
    } cases[] = {
        { high_1080p,
          sizeof(high_1080p),
          { 100, 0, 40, 1, 8, 8, 1920, 1080, 2, 3600, 0 } },
        { main_4cif, sizeof(main_4cif), { 77, 0x40, 30, 1, 8, 8, 704, 576, 2, 3600, 0 } },
        { baseline_360p,
          sizeof(baseline_360p),
          { 66, 0xc0, 30, 1, 8, 8, 640, 360, 0, 3600, 0 } },
        { interlaced_1080_hrd,
          sizeof(interlaced_1080_hrd),
          { 100, 0, 40, 1, 8, 8, 1920, 1080, 2, 3600, 0 } },
        { yuv444_66x50,
          sizeof(yuv444_66x50),
          { 244, 0, 10, 3, 8, 8, 66, 50, 2, 3600, 0 } },
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct gw_h264_sps *want = &cases[i].want;
        struct gw_h264_sps got;
        assert_int_equal(gw_h264_sps_parse(cases[i].nal, cases[i].len, &got), 0);
        assert_int_equal(got.profile_idc, want->profile_idc);
        assert_int_equal(got.constraints, want->constraints);
        assert_int_equal(got.level_idc, want->level_idc);
        assert_int_equal(got.chroma_format_idc, want->chroma_format_idc);
        assert_int_equal(got.bit_depth_luma, want->bit_depth_luma);
        assert_int_equal(got.bit_depth_chroma, want->bit_depth_chroma);
        assert_int_equal(got.width, want->width);
        assert_int_equal(got.height, want->height);
        assert_int_equal(got.reorder, want->reorder);
        assert_int_equal(got.interval_90k, want->interval_90k);
        assert_false(got.vui_truncated);
    }
}

static void extra_bytes_behind_it_change_nothing(void **state)
{
    uint8_t longer[sizeof(high_1080p) + 3];
    struct gw_h264_sps plain;
    struct gw_h264_sps with_extra;
    (void)state;

    memcpy(longer, high_1080p, sizeof(high_1080p));
    memcpy(longer + sizeof(high_1080p), "\xff\x00\x80", 3);
    assert_int_equal(gw_h264_sps_parse(high_1080p, sizeof(high_1080p), &plain), 0);
    assert_int_equal(gw_h264_sps_parse(longer, sizeof(longer), &with_extra), 0);
    assert_int_equal(with_extra.width, plain.width);
    assert_int_equal(with_extra.height, plain.height);
    assert_int_equal(with_extra.reorder, plain.reorder);
}

static void cut_anywhere_it_fails_or_keeps_the_size(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(high_1080p); len++) {
        struct gw_h264_sps sps = { .width = 42 };
        int r = gw_h264_sps_parse(high_1080p, len, &sps);
        if (r == 0) {
            assert_int_equal(sps.width, 1920);
            assert_int_equal(sps.height, 1080);
            assert_true(sps.vui_truncated || sps.reorder == 2);
        } else {
            assert_int_equal(r, -EBADMSG);
            assert_int_equal(sps.width, 42); // untouched on failure
        }
    }
}

static void a_vui_that_ends_too_early_is_left_out(void **state)
{
    struct gw_h264_sps sps;
    (void)state;

    assert_int_equal(gw_h264_sps_parse(main_4cif, 14, &sps), 0);
    assert_true(sps.vui_truncated);
    assert_int_equal(sps.reorder, GW_SPS_REORDER_UNKNOWN);
    assert_int_equal(sps.interval_90k, 0);
}

static void scaling_lists_are_skipped(void **state)
{
    struct bits b = { 0 };
    struct gw_h264_sps sps;
    (void)state;

    put_head(&b, 100);
    put(&b, 1, 1); // seq_scaling_matrix_present_flag
    put(&b, 1, 1);
    for (int i = 0; i < 16; i++)
        put_se(&b, i % 2 ? 1 : -1); // a whole list of 16
    put(&b, 1, 1);
    put_se(&b, -8); // next scale 0: the list ends at once
    put(&b, 4, 0);
    put(&b, 1, 1);
    for (int i = 0; i < 64; i++)
        put_se(&b, 2); // a whole list of 64
    put(&b, 1, 0);
    put_order(&b, 0);
    put_size(&b, 20, 15);
    put(&b, 1, 0); // no VUI
    assert_int_equal(parse(&b, &sps), 0);
    assert_int_equal(sps.width, 320);
    assert_int_equal(sps.height, 240);
}

static void reordering_without_a_vui_follows_from_the_profile(void **state)
{
    static const struct {
        uint8_t profile;
        uint32_t poc_type;
        int reorder;
    } cases[] = {
        { 66, 0, 0 },
        { 77, 2, 0 },
        { 77, 0, GW_SPS_REORDER_UNKNOWN },
        { 100, 0, GW_SPS_REORDER_UNKNOWN },
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bits b = { 0 };
        struct gw_h264_sps sps;
        put_head(&b, cases[i].profile);
        if (cases[i].profile >= 100)
            put(&b, 1, 0);
        put_order(&b, cases[i].poc_type);
        put_size(&b, 20, 15);
        put(&b, 1, 0);
        assert_int_equal(parse(&b, &sps), 0);
        assert_int_equal(sps.reorder, cases[i].reorder);
    }
}

static void values_out_of_range_are_malformed(void **state)
{
    struct gw_h264_sps sps = { .width = 42 };
    (void)state;

    struct bits wide = { 0 };
    put_head(&wide, 66);
    put_order(&wide, 2);
    put_size(&wide, GW_SPS_SIDE_MAX / 16 + 1, 1);
    put(&wide, 1, 0);
    assert_int_equal(parse(&wide, &sps), -EBADMSG);

    struct bits large = { 0 };
    put_head(&large, 66);
    put_order(&large, 2);
    put_size(&large, 1024, 1024);
    put(&large, 1, 0);
    assert_int_equal(parse(&large, &sps), -EBADMSG);

    struct bits order = { 0 };
    put_head(&order, 66);
    put_order(&order, 3);
    put_size(&order, 20, 15);
    put(&order, 1, 0);
    assert_int_equal(parse(&order, &sps), -EBADMSG);

    struct bits cropped = { 0 };
    put_head(&cropped, 66);
    put_order(&cropped, 2);
    put_ue(&cropped, 0);
    put_ue(&cropped, 0);
    put(&cropped, 1, 1);
    put(&cropped, 1, 1);
    put(&cropped, 1, 1);
    put_ue(&cropped, 0);
    put_ue(&cropped, 8); // 16 pixels of 16
    put_ue(&cropped, 0);
    put_ue(&cropped, 0);
    put(&cropped, 1, 0);
    assert_int_equal(parse(&cropped, &sps), -EBADMSG);

    assert_int_equal(sps.width, 42); // untouched on failure
}

static void another_nal_unit_is_no_sps(void **state)
{
    uint8_t pps[] = { 0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0 };
    uint8_t forbidden[sizeof(high_1080p)];
    struct gw_h264_sps sps;
    (void)state;

    memcpy(forbidden, high_1080p, sizeof(forbidden));
    forbidden[0] |= 0x80;
    assert_int_equal(gw_h264_sps_parse(pps, sizeof(pps), &sps), -EBADMSG);
    assert_int_equal(gw_h264_sps_parse(forbidden, sizeof(forbidden), &sps), -EBADMSG);
    assert_int_equal(gw_h264_sps_parse(pps, 0, &sps), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_an_encoder_wrote),
        cmocka_unit_test(extra_bytes_behind_it_change_nothing),
        cmocka_unit_test(cut_anywhere_it_fails_or_keeps_the_size),
        cmocka_unit_test(a_vui_that_ends_too_early_is_left_out),
        cmocka_unit_test(scaling_lists_are_skipped),
        cmocka_unit_test(reordering_without_a_vui_follows_from_the_profile),
        cmocka_unit_test(values_out_of_range_are_malformed),
        cmocka_unit_test(another_nal_unit_is_no_sps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
