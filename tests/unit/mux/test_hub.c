#include "mux/hub.h"

#include "mux/wall_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { STREAM = 7, LOG_MAX = 256 };

#define SPS                                                                              \
    "\x67\x42\xc0\x1e\xd9\x00\xa0\x2f\xf9\x70\x11\x00\x00\x03\x00\x01\x00\x00\x03\x00"   \
    "\x32\x0f\x16\x2e\x48"
#define SETS "\0\0\0\x19" SPS "\0\0\0\x05\x68\xcb\x83\xcb\x20"
#define OTHER_SETS "\0\0\0\x19" SPS "\0\0\0\x04\x68\xcb\x83\xcb"

struct fixture {
    struct gw_hub *hub;
    struct gw_buf *params;
    struct gw_buf *asc;    // of the sound that key frames promise; NULL: none
    enum gw_codec promise; // how it is coded
    uint32_t seq;
    unsigned wanted;
    unsigned unwanted;
};

// What one subscriber saw: "C" for a config packet, else the frame's seq.
struct viewer {
    struct gw_hub *hub;
    struct gw_subscription *sub;
    enum gw_form form;
    bool audio;
    int seen[LOG_MAX];
    bool gap[LOG_MAX];
    size_t count;

    // What to do at the packet with this number of `seen`; 0: nothing.
    size_t act_at;
    void (*act)(struct viewer *v);
    struct viewer *other;

    unsigned refusals; // that its form cannot carry what comes
    enum gw_codec refused;
};

enum { CONFIG = -1 };

static void on_demand(void *arg, uint32_t stream, bool wanted)
{
    struct fixture *f = arg;
    assert_int_equal(stream, STREAM);
    if (wanted)
        f->wanted++;
    else
        f->unwanted++;
}

static void begin(struct fixture *f, size_t gop_max_bytes)
{
    struct gw_hub_config config = {
        .gop_max_bytes = gop_max_bytes,
        .on_demand = on_demand,
        .arg = f,
    };
    *f = (struct fixture) {
        .hub = gw_hub_create(&config),
        .params = gw_buf_copy(SETS, sizeof(SETS) - 1),
    };
    assert_non_null(f->hub);
}

static void end(struct fixture *f)
{
    gw_hub_destroy(f->hub);
    gw_buf_unref(&f->params);
    gw_buf_unref(&f->asc);
}

static void publish_codec(struct fixture *f, bool key, enum gw_codec codec)
{
    static const uint8_t au[] = { 0, 0, 0, 2, 0x65, 0x88 };
    struct gw_frame *frame = gw_frame_create(sizeof(au));
    assert_non_null(frame);
    memcpy(frame->data, au, sizeof(au));
    frame->len = sizeof(au);
    frame->codec = codec;
    frame->key = key;
    frame->seq = f->seq;
    frame->pts_90k = f->seq * INT64_C(3600);
    frame->arrived_us = f->seq * UINT64_C(40000);
    if (codec == GW_CODEC_H264)
        frame->params = gw_buf_ref(f->params);
    if (key && f->promise) {
        frame->audio_codec = (uint8_t)f->promise;
        frame->audio_params = f->asc ? gw_buf_ref(f->asc) : NULL;
    }
    f->seq++;
    gw_hub_publish(f->hub, STREAM, frame);
    gw_frame_unref(&frame);
}

static void publish(struct fixture *f, bool key)
{
    publish_codec(f, key, GW_CODEC_H264);
}

static void publish_gop(struct fixture *f, int frames)
{
    for (int i = 0; i < frames; i++)
        publish(f, i == 0);
}

static void note(struct viewer *v, int what, bool gap)
{
    assert_true(v->count < LOG_MAX);
    v->gap[v->count] = gap;
    v->seen[v->count++] = what;
    if (v->act && v->count == v->act_at)
        v->act(v);
}

static void on_packet(void *arg, struct gw_packet *packet)
{
    struct viewer *v = arg;
    struct gw_wall_frame h = { .seq = 0 };

    assert_int_equal(packet->stream, STREAM);
    if (v->form == GW_FORM_WALL_AVCC || v->form == GW_FORM_WALL_MP4) {
        assert_int_equal(gw_wall_frame_read(gw_packet_payload(packet), packet->len, &h),
                         0);
        assert_int_equal(h.stream, STREAM);
        assert_int_equal(h.header_bytes + h.payload_bytes, packet->len);
        assert_int_equal(h.kind == GW_WALL_CONFIG, packet->config);
        assert_int_equal(h.key && !gw_codec_is_audio(h.codec), packet->key);
    }
    note(v, packet->config ? CONFIG : (int)h.seq, h.gap);
}

