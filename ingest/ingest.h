// Pulls RTSP cameras on one shard: says who is connected and delivers their
// access units.
//
// It joins the parts that decide (fleet.h: whom to pull and when; rtsp_client.h:
// what to say to a camera; both without I/O and clock) with sockets and timers
// of a libuv loop (session.h). One object a shard; all calls on its thread.
#ifndef GW_INGEST_INGEST_H
#define GW_INGEST_INGEST_H

#include "base/frame.h"
#include "base/source.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct gw_ingest;

struct gw_ingest_config {
    uint64_t linger_us;          // a stream nobody wants any more is kept this long
    uint64_t connect_timeout_us; // name, TCP, and each RTSP answer
    uint64_t stall_us;           // a silent camera is given up after this
    uint64_t backoff_min_us;     // wait after the first failure
    uint64_t backoff_max_us;     // and at most, before jitter
    uint64_t seed;               // of the jitter
    bool audio;                  // is set up beside the video; off by default

    // Ours for media by UDP, the pairs' second ones included; 0..0: any.
    uint16_t first_udp_port;
    uint16_t last_udp_port;

    // A frame of `stream`. Borrowed for the call: take a reference to keep it.
    void (*on_frame)(void *arg, uint32_t stream, struct gw_frame *frame);

    // The status of a stream changed. Borrowed for the call.
    void (*on_status)(void *arg, const struct gw_source_status *status);
    void *arg;
};

// Sensible figures; the caller sets seed, callbacks and arg.
struct gw_ingest_config gw_ingest_config_default(void);

struct gw_ingest_stats {
    uint64_t bytes;             // received on RTSP connections
    uint64_t garbage;           // of these, between the units of RTSP
    uint64_t frames;            // access units delivered
    uint64_t packets_lost;      // gaps in RTP sequence numbers
    uint64_t packets_malformed; // dropped, the stream went on
    uint64_t packets_reordered; // by UDP: put back in order
    uint64_t packets_late;      // too late or doubled: dropped
    uint64_t packets_strange;   // by UDP, from somebody else: dropped
    uint64_t reports_sent;      // receiver reports (RTCP)
    uint64_t frames_dropped;    // access units given up because of the two above
    uint64_t attempts;          // connection attempts
    uint64_t failures;          // of these, and of live streams
    uint32_t sessions;          // connections now
    uint32_t live;              // streams live now
};

// Returns 0, -ENOMEM or a libuv error. `config` is copied.
int gw_ingest_create(uv_loop_t *loop, const struct gw_ingest_config *config,
                     struct gw_ingest **ret_ingest);

// Says that somebody wants `stream` (true) or nobody any more (false: it is
// pulled for `linger_us` longer). `url` may carry user and password; it is
// copied. On a stream that is already wanted under another URL the connection is
// made anew. Errors of the URL show in the status, as those of the camera do.
// Returns 0 or -ENOMEM.
int gw_ingest_want(struct gw_ingest *in, uint32_t stream, const char *url);
void gw_ingest_unwant(struct gw_ingest *in, uint32_t stream);

// Returns 0, or -ENOENT for a stream that is neither wanted nor lingering.
int gw_ingest_status(const struct gw_ingest *in, uint32_t stream,
                     struct gw_source_status *ret_status);

void gw_ingest_stats(const struct gw_ingest *in, struct gw_ingest_stats *ret_stats);

// Says TEARDOWN where a session stands, closes all sockets and frees `in` once
// the loop has run the close callbacks; no callback of ours comes afterwards.
// NULL is allowed.
void gw_ingest_destroy(struct gw_ingest *in);

#endif
