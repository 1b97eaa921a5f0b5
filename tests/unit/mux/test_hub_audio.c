// The sound beside the pictures.

#include "hub_viewers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// An audio frame whose number says so; with the AudioSpecificConfig `asc`.
enum { AUDIO = 1000 };

static void publish_audio(struct fixture *f, uint32_t seq, enum gw_codec codec,
                          struct gw_buf *asc)
{
    struct gw_frame *frame = gw_frame_create(4);
    assert_non_null(frame);
    memset(frame->data, 0x55, 4);
    frame->len = 4;
    frame->codec = codec;
    frame->key = true;
    frame->seq = AUDIO + seq;
    frame->pts_90k = f->seq * INT64_C(3600);
    frame->arrived_us = f->seq * UINT64_C(40000);
    frame->params = asc ? gw_buf_ref(asc) : NULL;
    gw_hub_publish(f->hub, STREAM, frame);
    gw_frame_unref(&frame);
}

static void audio_can_be_switched_on_and_off(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    (void)state;

    begin(&f, 1000000);
    f.promise = GW_CODEC_AAC;
    f.asc = gw_buf_copy("\x14\x08", 2);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    publish(&f, true);
    publish_audio(&f, 0, GW_CODEC_AAC, f.asc);
    gw_hub_want_audio(v.sub, true);
    publish_audio(&f, 1, GW_CODEC_AAC, f.asc);
    publish(&f, false);
    ASSERT_SAW(&v, CONFIG, 0, CONFIG, AUDIO + 1, 1);
    gw_hub_want_audio(v.sub, false);
    publish_audio(&f, 2, GW_CODEC_AAC, f.asc);
    gw_hub_want_audio(v.sub, true);
    publish_audio(&f, 3, GW_CODEC_AAC, f.asc);
    ASSERT_SAW(&v, CONFIG, 0, CONFIG, AUDIO + 1, 1, CONFIG, AUDIO + 3);
    end(&f);
}

static bool has_audio_track(const struct gw_packet *packet)
{
    return memmem(gw_packet_payload((struct gw_packet *)packet), packet->len, "mp4a", 4);
}

// The config packets that a viewer got: how many, and whether the last has two tracks.
struct mp4_viewer {
    struct viewer v;
    unsigned inits;
    bool sound;
};

static void on_mp4_packet(void *arg, struct gw_packet *packet)
{
    struct mp4_viewer *m = arg;

    if (packet->config) {
        m->inits++;
        m->sound = has_audio_track(packet);
    }
    on_packet(&m->v, packet);
}

static void watch_mp4(struct fixture *f, struct mp4_viewer *m, bool audio)
{
    const struct gw_packet_taker taker = {
        .form = GW_FORM_WALL_MP4,
        .audio = audio,
        .on_packet = on_mp4_packet,
        .arg = m,
    };
    m->v.hub = f->hub;
    m->v.form = GW_FORM_WALL_MP4;
    assert_int_equal(gw_hub_subscribe_packets(f->hub, STREAM, &taker, &m->v.sub), 0);
}

static void audio_is_for_those_who_asked(void **state)
{
    struct fixture f;
    struct viewer with = { .audio = true };
    struct viewer without = { 0 };
    struct gw_buf *asc = gw_buf_copy("\x14\x08", 2);
    (void)state;

    begin(&f, 1000000);
    watch(&f, &with, GW_FORM_WALL_AVCC);
    watch(&f, &without, GW_FORM_WALL_AVCC);
    publish_audio(&f, 0, GW_CODEC_AAC, asc); // nobody can start there
    publish(&f, true);
    publish_audio(&f, 1, GW_CODEC_AAC, asc);
    publish(&f, false);
    publish_audio(&f, 2, GW_CODEC_AAC, asc);
    ASSERT_SAW(&with, CONFIG, 0, CONFIG, AUDIO + 1, 1, AUDIO + 2);
    ASSERT_SAW(&without, CONFIG, 0, 1);
    for (size_t i = 0; i < with.count; i++)
        assert_false(with.gap[i]);
    publish_audio(&f, 4, GW_CODEC_AAC, asc);
    assert_true(with.gap[with.count - 1]);
    gw_buf_unref(&asc);
    end(&f);
}

