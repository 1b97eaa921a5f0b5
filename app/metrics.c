#include "app/metrics.h"

#include "app/gather.h"
#include "app/norms.h"
#include "app/rates.h"
#include "app/router.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shard_figures {
    struct gw_router_stats router;
    struct gw_server_stats server;
};

enum width { U32, U64 };

struct metric {
    const char *name;
    const char *type;
    const char *help;
    enum width width;
    size_t offset;
};

#define ROUTER(field) offsetof(struct shard_figures, router.field)
#define SERVER(field) offsetof(struct shard_figures, server.field)

static const struct metric metrics[] = {
    { "gridwall_camera_bytes_total", "counter", "Bytes received from cameras.", U64,
      ROUTER(ingest.bytes) },
    { "gridwall_camera_frames_total", "counter", "Access units received from cameras.",
      U64, ROUTER(ingest.frames) },
    { "gridwall_camera_packets_lost_total", "counter", "Gaps in RTP sequence numbers.",
      U64, ROUTER(ingest.packets_lost) },
    { "gridwall_camera_packets_malformed_total", "counter",
      "RTP packets that were dropped.", U64, ROUTER(ingest.packets_malformed) },
    { "gridwall_camera_packets_reordered_total", "counter",
      "RTP packets of UDP that were put back in order.", U64,
      ROUTER(ingest.packets_reordered) },
    { "gridwall_camera_packets_late_total", "counter",
      "RTP packets that came too late or twice.", U64, ROUTER(ingest.packets_late) },
    { "gridwall_camera_packets_strange_total", "counter",
      "Datagrams from others than the camera.", U64, ROUTER(ingest.packets_strange) },
    { "gridwall_camera_reports_total", "counter", "RTCP receiver reports sent.", U64,
      ROUTER(ingest.reports_sent) },
    { "gridwall_camera_fallbacks_total", "counter",
      "Changes between TCP and UDP that a camera made necessary.", U64,
      ROUTER(ingest.fallbacks) },
    { "gridwall_camera_redirects_total", "counter",
      "Times a camera sent us to another address.", U64, ROUTER(ingest.redirects) },
    { "gridwall_camera_frames_dropped_total", "counter",
      "Access units given up for lost or malformed packets.", U64,
      ROUTER(ingest.frames_dropped) },
    { "gridwall_camera_frames_unsized_total", "counter",
      "Of these, MJPEG above 2040 pixels that nothing says the size of.", U64,
      ROUTER(ingest.frames_unsized) },
    { "gridwall_camera_audio_bytes_total", "counter",
      "Bytes of the sound received from cameras.", U64, ROUTER(ingest.audio.bytes) },
    { "gridwall_camera_audio_frames_total", "counter",
      "Frames of the sound received from cameras.", U64, ROUTER(ingest.audio.frames) },
    { "gridwall_camera_audio_frames_dropped_total", "counter",
      "Frames of the sound that were not whole, or had no place beside the pictures.",
      U64, ROUTER(ingest.audio.frames_dropped) },
    { "gridwall_camera_audio_packets_lost_total", "counter",
      "Gaps in the RTP sequence numbers of the sound.", U64,
      ROUTER(ingest.audio.packets_lost) },
    { "gridwall_camera_audio_packets_malformed_total", "counter",
      "RTP packets of the sound that were dropped.", U64,
      ROUTER(ingest.audio.packets_malformed) },
    { "gridwall_camera_attempts_total", "counter", "Connection attempts to cameras.", U64,
      ROUTER(ingest.attempts) },
    { "gridwall_camera_failures_total", "counter", "Failed attempts and broken streams.",
      U64, ROUTER(ingest.failures) },
    { "gridwall_camera_probes_total", "counter",
      "Cameras that were asked whether they answer.", U64, ROUTER(ingest.probes) },
    { "gridwall_camera_probe_failures_total", "counter", "Of these, that failed.", U64,
      ROUTER(ingest.probe_failures) },
    { "gridwall_camera_recalls_total", "counter",
      "Back-offs cut short because a network came back.", U64, ROUTER(ingest.recalls) },
    { "gridwall_camera_queued", "gauge", "Streams that wait for their turn to connect.",
      U32, ROUTER(ingest.queued) },
    { "gridwall_camera_sessions", "gauge", "Connections to cameras.", U32,
      ROUTER(ingest.sessions) },
    { "gridwall_camera_live", "gauge", "Streams that deliver pictures.", U32,
      ROUTER(ingest.live) },
    { "gridwall_camera_long_gop", "gauge",
      "Connections to cameras with 5 s or more between key frames.", U32,
      ROUTER(ingest.long_gop) },
    { "gridwall_workers", "gauge", "Processes that open sources which are not RTSP.", U32,
      ROUTER(ingest.workers.running) },
    { "gridwall_workers_started_total", "counter", "Of these, started so far.", U64,
      ROUTER(ingest.workers.started) },
    { "gridwall_workers_crashed_total", "counter", "Of these, ended by a crash.", U64,
      ROUTER(ingest.workers.crashed) },
    { "gridwall_workers_hung_total", "counter", "Of these, killed for being silent.", U64,
      ROUTER(ingest.workers.hung) },
    { "gridwall_workers_refused_total", "counter",
      "Of these, not started: too many, or no such program.", U64,
      ROUTER(ingest.workers.refused) },
    { "gridwall_push_connections", "gauge", "Connections of sources that push.", U32,
      ROUTER(push.links) },
    { "gridwall_push_sources", "gauge", "Of these, that send a stream.", U32,
      ROUTER(push.sources) },
    { "gridwall_push_refused_total", "counter",
      "Of these, over before they sent one: a wrong key, or none of ours.", U64,
      ROUTER(push.refused) },
    { "gridwall_push_bytes_total", "counter", "Bytes that sources pushed.", U64,
      ROUTER(push.bytes) },
    { "gridwall_push_frames_total", "counter", "Access units of pushed streams.", U64,
      ROUTER(push.frames) },
    { "gridwall_push_packets_lost_total", "counter",
      "Gaps in the RTP sequence numbers of pushed streams.", U64,
      ROUTER(push.packets_lost) },
    { "gridwall_push_packets_malformed_total", "counter",
      "RTP packets of pushed streams that were dropped.", U64,
      ROUTER(push.packets_malformed) },
    { "gridwall_push_frames_dropped_total", "counter",
      "Access units of pushed streams given up for lost or malformed packets.", U64,
      ROUTER(push.frames_dropped) },
    { "gridwall_push_frames_unsized_total", "counter",
      "Of these, MJPEG above 2040 pixels that nothing says the size of.", U64,
      ROUTER(push.frames_unsized) },
    { "gridwall_push_audio_bytes_total", "counter", "Bytes of the sound that was pushed.",
      U64, ROUTER(push.audio.bytes) },
    { "gridwall_push_audio_frames_total", "counter",
      "Frames of the sound that was pushed.", U64, ROUTER(push.audio.frames) },
    { "gridwall_push_audio_frames_dropped_total", "counter",
      "Frames of pushed sound that were not whole, or had no place beside the pictures.",
      U64, ROUTER(push.audio.frames_dropped) },
    { "gridwall_push_audio_packets_lost_total", "counter",
      "Gaps in the RTP sequence numbers of pushed sound.", U64,
      ROUTER(push.audio.packets_lost) },
    { "gridwall_push_audio_packets_malformed_total", "counter",
      "RTP packets of pushed sound that were dropped.", U64,
      ROUTER(push.audio.packets_malformed) },
    { "gridwall_hub_streams", "gauge", "Streams in the hub.", U32, ROUTER(hub.streams) },
    { "gridwall_hub_subscriptions", "gauge", "Subscriptions to streams.", U32,
      ROUTER(hub.subscriptions) },
    { "gridwall_hub_packets_total", "counter", "Packets made of access units.", U64,
      ROUTER(hub.packets) },
    { "gridwall_hub_gop_bytes", "gauge", "Bytes of cached pictures.", U64,
      ROUTER(hub.gop_bytes) },
    { "gridwall_hub_gop_memory_bytes", "gauge",
      "Memory of cached pictures, spare pages included.", U64, ROUTER(hub.gop_memory) },
    { "gridwall_hub_gop_evicted_total", "counter", "Caches that outgrew their bound.",
      U64, ROUTER(hub.gop_evicted) },
    { "gridwall_hub_gop_shed_total", "counter",
      "Caches given up for the bound on all of them.", U64, ROUTER(hub.gop_shed) },
    { "gridwall_hub_unpackaged_total", "counter", "Frames a form could not carry.", U64,
      ROUTER(hub.unpackaged) },
    { "gridwall_handover_dropped_total", "counter",
      "Frames dropped because another shard was busy.", U64, ROUTER(handover_dropped) },
    { "gridwall_connections", "gauge", "HTTP and WebSocket connections.", U32,
      SERVER(connections) },
    { "gridwall_wall_sockets", "gauge", "Wall sockets.", U32, SERVER(wall_sockets) },
    { "gridwall_viewers", "gauge", "Streams that viewers have open.", U32,
      SERVER(viewers) },
    { "gridwall_viewer_messages_total", "counter", "Messages of media sent to viewers.",
      U64, SERVER(messages_out) },
    { "gridwall_viewer_bytes_total", "counter", "Bytes of media sent to viewers.", U64,
      SERVER(bytes_out) },
    { "gridwall_viewer_packets_dropped_total", "counter",
      "Packets dropped for slow viewers.", U64, SERVER(packets_dropped) },
    { "gridwall_viewer_queued_bytes", "gauge", "Bytes that wait for viewers.", U64,
      SERVER(queued_bytes) },
    { "gridwall_viewers_stuck_total", "counter", "Viewers closed for taking nothing.",
      U64, SERVER(viewers_stuck) },
    { "gridwall_tls_handshakes", "gauge",
      "Connections that are not through with their TLS handshake.", U32,
      SERVER(handshakes) },
    { "gridwall_tls_handshakes_failed_total", "counter",
      "Connections that ended before their TLS handshake did.", U64,
      SERVER(handshakes_failed) },
    { "gridwall_bad_messages_total", "counter", "Control messages that broke the rules.",
      U64, SERVER(bad_messages) },
};

