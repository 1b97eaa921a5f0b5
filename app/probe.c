#include "app/probe.h"

#include "base/clock.h"
#include "ingest/dial.h"
#include "ingest/ingest.h"
#include "ingest/pull_plan.h"
#include "ingest/session.h"
#include "ingest/video_track.h"
#include "mux/params.h"

#include <errno.h>
#include <string.h>
#include <uv.h>

enum { TICK_MS = 20 };

struct probe {
    struct gw_probe_config config;
    struct gw_probe_report *report;
    uv_loop_t loop;
    uv_timer_t timer;
    struct gw_session_group group;
    struct gw_session *session; // NULL: over
    struct gw_pull_plan plan;
    struct gw_video_track *track;
    struct gw_tls_trust *trust;

    uint64_t started_us;
    uint64_t played_us; // 0: PLAY was not answered

    // Of the frames so far.
    bool any;
    int64_t first_90k;
    int64_t last_90k; // the latest to be shown
    int64_t key_90k;  // of the key frame before
    size_t latest_bytes;
};

static void take_size(struct gw_probe_report *r, const struct gw_frame *frame)
{
    struct gw_params *params;

    if (!frame->params || gw_params_parse(frame->codec, frame->params, &params))
        return;
    r->width = params->width;
    r->height = params->height;
    gw_params_unref(&params);
}

// Media may come ahead of the answer to PLAY: there was nothing to wait for then.
static uint64_t since_played(const struct probe *p, uint64_t now_us)
{
    return p->played_us && now_us > p->played_us ? now_us - p->played_us : 0;
}

static void take_key(struct probe *p, const struct gw_frame *frame)
{
    struct gw_probe_report *r = p->report;

    if (r->keys++) {
        int64_t interval = frame->pts_90k - p->key_90k;
        if (interval > 0 && (uint64_t)interval > r->key_interval_90k)
            r->key_interval_90k = (uint64_t)interval;
    } else {
        r->key_us = since_played(p, frame->arrived_us);
        take_size(r, frame);
    }
    p->key_90k = frame->pts_90k;
}

static void on_frame(void *arg, struct gw_frame *frame)
{
    struct probe *p = arg;
    struct gw_probe_report *r = p->report;

    if (frame->key)
        take_key(p, frame);
    if (!p->any)
        p->first_90k = p->last_90k = frame->pts_90k;
    else if (frame->pts_90k < p->last_90k)
        r->b_frames = true;
    else
        p->last_90k = frame->pts_90k;
    p->any = true;
    r->frames++;
    r->bytes += p->latest_bytes;
    p->latest_bytes = frame->len;
    r->span_90k = (uint64_t)(p->last_90k - p->first_90k);
}

static enum gw_cause on_setup(void *arg, const struct gw_media_format *media,
                              size_t count)
{
    struct probe *p = arg;

    p->report->video = media[0].codec;
    for (size_t i = 1; i < count; i++)
        p->report->audio = media[i].codec;
    int r = gw_video_track_start(p->track, &media[0]);
    if (!r)
        return GW_CAUSE_NONE;
    return r == -ENOTSUP ? GW_CAUSE_CODEC : GW_CAUSE_OUR_LIMIT;
}

static void on_playing(void *arg)
{
    struct probe *p = arg;

    p->played_us = p->group.now_us; // one receive may hold the answer and packets
    p->report->signalling_us = p->played_us - p->started_us;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct probe *p = arg;

    if (kind != GW_MEDIA_VIDEO)
        return false;
    if (p->report->stream_us == GW_PROBE_NEVER)
        p->report->stream_us = since_played(p, p->group.now_us);
    return gw_video_track_packet(p->track, data, len, p->group.now_us, p->group.unix_us);
}

static void on_report(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    struct probe *p = arg;
    if (kind == GW_MEDIA_VIDEO)
        gw_video_track_report(p->track, report);
}

// Of the latest connection, with what those before it needed.
static void take_peer(struct probe *p)
{
    gw_tolerances before = p->report->peer.tolerated;

    p->report->peer = gw_session_peer(p->session);
    p->report->peer.tolerated |= before;
    p->report->lower = gw_session_lower(p->session);
}

static void stop_timer(struct probe *p)
{
    if (!uv_is_closing((uv_handle_t *)&p->timer))
        uv_close((uv_handle_t *)&p->timer, NULL);
}

// Without a session there is nothing left to tick for.
static void on_empty(void *arg)
{
    stop_timer(arg);
}

static void on_failed(void *arg, const struct gw_session_end *end);

// Takes `url` over. Returns 0, or why there is no connection and will be none.
static enum gw_cause connect_to(struct probe *p, struct gw_stream_url *url)
{
    struct gw_ingest_config usual = gw_ingest_config_default();
    struct gw_session_config config = {
        .timeout_us = usual.connect_timeout_us,
        .stall_us = usual.stall_us,
        .seed = gw_clock_unix_us(),
        .any_certificate = p->plan.options.any_certificate,
        .audio = true,
        .lower = gw_pull_plan_lower(&p->plan),
        .may_switch = gw_pull_plan_may_switch(&p->plan),
        .on_setup = on_setup,
        .on_playing = on_playing,
        .on_packet = on_packet,
        .on_report = on_report,
        .on_failed = on_failed,
        .arg = p,
    };

    p->played_us = 0;
    p->report->tls = url->scheme == GW_SCHEME_RTSPS;
    int r = gw_session_open(&p->group, url, &config, &p->session);
    return r ? gw_dial_cause(r) : GW_CAUSE_NONE;
}

