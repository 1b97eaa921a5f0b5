// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/sdp.h"

#include <stdio.h>
#include <string.h>

static struct gw_sdp parse(const char *text)
{
    struct gw_sdp sdp;
    gw_sdp_parse(text, strlen(text), &sdp);
    return sdp;
}

static void text_is(struct gw_rtsp_text text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    if (text.len)
        assert_memory_equal(text.s, expected, text.len);
}

static void reads_what_a_camera_offers(void **state)
{
    struct gw_sdp sdp = parse("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=cam\r\nt=0 0\r\n"
                              "a=control:rtsp://10.0.0.1/x/\r\n"
                              "m=video 0 RTP/AVP 96\r\n"
                              "a=rtpmap:96 H264/90000\r\n"
                              "a=fmtp:96 packetization-mode=1;profile-level-id=42001f\r\n"
                              "a=control:trackID=1\r\n"
                              "m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\n");
    (void)state;
    text_is(sdp.control, "rtsp://10.0.0.1/x/");
    assert_int_equal(sdp.count, 2);
    text_is(sdp.media[0].type, "video");
    assert_int_equal(sdp.media[0].payload_type, 96);
    text_is(sdp.media[0].codec, "H264");
    assert_int_equal(sdp.media[0].clock_rate, 90000);
    text_is(sdp.media[0].fmtp, "packetization-mode=1;profile-level-id=42001f");
    text_is(sdp.media[0].control, "trackID=1");
    text_is(sdp.media[1].type, "audio");
    assert_int_equal(sdp.media[1].payload_type, 8);
    text_is(sdp.media[1].codec, "");
    text_is(sdp.media[1].control, "trackID=2");
}

// Quirk 13, with line ends of CR or LF alone (19).
static void three_lines_are_enough(void **state)
{
    static const char *const texts[] = {
        "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:t\n",
        "m=video 0 RTP/AVP 96\ra=rtpmap:96 H264/90000\ra=control:t",
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct gw_sdp sdp = parse(texts[i]);
        assert_int_equal(sdp.count, 1);
        text_is(sdp.media[0].codec, "H264");
        text_is(sdp.media[0].control, "t");
    }
}

static void size_is(const char *attribute, unsigned width_px, unsigned height_px)
{
    char text[128];
    (void)snprintf(text, sizeof(text), "m=video 0 RTP/AVP 26\r\na=%s\r\n", attribute);
    struct gw_sdp sdp = parse(text);

    assert_int_equal(sdp.count, 1);
    assert_int_equal(sdp.media[0].width_px, width_px);
    assert_int_equal(sdp.media[0].height_px, height_px);
}

static void reads_the_size_of_a_picture(void **state)
{
    (void)state;
    size_is("x-dimensions:2592,1944", 2592, 1944);
    size_is("x-dimensions: 2592 , 1944 ", 2592, 1944);
    size_is("framesize:26 2592-1944", 2592, 1944);
    size_is("framesize:96 2592-1944", 2592, 1944); // Mobotix
    size_is("x-dimensions:65535,1", 65535, 1);
}

