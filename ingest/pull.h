// A stream that this shard pulls: its connection (session.h), or its worker process for
// what is not RTSP (worker.h), and the tracks that make frames of what comes.
//
// When there is to be a connection is the fleet's business (fleet.h); here is how one is
// made: by which transport, over which others after it where a camera refuses or sends
// us elsewhere (pull_plan.h), and what its packets become. All on the loop's thread.
#ifndef GW_INGEST_PULL_H
#define GW_INGEST_PULL_H

#include "base/frame.h"
#include "base/rng.h"
#include "base/source.h"
#include "ingest/audio_track.h"
#include "ingest/delivery.h"
#include "ingest/session.h"
#include "ingest/video_track.h"
#include "ingest/worker.h"

#include <stdbool.h>
#include <stdint.h>

struct gw_pull;

struct gw_pull_stats {
    struct gw_video_track_stats video;
    struct gw_audio_track_stats audio;
    uint64_t fallbacks; // from UDP to TCP, by another connection
    uint64_t redirects; // followed
    uint32_t long_gop;  // open, with key frames that are seldom
};

struct gw_pulls_config {
    uint64_t connect_timeout_us; // name, TCP, and each RTSP answer
    uint64_t stall_us;           // a silent camera is given up after this
    bool audio;                  // is set up beside the video
    uint64_t seed;               // of client nonces and UDP ports

    // `stream` is the number that the pull was created with. None comes for a pull that
    // is closed, and none may open, close or destroy any.
    void (*on_connected)(void *arg, uint32_t stream); // media are set up
    void (*on_first_frame)(void *arg, uint32_t stream, uint64_t arrived_us);
    void (*on_frame)(void *arg, uint32_t stream, struct gw_frame *frame);
    void (*on_key_interval)(void *arg, uint32_t stream); // viewers should know it

    // It ended by itself, and is closed.
    void (*on_described)(void *arg, uint32_t stream); // it was a probe, and all is well
    void (*on_failed)(void *arg, uint32_t stream, enum gw_cause cause,
                      uint16_t rtsp_status);

    void (*on_empty)(void *arg); // the last connection or worker is gone
    void *arg;
};

// What the pulls of one shard share. The owner sets what session.h and worker.h leave to
// theirs, apart from callbacks.
struct gw_pulls {
    struct gw_pulls_config config;
    struct gw_session_group sessions;
    struct gw_workers workers;
    struct gw_rng rng;
    struct gw_pull_stats gone; // of those that were destroyed
};

// Returns 0, -ENOMEM or a libuv error. `config` is copied.
int gw_pulls_init(struct gw_pulls *all, uv_loop_t *loop,
                  const struct gw_pulls_config *config);

// No pull may be left, nor a connection or worker (on_empty). All zero is allowed.
void gw_pulls_finish(struct gw_pulls *all);

// Keep-alives and timeouts; to be called often while gw_pulls_are_open().
void gw_pulls_tick(struct gw_pulls *all, uint64_t now_us);

// Are there connections or workers, those that are ending included?
bool gw_pulls_are_open(const struct gw_pulls *all);

// Returns 0 or -ENOMEM.
int gw_pull_create(struct gw_pulls *all, uint32_t stream, struct gw_pull **ret_pull);

// Closes it. NULL is allowed.
void gw_pull_destroy(struct gw_pull *p);

// Begins an attempt; it must be closed. `url` is text, credentials and options
// included, and borrowed for the call; a `probe` ends once the camera has described its
// video. Callbacks come from the loop, not from within. Returns 0, or why there is no
// connection and will be none.
enum gw_cause gw_pull_connect(struct gw_pull *p, const char *url, bool probe,
                              uint64_t now_us);

// Ends it in an orderly way, if it is open.
void gw_pull_close(struct gw_pull *p);

// Borrowed as long as the pull lives.
const struct gw_delivery_figures *gw_pull_delivery(const struct gw_pull *p);

void gw_pull_video_stats(const struct gw_pull *p, struct gw_video_track_stats *ret_stats);

// All zero where there was no audio.
void gw_pull_audio_stats(const struct gw_pull *p, struct gw_audio_track_stats *ret_stats);

// Adds what it counted so far.
void gw_pull_add_stats(const struct gw_pull *p, struct gw_pull_stats *sum);

#endif
