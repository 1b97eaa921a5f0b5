// Takes the streams that sources push to one shard: body cameras, drones, gateways
// of video conferences. Says who sends and delivers access units, as ingest.h does
// of cameras that are pulled. One object a shard; all calls on its thread.
//
// A stream that is wanted and does not come is RETRYING with GW_CAUSE_NOT_PUSHED:
// there is nobody we could call. One that comes is taken whether it is wanted or
// not, and reported.
#ifndef GW_INGEST_PUSH_H
#define GW_INGEST_PUSH_H

#include "base/frame.h"
#include "base/source.h"
#include "ingest/audio_track.h"
#include "ingest/rtsp_receiver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct gw_push;

struct gw_push_config {
    uint64_t timeout_us; // between the steps of a source that announces itself
    uint64_t stall_us;   // a silent source is given up after this
    bool audio;          // is taken beside the video, where there is one

    // Whose path is that? Sets *ret_stream unless it is UNKNOWN, and *ret_key, which
    // is borrowed until the next call and never NULL, for one that is HERE: without a key
    // ("") nobody gets in.
    enum gw_rtsp_source (*on_source)(void *arg, struct gw_rtsp_text path,
                                     uint32_t *ret_stream, const char **ret_key);

    // `stream` belongs to another shard: `fd` is the callee's; `request` (borrowed
    // for the call) is to be adopted with it there.
    void (*on_elsewhere)(void *arg, uint32_t stream, int fd, const void *request,
                         size_t len);
    void *source_arg; // of these two

    // As in ingest.h.
    void (*on_frame)(void *arg, uint32_t stream, struct gw_frame *frame);
    void (*on_status)(void *arg, const struct gw_source_status *status);
    void *arg;
};

struct gw_push_stats {
    uint64_t bytes;  // received
    uint64_t frames; // access units delivered
    struct gw_audio_track_stats audio;
    uint64_t packets_lost;      // gaps in RTP sequence numbers
    uint64_t packets_malformed; // dropped, the stream went on
    uint64_t frames_dropped;    // access units given up because of the two above
    uint64_t frames_unsized;    // of these: MJPEG that nothing says the size of
    uint64_t refused;           // connections that were over before they sent a picture
    uint32_t links;             // connections now
    uint32_t sources;           // of these, with a stream
};

// Returns 0, -ENOMEM or a libuv error. `config` is copied.
int gw_push_create(uv_loop_t *loop, const struct gw_push_config *config,
                   struct gw_push **ret_push);

// Takes over a connection, and a request that was read from it before (may be
// empty).
void gw_push_adopt(struct gw_push *push, int fd, const void *request, size_t len);

// Somebody wants the stream (true), or nobody any more. Returns 0 or -ENOMEM.
int gw_push_want(struct gw_push *push, uint32_t stream, bool wanted);

// What on_source says may have changed: a source that is not HERE any more, or has
// another key, is shut out.
void gw_push_recheck(struct gw_push *push);

void gw_push_stats(const struct gw_push *push, struct gw_push_stats *ret_stats);

// Closes all connections and frees `push` once the loop has run the close
// callbacks; no callback of ours comes afterwards. NULL is allowed.
void gw_push_destroy(struct gw_push *push);

#endif
