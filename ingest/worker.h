// One source that libavformat opens (RTMP, HTTP-FLV, HLS, MPEG-TS, SRT, files), in a
// process of its own: gridwall-source, which pushes it to us by RTSP over a socket that
// we gave it. What a hostile stream does to libavformat, a crash or an endless loop,
// ends with that process; RTP is read by our own code, as a camera's is.
//
// For its owner a worker is what a session (session.h) is: it says that it is set up,
// brings packets, and fails with a cause. On the loop's thread.
//
//   RUNNING --- the worker hung up ---> ENDING --- it ended: cause by its status --->
//   gone
//      |  silent, refused, closed          |  too slow
//      +----------- killed <---------------+
#ifndef GW_INGEST_WORKER_H
#define GW_INGEST_WORKER_H

#include "base/list.h"
#include "base/source.h"
#include "base/stream_url.h"
#include "ingest/media.h"
#include "ingest/push_link.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum {
    GW_WORKERS_MAX = 64,            // at once, where the settings say nothing
    GW_WORKER_END_US = 1000 * 1000, // to end by itself, then it is killed
    GW_WORKER_SAID_MAX = 512,       // bytes of its last words that are kept
};

struct gw_worker;

// How many workers there may be, of all shards together. Any thread.
struct gw_worker_budget {
    uint32_t max;
    atomic_uint running;
};

struct gw_worker_stats {
    uint64_t started;
    uint64_t crashed; // ended as no worker does by itself
    uint64_t hung;    // killed because they were silent
    uint64_t refused; // not started: over the budget, or it could not be
    uint32_t running;
};

// Workers that share a loop. Read `stats`, and the times and bytes of `links`.
struct gw_workers {
    uv_loop_t *loop;
    const char *program;             // borrowed: path of gridwall-source
    const char *files_dir;           // borrowed; "": no files are played
    struct gw_worker_budget *budget; // borrowed; NULL: there are none
    struct gw_push_links links;
    struct gw_list all;
    struct gw_worker_stats stats;

    void (*on_empty)(void *arg); // the last worker is gone
    void *arg;
};

// Returns 0 or -ENOMEM. The caller sets program, files_dir, budget, on_empty and arg.
int gw_workers_init(struct gw_workers *g, uv_loop_t *loop);

// None may be left.
void gw_workers_finish(struct gw_workers *g);

bool gw_workers_are_gone(const struct gw_workers *g);

// What did not come in time is killed. May end any worker.
void gw_workers_tick(struct gw_workers *g, uint64_t now_us);

struct gw_worker_config {
    uint64_t timeout_us; // until the address is open
    uint64_t stall_us;   // without a video packet
    bool audio;          // is wanted too, where there is one

    // As in session.h. Anything but GW_CAUSE_NONE refuses it.
    enum gw_cause (*on_setup)(void *arg, const struct gw_media_format *media,
                              size_t count);
    bool (*on_packet)(void *arg, enum gw_media_kind kind, const void *data, size_t len);

    // Not NULL: a probe. The source could be opened and shows a video; that was all, and
    // the worker ends as after on_failed.
    void (*on_described)(void *arg);

    // It is over, and not by gw_worker_close(). The worker frees itself: forget it. No
    // other callback follows. `said` is for the log: its last words, which come from
    // outside, or what killed it; "" when it was we.
    void (*on_failed)(void *arg, enum gw_cause cause, const char *said);
    void *arg;
};

// Starts one. `url` (as text, credentials included) is borrowed for the call. Callbacks
// come from the loop, not from within. Returns 0; -ENOBUFS over the budget; or another
// negative errno when it could not be started.
int gw_worker_open(struct gw_workers *g, const char *url,
                   const struct gw_worker_config *config, struct gw_worker **ret_worker);

// Ends it: SIGTERM, and SIGKILL to one that goes on. No callback comes any more; it frees
// itself.
void gw_worker_close(struct gw_worker *w);

#endif
