// A whole RTSP session over real sockets, once for each of its allocations or system
// calls, which then fails:
//   test_faults_ingest alloc|calls SCRIPT COUNT SPREAD
//
// With SPREAD 0 each of the first COUNT fails. Else fewer do towards the end, where
// they repeat themselves: after the nth comes the one n / SPREAD further on.
//
// Property, each time: nothing crashes; a stream that is not live says why; it comes
// back; and when all is closed, all memory and every descriptor was given back.

#include "base/clock.h"
#include "base/log.h"
#include "ingest/ingest.h"
#include "tests/camera/camera.h"
#include "tests/faults/alloc.h"
#include "tests/faults/calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    STREAM = 1,
    PATIENCE_MS = 20 * 1000, // for one session
    READ_MAX = 48,           // bytes: a session makes thousands of calls
};

struct world {
    uv_loop_t loop;
    uv_timer_t watchdog;
    bool late;
    struct camera *camera;
    char url[128];
    bool calls; // fail, else allocations

    // Of one session.
    struct gw_admission *admission;
    struct gw_ingest *ingest;
    uint64_t frames;
    uint64_t frames_since; // the failure
    bool explained;        // a status said why the stream is not live
    enum gw_cause cause;   // the first that was said
    struct gw_source_status status;
};

static bool fired(const struct world *w)
{
    return w->calls ? calls_fired() : alloc_fired();
}

static void on_frame(void *arg, uint32_t stream, struct gw_frame *frame)
{
    struct world *w = arg;
    (void)stream;
    (void)frame;
    w->frames++;
    w->frames_since += fired(w);
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    struct world *w = arg;
    w->status = *status;
    if (status->state == GW_SOURCE_RETRYING && !w->explained) {
        w->explained = status->cause != GW_CAUSE_NONE;
        w->cause = status->cause;
    }
}

static void on_rest(void *arg)
{
    (void)arg; // the script never does
}

static void on_watchdog(uv_timer_t *timer)
{
    struct world *w = timer->data;
    w->late = true;
}

// Creates and wants; what cannot be done for want of memory is said by an error, and
// works the second time.
static bool begin(struct world *w)
{
    struct gw_ingest_config config = gw_ingest_config_default();
    config.admission = w->admission;
    config.linger_us = 0;
    config.backoff_min_us = GW_MS;
    config.backoff_max_us = GW_MS;
    config.on_frame = on_frame;
    config.on_status = on_status;
    config.arg = w;

    int r = gw_ingest_create(&w->loop, &config, &w->ingest);
    if (r && fired(w))
        r = gw_ingest_create(&w->loop, &config, &w->ingest);
    if (r)
        return false;
    r = gw_ingest_want(w->ingest, STREAM, w->url, GW_PRIORITY_WALL);
    if (r && fired(w))
        r = gw_ingest_want(w->ingest, STREAM, w->url, GW_PRIORITY_WALL);
    return !r;
}

static bool is_back(const struct world *w)
{
    return w->status.state == GW_SOURCE_LIVE && w->frames_since > 0;
}

// Returns whether the failure came and went as it should.
static bool run_session(struct world *w, uint64_t nth)
{
    bool good = begin(w);
    while (good && !w->late && !is_back(w))
        uv_run(&w->loop, UV_RUN_ONCE);
    if (!good || w->late) {
        fprintf(stderr,
                "%" PRIu64 " %s: fired %d, frames %" PRIu64 ", then %" PRIu64
                ", state %s, cause %s\n",
                nth, calls_what(), fired(w), w->frames, w->frames_since,
                gw_source_state_name(w->status.state), gw_cause_name(w->status.cause));
        good = false;
    }
    gw_ingest_destroy(w->ingest);
    (void)uv_timer_stop(&w->watchdog);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    return good;
}

// Which words fit a failure: an allocation is ours; a call may be the network's.
static bool cause_fits(const struct world *w)
{
    if (!w->explained)
        return true;
    return w->calls || w->cause == GW_CAUSE_OUR_LIMIT;
}

// A session with that failure, from beginning to end.
static bool fail_one(struct world *w, uint64_t nth)
{
    struct gw_admission_config limits = gw_admission_config_default();
    if (gw_admission_create(&limits, &w->admission))
        return false;
    w->ingest = NULL;
    w->late = false;
    w->frames = 0;
    w->frames_since = 0;
    w->explained = false;
    w->status = (struct gw_source_status) { 0 };
    (void)uv_timer_start(&w->watchdog, on_watchdog, PATIENCE_MS, 0);
    if (w->calls)
        calls_arm(nth, (unsigned)(nth / 3), READ_MAX);
    else
        alloc_arm(nth);
    bool good = run_session(w, nth);
    (void)calls_disarm();
    (void)alloc_disarm();
    gw_admission_destroy(w->admission);
    return good;
}

static bool try_one(struct world *w, uint64_t nth)
{
    int64_t held = alloc_held();
    unsigned sockets = calls_sockets();
    bool good = fail_one(w, nth);

    if (good && !cause_fits(w)) {
        fprintf(stderr, "%" PRIu64 ": cause %s\n", nth, gw_cause_name(w->cause));
        good = false;
    }
    if (alloc_held() != held) {
        fprintf(stderr, "%" PRIu64 " %s: %" PRId64 " blocks not given back\n", nth,
                calls_what(), alloc_held() - held);
        good = false;
    }
    if (calls_sockets() != sockets) {
        fprintf(stderr, "%" PRIu64 " %s: sockets left open\n", nth, calls_what());
        good = false;
    }
    return good;
}

static bool try_all(struct world *w, uint64_t count, uint64_t spread)
{
    uint64_t failures = 0;
    uint64_t tried = 0;

    // What a loop and a library keep for good is allocated by the first session.
    (void)fail_one(w, count);
    for (uint64_t nth = 0; nth < count && failures < 10;
         nth += 1 + (spread ? nth / spread : 0)) {
        failures += !try_one(w, nth);
        tried++;
    }
    printf("%" PRIu64 " sessions, %" PRIu64 " not as they should\n", tried, failures);
    return tried && !failures;
}

int main(int argc, char **argv)
{
    static struct world w;
    struct camera_script script;

    alloc_begin();
    if (argc != 5) {
        fprintf(stderr, "usage: %s alloc|calls SCRIPT COUNT SPREAD\n", argv[0]);
        return 2;
    }
    gw_log_set_level(GW_LOG_ERROR);
    w.calls = strcmp(argv[1], "calls") == 0;
    w.watchdog.data = &w;
    if (camera_script_read(argv[2], &script) || uv_loop_init(&w.loop) ||
        uv_timer_init(&w.loop, &w.watchdog) ||
        camera_start(&script, on_rest, &w, &w.camera))
        return 2;
    (void)snprintf(w.url, sizeof(w.url), "rtsp://admin:topsecret@127.0.0.1:%u/video",
                   camera_port(w.camera));

    bool good = try_all(&w, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));

    uv_close((uv_handle_t *)&w.watchdog, NULL);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    (void)camera_finish(w.camera);
    camera_destroy(w.camera);
    camera_script_finish(&script);
    good = uv_loop_close(&w.loop) == 0 && good;
    return good ? 0 : 1;
}
