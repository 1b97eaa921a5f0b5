#include "mux/h265_sps.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// From x265 with other settings each; ffprobe says the same of them.
static const struct {
    const char *what;
    uint8_t nal[64];
    size_t len;
    struct gw_h265_sps want;
} streams[] = {
    { "Main, the conformance window cuts",
      { 0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03,
        0x00, 0x00, 0x03, 0x00, 0x1e, 0xa0, 0x20, 0x83, 0x16, 0x59, 0x2a, 0xe4, 0xca,
        0xf0, 0x16, 0x80, 0x80, 0x00, 0x00, 0x03, 0x00, 0x80, 0x00, 0x00, 0x0c, 0x84 },
      39,
      { .profile_idc = 1,
        .compatibility = 0x60000000,
        .constraints = { 0x90 },
        .level_idc = 30,
        .temporal_layers = 1,
        .temporal_nested = true,
        .chroma_format_idc = 1,
        .bit_depth_luma = 8,
        .bit_depth_chroma = 8,
        .width = 64,
        .height = 48,
        .interval_90k = 3600 } },
    { "B-frames, scaling lists, two temporal layers, high tier",
      { 0x42, 0x01, 0x02, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00,
        0x03, 0x00, 0x00, 0x03, 0x00, 0x78, 0x00, 0x00, 0xa0, 0x03, 0xc0, 0x80,
        0x10, 0xe5, 0x96, 0x56, 0x52, 0xb2, 0xc9, 0x27, 0x2b, 0xc0, 0x5a, 0x02,
        0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x3c, 0x10 },
      47,
      { .profile_idc = 1,
        .compatibility = 0x60000000,
        .constraints = { 0x90 },
        .level_idc = 120,
        .temporal_layers = 2,
        .chroma_format_idc = 1,
        .bit_depth_luma = 8,
        .bit_depth_chroma = 8,
        .width = 1920,
        .height = 1080,
        .reorder = 2,
        .interval_90k = 3000 } },
    { "Main 10",
      { 0x42, 0x01, 0x01, 0x02, 0x20, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00,
        0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x5a, 0xa0, 0x05, 0x02, 0x01,
        0x69, 0x36, 0x59, 0x59, 0x24, 0x93, 0x2b, 0xc0, 0x5a, 0x02, 0x00,
        0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x64, 0x10 },
      43,
      { .profile_idc = 2,
        .compatibility = 0x20000000,
        .constraints = { 0x90 },
        .level_idc = 90,
        .temporal_layers = 1,
        .temporal_nested = true,
        .chroma_format_idc = 1,
        .bit_depth_luma = 10,
        .bit_depth_chroma = 10,
        .width = 640,
        .height = 360,
        .reorder = 2,
        .interval_90k = 1800 } },
    { "4:2:2, an odd size",
      { 0x42, 0x01, 0x01, 0x04, 0x08, 0x00, 0x00, 0x03, 0x00, 0x9d, 0x08,
        0x00, 0x00, 0x03, 0x00, 0x00, 0x3c, 0xb0, 0x0a, 0x48, 0x0f, 0x9c,
        0x93, 0xe5, 0x92, 0xa4, 0x93, 0x2b, 0xc0, 0x5a, 0x02, 0x00, 0x00,
        0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x32, 0x10 },
      42,
      { .profile_idc = 4,
        .compatibility = 0x08000000,
        .constraints = { 0x9d, 0x08 },
        .level_idc = 60,
        .temporal_layers = 1,
        .temporal_nested = true,
        .chroma_format_idc = 2,
        .bit_depth_luma = 8,
        .bit_depth_chroma = 8,
        .width = 322,
        .height = 242,
        .interval_90k = 3600 } },
    { "4:4:4, no timing",
      { 0x42, 0x01, 0x01, 0x04, 0x08, 0x00, 0x00, 0x03, 0x00, 0x9e,
        0x08, 0x00, 0x00, 0x03, 0x00, 0x00, 0x1e, 0x90, 0x04, 0x10,
        0x20, 0xb2, 0xc9, 0x52, 0x49, 0x95, 0xe0, 0x2d, 0x00, 0x10 },
      30,
      { .profile_idc = 4,
        .compatibility = 0x08000000,
        .constraints = { 0x9e, 0x08 },
        .level_idc = 30,
        .temporal_layers = 1,
        .temporal_nested = true,
        .chroma_format_idc = 3,
        .bit_depth_luma = 8,
        .bit_depth_chroma = 8,
        .width = 64,
        .height = 64 } },
    { "all of the VUI ahead of the timing",
      { 0x42, 0x01, 0x01, 0x21, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00,
        0x03, 0x00, 0x00, 0x03, 0x00, 0x78, 0xa0, 0x05, 0x02, 0x01, 0x69, 0x65,
        0x92, 0xa4, 0x93, 0x2b, 0xc3, 0xed, 0xc0, 0x40, 0x80, 0xa9, 0x0f, 0xc0,
        0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x06, 0x58, 0x49, 0x25, 0x97,
        0x80, 0x00, 0x4c, 0x4b, 0x40, 0x00, 0x26, 0x25, 0xa2 },
      57,
      { .high_tier = true,
        .profile_idc = 1,
        .compatibility = 0x60000000,
        .constraints = { 0x90 },
        .level_idc = 120,
        .temporal_layers = 1,
        .temporal_nested = true,
        .chroma_format_idc = 1,
        .bit_depth_luma = 8,
        .bit_depth_chroma = 8,
        .width = 640,
        .height = 360,
        .interval_90k = 3600 } },
};

