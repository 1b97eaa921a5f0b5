#include "ingest/tracks.h"

#include "base/log.h"

static void on_video_frame(void *arg, struct gw_frame *frame)
{
    struct gw_tracks *t = arg;
    if (t->audio)
        gw_audio_track_video(t->audio, frame);
    t->config.on_picture(t->config.arg, frame);
}

int gw_tracks_init(struct gw_tracks *t, const struct gw_tracks_config *config)
{
    const struct gw_video_track_config video = { .on_frame = on_video_frame, .arg = t };

    *t = (struct gw_tracks) { .config = *config };
    return gw_video_track_create(&video, &t->video);
}

static void start_audio(struct gw_tracks *t, const struct gw_media_format *format)
{
    const struct gw_audio_track_config audio = { .on_frame = t->config.on_sound,
                                                 .arg = t->config.arg };
    int r = t->audio ? 0 : gw_audio_track_create(&audio, &t->audio);

    if (!r)
        r = gw_audio_track_start(t->audio, format);
    if (r)
        gw_log(GW_LOG_WARN, "audio_left_out", "stream=%u codec=%d error=%d",
               t->config.stream, (int)format->codec, r);
}

int gw_tracks_start(struct gw_tracks *t, const struct gw_media_format *media,
                    size_t count)
{
    int r = 0;

    if (t->audio)
        gw_audio_track_stop(t->audio);
    for (size_t i = 0; i < count; i++) {
        if (media[i].kind == GW_MEDIA_VIDEO)
            r = gw_video_track_start(t->video, &media[i]);
        else
            start_audio(t, &media[i]);
    }
    return r;
}

bool gw_tracks_packet(struct gw_tracks *t, enum gw_media_kind kind, const void *data,
                      size_t len, uint64_t now_us, uint64_t unix_us)
{
    if (kind == GW_MEDIA_VIDEO)
        return gw_video_track_packet(t->video, data, len, now_us, unix_us);
    if (t->audio)
        gw_audio_track_packet(t->audio, data, len, now_us, unix_us);
    return false;
}

void gw_tracks_report(struct gw_tracks *t, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    if (kind == GW_MEDIA_VIDEO)
        gw_video_track_report(t->video, report);
    else if (t->audio)
        gw_audio_track_report(t->audio, report);
}

void gw_tracks_add_audio_stats(const struct gw_tracks *t,
                               struct gw_audio_track_stats *sum)
{
    struct gw_audio_track_stats one;

    if (!t->audio)
        return;
    gw_audio_track_stats(t->audio, &one);
    sum->packets += one.packets;
    sum->packets_ignored += one.packets_ignored;
    sum->packets_lost += one.packets_lost;
    sum->packets_late += one.packets_late;
    sum->packets_malformed += one.packets_malformed;
    sum->frames += one.frames;
    sum->frames_dropped += one.frames_dropped;
    sum->bytes += one.bytes;
}

void gw_tracks_finish(struct gw_tracks *t)
{
    gw_video_track_destroy(t->video);
    gw_audio_track_destroy(t->audio);
    t->video = NULL;
    t->audio = NULL;
}