static void on_frame(void *arg, struct gw_frame *frame)
{
    note(arg, (int)frame->seq, false);
}

static void on_refused(void *arg, enum gw_codec codec)
{
    struct viewer *v = arg;
    v->refusals++;
    v->refused = codec;
}

static void subscribe(struct viewer *v, uint64_t from_us)
{
    const struct gw_packet_taker taker = {
        .form = v->form,
        .audio = v->audio,
        .from_us = from_us,
        .on_packet = on_packet,
        .on_refused = on_refused,
        .arg = v,
    };
    assert_int_equal(gw_hub_subscribe_packets(v->hub, STREAM, &taker, &v->sub), 0);
}

static void watch(struct fixture *f, struct viewer *v, enum gw_form form)
{
    v->hub = f->hub;
    v->form = form;
    subscribe(v, 0);
}

static void assert_saw(const struct viewer *v, const int *want, size_t count)
{
    assert_int_equal(v->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(v->seen[i], want[i]);
}

#define ASSERT_SAW(v, ...)                                                               \
    assert_saw(v, (const int[]) { __VA_ARGS__ },                                         \
               sizeof((const int[]) { __VA_ARGS__ }) / sizeof(int))

static void a_viewer_that_joins_gets_config_gop_and_live(void **state)
{
    struct fixture f;
    struct viewer early = { 0 };
    struct viewer late = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &early, GW_FORM_WALL_AVCC);
    publish_gop(&f, 3);
    publish_gop(&f, 2);
    watch(&f, &late, GW_FORM_WALL_AVCC);
    ASSERT_SAW(&late, CONFIG, 3, 4);
    publish(&f, false);
    ASSERT_SAW(&early, CONFIG, 0, 1, 2, 3, 4, 5);
    ASSERT_SAW(&late, CONFIG, 3, 4, 5);
    end(&f);
}

static void a_viewer_may_wait_for_the_next_key_frame(void **state)
{
    struct fixture f;
    struct viewer v = { .form = GW_FORM_WALL_AVCC };
    struct viewer first = { .form = GW_FORM_WALL_AVCC };
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 3);
    v.hub = f.hub;
    subscribe(&v, f.seq * UINT64_C(40000));
    ASSERT_SAW(&v, CONFIG); // a decoder can be set up meanwhile
    publish(&f, false);
    ASSERT_SAW(&v, CONFIG);
    publish_gop(&f, 2);
    ASSERT_SAW(&v, CONFIG, 4, 5);

    // Nor does it take the past that another shard hands over when it was asked for.
    gw_hub_forget_gop(f.hub, STREAM);
    first.hub = f.hub;
    subscribe(&first, (f.seq + 2) * UINT64_C(40000));
    publish_gop(&f, 2);
    ASSERT_SAW(&first, CONFIG);
    publish_gop(&f, 1);
    ASSERT_SAW(&first, CONFIG, 8);
    end(&f);
}

static void every_form_gets_all_frames(void **state)
{
    struct fixture f;
    struct viewer v[GW_FORMS] = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    for (int form = 0; form < GW_FORMS; form++)
        watch(&f, &v[form], (enum gw_form)form);
    publish_gop(&f, 10);
    for (int form = 0; form < GW_FORMS; form++)
        assert_int_equal(v[form].count, 11);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.packets, GW_FORMS * 11);
    assert_int_equal(stats.unpackaged, 0);
    end(&f);
}

static void a_live_frame_is_packaged_once_a_form(void **state)
{
    struct fixture f;
    struct viewer v[5] = { 0 };
    struct gw_hub_stats before;
    struct gw_hub_stats after;
    (void)state;

    begin(&f, 1 << 20);
    publish(&f, true);
    for (int i = 0; i < 5; i++)
        watch(&f, &v[i], GW_FORM_FLV);
    gw_hub_stats(f.hub, &before);
    publish(&f, false);
    gw_hub_stats(f.hub, &after);
    assert_int_equal(after.packets - before.packets, 1);
    assert_int_equal(after.subscriptions, 5);
    end(&f);
}

