// One camera stream's audio: RTP packets in, coded frames out, on the presentation
// timeline of the video beside it.
//
// AAC by RFC 3640 or as LATM (RFC 6416), G.711 A-law and u-law by RFC 3551 (8 kHz, one
// channel, as cameras send them), Opus by RFC 7587. It never holds up or ends the video.
// Like a video track it lives over any number of sessions; no I/O, reads no clock; one
// thread.
#ifndef GW_INGEST_AUDIO_TRACK_H
#define GW_INGEST_AUDIO_TRACK_H

#include "base/frame.h"
#include "ingest/media.h"
#include "ingest/rtcp.h"

#include <stddef.h>
#include <stdint.h>

enum {
    // Of G.711 and Opus: 120 ms of Opus at its highest rate and more than a second of
    // G.711 are less.
    GW_AUDIO_TRACK_FRAME_MAX = 8192, // bytes

    // A session that set an audio up and sends none for so long beside its pictures is
    // taken for silent: players wait for a track that was promised. Cameras whose
    // microphone is switched off are like that.
    GW_AUDIO_TRACK_SILENT_US = 3000000,
};

struct gw_audio_track;

struct gw_audio_track_config {
    // A frame with all fields set; `key` always. Borrowed for the call: take a reference
    // to keep it. Must not call back into the track.
    void (*on_frame)(void *arg, struct gw_frame *frame);
    void *arg;
};

struct gw_audio_track_stats {
    uint64_t packets;           // RTP packets of the right payload type
    uint64_t packets_ignored;   // of another payload type, or none can be taken
    uint64_t packets_lost;      // gaps in the sequence numbers
    uint64_t packets_late;      // doubled or out of order; dropped
    uint64_t packets_malformed; // dropped, the audio went on
    uint64_t frames;            // delivered
    uint64_t frames_dropped;    // not whole, or without a place beside the pictures
    uint64_t bytes;             // of the frames delivered
};

// Returns 0 or -ENOMEM. `config` is copied.
int gw_audio_track_create(const struct gw_audio_track_config *config,
                          struct gw_audio_track **ret_track);

// Begins a new session by what its SDP says, borrowed for the call. Returns 0;
// -ENOTSUP or -EBADMSG for what we cannot carry, or -ENOMEM: packets may be fed all the
// same, and are ignored until the next session.
int gw_audio_track_start(struct gw_audio_track *t, const struct gw_media_format *audio);

// Takes one RTP packet (header included; not RTCP), borrowed for the call. Nothing in
// it is an error of the caller. `unix_us` is the same moment as `now_us`.
void gw_audio_track_packet(struct gw_audio_track *t, const void *data, size_t len,
                           uint64_t now_us, uint64_t unix_us);

// Takes a sender report of the audio.
void gw_audio_track_report(struct gw_audio_track *t,
                           const struct gw_rtcp_sender_report *report);

// Ends what the session before said: there is no audio until one starts.
void gw_audio_track_stop(struct gw_audio_track *t);

// A frame of the video is about to be delivered: the audio's place is measured against
// it, and a key frame is told what the audio is (gw_frame.audio_codec).
void gw_audio_track_video(struct gw_audio_track *t, struct gw_frame *frame);

void gw_audio_track_stats(const struct gw_audio_track *t,
                          struct gw_audio_track_stats *ret_stats);

// NULL is allowed. Not from within on_frame.
void gw_audio_track_destroy(struct gw_audio_track *t);

#endif