static uint64_t value_of(const struct shard_figures *figures, const struct metric *metric)
{
    const char *field = (const char *)figures + metric->offset;
    if (metric->width == U64) {
        uint64_t v;
        memcpy(&v, field, sizeof(v));
        return v;
    }
    uint32_t v;
    memcpy(&v, field, sizeof(v));
    return v;
}

static void print_metrics(FILE *out, const struct shard_figures *figures, uint32_t shards)
{
    for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++) {
        const struct metric *m = &metrics[i];
        fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, m->type);
        for (uint32_t s = 0; s < shards; s++)
            fprintf(out, "%s{shard=\"%u\"} %" PRIu64 "\n", m->name, s,
                    value_of(&figures[s], m));
    }
}

static void print_states(FILE *out, struct gw_engine *engine)
{
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    uint32_t counts[GW_CAMERA_STATES] = { 0 };
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(snapshot, &n);

    for (size_t i = 0; i < n; i++)
        counts[gw_states_get(gw_engine_states(engine), cameras[i].num).state]++;
    gw_snapshot_unref(&snapshot);
    fputs("# HELP gridwall_cameras Registered cameras by state.\n"
          "# TYPE gridwall_cameras gauge\n",
          out);
    for (int i = 0; i < GW_CAMERA_STATES; i++)
        fprintf(out, "gridwall_cameras{state=\"%s\"} %" PRIu32 "\n",
                gw_camera_state_name((enum gw_camera_state)i), counts[i]);
}

