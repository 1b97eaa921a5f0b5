#include "ingest/audio_track.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { FRAMES = 64, PT = 8, SSRC = 7, G711_TICKS = 320 }; // 40 ms

struct seen {
    struct gw_audio_track *t;
    uint64_t now_us;
    uint16_t seq;
    int count;
    struct gw_frame *frames[FRAMES];
};

static void on_frame(void *arg, struct gw_frame *frame)
{
    struct seen *s = arg;

    assert_true(s->count < FRAMES);
    s->frames[s->count++] = gw_frame_ref(frame);
}

static int start(struct seen *s, enum gw_codec codec, uint32_t clock_rate,
                 uint32_t channels, const char *fmtp)
{
    struct gw_media_format audio = {
        .kind = GW_MEDIA_AUDIO,
        .codec = codec,
        .payload_type = PT,
        .clock_rate = clock_rate,
        .channels = channels,
        .fmtp = fmtp,
    };
    return gw_audio_track_start(s->t, &audio);
}

static int set_up(void **state)
{
    static struct seen s;
    struct gw_audio_track_config config = { .on_frame = on_frame, .arg = &s };

    s = (struct seen) { .now_us = 5000000 };
    assert_int_equal(gw_audio_track_create(&config, &s.t), 0);
    assert_int_equal(start(&s, GW_CODEC_PCMA, 8000, 1, ""), 0);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct seen *s = *state;

    gw_audio_track_destroy(s->t);
    for (int i = 0; i < s->count; i++)
        gw_frame_unref(&s->frames[i]);
    return 0;
}

static void picture(struct seen *s, int64_t pts_90k, uint64_t taken_unix_us)
{
    struct gw_frame f = { .codec = GW_CODEC_H264,
                          .pts_90k = pts_90k,
                          .arrived_us = s->now_us,
                          .arrived_unix_us = s->now_us + 1000000000,
                          .taken_unix_us = taken_unix_us };
    gw_audio_track_video(s->t, &f);
}

static void packet(struct seen *s, uint8_t type, uint32_t timestamp, const char *payload,
                   size_t len)
{
    uint8_t bytes[64] = { 0x80,
                          type,
                          (uint8_t)(s->seq >> 8),
                          (uint8_t)s->seq,
                          (uint8_t)(timestamp >> 24),
                          (uint8_t)(timestamp >> 16),
                          (uint8_t)(timestamp >> 8),
                          (uint8_t)timestamp,
                          [11] = SSRC };
    memcpy(bytes + 12, payload, len);
    s->seq++;
    gw_audio_track_packet(s->t, bytes, 12 + len, s->now_us, s->now_us + 1000000000);
}

static struct gw_audio_track_stats stats(const struct seen *s)
{
    struct gw_audio_track_stats st;
    gw_audio_track_stats(s->t, &st);
    return st;
}

static void sets_every_field_of_a_frame(void **state)
{
    struct seen *s = *state;

    picture(s, 9000, 0);
    s->now_us += 10000;
    packet(s, PT, 77, "abc", 3);
    assert_int_equal(s->count, 1);
    const struct gw_frame *f = s->frames[0];
    assert_int_equal(f->codec, GW_CODEC_PCMA);
    assert_true(f->key);
    assert_null(f->params);
    assert_int_equal(f->seq, 0);
    assert_int_equal(f->pts_90k, 9900); // 10 ms behind the picture
    assert_int_equal(f->arrived_us, s->now_us);
    assert_int_equal(f->arrived_unix_us, s->now_us + 1000000000);
    assert_int_equal(f->taken_unix_us, 0);
    assert_int_equal(f->len, 3);
    assert_memory_equal(f->data, "abc", 3);
}

static void jitter_of_arrival_does_not_show(void **state)
{
    static const unsigned passes_us[] = { 40000, 90000, 0, 30000, 200000, 1000 };
    struct seen *s = *state;

    picture(s, 9000, 0);
    for (unsigned i = 0; i < 6; i++) {
        s->now_us += passes_us[i];
        packet(s, PT, i * G711_TICKS, "a", 1);
    }
    assert_int_equal(s->count, 6);
    for (int i = 1; i < 6; i++)
        assert_int_equal(s->frames[i]->pts_90k - s->frames[i - 1]->pts_90k, 3600);
}

