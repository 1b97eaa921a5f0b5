#include "mux/flv.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FRAME_HEAD = 16 }; // bytes, of H.264

// Room for the test's short record behind the struct.
static struct gw_params *some_params(void)
{
    struct gw_params *p = calloc(1, sizeof(*p) + 3);
    assert_non_null(p);
    p->refs = 1;
    p->codec = GW_CODEC_H264;
    p->width = 640;
    p->height = 360;
    p->record_len = 3;
    memcpy(p->record, "\xaa\xbb\xcc", 3);
    return p;
}

static void a_file_begins_with_header_and_metadata(void **state)
{
    static const char want[] = "FLV\x01\x01\0\0\0\x09\0\0\0\0" // header, PreviousTagSize0
                               "\x12\0\0\x4d\0\0\0\0\0\0\0"    // script tag of 77 bytes
                               "\x02\0\x0aonMetaData\x08\0\0\0\x03"       // an array of 3
                               "\0\x05width\0\x40\x84\0\0\0\0\0\0"        // 640.0
                               "\0\x06height\0\x40\x76\x80\0\0\0\0\0"     // 360.0
                               "\0\x0cvideocodecid\0\x40\x1c\0\0\0\0\0\0" // 7.0
                               "\0\0\x09\0\0\0\x58";
    uint8_t out[GW_FLV_HEADER_MAX];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_params *p = some_params();
    (void)state;

    gw_flv_write_header(&w, p, false);
    assert_false(w.failed);
    assert_int_equal(w.pos, sizeof(want) - 1);
    assert_memory_equal(out, want, sizeof(want) - 1);
    gw_params_unref(&p);
}

static void the_sequence_header_carries_the_record(void **state)
{
    static const char want[] = "\x09\0\0\x08\0\x03\xe8\0\0\0\0" // at 1000 ms
                               "\x17\0\0\0\0\xaa\xbb\xcc"
                               "\0\0\0\x13";
    uint8_t out[GW_FLV_SEQUENCE_HEADER_MAX + 3];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_params *p = some_params();
    (void)state;

    gw_flv_write_sequence_header(&w, p, 90000);
    assert_false(w.failed);
    assert_int_equal(w.pos, sizeof(want) - 1);
    assert_memory_equal(out, want, sizeof(want) - 1);
    gw_params_unref(&p);
}

static void times_have_32_bits_and_offsets_a_sign(void **state)
{
    static const char want[] = "\x09\0\0\x0a\x34\x56\x78\x12\0\0\0" // 0x12345678 ms
                               "\x27\x01\xff\xff\xd8"               // -40 ms
                               "\0\0\0\x15";
    uint8_t out[FRAME_HEAD + GW_FLV_FRAME_TAIL_BYTES];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_frame frame = { .codec = GW_CODEC_H264,
                              .len = 5,
                              .pts_90k = (INT64_C(0x12345678) - 40) * 90 };
    struct gw_unit unit = { .frame = &frame, .dts_90k = INT64_C(0x12345678) * 90 };
    (void)state;

    assert_int_equal(gw_flv_write_frame_head(&w, &unit), 0);
    assert_int_equal(w.pos, FRAME_HEAD);
    gw_flv_write_frame_tail(&w, &unit);
    assert_false(w.failed);
    assert_memory_equal(out, want, sizeof(out));
}

static void what_does_not_fit_is_refused(void **state)
{
    uint8_t out[FRAME_HEAD];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_frame late = { .codec = GW_CODEC_H264, .pts_90k = INT64_C(0x800000) * 90 };
    struct gw_frame large = { .codec = GW_CODEC_H264, .len = 0xffffff - 4 };
    struct gw_unit unit = { .frame = &late };
    (void)state;

    assert_int_equal(gw_flv_write_frame_head(&w, &unit), -EMSGSIZE);
    unit.frame = &large;
    assert_int_equal(gw_flv_write_frame_head(&w, &unit), -EMSGSIZE);
    assert_int_equal(w.pos, 0);
    late.pts_90k -= 90;
    unit.frame = &late;
    assert_int_equal(gw_flv_write_frame_head(&w, &unit), 0);
}

