// The audio beside a stream's video, where there is one: a track that exists from the
// first session on that sets an audio up. Most streams have none, and it costs them a
// pointer. One thread.
#ifndef GW_INGEST_SOUND_H
#define GW_INGEST_SOUND_H

#include "ingest/audio_track.h"

#include <stddef.h>
#include <stdint.h>

// Embedded by value; all zero: there is none yet.
struct gw_sound {
    struct gw_audio_track *track;
};

// Begins a session's audio. One that we cannot carry is logged and left out: it never
// costs the video. `config` as for the track; the same for each session.
void gw_sound_start(struct gw_sound *s, uint32_t stream,
                    const struct gw_audio_track_config *config,
                    const struct gw_media_format *audio);

// As of the track; without one they do nothing.
void gw_sound_packet(struct gw_sound *s, const void *data, size_t len, uint64_t now_us,
                     uint64_t unix_us);
void gw_sound_report(struct gw_sound *s, const struct gw_rtcp_sender_report *report);
void gw_sound_stop(struct gw_sound *s);
void gw_sound_video(struct gw_sound *s, struct gw_frame *frame);

void gw_sound_finish(struct gw_sound *s);

#endif