static void reports_place_it_better_than_arrival(void **state)
{
    struct seen *s = *state;
    uint64_t unix_us = s->now_us + 1000000000;
    uint64_t taken_us = unix_us - 500000; // half a second: exact in NTP's fractions
    struct gw_rtcp_sender_report report = {
        .ssrc = SSRC,
        .timestamp = 1000,
        .ntp = (taken_us / 1000000 + 2208988800) << 32 | UINT32_C(1) << 31,
    };

    // The sound came 300 ms later than the picture that was taken with it.
    gw_audio_track_report(s->t, &report);
    picture(s, 90000, unix_us - 200000);
    packet(s, PT, 1000, "a", 1);
    assert_int_equal(s->count, 1);
    assert_int_equal(s->frames[0]->taken_unix_us, taken_us);
    assert_int_equal(s->frames[0]->pts_90k, 90000 - 27000);
}

// What a key frame that arrives now says of the sound.
static enum gw_codec promised(struct seen *s, struct gw_buf **ret_params)
{
    struct gw_frame f = { .codec = GW_CODEC_H264, .key = true, .arrived_us = s->now_us };

    gw_audio_track_video(s->t, &f);
    *ret_params = f.audio_params;
    return f.audio_codec;
}

static void key_frames_promise_the_sound_of_the_session(void **state)
{
    struct seen *s = *state;
    struct gw_buf *params;

    assert_int_equal(promised(s, &params), GW_CODEC_PCMA);
    assert_null(params);
    assert_int_equal(start(s, GW_CODEC_OPUS, 48000, 2, ""), 0);
    assert_int_equal(promised(s, &params), GW_CODEC_OPUS);
    packet(s, PT, 0, "\xfc\x55", 2);
    assert_ptr_equal(params, s->frames[0]->params);
    gw_buf_unref(&params);

    gw_audio_track_stop(s->t);
    assert_int_equal(promised(s, &params), GW_CODEC_NONE);
    assert_null(params);
}

static void a_sound_that_does_not_come_is_promised_no_more(void **state)
{
    struct seen *s = *state;
    struct gw_buf *params;

    assert_int_equal(promised(s, &params), GW_CODEC_PCMA);
    s->now_us += GW_AUDIO_TRACK_SILENT_US - 1;
    assert_int_equal(promised(s, &params), GW_CODEC_PCMA);
    s->now_us++;
    assert_int_equal(promised(s, &params), GW_CODEC_NONE);
    packet(s, PT, 0, "\x55", 1);
    assert_int_equal(promised(s, &params), GW_CODEC_PCMA);
    s->now_us += 10 * (uint64_t)GW_AUDIO_TRACK_SILENT_US;
    assert_int_equal(promised(s, &params), GW_CODEC_PCMA);

    // Each session is told anew.
    assert_int_equal(start(s, GW_CODEC_PCMA, 8000, 1, ""), 0);
    assert_int_equal(promised(s, &params), GW_CODEC_PCMA);
    s->now_us += GW_AUDIO_TRACK_SILENT_US;
    assert_int_equal(promised(s, &params), GW_CODEC_NONE);
}

static void sound_ahead_of_the_first_picture_is_dropped(void **state)
{
    struct seen *s = *state;

    packet(s, PT, 0, "a", 1);
    assert_int_equal(s->count, 0);
    assert_int_equal(stats(s).frames_dropped, 1);
    picture(s, 0, 0);
    packet(s, PT, G711_TICKS, "a", 1);
    assert_int_equal(s->count, 1);
    assert_int_equal(s->frames[0]->seq, 1); // the gap shows
}

// Cameras' clocks ahead of ours, and B-frames: gst-rtsp-server shows both.
static void single_frames_that_look_out_move_nothing(void **state)
{
    struct seen *s = *state;

    for (uint32_t i = 0; i < 40; i++) {
        bool early = i % 2; // a picture that is shown 600 ms from now
        picture(s, 900000 + i * 3600 + (early ? 54000 : 0),
                s->now_us + 1000000000 - (early ? 0 : 1));
        packet(s, PT, i * G711_TICKS, "a", 1);
        s->now_us += 40000;
    }
    assert_int_equal(s->count, 40);
    for (int i = 1; i < 40; i++)
        assert_int_equal(s->frames[i]->pts_90k - s->frames[i - 1]->pts_90k, 3600);
}

