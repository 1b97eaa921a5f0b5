#include "mux/stream.h"

#include "mux/opus.h"
#include "mux/packager.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

// The packets made of one unit so far: one a form, however many subscribers.
struct made {
    struct gw_packet *media[GW_FORMS];
    struct gw_packet *config[GW_FORMS];
    bool failed[GW_FORMS];
    bool replay; // of a cached unit, for one subscriber
};

static void made_finish(struct made *m)
{
    for (int form = 0; form < GW_FORMS; form++) {
        gw_packet_unref(&m->media[form]);
        gw_packet_unref(&m->config[form]);
    }
}

struct gw_stream *gw_stream_create(uint32_t number, size_t gop_max_bytes,
                                   struct gw_gop_shelf *shelf, struct gw_hub_stats *stats)
{
    struct gw_stream *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->number = number;
    s->shelf = shelf;
    s->stats = stats;
    gw_gop_cache_init(&s->gop, &shelf->pool, gop_max_bytes);
    gw_decode_time_init(&s->time, GW_SPS_REORDER_UNKNOWN, 0);
    return s;
}

static void free_subscription(struct gw_subscription *sub)
{
    gw_params_unref(&sub->params);
    gw_params_unref(&sub->audio_params);
    free(sub);
}

void gw_stream_sweep(struct gw_stream *s)
{
    assert(s->busy == 0);
    struct gw_subscription **link = &s->subscriptions;
    while (*link) {
        struct gw_subscription *sub = *link;
        if (sub->ended) {
            *link = sub->next;
            free_subscription(sub);
        } else {
            link = &sub->next;
        }
    }
}

void gw_stream_destroy(struct gw_stream *s)
{
    if (!s)
        return;
    while (s->subscriptions) {
        struct gw_subscription *sub = s->subscriptions;
        s->subscriptions = sub->next;
        free_subscription(sub);
    }
    gw_gop_shelf_clear(s->shelf, &s->gop);
    gw_params_unref(&s->params);
    gw_buf_unref(&s->source);
    gw_params_unref(&s->audio.params);
    gw_buf_unref(&s->audio.source);
    free(s);
}

// Counts once a form what several subscribers miss.
static void give_up_form(struct gw_stream *s, struct made *made, enum gw_form form)
{
    if (!made->failed[form])
        s->stats->unpackaged++;
    made->failed[form] = true;
    s->missed[form] = true;
}

// The config packet for `sub`, owned by the caller; NULL when out of memory. Only one
// that says nothing of an audio is the same for everybody.
static struct gw_packet *make_config(struct gw_stream *s, struct gw_subscription *sub,
                                     const struct gw_package_config *config,
                                     struct made *made)
{
    bool same = !config->first && !config->audio;
    struct gw_packet **shared = same ? &made->config[sub->form] : NULL;
    struct gw_packet *packet = NULL;

    if (shared && *shared)
        return gw_packet_ref(*shared);
    if (gw_package_config(sub->form, config, &packet) < 0)
        return NULL;
    s->stats->packets++;
    if (shared)
        *shared = gw_packet_ref(packet);
    return packet;
}

// What the track of the audio is made of, in a config packet that describes both; NULL:
// there is none. The tracks of an MP4 are those that it begins with.
static struct gw_params *audio_track(const struct gw_stream *s,
                                     const struct gw_subscription *sub)
{
    const struct gw_stream_audio *a = &s->audio;
    bool has_one = sub->params ? sub->audio_params != NULL : sub->audio;

    if (!has_one || !gw_form_joins_config(sub->form))
        return NULL;
    if (!a->params || !gw_form_carries(sub->form, a->codec))
        return sub->audio_params;
    return a->params;
}

static int send_config(struct gw_stream *s, struct gw_subscription *sub,
                       struct gw_params *params, int64_t dts_90k, struct made *made)
{
    struct gw_params *audio = audio_track(s, sub);
    const struct gw_package_config config = {
        .stream = s->number,
        .params = params,
        .audio = audio,
        .dts_90k = dts_90k,
        .first = !sub->params,
        .with_audio = sub->audio && gw_form_carries(sub->form, s->audio.codec),
    };
    struct gw_packet *packet = make_config(s, sub, &config, made);

