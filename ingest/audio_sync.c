#include "ingest/audio_sync.h"

#include <stdlib.h>

void gw_audio_sync_restart(struct gw_audio_sync *s)
{
    s->placed = false;
}

// When the camera took it; 0: not known. A clock that is ahead of ours says "when it
// arrived", which is worth no more than the arrival.
static uint64_t taken_of(const struct gw_frame *frame)
{
    return frame->taken_unix_us < frame->arrived_unix_us ? frame->taken_unix_us : 0;
}

void gw_audio_sync_video(struct gw_audio_sync *s, const struct gw_frame *frame)
{
    s->has_video = true;
    s->video_pts_90k = frame->pts_90k;
    s->video_arrived_us = frame->arrived_us;
    s->video_taken_unix_us = taken_of(frame);
}

static int64_t ticks_between(uint64_t from_us, uint64_t to_us)
{
    return (int64_t)(to_us - from_us) * 9 / 100;
}

// Looks whether the offset still holds.
static void measure(struct gw_audio_sync *s, const struct gw_frame *frame)
{
    uint64_t taken_unix_us = taken_of(frame);
    bool by_reports = s->video_taken_unix_us && taken_unix_us;

    // What reports once said is not given up for what arrival says.
    if (s->placed && s->by_reports && !by_reports)
        return;
    int64_t since = by_reports ? ticks_between(s->video_taken_unix_us, taken_unix_us)
                               : ticks_between(s->video_arrived_us, frame->arrived_us);
    int64_t offset = s->video_pts_90k + since - frame->pts_90k;
    int64_t limit =
        by_reports ? GW_AUDIO_SYNC_REPORTS_MAX_90K : GW_AUDIO_SYNC_ARRIVAL_MAX_90K;
    bool out = llabs(offset - s->offset_90k) > limit;

    s->out = out ? s->out + 1 : 0;
    if (!s->placed || s->out == GW_AUDIO_SYNC_CONFIRM) {
        s->offset_90k = offset;
        s->out = 0;
    }
    s->by_reports = by_reports;
    s->placed = true;
}

bool gw_audio_sync_place(struct gw_audio_sync *s, struct gw_frame *frame)
{
    if (!s->has_video)
        return false;
    measure(s, frame);

    int64_t pts = frame->pts_90k + s->offset_90k;
    if (pts < 0 || (s->begun && pts <= s->last_90k))
        return false;
    frame->pts_90k = pts;
    s->last_90k = pts;
    s->begun = true;
    return true;
}
