#include "mux/fmp4.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_fragment_has_these_bytes(void **state)
{
    static const char want[] =
        "\0\0\0\x68moof"
        "\0\0\0\x10mfhd\0\0\0\0\0\0\0\x08" // seq 7 is fragment 8
        "\0\0\0\x50traf"
        "\0\0\0\x10tfhd\0\x02\0\0\0\0\0\x01"
        "\0\0\0\x14tfdt\x01\0\0\0\0\0\0\x01\0\0\0\x02" // past 32 bits
        "\0\0\0\x24trun\x01\0\x0f\x01\0\0\0\x01\0\0\0\x70"
        "\0\0\x0e\x10\0\0\0\x05\x01\x01\0\0\xff\xff\xff\xff" // 3600, 5, no sync, -1
        "\0\0\0\x0dmdat";
    uint8_t out[GW_FMP4_FRAGMENT_HEAD_BYTES];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_frame frame = { .seq = 7, .len = 5, .pts_90k = INT64_C(0x100000001) };
    struct gw_unit unit = {
        .frame = &frame,
        .dts_90k = INT64_C(0x100000002),
        .duration_90k = 3600,
    };
    (void)state;

    assert_int_equal(gw_fmp4_write_fragment_head(&w, &unit), 0);
    assert_false(w.failed);
    assert_int_equal(w.pos, sizeof(out));
    assert_int_equal(sizeof(want) - 1, sizeof(out));
    assert_memory_equal(out, want, sizeof(out));

    frame.key = true;
    w = gw_writer_init(out, sizeof(out));
    assert_int_equal(gw_fmp4_write_fragment_head(&w, &unit), 0);
    assert_memory_equal(out + 96, "\x02\0\0\0", 4); // sync
}

static void times_that_do_not_fit_are_refused(void **state)
{
    uint8_t out[GW_FMP4_FRAGMENT_HEAD_BYTES];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_frame frame = { .pts_90k = INT64_C(1) << 31 };
    struct gw_unit unit = { .frame = &frame };
    (void)state;

    assert_int_equal(gw_fmp4_write_fragment_head(&w, &unit), -EMSGSIZE);
    frame.pts_90k = 0;
    unit.dts_90k = -1;
    assert_int_equal(gw_fmp4_write_fragment_head(&w, &unit), -EMSGSIZE);
    assert_int_equal(w.pos, 0);
}

// Looks through boxes side by side for the one of `type`.
static bool find(struct gw_reader r, const char *type, struct gw_reader *ret_inside)
{
    while (gw_reader_left(&r)) {
        uint32_t size = gw_read_u32(&r);
        const uint8_t *name = gw_read_bytes(&r, 4);
        assert_true(size >= 8);
        const uint8_t *inside = gw_read_bytes(&r, size - 8);
        assert_false(r.failed); // boxes end where their parent ends
        if (memcmp(name, type, 4) == 0) {
            *ret_inside = gw_reader_init(inside, size - 8);
            return true;
        }
    }
    return false;
}

static void the_init_segment_is_a_tree_down_to_the_record(void **state)
{
    // What lies between a box's head and its first child.
    static const struct {
        const char *type;
        size_t skip;
    } way[] = {
        { "moov", 0 }, { "trak", 0 }, { "mdia", 0 },  { "minf", 0 },
        { "stbl", 0 }, { "stsd", 8 }, { "avc1", 78 }, { "avcC", 0 },
    };
    struct gw_params *p = calloc(1, sizeof(*p) + 3);
    uint8_t out[GW_FMP4_INIT_MAX + 3];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    (void)state;

    assert_non_null(p);
    p->refs = 1;
    p->codec = GW_CODEC_H264;
    p->width = 1920;
    p->height = 1080;
    p->record_len = 3;
    memcpy(p->record, "\xaa\xbb\xcc", 3);
    gw_fmp4_write_init(&w, p);
    assert_false(w.failed);

    struct gw_reader r = gw_reader_init(out, w.pos);
    struct gw_reader ignored;
    assert_true(find(r, "ftyp", &ignored));
    for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
        assert_true(find(r, way[i].type, &r));
        if (strcmp(way[i].type, "moov") == 0)
            assert_true(find(r, "mvex", &ignored));
        if (strcmp(way[i].type, "avc1") == 0)
            assert_memory_equal(r.data + 24, "\x07\x80\x04\x38", 4); // 1920 x 1080
        (void)gw_read_bytes(&r, way[i].skip);
    }
    assert_int_equal(r.len, 3);
    assert_memory_equal(r.data, "\xaa\xbb\xcc", 3);
    gw_params_unref(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fragment_has_these_bytes),
        cmocka_unit_test(times_that_do_not_fit_are_refused),
        cmocka_unit_test(the_init_segment_is_a_tree_down_to_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
