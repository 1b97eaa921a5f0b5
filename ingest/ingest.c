// Joins the fleet (whom to pull, when) and the pulls (how a stream is pulled). All
// decisions are theirs; here events are passed on, and one timer wakes whoever has
// something to do.
//
// The fleet is run from that timer only, never from within a callback of it or of a
// pull: so a caller may want and unwant from any callback of ours, and nothing is freed
// under somebody's feet. Another shard's thread may wake it (the admission has a turn
// for us).

#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/table.h"
#include "ingest/fleet.h"
#include "ingest/pull.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Sessions are looked at this often, so that none of them needs a timer.
enum { TICK_MS = 100 };

struct gw_ingest {
    struct gw_ingest_config config;
    struct gw_fleet *fleet;  // NULL once destroyed
    struct gw_table streams; // a pull for each that the fleet knows
    struct gw_pulls pulls;
    struct gw_tls_trust *trust;
    uv_timer_t timer;
    uv_async_t wake;
    unsigned handles; // of these two, not closed yet
};

struct gw_ingest_config gw_ingest_config_default(void)
{
    struct gw_fleet_config fleet = gw_fleet_config_default();
    return (struct gw_ingest_config) {
        .linger_us = fleet.linger_us,
        .connect_timeout_us = (uint64_t)5 * GW_SECOND,
        .stall_us = (uint64_t)10 * GW_SECOND,
        .backoff_min_us = fleet.backoff_min_us,
        .backoff_max_us = fleet.backoff_max_us,
        .backoff_wall_max_us = fleet.backoff_wall_max_us,
    };
}

static void on_timer(uv_timer_t *timer);

