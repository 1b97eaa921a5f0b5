#include "hub_viewers.h"

#include "mux/wall_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void on_demand(void *arg, uint32_t stream, bool wanted)
{
    struct fixture *f = arg;
    assert_int_equal(stream, STREAM);
    if (wanted)
        f->wanted++;
    else
        f->unwanted++;
}

void begin(struct fixture *f, size_t gop_max_bytes)
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

void end(struct fixture *f)
{
    gw_hub_destroy(f->hub);
    gw_buf_unref(&f->params);
    gw_buf_unref(&f->asc);
}

void publish_codec(struct fixture *f, bool key, enum gw_codec codec)
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

void publish(struct fixture *f, bool key)
{
    publish_codec(f, key, GW_CODEC_H264);
}

void publish_gop(struct fixture *f, int frames)
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

void on_packet(void *arg, struct gw_packet *packet)
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

void on_frame(void *arg, struct gw_frame *frame)
{
    note(arg, (int)frame->seq, false);
}

static void on_refused(void *arg, enum gw_codec codec)
{
    struct viewer *v = arg;
    v->refusals++;
    v->refused = codec;
}

void subscribe(struct viewer *v, uint64_t from_us)
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

void watch(struct fixture *f, struct viewer *v, enum gw_form form)
{
    v->hub = f->hub;
    v->form = form;
    subscribe(v, 0);
}

void assert_saw(const struct viewer *v, const int *want, size_t count)
{
    assert_int_equal(v->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(v->seen[i], want[i]);
}
