// Joins the fleet (whom to pull, when), sessions (sockets) or workers (processes of
// their own, for what is not RTSP) and tracks (RTP in, frames out). All decisions are
// theirs; here events are passed on, and one timer wakes whoever has something to do.
//
// The fleet is run from that timer only, never from within a callback of it, of a
// session or of a track: so a caller may want and unwant from any callback of
// ours, and nothing is freed under somebody's feet. Another shard's thread may wake
// it (the admission has a turn for us).

#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/stream_url.h"
#include "base/table.h"
#include "ingest/delivery.h"
#include "ingest/fleet.h"
#include "ingest/pull_plan.h"
#include "ingest/session.h"
#include "ingest/sound.h"
#include "ingest/video_track.h"
#include "ingest/worker.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Sessions are looked at this often, so that none of them needs a timer.
enum { TICK_MS = 100 };

// A stream that the fleet knows.
struct stream {
    struct gw_ingest *ingest;
    uint32_t number;
    struct gw_video_track *track;
    struct gw_sound sound;
    struct gw_session *session; // NULL while none
    struct gw_worker *worker;   // likewise; never both
    bool framed;                // a frame of this session was delivered
    bool probing;               // DESCRIBE is all that is wanted
    struct gw_pull_plan plan;
    struct gw_delivery delivery;
};