enum { STREAMS = sizeof(streams) / sizeof(streams[0]) };

static void assert_same(const struct gw_h265_sps *a, const struct gw_h265_sps *b)
{
    assert_int_equal(a->profile_space, b->profile_space);
    assert_int_equal(a->high_tier, b->high_tier);
    assert_int_equal(a->profile_idc, b->profile_idc);
    assert_int_equal(a->compatibility, b->compatibility);
    assert_memory_equal(a->constraints, b->constraints, sizeof(a->constraints));
    assert_int_equal(a->level_idc, b->level_idc);
    assert_int_equal(a->temporal_layers, b->temporal_layers);
    assert_int_equal(a->temporal_nested, b->temporal_nested);
    assert_int_equal(a->chroma_format_idc, b->chroma_format_idc);
    assert_int_equal(a->bit_depth_luma, b->bit_depth_luma);
    assert_int_equal(a->bit_depth_chroma, b->bit_depth_chroma);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->reorder, b->reorder);
    assert_int_equal(a->interval_90k, b->interval_90k);
    assert_int_equal(a->tail_broken, b->tail_broken);
}

static void reads_what_encoders_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < STREAMS; i++) {
        struct gw_h265_sps sps;
        print_message("%s\n", streams[i].what);
        assert_int_equal(gw_h265_sps_parse(streams[i].nal, streams[i].len, &sps), 0);
        assert_same(&sps, &streams[i].want);
    }
}

static int parse_exact(const uint8_t *nal, size_t len, struct gw_h265_sps *sps)
{
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, nal, len);
    int r = gw_h265_sps_parse(exact, len, sps);
    free(exact);
    return r;
}

// Cut anywhere it is refused, or all that a player needs stands.
static void a_cut_one_has_its_size_or_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < STREAMS; i++) {
        bool whole = false;
        for (size_t len = 0; len <= streams[i].len; len++) {
            struct gw_h265_sps sps = { .width = 42 };
            int r = parse_exact(streams[i].nal, len, &sps);
            if (r) {
                assert_int_equal(r, -EBADMSG);
                assert_int_equal(sps.width, 42); // untouched on failure
                assert_false(whole);
                continue;
            }
            whole = true;
            assert_int_equal(sps.width, streams[i].want.width);
            assert_int_equal(sps.height, streams[i].want.height);
            assert_int_equal(sps.reorder, streams[i].want.reorder);
        }
        assert_true(whole);
    }
}

static void bytes_behind_it_change_nothing(void **state)
{
    uint8_t longer[80] = { 0 };
    struct gw_h265_sps sps;
    (void)state;

    memcpy(longer, streams[0].nal, streams[0].len);
    assert_int_equal(gw_h265_sps_parse(longer, sizeof(longer), &sps), 0);
    assert_same(&sps, &streams[0].want);
}

struct change {
    const char *what;
    size_t at;
    uint8_t byte;
};

static void refuses_what_is_out_of_range(void **state)
{
    static const struct change changes[] = {
        { "a VPS", 0, 0x40 },
        { "layer 1", 1, 0x09 },
        { "eight temporal layers", 2, 0x0f },
        { "no width", 19, 0xff }, // ue 0
    };
    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        uint8_t nal[64];
        struct gw_h265_sps sps;
        memcpy(nal, streams[0].nal, sizeof(nal));
        nal[changes[i].at] = changes[i].byte;
        print_message("%s\n", changes[i].what);
        assert_int_equal(gw_h265_sps_parse(nal, streams[0].len, &sps), -EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_encoders_write),
        cmocka_unit_test(a_cut_one_has_its_size_or_is_refused),
        cmocka_unit_test(bytes_behind_it_change_nothing),
        cmocka_unit_test(refuses_what_is_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