static void a_size_that_is_none_is_passed_over(void **state)
{
    static const char *const attributes[] = {
        "x-dimensions:",          "x-dimensions:2592",       "x-dimensions:2592,",
        "x-dimensions:0,1944",    "x-dimensions:2592,0",     "x-dimensions:65536,1",
        "x-dimensions:1,-1",      "x-dimensions:a,b",        "framesize:2592-1944",
        "framesize:26 2592,1944", "framesize:26 2592-65536", "framesize:",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        size_is(attributes[i], 0, 0);
}

// Quirk 14: attributes of the broken medium must not reach its neighbours.
static void leaves_a_broken_medium_out(void **state)
{
    struct gw_sdp sdp = parse("m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                              "m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\n"
                              "a=rtpmap:96 X/1\r\na=control:wrong\r\n"
                              "m=audio\r\na=control:wrong\r\n"
                              "m=audio 0 RTP/AVP 128\r\na=control:wrong\r\n"
                              "m=audio 0 RTP/AVP 8\r\na=control:right\r\n");
    (void)state;
    assert_int_equal(sdp.count, 2);
    text_is(sdp.media[0].codec, "H264");
    text_is(sdp.media[0].control, "");
    text_is(sdp.media[1].control, "right");
    text_is(sdp.control, "");
}

// Quirk 15 (Longse): blanks at the end of rtpmap.
static void forgives_blanks(void **state)
{
    struct gw_sdp sdp = parse("m=video  0 RTP/AVP 96 97 \r\na=rtpmap: 96  H264/90000 \r\n"
                              "a=rtpmap:97 H265/90000\r\na=control: t \r\n");
    (void)state;
    assert_int_equal(sdp.count, 0); // two blanks: the port is where the format was
    sdp = parse("m=video 0 RTP/AVP 96 97 \r\na=rtpmap: 96  H264/90000 \r\n"
                "a=rtpmap:97 H265/90000\r\na=control: t \r\n");
    assert_int_equal(sdp.count, 1);
    text_is(sdp.media[0].codec, "H264");
    assert_int_equal(sdp.media[0].clock_rate, 90000);
    text_is(sdp.media[0].control, "t");
}

static void reads_the_channels_of_an_audio(void **state)
{
    struct gw_sdp sdp = parse("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2 \r\n"
                              "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
                              "m=audio 0 RTP/AVP 9\r\na=rtpmap:9 G722/8000/0\r\n");
    (void)state;
    assert_int_equal(sdp.count, 3);
    assert_int_equal(sdp.media[0].clock_rate, 48000);
    assert_int_equal(sdp.media[0].channels, 2);
    assert_int_equal(sdp.media[1].channels, 1);
    assert_int_equal(sdp.media[2].channels, 1);
}

static void takes_no_more_media_than_its_limit(void **state)
{
    char text[(GW_SDP_MEDIA_MAX + 2) * 32] = "";
    (void)state;
    for (int i = 0; i < GW_SDP_MEDIA_MAX + 1; i++)
        strcat(text, "m=audio 0 RTP/AVP 8\n");
    strcat(text, "a=control:late\n");
    struct gw_sdp sdp = parse(text);
    assert_int_equal(sdp.count, GW_SDP_MEDIA_MAX);
    text_is(sdp.media[GW_SDP_MEDIA_MAX - 1].control, "");
}

static void params_are(const char *fmtp, const char *expected, size_t len)
{
    struct gw_sdp_media media = { .fmtp = { fmtp, strlen(fmtp) } };
    struct gw_buf *params = gw_sdp_params(&media);

    if (!len) {
        assert_null(params);
        return;
    }
    assert_non_null(params);
    assert_int_equal(gw_buf_len(params), len);
    assert_memory_equal(gw_buf_data(params), expected, len);
    gw_buf_unref(&params);
}

static void decodes_parameter_sets(void **state)
{
    (void)state;
    params_are("packetization-mode=1; sprop-parameter-sets=Z0IA,aM4=;x=y",
               "\0\0\0\x03\x67\x42\0\0\0\0\x02\x68\xce", 13);
    params_are("Sprop-Parameter-Sets=Z0IA,aM4", "\0\0\0\x03\x67\x42\0\0\0\0\x02\x68\xce",
               13);
}

static void decodes_the_parameter_sets_of_h265(void **state)
{
    (void)state;
    params_are("sprop-pps=RAE=; sprop-vps=QAE=;sprop-sps=QgE=",
               "\0\0\0\x02\x40\x01\0\0\0\x02\x42\x01\0\0\0\x02\x44\x01", 18);
}

static void codec_is(const char *text, enum gw_codec expected)
{
    struct gw_sdp sdp = parse(text);
    assert_int_equal(sdp.count, 1);
    assert_int_equal(gw_sdp_codec(&sdp.media[0]), expected);
}

static void knows_codecs_by_name_or_static_payload_type(void **state)
{
    (void)state;
    codec_is("m=video 0 RTP/AVP 96\na=rtpmap:96 h264/90000\n", GW_CODEC_H264);
    codec_is("m=video 0 RTP/AVP 96\na=rtpmap:96 H265/90000\n", GW_CODEC_H265);
    codec_is("m=video 0 RTP/AVP 96\na=rtpmap:96 VP8/90000\n", GW_CODEC_NONE);
    codec_is("m=video 0 RTP/AVP 96\na=rtpmap:96 JPEG/90000\n", GW_CODEC_JPEG);
    codec_is("m=video 0 RTP/AVP 26\n", GW_CODEC_JPEG);
    codec_is("m=video 0 RTP/AVP 96\na=rtpmap:96 PCMA/8000\n", GW_CODEC_NONE);
    codec_is("m=audio 0 RTP/AVP 97\na=rtpmap:97 mpeg4-generic/16000\n", GW_CODEC_AAC);
    codec_is("m=audio 0 RTP/AVP 97\na=rtpmap:97 opus/48000/2\n", GW_CODEC_OPUS);
    codec_is("m=audio 0 RTP/AVP 97\na=rtpmap:97 PCMU/16000\n", GW_CODEC_PCMU);
    codec_is("m=audio 0 RTP/AVP 0\n", GW_CODEC_PCMU);
    codec_is("m=audio 0 RTP/AVP 8\n", GW_CODEC_PCMA);
    codec_is("m=audio 0 RTP/AVP 9\n", GW_CODEC_NONE);
    codec_is("m=audio 0 RTP/AVP 8\na=rtpmap:8 G726-32/8000\n", GW_CODEC_NONE);
    codec_is("m=application 0 RTP/AVP 8\n", GW_CODEC_NONE);
}

// Its packets have fields (DONL) that we do not read.
static void refuses_h265_out_of_decoding_order(void **state)
{
    (void)state;
    codec_is("m=video 0 RTP/AVP 96\na=rtpmap:96 H265/90000\n"
             "a=fmtp:96 sprop-max-don-diff=0\n",
             GW_CODEC_H265);
    codec_is("m=video 0 RTP/AVP 96\na=rtpmap:96 H265/90000\n"
             "a=fmtp:96 sprop-max-don-diff=2\n",
             GW_CODEC_NONE);
}

// Quirk 21: missing, empty, without the PPS, wrong. Cameras send them in band too.
static void does_without_parameter_sets(void **state)
{
    (void)state;
    params_are("", "", 0);
    params_are("sprop-parameter-sets=", "", 0);
    params_are("sprop-parameter-sets=,", "", 0);
    params_are("sprop-parameter-sets=!?", "", 0);
    params_are("sprop-parameter-sets=Z0IA,", "\0\0\0\x03\x67\x42\0", 7);
    params_are("sprop-parameter-sets=Z0I*,aM4=", "\0\0\0\x02\x68\xce", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_camera_offers),
        cmocka_unit_test(three_lines_are_enough),
        cmocka_unit_test(leaves_a_broken_medium_out),
        cmocka_unit_test(forgives_blanks),
        cmocka_unit_test(reads_the_channels_of_an_audio),
        cmocka_unit_test(takes_no_more_media_than_its_limit),
        cmocka_unit_test(decodes_parameter_sets),
        cmocka_unit_test(decodes_the_parameter_sets_of_h265),
        cmocka_unit_test(knows_codecs_by_name_or_static_payload_type),
        cmocka_unit_test(refuses_h265_out_of_decoding_order),
        cmocka_unit_test(does_without_parameter_sets),
        cmocka_unit_test(reads_the_size_of_a_picture),
        cmocka_unit_test(a_size_that_is_none_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
