// Puts an audio's times on the presentation timeline of the video beside it. Each has
// an RTP clock of its own; what both mean is in their sender reports where these are
// sane (taken_unix_us), else only in when they arrive. No I/O, reads no clock.
//
// The audio's own times say how far its frames are apart; only where they stand is
// measured, and measured anew only when it is out by more than is heard: a sound that
// is moved a little with every frame stutters.
#ifndef GW_INGEST_AUDIO_SYNC_H
#define GW_INGEST_AUDIO_SYNC_H

#include "base/frame.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    // Ticks out before the place is measured anew: by reports, and by arrival, which
    // jitters.
    GW_AUDIO_SYNC_REPORTS_MAX_90K = 9000,  // 100 ms
    GW_AUDIO_SYNC_ARRIVAL_MAX_90K = 45000, // 500 ms

    // Frames in a row that must be out: pictures that are shown out of order, or held up,
    // have single ones look so.
    GW_AUDIO_SYNC_CONFIRM = 16,
};

// Embedded by value; the fields are private. All zero: nothing is known.
struct gw_audio_sync {
    bool has_video;
    int64_t video_pts_90k; // of the latest frame
    uint64_t video_arrived_us;
    uint64_t video_taken_unix_us; // 0: not known

    bool placed; // offset_90k is set
    bool by_reports;
    int64_t offset_90k; // from the audio's own times to the video's
    unsigned out;       // frames in a row
    bool begun;         // last_90k is set
    int64_t last_90k;
};

// Another session or sender of the audio: its own times may stand elsewhere.
void gw_audio_sync_restart(struct gw_audio_sync *s);

void gw_audio_sync_video(struct gw_audio_sync *s, const struct gw_frame *frame);

// Sets frame->pts_90k, which holds the audio's own time, to that on the video's
// timeline; arrivals and taken_unix_us are set. False: it has no place there: no
// picture was here yet, or it would not be behind the one before. Drop it then.
bool gw_audio_sync_place(struct gw_audio_sync *s, struct gw_frame *frame);

#endif
