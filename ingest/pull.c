// A connection is a session or a worker, never both. One attempt may take several
// sessions, one after another; the owner is told of the last one's end alone.

#include "ingest/pull.h"

#include "base/log.h"
#include "base/stream_url.h"
#include "ingest/dial.h"
#include "ingest/pull_plan.h"
#include "ingest/tracks.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct gw_pull {
    struct gw_pulls *all;
    uint32_t stream;
    struct gw_tracks tracks;
    struct gw_session *session; // NULL while none
    struct gw_worker *worker;   // likewise
    bool framed;                // a frame of this session was delivered
    bool probing;               // DESCRIBE is all that is wanted
    struct gw_pull_plan plan;
    struct gw_delivery delivery;
};

int gw_pulls_init(struct gw_pulls *all, uv_loop_t *loop,
                  const struct gw_pulls_config *config)
{
    *all = (struct gw_pulls) { .config = *config };
    gw_rng_init(&all->rng, config->seed);
    int r = gw_session_group_init(&all->sessions, loop);
    if (!r)
        r = gw_workers_init(&all->workers, loop);
    all->sessions.on_empty = config->on_empty;
    all->sessions.arg = config->arg;
    all->workers.on_empty = config->on_empty;
    all->workers.arg = config->arg;
    return r;
}

void gw_pulls_finish(struct gw_pulls *all)
{
    gw_session_group_finish(&all->sessions);
    gw_workers_finish(&all->workers);
}

void gw_pulls_tick(struct gw_pulls *all, uint64_t now_us)
{
    gw_session_group_tick(&all->sessions, now_us);
    gw_workers_tick(&all->workers, now_us);
}

bool gw_pulls_are_open(const struct gw_pulls *all)
{
    return all->sessions.count || !gw_workers_are_gone(&all->workers);
}

// ---- what comes ----

static void on_picture(void *arg, struct gw_frame *frame)
{
    struct gw_pull *p = arg;
    const struct gw_pulls_config *c = &p->all->config;

    if (!p->framed) {
        p->framed = true;
        if (p->session)
            gw_pull_plan_on_pictures(&p->plan, gw_session_lower(p->session));
        c->on_first_frame(c->arg, p->stream, frame->arrived_us);
    }
    if (gw_delivery_on_frame(&p->delivery, frame->key, frame->pts_90k, frame->arrived_us))
        c->on_key_interval(c->arg, p->stream);
    c->on_frame(c->arg, p->stream, frame);
}

static void on_sound(void *arg, struct gw_frame *frame)
{
    struct gw_pull *p = arg;
    p->all->config.on_frame(p->all->config.arg, p->stream, frame);
}

static enum gw_cause on_media_setup(void *arg, const struct gw_media_format *media,
                                    size_t count)
{
    struct gw_pull *p = arg;

    p->framed = false;
    int r = gw_tracks_start(&p->tracks, media, count);
    if (r)
        return r == -ENOTSUP ? GW_CAUSE_CODEC : GW_CAUSE_OUR_LIMIT;
    p->all->config.on_connected(p->all->config.arg, p->stream);
    return GW_CAUSE_NONE;
}

// The session or the worker frees itself.
static void on_described(void *arg)
{
    struct gw_pull *p = arg;

    p->session = NULL;
    p->worker = NULL;
    p->all->config.on_described(p->all->config.arg, p->stream);
}

static void on_session_playing(void *arg)
{
    struct gw_pull *p = arg;
    gw_delivery_on_playing(&p->delivery, p->all->sessions.now_us);
}

static bool take_packet(struct gw_pull *p, enum gw_media_kind kind, const void *data,
                        size_t len, uint64_t now_us, uint64_t unix_us)
{
    if (kind == GW_MEDIA_VIDEO)
        gw_delivery_on_packet(&p->delivery, now_us);
    return gw_tracks_packet(&p->tracks, kind, data, len, now_us, unix_us);
}

