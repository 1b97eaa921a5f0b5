#include "ingest/audio_sync.h"

void gw_audio_sync_restart(struct gw_audio_sync *s)
{
    s->placed = false;
}

void gw_audio_sync_video(struct gw_audio_sync *s, const struct gw_frame *frame)
{
    s->has_video = true;
    s->video_pts_90k = frame->pts_90k;
    s->video_arrived_us = frame->arrived_us;
    s->video_taken_unix_us = frame->taken_unix_us;
}

static int64_t ticks_between(uint64_t from_us, uint64_t to_us)
{
    return (int64_t)(to_us - from_us) * 9 / 100;
}

// Where the offset should be.
static int64_t measure(const struct gw_audio_sync *s, const struct gw_frame *frame,
                       bool by_reports)
{
    int64_t since = by_reports
                        ? ticks_between(s->video_taken_unix_us, frame->taken_unix_us)
                        : ticks_between(s->video_arrived_us, frame->arrived_us);
    return s->video_pts_90k + since - frame->pts_90k;
}

bool gw_audio_sync_place(struct gw_audio_sync *s, struct gw_frame *frame)
{
    if (!s->has_video)
        return false;

    bool by_reports = s->video_taken_unix_us && frame->taken_unix_us;
    // What reports once said is not given up for what arrival says.
    if (!s->placed || by_reports || !s->by_reports) {
        int64_t offset = measure(s, frame, by_reports);
        int64_t out =
            offset > s->offset_90k ? offset - s->offset_90k : s->offset_90k - offset;
        int64_t limit =
            by_reports ? GW_AUDIO_SYNC_REPORTS_MAX_90K : GW_AUDIO_SYNC_ARRIVAL_MAX_90K;
        if (!s->placed || out > limit)
            s->offset_90k = offset;
        s->by_reports = by_reports;
        s->placed = true;
    }

    int64_t pts = frame->pts_90k + s->offset_90k;
    if (pts < 0 || (s->begun && pts <= s->last_90k))
        return false;
    frame->pts_90k = pts;
    s->last_90k = pts;
    s->begun = true;
    return true;
}
