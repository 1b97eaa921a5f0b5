#include "mux/hub.h"

#include "base/table.h"
#include "mux/packager.h"
#include "mux/stream.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct gw_hub {
    struct gw_hub_config config;
    struct gw_hub_stats stats;
    struct gw_gop_shelf shelf;
    struct gw_table streams; // number -> struct gw_stream
};

struct gw_hub *gw_hub_create(const struct gw_hub_config *config)
{
    struct gw_hub *hub = calloc(1, sizeof(*hub));
    if (!hub)
        return NULL;
    hub->config = *config;
    gw_gop_shelf_init(&hub->shelf, config->gop_budget);
    gw_table_init(&hub->streams);
    return hub;
}

void gw_hub_destroy(struct gw_hub *hub)
{
    if (!hub)
        return;
    struct gw_stream *s;
    for (size_t i = 0; (s = gw_table_next(&hub->streams, &i));)
        gw_stream_destroy(s);
    gw_table_finish(&hub->streams);
    gw_gop_shelf_finish(&hub->shelf);
    free(hub);
}

// Returns the stream, made where it is not there yet, or NULL when out of memory.
static struct gw_stream *stream_at(struct gw_hub *hub, uint32_t number)
{
    struct gw_stream *s = gw_table_get(&hub->streams, number);
    if (s)
        return s;
    s = gw_stream_create(number, hub->config.gop_max_bytes, &hub->shelf, &hub->stats);
    if (!s)
        return NULL;
    if (gw_table_put(&hub->streams, number, s) < 0) {
        gw_stream_destroy(s);
        return NULL;
    }
    return s;
}

// Ends what a call did to a stream: it goes when neither fed nor watched.
static void settle(struct gw_hub *hub, struct gw_stream *s)
{
    if (s->busy)
        return;
    gw_stream_sweep(s);
    if (s->fed || s->open)
        return;
    gw_table_remove(&hub->streams, s->number);
    gw_stream_destroy(s);
}

static void say_demand(struct gw_hub *hub, struct gw_stream *s, bool wanted)
{
    s->busy++;
    if (hub->config.on_demand)
        hub->config.on_demand(hub->config.arg, s->number, wanted);
    s->busy--;
}

void gw_hub_publish(struct gw_hub *hub, uint32_t stream, struct gw_frame *frame)
{
    hub->stats.frames++;
    struct gw_stream *s = gw_table_get(&hub->streams, stream);
    if (!s && frame->key && !gw_codec_is_audio(frame->codec))
        s = stream_at(hub, stream);
    if (!s)
        return;
    gw_stream_publish(s, frame);
    settle(hub, s);
}

void gw_hub_forget_gop(struct gw_hub *hub, uint32_t stream)
{
    struct gw_stream *s = gw_table_get(&hub->streams, stream);
    if (!s)
        return;
    gw_stream_forget_gop(s);
    settle(hub, s);
}

// Takes over what `like` says; its stream and list fields are set here.
static int subscribe(struct gw_hub *hub, uint32_t stream,
                     const struct gw_subscription *like, void (*on_subscribed)(void *arg),
                     struct gw_subscription **ret_subscription)
{
    struct gw_subscription *sub = malloc(sizeof(*sub));
    if (!sub)
        return -ENOMEM;
    *sub = *like;
    struct gw_stream *s = stream_at(hub, stream);
    if (!s) {
        free(sub);
        return -ENOMEM;
    }

    gw_stream_add(s, sub);
    hub->stats.subscriptions++;
    *ret_subscription = sub; // before the callbacks, which may end it
    s->busy++;
    if (on_subscribed)
        on_subscribed(sub->arg);
    if (s->open == 1)
        say_demand(hub, s, true);
    gw_stream_replay(s, sub);
    s->busy--;
    settle(hub, s);
    return 0;
}

int gw_hub_subscribe_packets(struct gw_hub *hub, uint32_t stream,
                             const struct gw_packet_taker *taker,
                             struct gw_subscription **ret_subscription)
{
    assert(taker->form < GW_FORMS);
    struct gw_subscription like = {
        .on_packet = taker->on_packet,
        .on_refused = taker->on_refused,
        .form = taker->form,
        .audio = taker->audio,
        .from_us = taker->from_us,
        .arg = taker->arg,
        .hot = taker->hot,
    };
    return subscribe(hub, stream, &like, taker->on_subscribed, ret_subscription);
}

void gw_hub_want_audio(struct gw_subscription *s, bool audio)
{
    s->audio = audio;
    if (!gw_form_joins_config(s->form))
        gw_params_unref(&s->audio_params); // its config comes again
}

int gw_hub_subscribe_frames(struct gw_hub *hub, uint32_t stream,
                            void (*on_frame)(void *arg, struct gw_frame *frame),
                            void *arg, struct gw_subscription **ret_subscription)
{
    struct gw_subscription like = { .on_frame = on_frame, .arg = arg };
    return subscribe(hub, stream, &like, NULL, ret_subscription);
}

void gw_hub_unsubscribe(struct gw_hub *hub, struct gw_subscription **ps)
{
    struct gw_subscription *sub = *ps;
    *ps = NULL;
    if (!sub)
        return;
    struct gw_stream *s = sub->stream;
    gw_stream_end(s, sub);
    hub->stats.subscriptions--;
    if (s->open == 0)
        say_demand(hub, s, false);
    settle(hub, s);
}

void gw_hub_stream(const struct gw_hub *hub, uint32_t stream,
                   struct gw_hub_stream *ret_stream)
{
    const struct gw_stream *s = gw_table_get(&hub->streams, stream);

    *ret_stream = (struct gw_hub_stream) { 0 };
    if (!s)
        return;
    ret_stream->subscriptions = s->open;
    ret_stream->gop_frames = (uint32_t)s->gop.count;
    ret_stream->gop_bytes = s->gop.bytes;
}

void gw_hub_stats(const struct gw_hub *hub, struct gw_hub_stats *ret_stats)
{
    struct gw_gop_shelf_stats gop;

    gw_gop_shelf_stats(&hub->shelf, &gop);
    *ret_stats = hub->stats;
    ret_stats->streams = (uint32_t)hub->streams.count;
    ret_stats->gop_bytes = gop.bytes;
    ret_stats->gop_memory = gop.memory;
    ret_stats->gop_evicted = gop.evicted;
    ret_stats->gop_shed = gop.shed;
}