static void a_drift_is_caught_up_with_and_never_backwards(void **state)
{
    struct seen *s = *state;

    picture(s, 900000, 0);
    packet(s, PT, 0, "a", 1);
    picture(s, 800000, 0); // 1.1 s back
    for (uint32_t i = 1; i < 60; i++) {
        s->now_us += 40000;
        packet(s, PT, i * G711_TICKS, "a", 1);
    }
    assert_true(stats(s).frames_dropped > 20);
    assert_true(s->count > 5);
    for (int i = 1; i < s->count; i++)
        assert_true(s->frames[i]->pts_90k > s->frames[i - 1]->pts_90k);
    assert_true(s->frames[s->count - 1]->pts_90k < 800000 + 60 * 3600);
}

static void carries_aac_with_its_config(void **state)
{
    struct seen *s = *state;

    assert_int_equal(start(s, GW_CODEC_AAC, 16000, 1,
                           "sizeLength=13;indexLength=3;indexDeltaLength=3;config=1408"),
                     0);
    picture(s, 0, 0);
    packet(s, PT, 0,
           "\0\x20\0\x08\0\x08"
           "ab",
           8);
    assert_int_equal(s->count, 2);
    assert_int_equal(s->frames[0]->codec, GW_CODEC_AAC);
    assert_int_equal(gw_buf_len(s->frames[0]->params), 2);
    assert_ptr_equal(s->frames[0]->params, s->frames[1]->params);
    assert_int_equal(s->frames[1]->pts_90k - s->frames[0]->pts_90k, 5760); // 64 ms
}

static void carries_opus_with_a_head(void **state)
{
    struct seen *s = *state;

    assert_int_equal(start(s, GW_CODEC_OPUS, 48000, 2, ""), 0);
    picture(s, 0, 0);
    packet(s, PT, 0, "ab", 2);
    packet(s, PT, 960, "ab", 2);
    assert_int_equal(s->count, 2);
    assert_memory_equal(gw_buf_data(s->frames[0]->params), "OpusHead\1\2", 10);
    assert_int_equal(s->frames[1]->pts_90k - s->frames[0]->pts_90k, 1800); // 20 ms
}

static void what_cannot_be_carried_is_ignored(void **state)
{
    struct seen *s = *state;

    picture(s, 0, 0);
    assert_int_equal(start(s, GW_CODEC_PCMA, 16000, 1, ""), -ENOTSUP);
    packet(s, PT, 0, "a", 1);
    assert_int_equal(start(s, GW_CODEC_PCMU, 8000, 2, ""), -ENOTSUP);
    assert_int_equal(start(s, GW_CODEC_AAC, 16000, 1, "sizeLength=13"), -EBADMSG);
    packet(s, PT, 0, "a", 1);
    assert_int_equal(start(s, GW_CODEC_H264, 90000, 1, ""), -ENOTSUP);
    assert_int_equal(s->count, 0);
    assert_int_equal(stats(s).packets_ignored, 2);
    assert_int_equal(start(s, GW_CODEC_PCMU, 0, 1, ""), 0);
    packet(s, 97, 0, "a", 1);
    packet(s, PT, 0, "", 0);
    assert_int_equal(s->count, 0);
    assert_int_equal(stats(s).packets_ignored, 3);
    assert_int_equal(stats(s).packets_malformed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sets_every_field_of_a_frame, set_up, tear_down),
        cmocka_unit_test_setup_teardown(jitter_of_arrival_does_not_show, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reports_place_it_better_than_arrival, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(key_frames_promise_the_sound_of_the_session,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sound_that_does_not_come_is_promised_no_more,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(sound_ahead_of_the_first_picture_is_dropped,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_drift_is_caught_up_with_and_never_backwards,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(single_frames_that_look_out_move_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(carries_aac_with_its_config, set_up, tear_down),
        cmocka_unit_test_setup_teardown(carries_opus_with_a_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_carried_is_ignored, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