    if (!packet)
        return -ENOMEM;
    gw_params_ref(params);
    gw_params_unref(&sub->params);
    sub->params = params;
    if (gw_form_joins_config(sub->form)) {
        if (audio)
            gw_params_ref(audio);
        gw_params_unref(&sub->audio_params);
        sub->audio_params = audio;
    }
    sub->on_packet(sub->arg, packet);
    gw_packet_unref(&packet);
    return 0;
}

// Borrowed from `made`; NULL when the form cannot carry the unit.
static struct gw_packet *make_media(struct gw_stream *s, enum gw_form form,
                                    const struct gw_unit *unit, struct made *made)
{
    if (made->media[form] || made->failed[form])
        return made->media[form];

    struct gw_unit marked = *unit;
    bool audio = gw_codec_is_audio(unit->frame->codec);
    marked.gap = unit->gap || (s->missed[form] && !made->replay && !audio);
    if (gw_package_unit(form, s->number, &marked, &made->media[form]) < 0)
        return NULL;
    s->stats->packets++;
    if (!made->replay && !audio)
        s->missed[form] = false;
    return made->media[form];
}

// Returns whether the subscription's form cannot carry that codec, and says so when
// it was not said.
static bool refuse(struct gw_subscription *sub, enum gw_codec codec)
{
    if (gw_form_carries(sub->form, codec)) {
        sub->refused = GW_CODEC_NONE;
        return false;
    }
    bool said = sub->refused == codec;
    sub->refused = codec;
    if (!said && sub->on_refused)
        sub->on_refused(sub->arg, codec);
    return true;
}

static void deliver_packets(struct gw_stream *s, struct gw_subscription *sub,
                            const struct gw_unit *unit, struct made *made)
{
    // Whoever misses a frame goes on at a key frame.
    sub->started = false;
    if (refuse(sub, unit->frame->codec))
        goto fail;
    if (!unit->params && unit->frame->codec != GW_CODEC_JPEG)
        goto fail;
    bool changed = sub->params != unit->params ||
                   (unit->frame->key && gw_form_joins_config(sub->form) &&
                    sub->audio_params != audio_track(s, sub));
    if (unit->params && changed &&
        send_config(s, sub, unit->params, unit->dts_90k, made) < 0)
        goto fail;
    if (sub->ended)
        return;
    struct gw_packet *packet = make_media(s, sub->form, unit, made);
    if (!packet)
        goto fail;
    sub->started = true;
    sub->on_packet(sub->arg, packet);
    return;

fail:
    give_up_form(s, made, sub->form);
}

// Made anew for each that joins: it is a few bytes.
static int send_audio_config(struct gw_stream *s, struct gw_subscription *sub,
                             const struct gw_unit *unit)
{
    const struct gw_package_config config = {
        .stream = s->number,
        .params = unit->params,
        .dts_90k = unit->dts_90k,
    };
    struct gw_packet *packet = NULL;

    int r = gw_package_config(sub->form, &config, &packet);
    if (r)
        return r;
    s->stats->packets++;
    gw_params_unref(&sub->audio_params);
    sub->audio_params = gw_params_ref(unit->params);
    sub->on_packet(sub->arg, packet);
    gw_packet_unref(&packet);
    return 0;
}

