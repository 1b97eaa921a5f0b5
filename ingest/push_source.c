#include "ingest/push_source.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>

void gw_push_source_set(struct gw_push_source *s, enum gw_source_state state,
                        enum gw_cause cause)
{
    s->status.state = state;
    s->status.cause = cause;
    s->status.since_us = gw_clock_now_us();
    if (state == GW_SOURCE_LIVE)
        gw_log(GW_LOG_INFO, "source_live", "stream=%u", s->status.stream);
    else if (state == GW_SOURCE_RETRYING)
        gw_log(GW_LOG_WARN, "source_absent", "stream=%u cause=%s", s->status.stream,
               gw_cause_name(cause));
    s->all->on_status(s->all->arg, &s->status);
}

static void on_picture(void *arg, struct gw_frame *frame)
{
    struct gw_push_source *s = arg;

    if (s->status.state != GW_SOURCE_LIVE)
        gw_push_source_set(s, GW_SOURCE_LIVE, GW_CAUSE_NONE);
    s->all->on_frame(s->all->arg, s->status.stream, frame);
}

static void on_sound(void *arg, struct gw_frame *frame)
{
    struct gw_push_source *s = arg;
    s->all->on_frame(s->all->arg, s->status.stream, frame);
}

static void add_track_stats(struct gw_push_stats *sum, const struct gw_push_source *s)
{
    struct gw_video_track_stats stats;
    gw_video_track_stats(s->tracks.video, &stats);
    sum->frames += stats.frames;
    sum->packets_lost += stats.packets_lost;
    sum->packets_malformed += stats.packets_malformed;
    sum->frames_dropped += stats.frames_dropped;
    sum->frames_unsized += stats.frames_unsized;
    gw_tracks_add_audio_stats(&s->tracks, &sum->audio);
}

// What its track counted stays in the sum.
static void destroy_source(struct gw_push_source *s)
{
    if (s->tracks.video)
        add_track_stats(&s->all->gone, s);
    gw_tracks_finish(&s->tracks);
    free(s);
}

struct gw_push_source *gw_push_sources_get(const struct gw_push_sources *all,
                                           uint32_t stream)
{
    return gw_table_get(&all->by_stream, stream);
}

struct gw_push_source *gw_push_sources_need(struct gw_push_sources *all, uint32_t stream)
{
    struct gw_push_source *s = gw_table_get(&all->by_stream, stream);
    if (s)
        return s;
    s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->all = all;
    s->status.stream = stream;
    const struct gw_tracks_config config = {
        .stream = stream, .on_picture = on_picture, .on_sound = on_sound, .arg = s
    };
    if (gw_tracks_init(&s->tracks, &config) || gw_table_put(&all->by_stream, stream, s)) {
        destroy_source(s);
        return NULL;
    }
    return s;
}

void gw_push_sources_sweep(struct gw_push_sources *all)
{
    struct gw_push_source *s;
    for (size_t i = 0; (s = gw_table_next(&all->by_stream, &i));) {
        if (s->wanted || s->caller)
            continue;
        gw_table_remove(&all->by_stream, s->status.stream);
        gw_push_source_set(s, GW_SOURCE_IDLE, GW_CAUSE_NONE);
        destroy_source(s);
        i = 0; // removing moves entries
    }
}

void gw_push_sources_finish(struct gw_push_sources *all)
{
    struct gw_push_source *s;
    for (size_t i = 0; (s = gw_table_next(&all->by_stream, &i));)
        destroy_source(s);
    gw_table_finish(&all->by_stream);
}

void gw_push_sources_add_stats(const struct gw_push_sources *all,
                               struct gw_push_stats *sum)
{
    const struct gw_push_source *s;
    for (size_t i = 0; (s = gw_table_next(&all->by_stream, &i));)
        add_track_stats(sum, s);
}
