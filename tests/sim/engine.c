// What app/router.c and ingest/ingest.c do for the parts, without their I/O.

#include "tests/sim/sim.h"

#include "base/clock.h"
#include "tests/sim/promises.h"

#include <stdlib.h>

static uint64_t now(const struct sim *sim)
{
    return sim->events.now_us;
}

struct sim_shard *sim_shard_of(const struct sim_stream *s)
{
    return &s->sim->shards[s->number % SIM_SHARDS];
}

static struct gw_fleet *fleet_of(const struct sim_stream *s)
{
    sim_shard_of(s)->changed = true;
    return sim_shard_of(s)->fleet;
}

static void on_frame(void *arg, struct gw_frame *frame)
{
    struct sim_stream *s = arg;

    s->conn->arrived++;
    if (!s->framed) {
        s->framed = true;
        s->babbled = false;
        gw_fleet_on_first_frame(fleet_of(s), s->number, now(s->sim));
    }
    gw_hub_publish(sim_shard_of(s)->hub, s->number, frame);
}

static void need_track(struct sim_stream *s)
{
    struct gw_video_track_config config = { .on_frame = on_frame, .arg = s };
    if (!s->track && gw_video_track_create(&config, &s->track))
        abort();
}

static void on_connect(void *arg, uint32_t stream, const char *url, bool probe)
{
    struct sim_shard *shard = arg;
    struct sim_stream *s = &shard->sim->streams[stream];

    promise_attempt(s);
    need_track(s);
    sim_conn_open(s, url, probe);
}

static void on_close(void *arg, uint32_t stream)
{
    struct sim_shard *shard = arg;
    struct sim_stream *s = &shard->sim->streams[stream];

    promise_attempt_over(s);
    if (s->conn)
        sim_conn_destroy(s->conn);
}

// Whether it stands in line is known by what it was told.
static void note_line(struct sim_stream *s)
{
    bool wanted = s->watched || s->always;
    bool waits = wanted && !s->conn && s->status.state == GW_SOURCE_CONNECTING;
    uint64_t since_us = waits ? s->status.since_us : 0;

    if (wanted && !s->conn && s->status.state == GW_SOURCE_RETRYING)
        since_us = s->status.retry_at_us;
    s->queued_us = since_us;
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    struct sim_shard *shard = arg;
    struct sim_stream *s = &shard->sim->streams[status->stream];

    s->status = *status;
    note_line(s);
    if (status->state != GW_SOURCE_LIVE)
        gw_hub_forget_gop(shard->hub, s->number);
    if (status->state == GW_SOURCE_IDLE) {
        gw_video_track_destroy(s->track);
        s->track = NULL;
    }
}

static void on_wake(void *arg)
{
    struct sim_shard *shard = arg;
    shard->changed = true;
}

static void on_demand(void *arg, uint32_t stream, bool wanted)
{
    struct sim_shard *shard = arg;
    struct sim_stream *s = &shard->sim->streams[stream];
    s->watched = wanted;
    s->watched_us = now(s->sim);
    sim_want(s);
}

void sim_want(struct sim_stream *s)
{
    struct gw_fleet *fleet = fleet_of(s);

    if (!s->watched && !s->always) {
        gw_fleet_unwant(fleet, s->number, now(s->sim));
    } else {
        enum gw_priority priority = s->watched ? GW_PRIORITY_WALL : GW_PRIORITY_ALWAYS;
        if (gw_fleet_want(fleet, s->number, s->url, priority, now(s->sim)))
            abort();
    }
    // Priority may have changed what it waits for.
    if (!gw_fleet_status(fleet, s->number, &s->status))
        note_line(s);
}

void sim_on_setup(struct sim_stream *s, const struct gw_media_format *video)
{
    s->framed = false;
    if (gw_video_track_start(s->track, video))
        abort();
    promise_attempt_over(s);
    gw_fleet_on_connected(fleet_of(s), s->number, now(s->sim));
}

void sim_on_failed(struct sim_stream *s, enum gw_cause cause)
{
    promise_attempt_over(s);
    sim_conn_destroy(s->conn);
    s->failed_us = now(s->sim);
    s->babbled = cause == GW_CAUSE_NOT_RTSP;
    gw_fleet_on_failed(fleet_of(s), s->number, cause, 0, now(s->sim));
}

void sim_on_described(struct sim_stream *s)
{
    promise_attempt_over(s);
    sim_conn_destroy(s->conn);
    gw_fleet_on_probed(fleet_of(s), s->number, now(s->sim));
    note_line(s);
    if (s->queued_us) // wanted while it was probed
        s->queued_us = now(s->sim);
}

void sim_engine_run(struct sim *sim)
{
    for (int i = 0; i < SIM_SHARDS; i++) {
        struct sim_shard *shard = &sim->shards[i];
        if (sim_engine_next_us(sim) > now(sim) || shard->next_us > now(sim))
            continue;
        gw_fleet_run(shard->fleet, now(sim));
        shard->changed = true;
    }
}

uint64_t sim_engine_next_us(struct sim *sim)
{
    uint64_t next_us = UINT64_MAX;

    for (int i = 0; i < SIM_SHARDS; i++) {
        struct sim_shard *shard = &sim->shards[i];
        if (shard->changed)
            shard->next_us = gw_fleet_next_us(shard->fleet);
        shard->changed = false;
        if (shard->next_us < next_us)
            next_us = shard->next_us;
    }
    return next_us;
}

static void create_shard(struct sim *sim, struct sim_shard *shard)
{
    struct gw_hub_config hub = {
        .gop_max_bytes = 64 * 1024,
        .on_demand = on_demand,
        .arg = shard,
    };
    struct gw_fleet_config fleet = gw_fleet_config_default();

    shard->sim = sim;
    fleet.linger_us = gw_rng_below(&sim->rng, 10 * GW_SECOND);
    fleet.backoff_min_us = 500 * GW_MS;
    fleet.backoff_max_us = 30 * GW_SECOND;
    fleet.seed = gw_rng_next(&sim->rng);
    fleet.admission = sim->admission;
    fleet.on_connect = on_connect;
    fleet.on_close = on_close;
    fleet.on_status = on_status;
    fleet.on_wake = on_wake;
    fleet.arg = shard;
    shard->hub = gw_hub_create(&hub);
    if (!shard->hub || gw_fleet_create(&fleet, &shard->fleet))
        abort();
}

void sim_engine_create(struct sim *sim)
{
    if (gw_admission_create(&sim->limits, &sim->admission))
        abort();
    for (int i = 0; i < SIM_SHARDS; i++)
        create_shard(sim, &sim->shards[i]);
}

// A run that broke a promise ends in the middle of things.
void sim_engine_destroy(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->stream_count; i++) {
        if (sim->streams[i].conn)
            sim_conn_destroy(sim->streams[i].conn);
        gw_video_track_destroy(sim->streams[i].track);
    }
    for (int i = 0; i < SIM_SHARDS; i++) {
        gw_fleet_destroy(sim->shards[i].fleet, now(sim));
        gw_hub_destroy(sim->shards[i].hub);
    }
    gw_admission_destroy(sim->admission);
}