// Wakes up when there is something to do; to be called after each event.
static void schedule(struct gw_ingest *in)
{
    uint64_t wait_ms = UINT64_MAX;

    if (in->fleet && gw_fleet_next_us(in->fleet) != UINT64_MAX) {
        uint64_t now_us = gw_clock_now_us();
        uint64_t next_us = gw_fleet_next_us(in->fleet);
        wait_ms = next_us <= now_us ? 0 : (next_us - now_us + GW_MS - 1) / GW_MS;
    }
    if (gw_pulls_are_open(&in->pulls) && wait_ms > TICK_MS)
        wait_ms = TICK_MS;
    if (wait_ms == UINT64_MAX) {
        (void)uv_timer_stop(&in->timer);
        return;
    }
    // libuv's idea of now is that of the turn's beginning.
    uv_update_time(in->pulls.sessions.loop);
    (void)uv_timer_start(&in->timer, on_timer, wait_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct gw_ingest *in = timer->data;
    uint64_t now_us = gw_clock_now_us();

    gw_pulls_tick(&in->pulls, now_us);
    if (in->fleet)
        gw_fleet_run(in->fleet, now_us);
    schedule(in);
}

static void on_wake(uv_async_t *wake)
{
    schedule(wake->data);
}

static void on_fleet_wake(void *arg)
{
    struct gw_ingest *in = arg;
    (void)uv_async_send(&in->wake);
}

// A viewer that waits for a key frame is told how long that may take.
static void on_key_interval(void *arg, uint32_t stream)
{
    struct gw_ingest *in = arg;
    struct gw_source_status status;

    if (gw_ingest_status(in, stream, &status) == 0)
        in->config.on_status(in->config.arg, &status);
}

static void on_connected(void *arg, uint32_t stream)
{
    struct gw_ingest *in = arg;
    gw_fleet_on_connected(in->fleet, stream, gw_clock_now_us());
    schedule(in);
}

static void on_first_frame(void *arg, uint32_t stream, uint64_t arrived_us)
{
    struct gw_ingest *in = arg;
    gw_fleet_on_first_frame(in->fleet, stream, arrived_us);
    schedule(in);
}

static void on_frame(void *arg, uint32_t stream, struct gw_frame *frame)
{
    struct gw_ingest *in = arg;
    in->config.on_frame(in->config.arg, stream, frame);
}

static void on_described(void *arg, uint32_t stream)
{
    struct gw_ingest *in = arg;
    gw_fleet_on_probed(in->fleet, stream, gw_clock_now_us());
    schedule(in);
}

static void on_failed(void *arg, uint32_t stream, enum gw_cause cause,
                      uint16_t rtsp_status)
{
    struct gw_ingest *in = arg;
    gw_fleet_on_failed(in->fleet, stream, cause, rtsp_status, gw_clock_now_us());
    schedule(in);
}

static void on_fleet_connect(void *arg, uint32_t stream, const char *url, bool probe)
{
    struct gw_ingest *in = arg;
    struct gw_pull *p = gw_table_get(&in->streams, stream);
    uint64_t now_us = gw_clock_now_us();
    assert(p);

    enum gw_cause cause = gw_pull_connect(p, url, probe, now_us);
    if (cause)
        gw_fleet_on_failed(in->fleet, stream, cause, 0, now_us);
}

static void on_fleet_close(void *arg, uint32_t stream)
{
    struct gw_ingest *in = arg;
    struct gw_pull *p = gw_table_get(&in->streams, stream);
    assert(p);

    gw_pull_close(p);
}

static void log_status(const struct gw_source_status *status)
{
    if (status->state == GW_SOURCE_LIVE)
        gw_log(GW_LOG_INFO, "camera_live", "stream=%u", status->stream);
    else if (status->state == GW_SOURCE_RETRYING && status->retry_at_us)
        gw_log(GW_LOG_WARN, "camera_failed",
               "stream=%u cause=%s rtsp_status=%u attempt=%u", status->stream,
               gw_cause_name(status->cause), status->rtsp_status, status->attempt);
}

static void on_fleet_status(void *arg, const struct gw_source_status *status)
{
    struct gw_ingest *in = arg;
    const struct gw_pull *known = gw_table_get(&in->streams, status->stream);
    struct gw_source_status told = *status;

    log_status(status);
    told.key_interval_us = known ? gw_pull_delivery(known)->key_interval_us : 0;
    in->config.on_status(in->config.arg, &told);
    if (status->state == GW_SOURCE_IDLE)
        gw_pull_destroy(gw_table_remove(&in->streams, status->stream));
}

static void on_fleet_probed(void *arg, uint32_t stream, enum gw_cause cause)
{
    struct gw_ingest *in = arg;
    in->config.on_probed(in->config.arg, stream, cause);
}

static void free_all(struct gw_ingest *in)
{
    gw_pulls_finish(&in->pulls);
    gw_tls_trust_destroy(in->trust);
    free(in);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct gw_ingest *in = handle->data;
    if (!--in->handles)
        free_all(in);
}

static void close_handle(uv_handle_t *handle)
{
    if (handle->data && !uv_is_closing(handle))
        uv_close(handle, on_handle_closed);
}

static void on_pulls_gone(void *arg)
{
    struct gw_ingest *in = arg;
    if (in->fleet || gw_pulls_are_open(&in->pulls))
        return;
    close_handle((uv_handle_t *)&in->timer);
    close_handle((uv_handle_t *)&in->wake);
}

static int create_fleet(struct gw_ingest *in)
{
    struct gw_fleet_config fleet = gw_fleet_config_default();
    fleet.linger_us = in->config.linger_us;
    fleet.backoff_min_us = in->config.backoff_min_us;
    fleet.backoff_max_us = in->config.backoff_max_us;
    fleet.backoff_wall_max_us = in->config.backoff_wall_max_us;
    fleet.admission = in->config.admission;
    fleet.seed = gw_rng_next(&in->pulls.rng);
    fleet.on_connect = on_fleet_connect;
    fleet.on_close = on_fleet_close;
    fleet.on_status = on_fleet_status;
    fleet.on_probed = on_fleet_probed;
    fleet.on_wake = on_fleet_wake;
    fleet.arg = in;
    return gw_fleet_create(&fleet, &in->fleet);
}

static int init_pulls(struct gw_ingest *in, uv_loop_t *loop)
{
    const struct gw_pulls_config config = {
        .connect_timeout_us = in->config.connect_timeout_us,
        .stall_us = in->config.stall_us,
        .audio = in->config.audio,
        .seed = in->config.seed,
        .on_connected = on_connected,
        .on_first_frame = on_first_frame,
        .on_frame = on_frame,
        .on_key_interval = on_key_interval,
        .on_described = on_described,
        .on_failed = on_failed,
        .on_empty = on_pulls_gone,
        .arg = in,
    };
    int r = gw_pulls_init(&in->pulls, loop, &config);
    if (r)
        return r;
    r = gw_tls_trust_create(in->config.ca_file, &in->trust);
    if (r)
        return r;
    in->config.ca_file = NULL; // the caller's
    in->pulls.sessions.trust = in->trust;
    in->pulls.sessions.first_udp_port = in->config.first_udp_port;
    in->pulls.sessions.last_udp_port = in->config.last_udp_port;
    in->pulls.workers.program = in->config.worker_program;
    in->pulls.workers.files_dir = in->config.files_dir;
    in->pulls.workers.budget = in->config.worker_budget;
    return 0;
}

static int open_handles(struct gw_ingest *in, uv_loop_t *loop)
{
    int r = uv_timer_init(loop, &in->timer);
    if (r)
        return r;
    in->timer.data = in;
    in->handles++;
    r = uv_async_init(loop, &in->wake, on_wake);
    if (r)
        return r;
    in->wake.data = in;
    in->handles++;
    uv_unref((uv_handle_t *)&in->wake); // the loop's owner decides how long it runs
    return 0;
}

int gw_ingest_create(uv_loop_t *loop, const struct gw_ingest_config *config,
                     struct gw_ingest **ret_ingest)
{
    struct gw_ingest *in = calloc(1, sizeof(*in));
    if (!in)
        return -ENOMEM;
    in->config = *config;
    gw_table_init(&in->streams);

    int r = init_pulls(in, loop);
    if (r)
        goto fail;
    r = open_handles(in, loop);
    if (r)
        goto fail;
    r = create_fleet(in);
    if (r)
        goto fail;
    *ret_ingest = in;
    return 0;

fail:
    gw_ingest_destroy(in); // takes a half-built one
    return r;
}

void gw_ingest_destroy(struct gw_ingest *in)
{
    if (!in)
        return;

    struct gw_pull *p;
    for (size_t i = 0; (p = gw_table_next(&in->streams, &i));)
        gw_pull_destroy(p);
    gw_table_finish(&in->streams);
    gw_fleet_destroy(in->fleet, gw_clock_now_us());
    in->fleet = NULL;

    if (!in->handles) {
        free_all(in);
    } else {
        schedule(in);      // for TEARDOWNs, and workers that do not end
        on_pulls_gone(in); // else the last one closes the timer
    }
}

static int create_pull(struct gw_ingest *in, uint32_t stream)
{
    struct gw_pull *p;

    int r = gw_pull_create(&in->pulls, stream, &p);
    if (r)
        return r;
    r = gw_table_put(&in->streams, stream, p);
    if (r)
        gw_pull_destroy(p);
    return r;
}

int gw_ingest_want(struct gw_ingest *in, uint32_t stream, const char *url,
                   enum gw_priority priority)
{
    bool known = gw_table_get(&in->streams, stream) != NULL;
    int r = known ? 0 : create_pull(in, stream);
    if (r)
        return r;

    r = gw_fleet_want(in->fleet, stream, url, priority, gw_clock_now_us());
    if (r && !known)
        gw_pull_destroy(gw_table_remove(&in->streams, stream));
    schedule(in);
    return r;
}

int gw_ingest_probe(struct gw_ingest *in, uint32_t stream, const char *url)
{
    if (gw_table_get(&in->streams, stream))
        return -EALREADY;
    int r = create_pull(in, stream);
    if (r)
        return r;
    r = gw_fleet_probe(in->fleet, stream, url, gw_clock_now_us());
    if (r)
        gw_pull_destroy(gw_table_remove(&in->streams, stream));
    schedule(in);
    return r;
}

void gw_ingest_unwant(struct gw_ingest *in, uint32_t stream)
{
    gw_fleet_unwant(in->fleet, stream, gw_clock_now_us());
    schedule(in);
}

void gw_ingest_drop(struct gw_ingest *in, uint32_t stream)
{
    gw_fleet_drop(in->fleet, stream, gw_clock_now_us());
    schedule(in);
}

int gw_ingest_status(const struct gw_ingest *in, uint32_t stream,
                     struct gw_source_status *ret_status)
{
    const struct gw_pull *p = gw_table_get(&in->streams, stream);
    int r = gw_fleet_status(in->fleet, stream, ret_status);
    if (!r && p)
        ret_status->key_interval_us = gw_pull_delivery(p)->key_interval_us;
    return r;
}

void gw_ingest_stream(const struct gw_ingest *in, uint32_t stream,
                      struct gw_ingest_stream *ret_stream)
{
    const struct gw_pull *p = gw_table_get(&in->streams, stream);

    *ret_stream = (struct gw_ingest_stream) { 0 };
    if (!p)
        return;
    gw_pull_video_stats(p, &ret_stream->video);
    gw_pull_audio_stats(p, &ret_stream->audio);
    ret_stream->delivery = *gw_pull_delivery(p);
}

static void take_pulls(const struct gw_ingest *in, struct gw_ingest_stats *stats)
{
    struct gw_pull_stats sum = in->pulls.gone;
    const struct gw_pull *p;

    for (size_t i = 0; (p = gw_table_next(&in->streams, &i));)
        gw_pull_add_stats(p, &sum);
    stats->frames = sum.video.frames;
    stats->audio = sum.audio;
    stats->frames_dropped = sum.video.frames_dropped;
    stats->frames_unsized = sum.video.frames_unsized;
    stats->packets_lost = sum.video.packets_lost;
    stats->packets_late += sum.video.packets_late;
    stats->packets_malformed += sum.video.packets_malformed;
    stats->fallbacks += sum.fallbacks;
    stats->redirects = sum.redirects;
    stats->long_gop = sum.long_gop;
}

static void take_sessions(const struct gw_session_group *g, struct gw_ingest_stats *stats)
{
    struct gw_session_stats sum;

    gw_session_group_stats(g, &sum);
    stats->packets_malformed += sum.rtsp.packets_malformed;
    stats->packets_reordered = sum.rtsp.packets_reordered;
    stats->packets_late += sum.rtsp.packets_late;
    stats->packets_strange = sum.strangers;
    stats->reports_sent = sum.rtsp.reports;
    stats->fallbacks += sum.rtsp.switched;
    stats->garbage = sum.rtsp.garbage;
    stats->sessions = g->count;
}

static void take_fleet(const struct gw_fleet *fleet, struct gw_ingest_stats *stats)
{
    struct gw_fleet_stats sum;

    gw_fleet_stats(fleet, &sum);
    stats->attempts = sum.attempts;
    stats->failures = sum.failures;
    stats->probes = sum.probes;
    stats->probe_failures = sum.probe_failures;
    stats->recalls = sum.recalls;
    stats->queued = sum.queued;
    stats->live = sum.live;
}

void gw_ingest_stats(const struct gw_ingest *in, struct gw_ingest_stats *ret_stats)
{
    struct gw_ingest_stats stats = {
        .bytes = in->pulls.sessions.bytes + in->pulls.workers.links.bytes,
        .packets_malformed = gw_push_links_malformed(&in->pulls.workers.links),
        .workers = in->pulls.workers.stats,
    };

    take_pulls(in, &stats);
    take_sessions(&in->pulls.sessions, &stats);
    take_fleet(in->fleet, &stats);
    *ret_stats = stats;
}