static void print_rates(FILE *out, struct gw_engine *engine)
{
    fprintf(out,
            "# HELP gridwall_api_refused_total API requests refused as too many.\n"
            "# TYPE gridwall_api_refused_total counter\n"
            "gridwall_api_refused_total %" PRIu64 "\n",
            gw_rates_refused(gw_engine_rates(engine)));
}

static void print_ratio(FILE *out, const char *name, const char *help,
                        const struct gw_norm_figures *figures,
                        uint64_t (*part)(const struct gw_norm_count *c))
{
    fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
    for (int i = 0; i < GW_AREAS; i++) {
        const struct gw_norm_count *c = &figures->areas[i];
        uint64_t judged = gw_norm_judged(c);
        fprintf(out, "%s{area=\"%s\"} ", name, gw_norm_area_name((enum gw_norm_area)i));
        if (judged)
            fprintf(out, "%.6f\n", (double)part(c) / (double)judged);
        else
            fputs("NaN\n", out);
    }
}

// Of all cameras together: a figure a cell would be thousands.
static void print_norms(FILE *out, struct gw_engine *engine)
{
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    const struct gw_norm_world now = {
        .snapshot = snapshot,
        .states = gw_engine_states(engine),
        .health = gw_engine_health(engine),
        .now_us = gw_clock_now_us(),
    };
    struct gw_norm_figures figures = { 0 };
    gw_norms_sum(&now, &figures);
    gw_snapshot_unref(&snapshot);
    print_ratio(out, "gridwall_online_ratio",
                "Share of the judged cameras that answer; areas as in docs/norms.md.",
                &figures, gw_norm_online);
    print_ratio(out, "gridwall_intact_ratio",
                "Share of the judged cameras that answer and give whole pictures.",
                &figures, gw_norm_intact);
}