static void note_next(struct gw_probe_report *r, const struct gw_pull_next *next)
{
    if (next->redirected)
        (void)snprintf(r->sent_to, sizeof(r->sent_to), "%s", next->url->uri);
    else
        gw_tolerance_note(&r->peer.tolerated, GW_TOLERATED_OTHER_TRANSPORT, true);
}

// One test may take several connections.
static void on_failed(void *arg, const struct gw_session_end *end)
{
    struct probe *p = arg;
    enum gw_cause cause = gw_video_track_cause(p->track, end->cause);
    struct gw_pull_next next = gw_pull_plan_next(&p->plan, cause, end);

    take_peer(p);
    p->session = NULL;
    if (next.url) {
        note_next(p->report, &next);
        next.cause = connect_to(p, next.url);
    }
    p->report->cause = next.cause;
    p->report->rtsp_status = next.cause ? end->rtsp_status : 0;
}

static bool is_through(const struct probe *p, uint64_t now_us)
{
    uint64_t since_us = now_us - p->played_us;
    unsigned wait_s = p->report->keys || p->config.seconds > GW_PROBE_KEY_WAIT_S
                          ? p->config.seconds
                          : GW_PROBE_KEY_WAIT_S;
    return p->played_us && since_us >= (uint64_t)wait_s * GW_SECOND;
}

static void on_timer(uv_timer_t *timer)
{
    struct probe *p = timer->data;
    uint64_t now_us = gw_clock_now_us();

    gw_session_group_tick(&p->group, now_us);
    if (!p->session || !is_through(p, now_us))
        return;
    take_peer(p);
    gw_session_close(p->session);
    p->session = NULL;
}

// Takes `url` over.
static void pull(struct probe *p, struct gw_stream_url *url)
{
    p->group.trust = p->trust;
    p->group.on_empty = on_empty;
    p->group.arg = p;
    (void)uv_timer_init(&p->loop, &p->timer); // cannot fail
    p->timer.data = p;
    (void)uv_timer_start(&p->timer, on_timer, TICK_MS, TICK_MS);
    p->started_us = gw_clock_now_us();
    p->report->cause = connect_to(p, url);
    if (p->report->cause)
        stop_timer(p);
    uv_run(&p->loop, UV_RUN_DEFAULT);
}

static void conclude(struct probe *p)
{
    struct gw_probe_report *r = p->report;
    struct gw_video_track_stats stats;

    gw_video_track_stats(p->track, &stats);
    r->packets = stats.packets;
    r->packets_lost = stats.packets_lost;
    r->frames_dropped = stats.frames_dropped;
    if (!r->cause && !r->keys && stats.frames_unsized)
        r->cause = GW_CAUSE_UNSIZED;
    r->peer.tolerated |= gw_video_track_tolerated(p->track);
    if (r->keys)
        r->verdict = GW_PROBE_PICTURES;
    else
        r->verdict = r->cause ? GW_PROBE_FAILED : GW_PROBE_NO_KEY_FRAME;
}

// Takes `url` over.
static int run(struct probe *p, struct gw_stream_url *url)
{
    int r = uv_loop_init(&p->loop);
    if (r) {
        gw_stream_url_destroy(url);
        return r;
    }
    r = gw_session_group_init(&p->group, &p->loop);
    if (r) {
        gw_stream_url_destroy(url);
    } else {
        pull(p, url);
        gw_session_group_finish(&p->group);
    }
    (void)uv_loop_close(&p->loop);
    return r;
}

// What the address says behind its # counts where the call says nothing else.
static struct gw_pull_options options_of(struct gw_stream_url *url,
                                         struct gw_pull_options asked)
{
    struct gw_pull_options options = gw_pull_options_take(url);

    if (asked.transport != GW_PULL_AUTO)
        options.transport = asked.transport;
    options.any_certificate = options.any_certificate || asked.any_certificate;
    return options;
}

int gw_probe_run(const char *text, const struct gw_probe_config *config,
                 struct gw_probe_report *ret_report)
{
    struct gw_probe_report *report = ret_report;
    struct probe p = { .config = *config, .report = report };
    struct gw_stream_url *url;

    *report = (struct gw_probe_report) {
        .verdict = GW_PROBE_FAILED,
        .cause = GW_CAUSE_BAD_URL,
        .signalling_us = GW_PROBE_NEVER,
        .stream_us = GW_PROBE_NEVER,
        .key_us = GW_PROBE_NEVER,
    };
    int r = gw_stream_url_parse(text, &url);
    if (r)
        return r == -ENOMEM ? r : 0;
    report->cause = GW_CAUSE_NONE;
    report->tls = url->scheme == GW_SCHEME_RTSPS;
    gw_pull_plan_begin(&p.plan, options_of(url, config->options), report->tls);
    report->lower = gw_pull_plan_lower(&p.plan);
    (void)snprintf(report->address, sizeof(report->address), "%s", url->uri);
    if (url->scheme != GW_SCHEME_RTSP && url->scheme != GW_SCHEME_RTSPS) {
        report->verdict = GW_PROBE_OTHER_SCHEME;
        gw_stream_url_destroy(url);
        return 0;
    }

    r = gw_video_track_create(
        &(struct gw_video_track_config) { .on_frame = on_frame, .arg = &p }, &p.track);
    if (!r) // whatever the scheme: a redirect may lead to rtsps
        r = gw_tls_trust_create(config->ca_file, &p.trust);
    if (r)
        gw_stream_url_destroy(url);
    else
        r = run(&p, url);
    if (!r)
        conclude(&p);
    gw_video_track_destroy(p.track);
    gw_tls_trust_destroy(p.trust);
    return r;
}