// What is missing of the audio does not end the video.
static void deliver_audio(struct gw_stream *s, struct gw_subscription *sub,
                          const struct gw_unit *unit, struct made *made)
{
    enum gw_codec codec = unit->frame->codec;

    if (!sub->audio)
        return;
    if (!gw_form_carries(sub->form, codec)) {
        bool said = sub->audio_refused == codec;
        sub->audio_refused = codec;
        if (!said && sub->on_refused)
            sub->on_refused(sub->arg, codec);
        return;
    }
    sub->audio_refused = GW_CODEC_NONE;
    bool described = !unit->params || unit->params == sub->audio_params;
    if (!described && gw_form_joins_config(sub->form)) {
        s->stats->unpackaged++; // it has no track, or not before the next key frame
        return;
    }
    if (!described && send_audio_config(s, sub, unit) < 0)
        return;
    if (sub->ended)
        return;
    struct gw_packet *packet = make_media(s, sub->form, unit, made);
    if (packet)
        sub->on_packet(sub->arg, packet);
    else
        s->stats->unpackaged++;
}

static void deliver(struct gw_stream *s, struct gw_subscription *sub,
                    const struct gw_unit *unit, struct made *made)
{
    if (gw_codec_is_audio(unit->frame->codec) && sub->on_packet) {
        if (sub->started && !sub->ended)
            deliver_audio(s, sub, unit, made);
        return;
    }
    bool may_start = unit->frame->key && !gw_codec_is_audio(unit->frame->codec) &&
                     unit->frame->arrived_us >= sub->from_us;
    if (sub->ended || (!sub->started && !may_start))
        return;
    if (sub->on_packet) {
        deliver_packets(s, sub, unit, made);
        return;
    }
    sub->started = true;
    sub->on_frame(sub->arg, unit->frame);
}

static void take_params(struct gw_stream *s, const struct gw_frame *frame)
{
    struct gw_buf *source = frame->params;

    // A camera that was set to another codec: the old sets say nothing of it.
    if (s->params && s->params->codec != frame->codec) {
        gw_params_unref(&s->params);
        gw_buf_unref(&s->source);
        gw_decode_time_change(
            &s->time, frame->codec == GW_CODEC_JPEG ? 0 : GW_SPS_REORDER_UNKNOWN, 0);
    }
    if (!source || source == s->source)
        return;
    gw_buf_unref(&s->source);
    s->source = gw_buf_ref(source);
    if (s->params && gw_params_same(s->params, frame->codec, source))
        return;

    gw_params_unref(&s->params);
    int r = gw_params_parse(frame->codec, source, &s->params);
    if (r == -ENOMEM)
        gw_buf_unref(&s->source); // try again with the next frame
    if (r == 0)
        gw_decode_time_change(&s->time, s->params->reorder, s->params->interval_90k);
}

// What the audio is, by a frame of its own or by a key frame of the video.
static void take_audio(struct gw_stream_audio *a, enum gw_codec codec,
                       struct gw_buf *source)
{
    bool same = a->codec == codec && a->source == source;

    a->codec = codec;
    if (same || (a->params && source && gw_params_same(a->params, codec, source)))
        return;
    gw_params_unref(&a->params);
    gw_buf_unref(&a->source);
    if (source && gw_params_parse(codec, source, &a->params) == 0)
        a->source = gw_buf_ref(source);
}

// The memory of the one after this is fetched meanwhile, and where the next but one lies.
static void fetch_next(const struct gw_subscription *sub)
{
    const struct gw_subscription *next = sub->next;
    if (!next)
        return;
    gw_hot_fetch(&next->hot);
    gw_hot_fetch_bytes(next->next, sizeof(*next));
}

// Keeps the unit, and gives it to everybody.
static void spread(struct gw_stream *s, const struct gw_unit *unit)
{
    struct made made = { 0 };

    gw_gop_shelf_push(s->shelf, &s->gop, unit);
    s->busy++;
    for (struct gw_subscription *sub = s->subscriptions; sub; sub = sub->next) {
        fetch_next(sub);
        deliver(s, sub, unit, &made);
    }
    s->busy--;
    made_finish(&made);
}

// 0: not known.
static uint32_t audio_duration(const struct gw_stream_audio *a,
                               const struct gw_frame *frame)
{
    enum { TICKS_PER_S = 90000, G711_RATE = 8000 }; // bytes a second

    if (frame->codec == GW_CODEC_OPUS)
        return gw_opus_duration_90k(frame->data, frame->len);
    if (frame->codec == GW_CODEC_AAC)
        return a->params ? a->params->interval_90k : 0;
    return (uint32_t)frame->len * TICKS_PER_S / G711_RATE;
}

