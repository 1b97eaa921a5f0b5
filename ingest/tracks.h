// The tracks of one stream, whichever way its packets come: the video, and the audio
// beside it where there is one. The audio's track exists from the first session on that
// sets an audio up: most streams have none, and it costs them a pointer.
//
// They live over any number of sessions. No I/O, no clock; one thread.
#ifndef GW_INGEST_TRACKS_H
#define GW_INGEST_TRACKS_H

#include "ingest/audio_track.h"
#include "ingest/video_track.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_tracks_config {
    uint32_t stream; // for the log

    // A frame of the video, or of the audio, with all fields set. Borrowed for the call:
    // take a reference to keep it. Neither may call back into the tracks.
    void (*on_picture)(void *arg, struct gw_frame *frame);
    void (*on_sound)(void *arg, struct gw_frame *frame);
    void *arg;
};

// Embedded by value; not to be moved. Read `video`; all zero: not there.
struct gw_tracks {
    struct gw_tracks_config config;
    struct gw_video_track *video;
    struct gw_audio_track *audio; // NULL: there was none yet
};

// Returns 0 or -ENOMEM. `config` is copied.
int gw_tracks_init(struct gw_tracks *t, const struct gw_tracks_config *config);

// Begins a session of these media, borrowed for the call. Returns what
// gw_video_track_start() returns. An audio that we cannot carry is logged and left out:
// it never costs the video.
int gw_tracks_start(struct gw_tracks *t, const struct gw_media_format *media,
                    size_t count);

// An RTP packet of a medium. Returns whether a picture is whole with it: see
// gw_video_track_packet().
bool gw_tracks_packet(struct gw_tracks *t, enum gw_media_kind kind, const void *data,
                      size_t len, uint64_t now_us, uint64_t unix_us);

// A report of a medium's sender.
void gw_tracks_report(struct gw_tracks *t, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report);

// Adds what its audio counted so far.
void gw_tracks_add_audio_stats(const struct gw_tracks *t,
                               struct gw_audio_track_stats *sum);

// All zero is allowed. Not from within a callback.
void gw_tracks_finish(struct gw_tracks *t);

#endif
