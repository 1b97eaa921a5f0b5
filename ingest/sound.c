#include "ingest/sound.h"

#include "base/log.h"

void gw_sound_start(struct gw_sound *s, uint32_t stream,
                    const struct gw_audio_track_config *config,
                    const struct gw_media_format *audio)
{
    int r = s->track ? 0 : gw_audio_track_create(config, &s->track);

    if (!r)
        r = gw_audio_track_start(s->track, audio);
    if (r)
        gw_log(GW_LOG_WARN, "audio_left_out", "stream=%u codec=%d error=%d", stream,
               (int)audio->codec, r);
}

void gw_sound_packet(struct gw_sound *s, const void *data, size_t len, uint64_t now_us,
                     uint64_t unix_us)
{
    if (s->track)
        gw_audio_track_packet(s->track, data, len, now_us, unix_us);
}

void gw_sound_report(struct gw_sound *s, const struct gw_rtcp_sender_report *report)
{
    if (s->track)
        gw_audio_track_report(s->track, report);
}

void gw_sound_stop(struct gw_sound *s)
{
    if (s->track)
        gw_audio_track_stop(s->track);
}

void gw_sound_video(struct gw_sound *s, struct gw_frame *frame)
{
    if (s->track)
        gw_audio_track_video(s->track, frame);
}

void gw_sound_finish(struct gw_sound *s)
{
    gw_audio_track_destroy(s->track);
    s->track = NULL;
}