static void print_registry(FILE *out, struct gw_engine *engine)
{
    fprintf(
        out,
        "# HELP gridwall_registry_writes_failed_total Writes that could not be stored.\n"
        "# TYPE gridwall_registry_writes_failed_total counter\n"
        "gridwall_registry_writes_failed_total %" PRIu64 "\n",
        gw_registry_writes_failed(gw_engine_registry(engine)));
}

static void print_audit(FILE *out, struct gw_engine *engine)
{
    struct gw_registry_audit_stats stats;
    gw_registry_audit_stats(gw_engine_registry(engine), &stats);
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } rows[] = {
        { "gridwall_audit_entries_total", "counter", "Entries of the audit log.",
          stats.written },
        { "gridwall_audit_waiting", "gauge", "Entries that are not on disk yet.",
          stats.waiting },
        { "gridwall_audit_lost_total", "counter",
          "Entries that found no room to wait; the log says how many.", stats.lost },
        { "gridwall_audit_failures_total", "counter",
          "Times that entries could not be written, and were tried again.",
          stats.failures },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        fprintf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", rows[i].name,
                rows[i].help, rows[i].name, rows[i].type, rows[i].name, rows[i].value);
}

static void on_shard(struct gw_shard *shard, void *arg, void *part)
{
    struct shard_figures *figures = part;
    (void)arg;
    gw_router_stats(gw_shard_router(shard), &figures->router);
    gw_server_stats(gw_shard_server(shard), &figures->server);
}

static void on_answers(struct gw_shard *home, void *arg, void *parts, uint32_t shards)
{
    struct gw_reply reply = {
        .status = 503,
        .content_type = "text/plain; version=0.0.4; charset=utf-8",
    };
    char *text = NULL;
    size_t len = 0;
    (void)home;

    FILE *out = open_memstream(&text, &len);
    if (out) {
        print_metrics(out, parts, shards);
        print_states(out, gw_shard_engine(home));
        print_norms(out, gw_shard_engine(home));
        print_registry(out, gw_shard_engine(home));
        print_rates(out, gw_shard_engine(home));
        print_audit(out, gw_shard_engine(home));
        if (fclose(out) == 0) {
            reply.status = 200;
            reply.body = text;
            reply.body_len = len;
        }
    }
    gw_request_reply(arg, &reply);
    free(text);
}

void gw_metrics_reply(struct gw_shard *shard, struct gw_request *request)
{
    const struct gw_gather_question question = {
        .part_bytes = sizeof(struct shard_figures),
        .on_shard = on_shard,
        .on_answers = on_answers,
        .arg = request,
    };
    if (gw_gather(shard, &question) < 0) {
        const struct gw_reply reply = { .status = 503, .content_type = "text/plain" };
        gw_request_reply(request, &reply);
    }
}
