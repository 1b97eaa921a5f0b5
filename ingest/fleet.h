// Decides which streams of one shard are pulled, and when a connection is made:
// on demand, with a linger after the last viewer, and a jittered exponential back-off
// after failures. When an attempt may begin, and whose comes first, it leaves to the
// admission that all shards share (admission.h).
//
// It owns no socket and reads no clock: events and the time go in, actions come
// out. One thread. Each event costs O(log n) of the streams it knows.
//
// How it is driven: report what happens through the functions below, then call
// gw_fleet_run(), and again at gw_fleet_next_us(). on_connect, on_close and on_probed
// come from within gw_fleet_run() and the reports only; on_status comes from within
// any call that changes a status. From within on_connect and on_close, all functions
// but gw_fleet_run() and gw_fleet_destroy() may be called (a connection that fails at
// once is reported there and then); from within the others none that changes a
// stream.
//
// Back-off. Between two attempts of one stream lies a wait, drawn anew after each
// failure, never shorter than backoff_min_us. Its bound is lower for what somebody
// looks at, unless the cause will not go away by itself (a wrong password). When the
// host, the subnet or the whole network answers again, a wait is cut short, down to a
// least that doubles each time that this was in vain.
#ifndef GW_INGEST_FLEET_H
#define GW_INGEST_FLEET_H

#include "base/source.h"
#include "ingest/admission.h"

#include <stdbool.h>
#include <stdint.h>

struct gw_fleet;

struct gw_fleet_config {
    uint64_t linger_us;           // a stream nobody wants any more is kept this long
    uint64_t backoff_min_us;      // wait after the first failure, at least; > 0
    uint64_t backoff_max_us;      // and after any number of them, at most; >= min
    uint64_t backoff_wall_max_us; // the same with GW_PRIORITY_WALL
    uint64_t settled_us;          // live for this long: the failures before are forgotten
    uint64_t seed;                // of the jitter
    struct gw_admission *admission; // borrowed; outlives the fleet

    // Connect to `stream`. Answer with gw_fleet_on_connected() or _on_failed(),
    // at once or later; a probe's success is gw_fleet_on_probed() instead. `url` is
    // borrowed for the call.
    void (*on_connect)(void *arg, uint32_t stream, const char *url, bool probe);

    // Close the connection of `stream`, or give up its attempt; report nothing
    // more about it. Another on_connect of the same stream may follow.
    void (*on_close)(void *arg, uint32_t stream);

    // The status of `stream` changed. Borrowed for the call. IDLE is the last
    // one of a stream: the fleet has forgotten it, and so may the caller.
    void (*on_status)(void *arg, const struct gw_source_status *status);

    // A probe's outcome: GW_CAUSE_NONE, or why the camera is not to be had. Not told
    // where somebody wants the stream meanwhile: on_status says more.
    void (*on_probed)(void *arg, uint32_t stream, enum gw_cause cause);

    // As gw_admission_enter()'s: from any thread, see to it that gw_fleet_run() is
    // called soon. NULL: this fleet is the admission's only client.
    void (*on_wake)(void *arg);
    void *arg;
};

struct gw_fleet_stats {
    uint64_t attempts;       // connections begun, probes included
    uint64_t failures;       // of these, and of streams that were waiting or live
    uint64_t probes;         // of the attempts
    uint64_t probe_failures; // of the failures
    uint64_t recalls;        // waits that were cut short
    uint32_t streams;        // wanted, lingering, or to be probed
    uint32_t queued;         // wait for their turn to connect
    uint32_t connecting;     // attempts under way
    uint32_t connected;      // sessions that stand: waiting or live
    uint32_t live;           // of these
};

// Sensible figures; the caller sets admission, seed, callbacks and arg.
struct gw_fleet_config gw_fleet_config_default(void);

// Returns 0 or -ENOMEM. `config` is copied.
int gw_fleet_create(const struct gw_fleet_config *config, struct gw_fleet **ret_fleet);

// Forgets all streams without a callback. NULL is allowed.
void gw_fleet_destroy(struct gw_fleet *f, uint64_t now_us);

// Somebody wants `stream`, this urgently (not GW_PRIORITY_PROBE); `url` is copied. A
// connection under another URL is closed and made anew without back-off. Otherwise a
// stream that is already wanted changes its priority, wherever it waits, and keeps
// what it has. It does not count: one unwant ends any number of wants.
// Returns 0 or -ENOMEM (nothing changed).
int gw_fleet_want(struct gw_fleet *f, uint32_t stream, const char *url,
                  enum gw_priority priority, uint64_t now_us);

// Asks `stream` once whether it answers, behind everybody else, and without a pull:
// on_probed tells. Returns 0, -EALREADY for a stream that is known anyway (pulled,
// waiting for its back-off, or being probed), or -ENOMEM.
int gw_fleet_probe(struct gw_fleet *f, uint32_t stream, const char *url, uint64_t now_us);

// Nobody wants `stream` any more: what is connected is kept for linger_us, no
// attempt is begun. After a failure it is remembered until the next attempt would
// have been due, so that asking again and again does not outrun the back-off.
// A stream that is not known is ignored.
void gw_fleet_unwant(struct gw_fleet *f, uint32_t stream, uint64_t now_us);

// The same without linger or memory: it is not a stream that is pulled any more.
void gw_fleet_drop(struct gw_fleet *f, uint32_t stream, uint64_t now_us);

// The answers to on_connect, and what becomes of the connection later. A report
// that cannot be (a stream that has no connection) is ignored: it crossed with an
// on_close. `rtsp_status` counts with GW_CAUSE_STATUS, else it is 0.
void gw_fleet_on_connected(struct gw_fleet *f, uint32_t stream, uint64_t now_us);
void gw_fleet_on_probed(struct gw_fleet *f, uint32_t stream, uint64_t now_us);
void gw_fleet_on_first_frame(struct gw_fleet *f, uint32_t stream, uint64_t now_us);
void gw_fleet_on_failed(struct gw_fleet *f, uint32_t stream, enum gw_cause cause,
                        uint16_t rtsp_status, uint64_t now_us);

// Carries out what is due. `now_us` never goes back.
void gw_fleet_run(struct gw_fleet *f, uint64_t now_us);

// When gw_fleet_run() has something to do next: a time in the past means now,
// UINT64_MAX means not before the next event.
uint64_t gw_fleet_next_us(const struct gw_fleet *f);

// Returns 0, or -ENOENT for a stream that is neither wanted nor lingering.
int gw_fleet_status(const struct gw_fleet *f, uint32_t stream,
                    struct gw_source_status *ret_status);

void gw_fleet_stats(const struct gw_fleet *f, struct gw_fleet_stats *ret_stats);

#endif