static void frames_ahead_of_the_first_key_frame_are_dropped(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v, GW_FORM_WALL_MP4);
    publish(&f, false);
    publish(&f, false);
    assert_int_equal(v.count, 0);
    publish(&f, true);
    ASSERT_SAW(&v, CONFIG, 2);
    assert_false(v.gap[1]); // nothing was sent before it
    end(&f);
}

static void a_jump_of_seq_is_marked_as_a_gap(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct viewer late = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    publish_gop(&f, 2);
    f.seq += 3;
    publish(&f, false);
    publish(&f, false);
    watch(&f, &late, GW_FORM_WALL_AVCC);
    ASSERT_SAW(&v, CONFIG, 0, 1, 5, 6);
    ASSERT_SAW(&late, CONFIG, 0, 1, 5, 6);
    for (size_t i = 0; i < v.count; i++) {
        assert_int_equal(v.gap[i], i == 3);
        assert_int_equal(late.gap[i], i == 3);
    }
    end(&f);
}

static void config_comes_again_when_the_sets_change(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct viewer flv = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    watch(&f, &flv, GW_FORM_FLV);
    publish_gop(&f, 2);

    gw_buf_unref(&f.params); // the same bytes in another object
    f.params = gw_buf_copy(SETS, sizeof(SETS) - 1);
    publish_gop(&f, 2);
    gw_buf_unref(&f.params);
    f.params = gw_buf_copy(OTHER_SETS, sizeof(OTHER_SETS) - 1);
    publish_gop(&f, 2);
    ASSERT_SAW(&v, CONFIG, 0, 1, 2, 3, CONFIG, 4, 5);
    assert_int_equal(flv.count, v.count);
    end(&f);
}

static void sets_that_cannot_be_read_are_counted_once_a_form(void **state)
{
    struct fixture f;
    struct viewer v[2] = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v[0], GW_FORM_MP4);
    watch(&f, &v[1], GW_FORM_MP4);
    gw_buf_unref(&f.params);
    f.params = gw_buf_copy("junk", 4);
    publish(&f, true);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.unpackaged, 1);
    assert_int_equal(v[0].count, 0);

    gw_buf_unref(&f.params);
    f.params = gw_buf_copy(SETS, sizeof(SETS) - 1);
    publish(&f, false); // no use without its key frame
    assert_int_equal(v[0].count, 0);
    publish(&f, true);
    assert_int_equal(v[0].count, 2);
    assert_int_equal(v[1].count, 2);
    end(&f);
}

static void a_gop_over_the_bound_is_given_up_until_the_next(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 3 * (sizeof(struct gw_frame) + 6));
    publish_gop(&f, 5);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.gop_evicted, 1);
    assert_int_equal(stats.gop_bytes, 0);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    publish(&f, false);
    ASSERT_SAW(&v, CONFIG); // the rest cannot be decoded
    publish_gop(&f, 2);
    ASSERT_SAW(&v, CONFIG, 6, 7);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.gop_bytes, 2 * (sizeof(struct gw_frame) + 6));
    end(&f);
}

static void frame_subscribers_get_the_frames_themselves(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 2);
    assert_int_equal(gw_hub_subscribe_frames(f.hub, STREAM, on_frame, &v, &v.sub), 0);
    publish(&f, false);
    ASSERT_SAW(&v, 0, 1, 2);
    gw_hub_unsubscribe(f.hub, &v.sub);
    publish(&f, false);
    ASSERT_SAW(&v, 0, 1, 2);
    end(&f);
}

static void demand_is_told_at_the_first_and_after_the_last(void **state)
{
    struct fixture f;
    struct viewer a = { 0 };
    struct viewer b = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &a, GW_FORM_FLV);
    watch(&f, &b, GW_FORM_MP4);
    assert_int_equal(f.wanted, 1);
    gw_hub_unsubscribe(f.hub, &a.sub);
    assert_int_equal(f.unwanted, 0);
    gw_hub_unsubscribe(f.hub, &b.sub);
    gw_hub_unsubscribe(f.hub, &b.sub); // NULL by now
    assert_int_equal(f.unwanted, 1);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.streams, 0);
    assert_int_equal(stats.subscriptions, 0);
    end(&f);
}