static bool on_session_packet(void *arg, enum gw_media_kind kind, const void *data,
                              size_t len)
{
    struct gw_pull *p = arg;
    const struct gw_session_group *g = &p->all->sessions;
    return take_packet(p, kind, data, len, g->now_us, g->unix_us);
}

static void on_session_report(void *arg, enum gw_media_kind kind,
                              const struct gw_rtcp_sender_report *report)
{
    struct gw_pull *p = arg;
    gw_tracks_report(&p->tracks, kind, report);
}

static enum gw_cause on_worker_setup(void *arg, const struct gw_media_format *media,
                                     size_t count)
{
    struct gw_pull *p = arg;
    gw_delivery_on_playing(&p->delivery, p->all->workers.links.now_us);
    return on_media_setup(p, media, count);
}

static bool on_worker_packet(void *arg, enum gw_media_kind kind, const void *data,
                             size_t len)
{
    struct gw_pull *p = arg;
    const struct gw_push_links *g = &p->all->workers.links;
    return take_packet(p, kind, data, len, g->now_us, g->unix_us);
}

static void fail(struct gw_pull *p, enum gw_cause cause, uint16_t rtsp_status)
{
    p->all->config.on_failed(p->all->config.arg, p->stream, cause, rtsp_status);
}

static void on_worker_failed(void *arg, enum gw_cause cause, const char *said)
{
    struct gw_pull *p = arg;

    p->worker = NULL;
    cause = gw_video_track_cause(p->tracks.video, cause);
    gw_log(GW_LOG_WARN, "worker_ended", "stream=%u cause=%s said=\"%s\"", p->stream,
           gw_cause_name(cause), said);
    fail(p, cause, 0);
}

// ---- connections ----

static void on_session_failed(void *arg, const struct gw_session_end *end);

// Connects as the plan says; takes `url` over. Returns 0, or why there is no
// connection and will be none.
static enum gw_cause open_session(struct gw_pull *p, struct gw_stream_url *url)
{
    struct gw_pulls *all = p->all;
    struct gw_session_config config = {
        .timeout_us = all->config.connect_timeout_us,
        .stall_us = all->config.stall_us,
        .seed = gw_rng_next(&all->rng),
        .any_certificate = p->plan.options.any_certificate,
        .audio = all->config.audio,
        .lower = gw_pull_plan_lower(&p->plan),
        .may_switch = gw_pull_plan_may_switch(&p->plan),
        .on_setup = on_media_setup,
        .on_playing = on_session_playing,
        .on_packet = on_session_packet,
        .on_report = on_session_report,
        .on_failed = on_session_failed,
        .on_described = p->probing ? on_described : NULL,
        .arg = p,
    };
    int r = gw_session_open(&all->sessions, url, &config, &p->session);
    return r ? gw_dial_cause(r) : GW_CAUSE_NONE;
}

static void on_session_failed(void *arg, const struct gw_session_end *end)
{
    struct gw_pull *p = arg;
    enum gw_cause cause = gw_video_track_cause(p->tracks.video, end->cause);
    struct gw_pull_next next = gw_pull_plan_next(&p->plan, cause, end);

    p->session = NULL;
    if (next.url) {
        p->all->gone.redirects += next.redirected;
        p->all->gone.fallbacks += !next.redirected;
        next.cause = open_session(p, next.url);
    }
    if (next.cause)
        fail(p, next.cause, end->rtsp_status);
}

static enum gw_cause open_worker(struct gw_pull *p, const char *url)
{
    struct gw_pulls *all = p->all;
    const struct gw_worker_config config = {
        .timeout_us = all->config.connect_timeout_us,
        .stall_us = all->config.stall_us,
        .audio = all->config.audio,
        .on_setup = on_worker_setup,
        .on_packet = on_worker_packet,
        .on_failed = on_worker_failed,
        .on_described = p->probing ? on_described : NULL,
        .arg = p,
    };
    int r = gw_worker_open(&all->workers, url, &config, &p->worker);
    if (!r)
        return GW_CAUSE_NONE;
    gw_log(GW_LOG_WARN, "worker_not_started", "stream=%u error=%d", p->stream, r);
    return r == -ENOBUFS || r == -ENOMEM ? GW_CAUSE_OUR_LIMIT : GW_CAUSE_WORKER;
}