struct gw_ingest {
    struct gw_ingest_config config;
    struct gw_fleet *fleet; // NULL once destroyed
    struct gw_table streams;
    struct gw_session_group sessions;
    struct gw_workers workers;
    struct gw_tls_trust *trust;
    struct gw_rng rng;
    struct gw_ingest_stats gone; // counts of tracks that were freed
    uint64_t fallbacks;          // from UDP to TCP, by another connection
    uint64_t redirects;
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
    bool ticks = in->sessions.count || in->workers.stats.running;
    if (ticks && wait_ms > TICK_MS)
        wait_ms = TICK_MS;
    if (wait_ms == UINT64_MAX) {
        (void)uv_timer_stop(&in->timer);
        return;
    }
    // libuv's idea of now is that of the turn's beginning.
    uv_update_time(in->sessions.loop);
    (void)uv_timer_start(&in->timer, on_timer, wait_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct gw_ingest *in = timer->data;
    uint64_t now_us = gw_clock_now_us();

    gw_session_group_tick(&in->sessions, now_us);
    gw_workers_tick(&in->workers, now_us);
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
static void tell_key_interval(struct stream *s)
{
    struct gw_ingest *in = s->ingest;
    struct gw_source_status status;

    if (gw_ingest_status(in, s->number, &status) == 0)
        in->config.on_status(in->config.arg, &status);
}

static void on_track_frame(void *arg, struct gw_frame *frame)
{
    struct stream *s = arg;
    struct gw_ingest *in = s->ingest;

    if (!s->framed) {
        s->framed = true;
        if (s->session)
            gw_pull_plan_on_pictures(&s->plan, gw_session_lower(s->session));
        gw_fleet_on_first_frame(in->fleet, s->number, frame->arrived_us);
        schedule(in);
    }
    if (gw_delivery_on_frame(&s->delivery, frame->key, frame->pts_90k, frame->arrived_us))
        tell_key_interval(s);
    gw_sound_video(&s->sound, frame);
    in->config.on_frame(in->config.arg, s->number, frame);
}

static void on_audio_frame(void *arg, struct gw_frame *frame)
{
    struct stream *s = arg;
    s->ingest->config.on_frame(s->ingest->config.arg, s->number, frame);
}

static enum gw_cause start_video(struct stream *s, const struct gw_media_format *video)
{
    int r = gw_video_track_start(s->track, video);
    s->framed = false;
    if (!r)
        return GW_CAUSE_NONE;
    return r == -ENOTSUP ? GW_CAUSE_CODEC : GW_CAUSE_OUR_LIMIT;
}

static enum gw_cause on_media_setup(void *arg, const struct gw_media_format *media,
                                    size_t count)
{
    struct stream *s = arg;
    struct gw_ingest *in = s->ingest;
    const struct gw_audio_track_config sound = { .on_frame = on_audio_frame, .arg = s };
    enum gw_cause cause = GW_CAUSE_NONE;

    gw_sound_stop(&s->sound);
    for (size_t i = 0; i < count; i++) {
        if (media[i].kind == GW_MEDIA_VIDEO)
            cause = start_video(s, &media[i]);
        else
            gw_sound_start(&s->sound, s->number, &sound, &media[i]);
    }
    if (cause)
        return cause;
    gw_fleet_on_connected(in->fleet, s->number, gw_clock_now_us());
    schedule(in);
    return GW_CAUSE_NONE;
}

// The session or the worker frees itself.
static void on_described(void *arg)
{
    struct stream *s = arg;

    s->session = NULL;
    s->worker = NULL;
    gw_fleet_on_probed(s->ingest->fleet, s->number, gw_clock_now_us());
    schedule(s->ingest);
}

static void on_session_playing(void *arg)
{
    struct stream *s = arg;
    gw_delivery_on_playing(&s->delivery, s->ingest->sessions.now_us);
}

static void on_session_packet(void *arg, enum gw_media_kind kind, const void *data,
                              size_t len)
{
    struct stream *s = arg;
    const struct gw_session_group *g = &s->ingest->sessions;

    if (kind == GW_MEDIA_AUDIO) {
        gw_sound_packet(&s->sound, data, len, g->now_us, g->unix_us);
        return;
    }
    gw_delivery_on_packet(&s->delivery, g->now_us);
    gw_video_track_packet(s->track, data, len, g->now_us, g->unix_us);
}

static void on_session_report(void *arg, enum gw_media_kind kind,
                              const struct gw_rtcp_sender_report *report)
{
    struct stream *s = arg;
    if (kind == GW_MEDIA_VIDEO)
        gw_video_track_report(s->track, report);
    else
        gw_sound_report(&s->sound, report);
}

static enum gw_cause on_worker_setup(void *arg, const struct gw_media_format *media,
                                     size_t count)
{
    struct stream *s = arg;
    gw_delivery_on_playing(&s->delivery, s->ingest->workers.links.now_us);
    return on_media_setup(s, media, count);
}

static void on_worker_packet(void *arg, enum gw_media_kind kind, const void *data,
                             size_t len)
{
    struct stream *s = arg;
    const struct gw_push_links *g = &s->ingest->workers.links;

    if (kind != GW_MEDIA_VIDEO)
        return;
    gw_delivery_on_packet(&s->delivery, g->now_us);
    gw_video_track_packet(s->track, data, len, g->now_us, g->unix_us);
}

static void on_worker_failed(void *arg, enum gw_cause cause, const char *said)
{
    struct stream *s = arg;

    s->worker = NULL;
    gw_log(GW_LOG_WARN, "worker_ended", "stream=%u cause=%s said=\"%s\"", s->number,
           gw_cause_name(cause), said);
    gw_fleet_on_failed(s->ingest->fleet, s->number, cause, 0, gw_clock_now_us());
    schedule(s->ingest);
}

static int create_stream(struct gw_ingest *in, uint32_t number)
{
    struct stream *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->ingest = in;
    s->number = number;

    struct gw_video_track_config config = { .on_frame = on_track_frame, .arg = s };
    int r = gw_video_track_create(&config, &s->track);
    if (!r)
        r = gw_table_put(&in->streams, number, s);
    if (r) {
        gw_video_track_destroy(s->track);
        free(s);
    }
    return r;
}

static bool has_long_gop(const struct stream *s)
{
    return (s->session || s->worker) &&
           s->delivery.figures.key_interval_us >= GW_SOURCE_LONG_GOP_US;
}

static void add_track_stats(struct gw_ingest_stats *sum, const struct stream *s)
{
    struct gw_video_track_stats stats;
    gw_video_track_stats(s->track, &stats);
    sum->frames += stats.frames;
    sum->packets_lost += stats.packets_lost;
    sum->packets_late += stats.packets_late;
    sum->packets_malformed += stats.packets_malformed;
    sum->frames_dropped += stats.frames_dropped;
}

static void close_source(struct stream *s)
{
    if (s->session)
        gw_session_close(s->session);
    if (s->worker)
        gw_worker_close(s->worker);
    s->session = NULL;
    s->worker = NULL;
}

static void destroy_stream(struct stream *s)
{
    close_source(s);
    add_track_stats(&s->ingest->gone, s);
    gw_sound_finish(&s->sound);
    gw_video_track_destroy(s->track);
    free(s);
}

static void on_session_failed(void *arg, const struct gw_session_end *end);

// Connects as the plan says; takes `url` over. Returns 0, or why there is no
// connection and will be none.
static enum gw_cause open_session(struct stream *s, struct gw_stream_url *url)
{
    struct gw_ingest *in = s->ingest;
    struct gw_session_config config = {
        .timeout_us = in->config.connect_timeout_us,
        .stall_us = in->config.stall_us,
        .seed = gw_rng_next(&in->rng),
        .any_certificate = s->plan.options.any_certificate,
        .audio = in->config.audio,
        .lower = gw_pull_plan_lower(&s->plan),
        .may_switch = gw_pull_plan_may_switch(&s->plan),
        .on_setup = on_media_setup,
        .on_playing = on_session_playing,
        .on_packet = on_session_packet,
        .on_report = on_session_report,
        .on_failed = on_session_failed,
        .on_described = s->probing ? on_described : NULL,
        .arg = s,
    };
    int r = gw_session_open(&in->sessions, url, &config, &s->session);
    return r ? gw_session_cause_of(r) : GW_CAUSE_NONE;
}

// The same address again, for TCP.
static enum gw_cause open_fallback(struct stream *s, const struct gw_stream_url *url)
{
    char text[GW_STREAM_URL_MAX + 1];
    struct gw_stream_url *again;

    int r = gw_stream_url_write(url, url->user, url->password, text);
    if (!r)
        r = gw_stream_url_parse(text, &again);
    explicit_bzero(text, sizeof(text));
    if (r)
        return GW_CAUSE_OUR_LIMIT;
    s->ingest->fallbacks++;
    return open_session(s, again);
}

static enum gw_cause open_redirected(struct stream *s, const struct gw_session_end *end)
{
    struct gw_stream_url *url;

    int r = gw_pull_plan_redirect(&s->plan, end->url, end->location, &url);
    if (r)
        return r == -ENOMEM ? GW_CAUSE_OUR_LIMIT : GW_CAUSE_REDIRECT;
    s->ingest->redirects++;
    return open_session(s, url);
}

// One attempt of the fleet may take several connections.
static void on_session_failed(void *arg, const struct gw_session_end *end)
{
    struct stream *s = arg;
    enum gw_cause cause = end->cause;

    s->session = NULL;
    if (end->location)
        cause = open_redirected(s, end);
    else if (gw_pull_plan_falls_back(&s->plan, cause, end->lower))
        cause = open_fallback(s, end->url);
    if (cause)
        gw_fleet_on_failed(s->ingest->fleet, s->number, cause, end->rtsp_status,
                           gw_clock_now_us());
    schedule(s->ingest);
}

static enum gw_cause open_worker(struct stream *s, const char *url)
{
    struct gw_ingest *in = s->ingest;
    const struct gw_worker_config config = {
        .timeout_us = in->config.connect_timeout_us,
        .stall_us = in->config.stall_us,
        .on_setup = on_worker_setup,
        .on_packet = on_worker_packet,
        .on_failed = on_worker_failed,
        .on_described = s->probing ? on_described : NULL,
        .arg = s,
    };
    int r = gw_worker_open(&in->workers, url, &config, &s->worker);
    if (!r)
        return GW_CAUSE_NONE;
    gw_log(GW_LOG_WARN, "worker_not_started", "stream=%u error=%d", s->number, r);
    return r == -ENOBUFS || r == -ENOMEM ? GW_CAUSE_OUR_LIMIT : GW_CAUSE_WORKER;
}

// Begins an attempt of the fleet. Returns 0, or why there is no connection and will be
// none.
static enum gw_cause open_source(struct stream *s, const char *text)
{
    struct gw_stream_url *url;

    int r = gw_stream_url_parse(text, &url);
    if (r)
        return r == -ENOMEM ? GW_CAUSE_OUR_LIMIT : GW_CAUSE_BAD_URL;
    bool secured = url->scheme == GW_SCHEME_RTSPS;
    if (secured || url->scheme == GW_SCHEME_RTSP) {
        gw_pull_plan_begin(&s->plan, gw_pull_options_take(url), secured);
        return open_session(s, url);
    }

    enum gw_cause cause = GW_CAUSE_BAD_URL; // who pushes calls us
    if (url->scheme != GW_SCHEME_PUSH)
        cause = open_worker(s, text);
    gw_stream_url_destroy(url);
    return cause;
}

static void on_fleet_connect(void *arg, uint32_t number, const char *url, bool probe)
{
    struct gw_ingest *in = arg;
    struct stream *s = gw_table_get(&in->streams, number);
    assert(s && !s->session && !s->worker);

    s->probing = probe;
    if (!probe)
        gw_delivery_begin(&s->delivery, gw_clock_now_us());
    enum gw_cause cause = open_source(s, url);
    if (cause)
        gw_fleet_on_failed(in->fleet, number, cause, 0, gw_clock_now_us());
}

static void on_fleet_close(void *arg, uint32_t number)
{
    struct gw_ingest *in = arg;
    struct stream *s = gw_table_get(&in->streams, number);
    assert(s);

    close_source(s);
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
    const struct stream *known = gw_table_get(&in->streams, status->stream);
    struct gw_source_status told = *status;

    log_status(status);
    told.key_interval_us = known ? known->delivery.figures.key_interval_us : 0;
    in->config.on_status(in->config.arg, &told);
    if (status->state == GW_SOURCE_IDLE) {
        struct stream *s = gw_table_remove(&in->streams, status->stream);
        if (s)
            destroy_stream(s);
    }
}

static void on_fleet_probed(void *arg, uint32_t stream, enum gw_cause cause)
{
    struct gw_ingest *in = arg;
    in->config.on_probed(in->config.arg, stream, cause);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct gw_ingest *in = handle->data;
    if (--in->handles)
        return;
    gw_session_group_finish(&in->sessions);
    gw_workers_finish(&in->workers);
    gw_tls_trust_destroy(in->trust);
    free(in);
}

static void close_handle(uv_handle_t *handle)
{
    if (handle->data && !uv_is_closing(handle))
        uv_close(handle, on_handle_closed);
}

static void on_sources_gone(void *arg)
{
    struct gw_ingest *in = arg;
    if (in->fleet || in->sessions.count || !gw_workers_are_gone(&in->workers))
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
    fleet.seed = gw_rng_next(&in->rng);
    fleet.on_connect = on_fleet_connect;
    fleet.on_close = on_fleet_close;
    fleet.on_status = on_fleet_status;
    fleet.on_probed = on_fleet_probed;
    fleet.on_wake = on_fleet_wake;
    fleet.arg = in;
    return gw_fleet_create(&fleet, &in->fleet);
}

static int create_workers(struct gw_ingest *in, uv_loop_t *loop)
{
    int r = gw_workers_init(&in->workers, loop);
    if (r)
        return r;
    in->workers.program = in->config.worker_program;
    in->workers.files_dir = in->config.files_dir;
    in->workers.budget = in->config.worker_budget;
    in->workers.on_empty = on_sources_gone;
    in->workers.arg = in;
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
    gw_rng_init(&in->rng, config->seed);

    int r = gw_session_group_init(&in->sessions, loop);
    if (r)
        goto fail;
    r = gw_tls_trust_create(config->ca_file, &in->trust);
    if (r)
        goto fail;
    in->config.ca_file = NULL; // the caller's
    in->sessions.trust = in->trust;
    in->sessions.first_udp_port = config->first_udp_port;
    in->sessions.last_udp_port = config->last_udp_port;
    in->sessions.on_empty = on_sources_gone;
    in->sessions.arg = in;
    r = create_workers(in, loop);
    if (r)
        goto fail;
    r = uv_timer_init(loop, &in->timer);
    if (r)
        goto fail;
    in->timer.data = in;
    in->handles++;
    r = uv_async_init(loop, &in->wake, on_wake);
    if (r)
        goto fail;
    in->wake.data = in;
    in->handles++;
    uv_unref((uv_handle_t *)&in->wake); // the loop's owner decides how long it runs
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

    struct stream *s;
    for (size_t i = 0; (s = gw_table_next(&in->streams, &i));)
        destroy_stream(s);
    gw_table_finish(&in->streams);
    gw_fleet_destroy(in->fleet, gw_clock_now_us());
    in->fleet = NULL;

    if (!in->handles) {
        gw_session_group_finish(&in->sessions);
        gw_workers_finish(&in->workers);
        gw_tls_trust_destroy(in->trust);
        free(in);
    } else {
        schedule(in);        // for TEARDOWNs, and workers that do not end
        on_sources_gone(in); // else the last one closes the timer
    }
}

int gw_ingest_want(struct gw_ingest *in, uint32_t stream, const char *url,
                   enum gw_priority priority)
{
    bool known = gw_table_get(&in->streams, stream) != NULL;
    int r = known ? 0 : create_stream(in, stream);
    if (r)
        return r;

    r = gw_fleet_want(in->fleet, stream, url, priority, gw_clock_now_us());
    if (r && !known)
        destroy_stream(gw_table_remove(&in->streams, stream));
    schedule(in);
    return r;
}

int gw_ingest_probe(struct gw_ingest *in, uint32_t stream, const char *url)
{
    if (gw_table_get(&in->streams, stream))
        return -EALREADY;
    int r = create_stream(in, stream);
    if (r)
        return r;
    r = gw_fleet_probe(in->fleet, stream, url, gw_clock_now_us());
    if (r)
        destroy_stream(gw_table_remove(&in->streams, stream));
    schedule(in);
    return r;
}

void gw_ingest_unwant(struct gw_ingest *in, uint32_t stream)
{
    gw_fleet_unwant(in->fleet, stream, gw_clock_now_us());
    schedule(in);
}

int gw_ingest_status(const struct gw_ingest *in, uint32_t stream,
                     struct gw_source_status *ret_status)
{
    const struct stream *s = gw_table_get(&in->streams, stream);
    int r = gw_fleet_status(in->fleet, stream, ret_status);
    if (!r && s)
        ret_status->key_interval_us = s->delivery.figures.key_interval_us;
    return r;
}

void gw_ingest_stream(const struct gw_ingest *in, uint32_t stream,
                      struct gw_ingest_stream *ret_stream)
{
    const struct stream *s = gw_table_get(&in->streams, stream);

    *ret_stream = (struct gw_ingest_stream) { 0 };
    if (!s)
        return;
    gw_video_track_stats(s->track, &ret_stream->video);
    ret_stream->delivery = s->delivery.figures;
}

void gw_ingest_stats(const struct gw_ingest *in, struct gw_ingest_stats *ret_stats)
{
    struct gw_ingest_stats stats = in->gone;
    struct gw_fleet_stats fleet;
    const struct stream *s;

    for (size_t i = 0; (s = gw_table_next(&in->streams, &i));) {
        add_track_stats(&stats, s);
        stats.long_gop += has_long_gop(s);
    }
    gw_fleet_stats(in->fleet, &fleet);
    struct gw_session_stats sessions;
    gw_session_group_stats(&in->sessions, &sessions);
    stats.packets_malformed += sessions.rtsp.packets_malformed;
    stats.packets_reordered = sessions.rtsp.packets_reordered;
    stats.packets_late += sessions.rtsp.packets_late;
    stats.packets_strange = sessions.strangers;
    stats.reports_sent = sessions.rtsp.reports;
    stats.fallbacks = sessions.rtsp.switched + in->fallbacks;
    stats.redirects = in->redirects;
    stats.bytes = in->sessions.bytes + in->workers.links.bytes;
    stats.garbage = sessions.rtsp.garbage;
    stats.attempts = fleet.attempts;
    stats.failures = fleet.failures;
    stats.probes = fleet.probes;
    stats.probe_failures = fleet.probe_failures;
    stats.recalls = fleet.recalls;
    stats.queued = fleet.queued;
    stats.sessions = in->sessions.count;
    stats.workers = in->workers.stats;
    stats.live = fleet.live;
    *ret_stats = stats;
}