static void a_forgotten_gop_is_not_replayed(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 4);
    gw_hub_forget_gop(f.hub, STREAM);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.streams, 0);
    assert_int_equal(stats.gop_bytes, 0);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    assert_int_equal(v.count, 0);

    publish_gop(&f, 2);
    gw_hub_forget_gop(f.hub, STREAM);
    f.seq = 0; // a new source counts anew
    publish(&f, false);
    publish_gop(&f, 1);
    ASSERT_SAW(&v, CONFIG, 4, 5, 1);
    assert_true(v.gap[3]);
    end(&f);
}

static void leave(struct viewer *v)
{
    gw_hub_unsubscribe(v->hub, &v->sub);
}

static void evict_other(struct viewer *v)
{
    gw_hub_unsubscribe(v->hub, &v->other->sub);
}

static void bring_other(struct viewer *v)
{
    v->other->hub = v->hub;
    v->other->form = v->form;
    subscribe(v->other, 0);
}

static void replace_by_other(struct viewer *v)
{
    leave(v);
    bring_other(v);
}

static void forget(struct viewer *v)
{
    gw_hub_forget_gop(v->hub, STREAM);
}

// Runs `act` at every packet a viewer gets, live and in the replay, with a
// bystander subscribed before and one after it.
static void act_everywhere(void (*act)(struct viewer *), bool joins)
{
    for (size_t at = 1; at <= 8; at++) {
        struct fixture f;
        struct viewer before = { 0 };
        struct viewer other = { .form = GW_FORM_WALL_AVCC };
        struct viewer actor = { .act_at = at, .act = act, .other = &other };
        struct viewer after = { 0 };

        begin(&f, 1 << 20);
        watch(&f, &before, GW_FORM_WALL_AVCC);
        if (!joins)
            watch(&f, &other, GW_FORM_WALL_AVCC);
        publish_gop(&f, 4); // 5 packets in the replay with config
        watch(&f, &actor, GW_FORM_WALL_AVCC);
        watch(&f, &after, GW_FORM_WALL_AVCC);
        for (int i = 0; i < 4; i++)
            publish(&f, i == 3);
        publish(&f, false);
        if (act != forget) {
            ASSERT_SAW(&before, CONFIG, 0, 1, 2, 3, 4, 5, 6, 7, 8);
            ASSERT_SAW(&after, CONFIG, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        }
        if (joins)
            ASSERT_SAW(&other, CONFIG, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        if (act == leave || act == replace_by_other) {
            assert_int_equal(actor.count, at);
            assert_null(actor.sub);
        }
        end(&f);
    }
}

static void callbacks_may_unsubscribe_themselves(void **state)
{
    (void)state;
    act_everywhere(leave, false);
}

static void callbacks_may_unsubscribe_others(void **state)
{
    (void)state;
    act_everywhere(evict_other, false);
}

static void callbacks_may_subscribe_others(void **state)
{
    (void)state;
    act_everywhere(bring_other, true);
}

static void callbacks_may_leave_and_subscribe(void **state)
{
    (void)state;
    act_everywhere(replace_by_other, true);
}

static void callbacks_may_forget_the_gop(void **state)
{
    (void)state;
    act_everywhere(forget, false);
}

static void nobody_is_called_after_the_end(void **state)
{
    struct fixture f;
    struct viewer frames = { 0 };
    struct viewer packets = { 0 };
    // It enters the list last, so a walk meets it first.
    struct viewer actor = { .act_at = 3, .act = evict_other };
    (void)state;

    begin(&f, 1 << 20);
    publish(&f, true);
    actor.other = &frames;
    assert_int_equal(
        gw_hub_subscribe_frames(f.hub, STREAM, on_frame, &frames, &frames.sub), 0);
    watch(&f, &actor, GW_FORM_WALL_AVCC);
    publish(&f, false);
    ASSERT_SAW(&frames, 0);
    gw_hub_unsubscribe(f.hub, &actor.sub);

    // A config packet is not for those either.
    actor = (struct viewer) { .act_at = 4, .act = evict_other, .other = &packets };
    watch(&f, &packets, GW_FORM_WALL_AVCC);
    watch(&f, &actor, GW_FORM_WALL_AVCC);
    gw_buf_unref(&f.params);
    f.params = gw_buf_copy(OTHER_SETS, sizeof(OTHER_SETS) - 1);
    publish(&f, true);
    ASSERT_SAW(&actor, CONFIG, 0, 1, CONFIG, 2);
    ASSERT_SAW(&packets, CONFIG, 0, 1);
    end(&f);
}

static void the_last_may_leave_within_the_replay(void **state)
{
    struct fixture f;
    struct viewer v = { .act_at = 1, .act = leave };
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 3);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    assert_null(v.sub);
    assert_int_equal(v.count, 1);
    assert_int_equal(f.wanted, 1);
    assert_int_equal(f.unwanted, 1);
    end(&f);
}

// Motion JPEG has no place in FLV and MP4, and no config frame on the wall's socket.
static void a_codec_that_a_form_cannot_carry_is_refused_once(void **state)
{
    struct fixture f;
    struct viewer wall = { 0 };
    struct viewer flv = { 0 };
    struct viewer mp4 = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    publish_codec(&f, true, GW_CODEC_JPEG);
    watch(&f, &wall, GW_FORM_WALL_AVCC);
    watch(&f, &flv, GW_FORM_FLV);
    watch(&f, &mp4, GW_FORM_WALL_MP4);
    publish_codec(&f, true, GW_CODEC_JPEG);
    ASSERT_SAW(&wall, 0, 1);
    assert_int_equal(wall.refusals, 0);
    assert_int_equal(flv.count + mp4.count, 0);
    assert_int_equal(flv.refusals, 1);
    assert_int_equal(mp4.refusals, 1);
    assert_int_equal(flv.refused, GW_CODEC_JPEG);

    // The camera is set to H.264: now it can be.
    publish(&f, true);
    ASSERT_SAW(&wall, 0, 1, CONFIG, 2);
    ASSERT_SAW(&mp4, CONFIG, 2);
    publish_codec(&f, true, GW_CODEC_JPEG);
    assert_int_equal(mp4.refusals, 2);
    publish(&f, true);
    ASSERT_SAW(&wall, 0, 1, CONFIG, 2, 3, CONFIG, 4);
    end(&f);
}

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
        cmocka_unit_test(a_codec_that_a_form_cannot_carry_is_refused_once),
        cmocka_unit_test(a_viewer_that_joins_gets_config_gop_and_live),
        cmocka_unit_test(a_viewer_may_wait_for_the_next_key_frame),
        cmocka_unit_test(every_form_gets_all_frames),
        cmocka_unit_test(a_live_frame_is_packaged_once_a_form),
        cmocka_unit_test(frames_ahead_of_the_first_key_frame_are_dropped),
        cmocka_unit_test(a_jump_of_seq_is_marked_as_a_gap),
        cmocka_unit_test(config_comes_again_when_the_sets_change),
        cmocka_unit_test(sets_that_cannot_be_read_are_counted_once_a_form),
        cmocka_unit_test(a_gop_over_the_bound_is_given_up_until_the_next),
        cmocka_unit_test(frame_subscribers_get_the_frames_themselves),
        cmocka_unit_test(demand_is_told_at_the_first_and_after_the_last),
        cmocka_unit_test(a_forgotten_gop_is_not_replayed),
        cmocka_unit_test(callbacks_may_unsubscribe_themselves),
        cmocka_unit_test(callbacks_may_unsubscribe_others),
        cmocka_unit_test(callbacks_may_subscribe_others),
        cmocka_unit_test(callbacks_may_leave_and_subscribe),
        cmocka_unit_test(callbacks_may_forget_the_gop),
        cmocka_unit_test(nobody_is_called_after_the_end),
        cmocka_unit_test(the_last_may_leave_within_the_replay),
        cmocka_unit_test(audio_is_for_those_who_asked),
        cmocka_unit_test(who_joins_gets_the_audio_since_the_key_frame),
        cmocka_unit_test(an_audio_that_a_form_cannot_carry_leaves_the_video),
        cmocka_unit_test(mp4_names_the_audio_that_the_key_frame_promises),
        cmocka_unit_test(the_tracks_of_an_mp4_are_those_it_begins_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