static enum gw_cause open_source(struct gw_pull *p, const char *text)
{
    struct gw_stream_url *url;

    int r = gw_stream_url_parse(text, &url);
    if (r)
        return r == -ENOMEM ? GW_CAUSE_OUR_LIMIT : GW_CAUSE_BAD_URL;
    bool secured = url->scheme == GW_SCHEME_RTSPS;
    if (secured || url->scheme == GW_SCHEME_RTSP) {
        gw_pull_plan_begin(&p->plan, gw_pull_options_take(url), secured);
        return open_session(p, url);
    }

    enum gw_cause cause = GW_CAUSE_BAD_URL; // who pushes calls us
    if (url->scheme != GW_SCHEME_PUSH)
        cause = open_worker(p, text);
    gw_stream_url_destroy(url);
    return cause;
}

enum gw_cause gw_pull_connect(struct gw_pull *p, const char *url, bool probe,
                              uint64_t now_us)
{
    assert(!p->session && !p->worker);
    p->probing = probe;
    if (!probe)
        gw_delivery_begin(&p->delivery, now_us);
    return open_source(p, url);
}

void gw_pull_close(struct gw_pull *p)
{
    if (p->session)
        gw_session_close(p->session);
    if (p->worker)
        gw_worker_close(p->worker);
    p->session = NULL;
    p->worker = NULL;
}

int gw_pull_create(struct gw_pulls *all, uint32_t stream, struct gw_pull **ret_pull)
{
    struct gw_pull *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->all = all;
    p->stream = stream;

    const struct gw_tracks_config config = {
        .stream = stream, .on_picture = on_picture, .on_sound = on_sound, .arg = p
    };
    int r = gw_tracks_init(&p->tracks, &config);
    if (r) {
        free(p);
        return r;
    }
    *ret_pull = p;
    return 0;
}

void gw_pull_destroy(struct gw_pull *p)
{
    if (!p)
        return;
    gw_pull_close(p);
    gw_pull_add_stats(p, &p->all->gone);
    gw_tracks_finish(&p->tracks);
    free(p);
}

const struct gw_delivery_figures *gw_pull_delivery(const struct gw_pull *p)
{
    return &p->delivery.figures;
}

void gw_pull_video_stats(const struct gw_pull *p, struct gw_video_track_stats *ret_stats)
{
    gw_video_track_stats(p->tracks.video, ret_stats);
}

void gw_pull_audio_stats(const struct gw_pull *p, struct gw_audio_track_stats *ret_stats)
{
    *ret_stats = (struct gw_audio_track_stats) { 0 };
    gw_tracks_add_audio_stats(&p->tracks, ret_stats);
}

static bool has_long_gop(const struct gw_pull *p)
{
    return (p->session || p->worker) &&
           p->delivery.figures.key_interval_us >= GW_SOURCE_LONG_GOP_US;
}

void gw_pull_add_stats(const struct gw_pull *p, struct gw_pull_stats *sum)
{
    struct gw_video_track_stats stats;

    gw_video_track_stats(p->tracks.video, &stats);
    sum->video.packets += stats.packets;
    sum->video.packets_ignored += stats.packets_ignored;
    sum->video.packets_lost += stats.packets_lost;
    sum->video.packets_late += stats.packets_late;
    sum->video.packets_malformed += stats.packets_malformed;
    sum->video.frames += stats.frames;
    sum->video.frames_dropped += stats.frames_dropped;
    sum->video.frames_unsized += stats.frames_unsized;
    sum->video.bytes += stats.bytes;
    gw_tracks_add_audio_stats(&p->tracks, &sum->audio);
    sum->long_gop += has_long_gop(p);
}