static void who_joins_gets_the_audio_since_the_key_frame(void **state)
{
    struct fixture f;
    struct viewer with = { .audio = true };
    struct viewer without = { 0 };
    struct viewer shard = { 0 };
    (void)state;

    begin(&f, 1000000);
    publish_gop(&f, 2);
    publish_audio(&f, 0, GW_CODEC_PCMA, NULL);
    publish(&f, true);
    publish_audio(&f, 1, GW_CODEC_PCMA, NULL);
    publish(&f, false);
    publish_audio(&f, 2, GW_CODEC_PCMA, NULL);
    watch(&f, &with, GW_FORM_WALL_AVCC);
    watch(&f, &without, GW_FORM_WALL_AVCC);
    ASSERT_SAW(&with, CONFIG, 2, AUDIO + 1, 3, AUDIO + 2);
    ASSERT_SAW(&without, CONFIG, 2, 3);

    assert_int_equal(gw_hub_subscribe_frames(f.hub, STREAM, on_frame, &shard, &shard.sub),
                     0);
    ASSERT_SAW(&shard, 2, AUDIO + 1, 3, AUDIO + 2);
    end(&f);
}

static void an_audio_that_a_form_cannot_carry_leaves_the_video(void **state)
{
    struct fixture f;
    struct viewer v = { .audio = true };
    (void)state;

    begin(&f, 1000000);
    watch(&f, &v, GW_FORM_WALL_MP4);
    publish(&f, true);
    publish_audio(&f, 0, GW_CODEC_PCMA, NULL);
    publish_audio(&f, 1, GW_CODEC_PCMA, NULL);
    publish(&f, false);
    ASSERT_SAW(&v, CONFIG, 0, 1);
    assert_int_equal(v.refusals, 1);
    assert_int_equal(v.refused, GW_CODEC_PCMA);
    end(&f);
}

// The very first viewer has the audio's track, though no sample of it was there yet.
static void mp4_names_the_audio_that_the_key_frame_promises(void **state)
{
    struct fixture f;
    struct mp4_viewer first = { 0 };
    struct mp4_viewer late = { 0 };
    struct mp4_viewer without = { 0 };
    (void)state;

    begin(&f, 1000000);
    f.promise = GW_CODEC_AAC;
    f.asc = gw_buf_copy("\x14\x08", 2);
    watch_mp4(&f, &first, true);
    watch_mp4(&f, &without, false);
    publish(&f, true);
    publish_audio(&f, 0, GW_CODEC_AAC, f.asc);
    publish(&f, false);
    watch_mp4(&f, &late, true);
    publish_audio(&f, 1, GW_CODEC_AAC, f.asc);
    publish(&f, true);

    ASSERT_SAW(&first.v, CONFIG, 0, AUDIO, 1, AUDIO + 1, 2);
    ASSERT_SAW(&late.v, CONFIG, 0, AUDIO, 1, AUDIO + 1, 2);
    ASSERT_SAW(&without.v, CONFIG, 0, 1, 2);
    assert_true(first.sound && late.sound);
    assert_false(without.sound);
    end(&f);
}

static void the_tracks_of_an_mp4_are_those_it_begins_with(void **state)
{
    struct fixture f;
    struct mp4_viewer v = { 0 };
    struct mp4_viewer second = { 0 };
    struct gw_buf *asc = gw_buf_copy("\x14\x08", 2);
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1000000);
    watch_mp4(&f, &v, true);
    publish(&f, true); // promises nothing
    publish_audio(&f, 0, GW_CODEC_AAC, asc);
    f.promise = GW_CODEC_AAC;
    f.asc = gw_buf_ref(asc);
    publish(&f, true);
    publish_audio(&f, 1, GW_CODEC_AAC, asc);
    ASSERT_SAW(&v.v, CONFIG, 0, 1);
    assert_false(v.sound);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.unpackaged, 2);

    // Another sound of the same kind begins with the next key frame; one that is gone
    // leaves its track.
    watch_mp4(&f, &second, true);
    ASSERT_SAW(&second.v, CONFIG, 1, AUDIO + 1);
    gw_buf_unref(&f.asc);
    f.asc = gw_buf_copy("\x12\x10", 2);
    publish_audio(&f, 2, GW_CODEC_AAC, f.asc);
    ASSERT_SAW(&second.v, CONFIG, 1, AUDIO + 1);
    publish(&f, true);
    publish_audio(&f, 3, GW_CODEC_AAC, f.asc);
    ASSERT_SAW(&second.v, CONFIG, 1, AUDIO + 1, CONFIG, 2, AUDIO + 3);
    f.promise = GW_CODEC_NONE;
    publish(&f, true);
    ASSERT_SAW(&second.v, CONFIG, 1, AUDIO + 1, CONFIG, 2, AUDIO + 3, 3);
    assert_true(second.sound);
    gw_buf_unref(&asc);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audio_is_for_those_who_asked),
        cmocka_unit_test(who_joins_gets_the_audio_since_the_key_frame),
        cmocka_unit_test(an_audio_that_a_form_cannot_carry_leaves_the_video),
        cmocka_unit_test(audio_can_be_switched_on_and_off),
        cmocka_unit_test(mp4_names_the_audio_that_the_key_frame_promises),
        cmocka_unit_test(the_tracks_of_an_mp4_are_those_it_begins_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