// Enhanced RTMP, version 1, "Enhanced Video".
static void h265_is_in_enhanced_tags(void **state)
{
    static const char want_sequence[] = "\x09\0\0\x08\0\x03\xe8\0\0\0\0"
                                        "\x90hvc1\xaa\xbb\xcc" // key, sequence start
                                        "\0\0\0\x13";
    static const char want_frame[] = "\x09\0\0\x0d\0\x03\xe8\0\0\0\0"
                                     "\xa1hvc1\0\0\x28"; // inter, coded frame, 40 ms
    static const char want_id[] =
        "videocodecid\0\x41\xda\x1d\x98\xcc\x40\x00\x00"; // hvc1
    uint8_t out[256];
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    struct gw_params *p = some_params();
    struct gw_frame frame = { .codec = GW_CODEC_H265, .len = 5, .pts_90k = 93600 };
    struct gw_unit unit = { .frame = &frame, .dts_90k = 90000 };
    (void)state;

    p->codec = GW_CODEC_H265;
    gw_flv_write_sequence_header(&w, p, 90000);
    assert_int_equal(w.pos, sizeof(want_sequence) - 1);
    assert_memory_equal(out, want_sequence, sizeof(want_sequence) - 1);

    w = gw_writer_init(out, sizeof(out));
    assert_int_equal(gw_flv_write_frame_head(&w, &unit), 0);
    assert_int_equal(w.pos, gw_flv_frame_head_bytes(GW_CODEC_H265));
    assert_int_equal(w.pos, sizeof(want_frame) - 1);
    assert_memory_equal(out, want_frame, sizeof(want_frame) - 1);
    w = gw_writer_init(out, sizeof(out));
    gw_flv_write_frame_tail(&w, &unit);
    assert_memory_equal(out, "\0\0\0\x18", 4);

    w = gw_writer_init(out, sizeof(out));
    gw_flv_write_header(&w, p, false);
    assert_non_null(memmem(out, w.pos, want_id, sizeof(want_id) - 1));
    gw_params_unref(&p);
}

static void audio_has_tags_of_its_own(void **state)
{
    static const char want_aac[] = "\x08\0\0\x05\0\x03\xe8\0\0\0\0\xaf\x01";
    static const char want_pcma[] = "\x08\0\0\x04\0\x03\xe8\0\0\0\0\x72";
    static const char want_config[] = "\x08\0\0\x04\0\x03\xe8\0\0\0\0"
                                      "\xaf\0\x14\x08\0\0\0\x0f";
    struct gw_buf *source = gw_buf_copy("\x14\x08", 2);
    struct gw_frame frame = { .codec = GW_CODEC_AAC, .pts_90k = 90000, .len = 3 };
    const struct gw_unit unit = { .frame = &frame, .dts_90k = 90000 };
    struct gw_params *p;
    uint8_t out[GW_FLV_HEADER_MAX];
    (void)state;

    struct gw_writer w = gw_writer_init(out, sizeof(out));
    assert_int_equal(gw_flv_write_frame_head(&w, &unit), 0);
    assert_int_equal(w.pos, gw_flv_frame_head_bytes(GW_CODEC_AAC));
    assert_memory_equal(out, want_aac, sizeof(want_aac) - 1);
    frame.codec = GW_CODEC_PCMA;
    w = gw_writer_init(out, sizeof(out));
    assert_int_equal(gw_flv_write_frame_head(&w, &unit), 0);
    assert_int_equal(w.pos, gw_flv_frame_head_bytes(GW_CODEC_PCMA));
    assert_memory_equal(out, want_pcma, sizeof(want_pcma) - 1);

    assert_int_equal(gw_params_parse(GW_CODEC_AAC, source, &p), 0);
    assert_string_equal(p->codec_string, "mp4a.40.2");
    w = gw_writer_init(out, sizeof(out));
    gw_flv_write_sequence_header(&w, p, 90000);
    assert_int_equal(w.pos, sizeof(want_config) - 1);
    assert_memory_equal(out, want_config, sizeof(want_config) - 1);
    gw_params_unref(&p);
    gw_buf_unref(&source);

    p = some_params();
    w = gw_writer_init(out, sizeof(out));
    gw_flv_write_header(&w, p, true);
    assert_int_equal(out[4], 5); // video and audio
    gw_params_unref(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_begins_with_header_and_metadata),
        cmocka_unit_test(the_sequence_header_carries_the_record),
        cmocka_unit_test(times_have_32_bits_and_offsets_a_sign),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(h265_is_in_enhanced_tags),
        cmocka_unit_test(audio_has_tags_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