static void publish_audio(struct gw_stream *s, struct gw_frame *frame)
{
    struct gw_stream_audio *a = &s->audio;

    take_audio(a, frame->codec, frame->params);
    if (!s->fed)
        return;
    const struct gw_unit unit = {
        .frame = frame,
        .params = a->params,
        .gap = a->counted && frame->seq != a->next_seq,
        .dts_90k = frame->pts_90k,
        .duration_90k = audio_duration(a, frame),
        .ordinal = s->units++,
    };
    a->counted = true;
    a->next_seq = frame->seq + 1;
    spread(s, &unit);
}

void gw_stream_publish(struct gw_stream *s, struct gw_frame *frame)
{
    assert(s->busy == 0);
    if (gw_codec_is_audio(frame->codec)) {
        publish_audio(s, frame);
        return;
    }
    if (!s->fed && !frame->key)
        return;
    s->fed = true;

    take_params(s, frame);
    if (frame->key)
        take_audio(&s->audio, frame->audio_codec, frame->audio_params);
    struct gw_unit unit = {
        .frame = frame,
        .params = s->params,
        .gap = s->counted && frame->seq != s->next_seq,
        .dts_90k = gw_decode_time_next(&s->time, frame->pts_90k, frame->key),
        .duration_90k = gw_decode_time_duration(&s->time),
        .ordinal = s->units++,
    };
    s->counted = true;
    s->next_seq = frame->seq + 1;
    spread(s, &unit);
}

void gw_stream_forget_gop(struct gw_stream *s)
{
    gw_gop_shelf_clear(s->shelf, &s->gop);
    s->fed = false;

    // What comes next may count its time from zero again.
    if (s->params)
        gw_decode_time_init(&s->time, s->params->reorder, s->params->interval_90k);
    else
        gw_decode_time_init(&s->time, GW_SPS_REORDER_UNKNOWN, 0);
}

void gw_stream_add(struct gw_stream *s, struct gw_subscription *sub)
{
    sub->stream = s;
    sub->next = s->subscriptions;
    s->subscriptions = sub;
    gw_gop_shelf_watch(s->shelf, &s->gop, ++s->open);
}

void gw_stream_end(struct gw_stream *s, struct gw_subscription *sub)
{
    sub->ended = true;
    gw_gop_shelf_watch(s->shelf, &s->gop, --s->open);
}

// A player can be set up before its first key frame.
static void replay_config(struct gw_stream *s, struct gw_subscription *sub)
{
    struct made made = { 0 };
    if (sub->on_packet && s->params)
        (void)send_config(s, sub, s->params, 0, &made); // else the key frame does it
    made_finish(&made);
}

void gw_stream_replay(struct gw_stream *s, struct gw_subscription *sub)
{
    assert(s->busy > 0); // so that the subscription outlives its callbacks
    // A callback may forget the GOP; then the reader says that there is no more.
    struct gw_gop_reader reader = gw_gop_read(&s->gop);
    struct gw_unit unit;
    int r = 0;
    bool takes = true; // who does not take the key frame takes none
    gw_gop_shelf_hold(s->shelf);
    while (takes && !sub->ended && !(r = gw_gop_read_next(&reader, &unit))) {
        struct made made = { .replay = true };
        deliver(s, sub, &unit, &made);
        takes = sub->started;
        made_finish(&made);
        gw_params_unref(&unit.params);
        gw_frame_unref(&unit.frame);
    }
    gw_gop_shelf_release(s->shelf);
    if (r == -ENOMEM) {
        s->stats->unpackaged++;
        sub->started = false; // it goes on at a key frame
    }
    if (!sub->ended && !sub->params)
        replay_config(s, sub); // nothing of it was cached, or wanted
}
