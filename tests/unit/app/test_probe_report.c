#include "app/probe_report.h"

#include "app/json.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// 51 frames of 1,000 bytes in 2 s.
static struct gw_probe_report good_report(void)
{
    return (struct gw_probe_report) {
        .address = "rtsp://10.0.0.1/1",
        .verdict = GW_PROBE_PICTURES,
        .peer = { .server = "Acme", .auth = "Digest MD5" },
        .video = GW_CODEC_H264,
        .audio = GW_CODEC_PCMA,
        .width = 1280,
        .height = 720,
        .signalling_us = 12000,
        .stream_us = 34000,
        .key_us = 56000,
        .frames = 51,
        .keys = 2,
        .span_90k = 180000,
        .bytes = 50000,
        .key_interval_90k = 90000,
        .packets = 100,
    };
}

static char *told(const struct gw_probe_report *r, enum gw_lang lang)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    gw_probe_report_print(r, lang, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void expect(const struct gw_probe_report *r, enum gw_lang lang, const char *what)
{
    char *text = told(r, lang);
    if (!strstr(text, what))
        fail_msg("\"%s\" is not in: %s", what, text);
    free(text);
}

static void expect_not(const struct gw_probe_report *r, const char *what)
{
    char *text = told(r, GW_LANG_EN);
    if (strstr(text, what))
        fail_msg("\"%s\" is in: %s", what, text);
    free(text);
}

static void tells_what_a_good_camera_offers(void **state)
{
    struct gw_probe_report r = good_report();
    (void)state;
    expect(&r, GW_LANG_EN, "size: 1280x720\n");
    expect(&r, GW_LANG_EN, "frames per second: 25.0\n");
    expect(&r, GW_LANG_EN, "bit rate: 200 kbit/s\n");
    expect(&r, GW_LANG_EN, "key-frame interval: 1.0 s\n");
    expect(&r, GW_LANG_EN, "verdict: Pictures come.\n");
    expect(&r, GW_LANG_ZH, "信令时延（连接至 PLAY 应答）：12 ms\n");
    expect(&r, GW_LANG_ZH, "结论：画面正常。\n");
    expect_not(&r, "tolerated");
    expect_not(&r, "B-frames");
}

static void remarks_on_what_harms(void **state)
{
    struct gw_probe_report r = good_report();
    (void)state;
    r.key_interval_90k = 10 * 90000;
    r.b_frames = true;
    r.packets = 75;
    r.packets_lost = 25;
    expect(&r, GW_LANG_EN, "10.0 s (long");
    expect(&r, GW_LANG_EN, "B-frames: yes");
    expect(&r, GW_LANG_EN, "packets lost: 25.00 %");
    expect(&r, GW_LANG_EN, "verdict: Pictures come, but packets are lost");
}

static void each_cause_and_each_tolerance_has_words(void **state)
{
    struct gw_probe_report r = good_report();
    (void)state;
    r.verdict = GW_PROBE_FAILED;
    for (unsigned i = 1; i < GW_CAUSES; i++) {
        r.cause = (enum gw_cause)i;
        expect(&r, GW_LANG_EN, gw_cause_text(r.cause).en);
        expect(&r, GW_LANG_ZH, gw_cause_text(r.cause).zh);
    }
    for (unsigned i = 0; i < GW_TOLERANCES; i++) {
        r.peer.tolerated = gw_tolerance_bit((enum gw_tolerance)i);
        assert_non_null(gw_tolerance_name((enum gw_tolerance)i));
        expect(&r, GW_LANG_EN, gw_tolerance_text((enum gw_tolerance)i).en);
        expect(&r, GW_LANG_ZH, gw_tolerance_text((enum gw_tolerance)i).zh);
    }
}

static void json_has_null_for_what_is_not_known(void **state)
{
    struct gw_probe_report r = good_report();
    (void)state;
    r.key_us = GW_PROBE_NEVER;
    r.width = 0;
    r.peer.tolerated = gw_tolerance_bit(GW_TOLERATED_NO_CONTROL);
    struct gw_buf *buf = gw_json_probe(&r);
    cJSON *root = cJSON_ParseWithLength((const char *)gw_buf_data(buf), gw_buf_len(buf));

    assert_true(cJSON_IsNull(cJSON_GetObjectItem(root, "key_frame_ms")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(root, "width")));
    assert_true(cJSON_GetObjectItem(root, "stream_ms")->valuedouble == 34);
    assert_true(cJSON_GetObjectItem(root, "frames_per_s")->valuedouble == 25);
    const cJSON *tolerated = cJSON_GetObjectItem(root, "tolerated");
    assert_int_equal(cJSON_GetArraySize(tolerated), 1);
    assert_string_equal(cJSON_GetArrayItem(tolerated, 0)->valuestring, "no_control");
    cJSON_Delete(root);
    gw_buf_unref(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_a_good_camera_offers),
        cmocka_unit_test(remarks_on_what_harms),
        cmocka_unit_test(each_cause_and_each_tolerance_has_words),
        cmocka_unit_test(json_has_null_for_what_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
