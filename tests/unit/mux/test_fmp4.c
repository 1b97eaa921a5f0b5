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
        "\0\0\0\x10mfhd\0\0\0\0\0\0\0\x08" // the stream's unit 7
        "\0\0\0\x50traf"
        "\0\0\0\x10tfhd\0\x02\0\0\0\0\0\x01"
        "\0\0\0\x14tfdt\x01\0\0\0\0\0\0\x01\0\0\0\x02" // past 32 bits
        "\0\0\0\x24trun\x01\0\x0f\x01\0\0\0\x01\0\0\0\x70"
        "\0\0\x0e\x10\0\0\0\x05\x01\x01\0\0\xff\xff\xff\xff" // 3600, 5, no sync, -1
        "\0\0\0\x0dmdat";
    uint8_t out[GW_FMP4_FRAGMENT_HEAD_BYTES];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_frame frame = {
        .codec = GW_CODEC_H264,
        .seq = 3,
        .len = 5,
        .pts_90k = INT64_C(0x100000001),
    };
    struct gw_unit unit = {
        .frame = &frame,
        .dts_90k = INT64_C(0x100000002),
        .duration_90k = 3600,
        .ordinal = 7,
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

static void a_fragment_of_the_audio_is_of_track_two(void **state)
{
    static const char want[] = "\0\0\0\x68moof"
                               "\0\0\0\x10mfhd\0\0\0\0\0\0\0\x01"
                               "\0\0\0\x50traf"
                               "\0\0\0\x10tfhd\0\x02\0\0\0\0\0\x02"
                               "\0\0\0\x14tfdt\x01\0\0\0\0\0\0\0\0\0\x0e\x10"
                               "\0\0\0\x24trun\x01\0\x0f\x01\0\0\0\x01\0\0\0\x70"
                               "\0\0\x07\x80\0\0\0\x09\x02\0\0\0\0\0\0\0" // 1920, 9, sync
                               "\0\0\0\x11mdat";
    uint8_t out[GW_FMP4_FRAGMENT_HEAD_BYTES];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_frame frame = {
        .codec = GW_CODEC_AAC,
        .key = true,
        .len = 9,
        .pts_90k = 3600,
    };
    struct gw_unit unit = { .frame = &frame, .dts_90k = 3600, .duration_90k = 1920 };
    (void)state;

    assert_int_equal(gw_fmp4_write_fragment_head(&w, &unit), 0);
    assert_int_equal(w.pos, sizeof(want) - 1);
    assert_memory_equal(out, want, sizeof(out));
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

// Looks through boxes side by side for the `nth` one of `type`, from 0 on.
static bool find_nth(struct gw_reader r, const char *type, int nth,
                     struct gw_reader *ret_inside)
{
    while (gw_reader_left(&r)) {
        uint32_t size = gw_read_u32(&r);
        const uint8_t *name = gw_read_bytes(&r, 4);
        assert_true(size >= 8);
        const uint8_t *inside = gw_read_bytes(&r, size - 8);
        assert_false(r.failed); // boxes end where their parent ends
        if (memcmp(name, type, 4) == 0 && nth-- == 0) {
            *ret_inside = gw_reader_init(inside, size - 8);
            return true;
        }
    }
    return false;
}

static bool find(struct gw_reader r, const char *type, struct gw_reader *ret_inside)
{
    return find_nth(r, type, 0, ret_inside);
}

// H.264 of 1920 x 1080, with a record of three bytes.
static struct gw_params *video_params(void)
{
    struct gw_params *p = calloc(1, sizeof(*p) + 3);

    assert_non_null(p);
    p->refs = 1;
    p->codec = GW_CODEC_H264;
    p->width = 1920;
    p->height = 1080;
    p->record_len = 3;
    memcpy(p->record, "\xaa\xbb\xcc", 3);
    return p;
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
    struct gw_params *p = video_params();
    uint8_t out[GW_FMP4_INIT_MAX + 3];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    (void)state;

    gw_fmp4_write_init(&w, p, NULL);
    assert_false(w.failed);

    struct gw_reader r = gw_reader_init(out, w.pos);
    struct gw_reader inside;
    assert_true(find(r, "ftyp", &inside));
    for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
        assert_true(find(r, way[i].type, &r));
        if (strcmp(way[i].type, "moov") == 0) {
            assert_false(find_nth(r, "trak", 1, &inside));
            assert_true(find(r, "mvex", &inside));
            assert_false(find_nth(inside, "trex", 1, &inside));
        }
        if (strcmp(way[i].type, "avc1") == 0)
            assert_memory_equal(r.data + 24, "\x07\x80\x04\x38", 4); // 1920 x 1080
        (void)gw_read_bytes(&r, way[i].skip);
    }
    assert_int_equal(r.len, 3);
    assert_memory_equal(r.data, "\xaa\xbb\xcc", 3);
    gw_params_unref(&p);
}

// What an init segment says of an audio: the sample entry, byte by byte.
static void check_audio_entry(enum gw_codec codec, const char *source, size_t source_len,
                              const char *want, size_t want_len)
{
    static const char *const way[] = { "moov", "mdia", "minf", "stbl", "stsd" };
    struct gw_params *video = video_params();
    struct gw_params *audio = NULL;
    struct gw_buf *buf = gw_buf_copy(source, source_len);
    uint8_t out[GW_FMP4_INIT_MAX + 64];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_reader r, inside;

    assert_int_equal(gw_params_parse(codec, buf, &audio), 0);
    gw_fmp4_write_init(&w, video, audio);
    assert_false(w.failed);

    r = gw_reader_init(out, w.pos);
    for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
        assert_true(find(r, way[i], &r));
        if (strcmp(way[i], "moov") == 0) {
            assert_true(find(r, "mvhd", &inside));
            assert_int_equal(inside.data[inside.len - 1], 3); // next_track_ID
            assert_true(find(r, "mvex", &inside));
            assert_true(find_nth(inside, "trex", 1, &inside));
            assert_memory_equal(inside.data + 4, "\0\0\0\x02", 4);
            assert_true(find_nth(r, "trak", 1, &r));
            assert_true(find(r, "tkhd", &inside));
            assert_memory_equal(inside.data + 12, "\0\0\0\x02", 4);
            assert_memory_equal(inside.data + 36, "\x01\0", 2); // volume
        }
        if (strcmp(way[i], "mdia") == 0) {
            assert_true(find(r, "hdlr", &inside));
            assert_memory_equal(inside.data + 8, "soun", 4);
        }
        if (strcmp(way[i], "minf") == 0)
            assert_true(find(r, "smhd", &inside));
    }
    assert_int_equal(r.len - 8, want_len);
    assert_memory_equal(r.data + 8, want, want_len);
    gw_buf_unref(&buf);
    gw_params_unref(&video);
    gw_params_unref(&audio);
}

