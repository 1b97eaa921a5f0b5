// One camera stream's video: RTP packets in, access units out.
//
// It joins the RTP header (rtp.h), the access unit with its payload format
// (access_unit.h) and the timeline (timeline.h). A track lives as long as the stream is
// pulled, over any number of RTSP sessions: sequence numbers and presentation times go
// on. It does no I/O and reads no clock; one thread. Between access units it holds under
// GW_VIDEO_TRACK_IDLE_MAX bytes and the parameter sets in force.
//
// What leaves it can be decoded: in each session nothing before the first key
// frame, and never an access unit that lacks a part. After a loss the frames that
// follow are passed on at once and the gap shows in `seq`: see access_unit.h.
#ifndef GW_INGEST_VIDEO_TRACK_H
#define GW_INGEST_VIDEO_TRACK_H

#include "base/frame.h"
#include "base/source.h"
#include "ingest/media.h"
#include "ingest/rtcp.h"
#include "ingest/tolerance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_VIDEO_TRACK_IDLE_MAX = 1024, // bytes

    // Frames from one packet: one that its new timestamp ends, and its own.
    GW_VIDEO_TRACK_FRAMES_MAX = 2,
};

struct gw_video_track;

struct gw_video_track_config {
    // A frame with all fields set. Borrowed for the call: take a reference to
    // keep it. Must not call back into the track.
    void (*on_frame)(void *arg, struct gw_frame *frame);
    void *arg;
};

struct gw_video_track_stats {
    uint64_t packets;           // RTP packets of the right payload type
    uint64_t packets_ignored;   // of another payload type, or none can be taken
    uint64_t packets_lost;      // gaps in the sequence numbers
    uint64_t packets_late;      // doubled or out of order; dropped
    uint64_t packets_malformed; // dropped, the stream went on
    uint64_t frames;            // delivered
    uint64_t frames_dropped;    // lost, damaged, too large, out of memory, or
                                // of no use: ahead of a session's first key frame
    uint64_t frames_unsized;    // of the dropped: MJPEG that nothing says the size of
    uint64_t bytes;             // of the frames delivered
};

// Returns 0 or -ENOMEM. `config` is copied.
int gw_video_track_create(const struct gw_video_track_config *config,
                          struct gw_video_track **ret_track);

// Begins a new RTSP session; what was unfinished of the one before is dropped. The
// codec may be another one than before. To be called before the first packet.
// `video` is what the SDP says of it, borrowed for the call: a clock rate of 0 is
// taken as 90000, and params may be in any order; start codes in them and what is
// no parameter set are sorted out here.
// Returns 0; -ENOTSUP for a codec that is no video of ours, or -ENOMEM: packets may
// be fed all the same, and are ignored until the next session if they cannot be
// taken.
int gw_video_track_start(struct gw_video_track *t, const struct gw_media_format *video);

// Takes one RTP packet (header included; not RTCP). `data` is borrowed for the
// call, within which at most GW_VIDEO_TRACK_FRAMES_MAX frames are delivered.
// Nothing in a packet is an error of the caller: see the stats. `unix_us` is the
// same moment as `now_us`.
// Returns whether a picture is whole with it, also one that is of no use without the
// key frame or the parameter sets that are still to come: the line carries the video.
bool gw_video_track_packet(struct gw_video_track *t, const void *data, size_t len,
                           uint64_t now_us, uint64_t unix_us);

// Why the session is over, better known than by the line alone: UNSIZED instead of
// INCOMPLETE where no picture was whole because nothing said its size.
enum gw_cause gw_video_track_cause(const struct gw_video_track *t, enum gw_cause cause);

// Takes a sender report of the session: frames then say when they were taken.
void gw_video_track_report(struct gw_video_track *t,
                           const struct gw_rtcp_sender_report *report);

// What was put up with in its packets so far.
gw_tolerances gw_video_track_tolerated(const struct gw_video_track *t);

void gw_video_track_stats(const struct gw_video_track *t,
                          struct gw_video_track_stats *ret_stats);

// NULL is allowed. Not from within on_frame.
void gw_video_track_destroy(struct gw_video_track *t);

#endif
