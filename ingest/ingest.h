// Pulls RTSP cameras, and what libavformat opens, on one shard: says who is connected
// and delivers their access units.
//
// It joins the parts that decide (fleet.h: whom to pull and when; rtsp_client.h:
// what to say to a camera; both without I/O and clock) with sockets and timers
// of a libuv loop (session.h) and with worker processes (worker.h). One object a shard;
// all calls on its thread.
#ifndef GW_INGEST_INGEST_H
#define GW_INGEST_INGEST_H

#include "base/frame.h"
#include "base/source.h"
#include "ingest/admission.h"
#include "ingest/audio_track.h"
#include "ingest/delivery.h"
#include "ingest/video_track.h"
#include "ingest/worker.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct gw_ingest;

struct gw_ingest_config {
    uint64_t linger_us;             // a stream nobody wants any more is kept this long
    uint64_t connect_timeout_us;    // name, TCP, and each RTSP answer
    uint64_t stall_us;              // a silent camera is given up after this
    uint64_t backoff_min_us;        // wait after the first failure
    uint64_t backoff_max_us;        // and at most
    uint64_t backoff_wall_max_us;   // at most, for what somebody looks at
    uint64_t seed;                  // of the jitter
    bool audio;                     // is set up beside the video; off by default
    struct gw_admission *admission; // borrowed; one for all shards

    // PEM file of the authorities that cameras' certificates are believed of; NULL: the
    // system's. Borrowed for gw_ingest_create().
    const char *ca_file;

    // Ours for media by UDP, the pairs' second ones included; 0..0: any.
    uint16_t first_udp_port;
    uint16_t last_udp_port;

    // Of sources that are not RTSP (worker.h). Borrowed as long as the object lives.
    const char *worker_program;             // path of gridwall-source
    const char *files_dir;                  // "": no files are played
    struct gw_worker_budget *worker_budget; // NULL: there are none

    // A frame of `stream`, of its video or its audio. Borrowed for the call: take a
    // reference to keep it.
    void (*on_frame)(void *arg, uint32_t stream, struct gw_frame *frame);

    // The status of a stream changed. Borrowed for the call.
    void (*on_status)(void *arg, const struct gw_source_status *status);

    // What became of gw_ingest_probe(): GW_CAUSE_NONE, or why there is no picture to
    // be had. Not told where the stream is wanted by then.
    void (*on_probed)(void *arg, uint32_t stream, enum gw_cause cause);
    void *arg;
};

// Sensible figures; the caller sets admission, seed, callbacks and arg.
struct gw_ingest_config gw_ingest_config_default(void);

struct gw_ingest_stats {
    uint64_t bytes;   // received on RTSP connections and from workers
    uint64_t garbage; // of these, between the units of RTSP
    uint64_t frames;  // access units delivered
    struct gw_audio_track_stats audio;
    uint64_t packets_lost;      // gaps in RTP sequence numbers
    uint64_t packets_malformed; // dropped, the stream went on
    uint64_t packets_reordered; // by UDP: put back in order
    uint64_t packets_late;      // too late or doubled: dropped
    uint64_t packets_strange;   // by UDP, from somebody else: dropped
    uint64_t reports_sent;      // receiver reports (RTCP)
    uint64_t fallbacks;         // between TCP and UDP
    uint64_t redirects;         // followed
    uint64_t frames_dropped;    // access units given up because of the two above
    uint64_t frames_unsized;    // of these: MJPEG that nothing says the size of
    uint64_t attempts;          // connection attempts, probes included
    uint64_t failures;          // of these, and of live streams
    uint64_t probes;            // of the attempts
    uint64_t probe_failures;    // of these
    uint64_t recalls;           // back-offs cut short because a network came back
    uint32_t sessions;          // connections now
    uint32_t live;              // streams live now
    uint32_t queued;            // streams that wait for their turn to connect
    uint32_t long_gop;          // connections to cameras with seldom key frames
    struct gw_worker_stats workers;
};

// Returns 0, -ENOENT when `ca_file` cannot be read, -ENOMEM or a libuv error. `config`
// is copied.
int gw_ingest_create(uv_loop_t *loop, const struct gw_ingest_config *config,
                     struct gw_ingest **ret_ingest);

// Says that somebody wants `stream` and how urgently (not GW_PRIORITY_PROBE), or that
// nobody wants it any more: it is pulled for `linger_us` longer. `url` may carry user
// and password; it is copied. On a stream that is already wanted under another URL the
// connection is made anew. Options may stand behind a # at its end: see pull_plan.h.
// Errors of the URL show in the status, as those of the
// camera do. Returns 0 or -ENOMEM.
int gw_ingest_want(struct gw_ingest *in, uint32_t stream, const char *url,
                   enum gw_priority priority);
void gw_ingest_unwant(struct gw_ingest *in, uint32_t stream);

// The same without linger: from the loop's next turn on nothing of it comes any more.
void gw_ingest_drop(struct gw_ingest *in, uint32_t stream);

// Finds out whether the camera would deliver (OPTIONS, DESCRIBE), without its video:
// on_probed tells. Returns 0, -EALREADY for a stream that is pulled or probed anyway,
// or -ENOMEM.
int gw_ingest_probe(struct gw_ingest *in, uint32_t stream, const char *url);

// Returns 0, or -ENOENT for a stream that is neither wanted nor lingering.
int gw_ingest_status(const struct gw_ingest *in, uint32_t stream,
                     struct gw_source_status *ret_status);

// What one stream delivered since it was wanted; all zero when it is not pulled.
struct gw_ingest_stream {
    struct gw_video_track_stats video;
    struct gw_audio_track_stats audio;
    struct gw_delivery_figures delivery;
};

void gw_ingest_stream(const struct gw_ingest *in, uint32_t stream,
                      struct gw_ingest_stream *ret_stream);

void gw_ingest_stats(const struct gw_ingest *in, struct gw_ingest_stats *ret_stats);

// Says TEARDOWN where a session stands, closes all sockets and frees `in` once
// the loop has run the close callbacks; no callback of ours comes afterwards.
// NULL is allowed.
void gw_ingest_destroy(struct gw_ingest *in);

#endif