static void an_audio_of_aac_has_these_bytes(void **state)
{
    static const char entry[] =
        "\0\0\0\x4bmp4a\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0"
        "\0\x01\0\x10\0\0\0\0\x3e\x80\0\0" // mono, 16 bits, 16 kHz
        "\0\0\0\x27"
        "esds\0\0\0\0"
        "\x03\x19\0\0\0"
        "\x04\x11\x40\x15\0\0\0\0\0\0\0\0\0\0\0"
        "\x05\x02\x14\x08"
        "\x06\x01\x02";
    (void)state;
    check_audio_entry(GW_CODEC_AAC, "\x14\x08", 2, entry, sizeof(entry) - 1);
}

static void an_audio_of_opus_has_these_bytes(void **state)
{
    static const char head[] = "OpusHead\x01\x02\x38\x01\x80\xbb\0\0\x01\xff\0";
    static const char entry[] = "\0\0\0\x37Opus\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0"
                                "\0\x02\0\x10\0\0\0\0\xbb\x80\0\0" // stereo, 48 kHz
                                "\0\0\0\x13"
                                "dOps\0\x02\x01\x38\0\0\xbb\x80\xff\x01\0";
    (void)state;
    check_audio_entry(GW_CODEC_OPUS, head, 19, entry, sizeof(entry) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fragment_has_these_bytes),
        cmocka_unit_test(a_fragment_of_the_audio_is_of_track_two),
        cmocka_unit_test(an_audio_of_aac_has_these_bytes),
        cmocka_unit_test(an_audio_of_opus_has_these_bytes),
        cmocka_unit_test(times_that_do_not_fit_are_refused),
        cmocka_unit_test(the_init_segment_is_a_tree_down_to_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
