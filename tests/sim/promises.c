#include "tests/sim/promises.h"

#include "base/clock.h"
#include "mux/wall_frame.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    // Attempts for others in a row while a wall could have had its turn: one for
    // fairness, and one that was given before the wall asked.
    PASSED_MAX = 2,
    SETTLE_US = 5 * GW_SECOND, // for what cannot be known from outside: see starves()
};

void sim_broken(struct sim *sim, const char *promise, const struct sim_stream *s)
{
    if (*sim->why)
        return;
    int n = snprintf(sim->why, sizeof(sim->why), "%s at %.6f s", promise,
                     (double)sim->events.now_us / GW_SECOND);
    if (s)
        snprintf(sim->why + n, sizeof(sim->why) - (size_t)n,
                 ": stream %u, %s, %s, attempt %u, next one at %.6f s", s->number,
                 gw_source_state_name(s->status.state), gw_cause_name(s->status.cause),
                 s->status.attempt, (double)s->status.retry_at_us / GW_SECOND);
}

static void check_pace(struct sim *sim, const struct sim_stream *s)
{
    uint32_t limit = sim->limits.attempts_per_s;
    uint64_t now_us = sim->events.now_us;

    if (sim->attempts >= limit) {
        uint64_t before = sim->started_us[(sim->attempts - limit) % SIM_PACE_MAX];
        if (now_us - before < GW_SECOND)
            sim_broken(sim, "more attempts in a second than allowed", s);
    }
    sim->started_us[sim->attempts++ % SIM_PACE_MAX] = now_us;
}

static enum gw_group_level level_of(const struct sim_place *place)
{
    if (!place->around)
        return GW_GROUP_ALL;
    return place->around->around ? GW_GROUP_HOST : GW_GROUP_SUBNET;
}

// For longer than a turn may be on its way.
static bool has_room(const struct sim_stream *s)
{
    const struct sim *sim = s->sim;

    for (const struct sim_place *p = s->host; p; p = p->around)
        if (p->attempts >= sim->limits.attempts_max[level_of(p)] ||
            p->crowded_us + GW_ADMISSION_LATE_US >= sim->events.now_us)
            return false;
    return s->host->full_until_us < sim->events.now_us;
}

// A wall that has waited for its turn for longer than a turn may be on its way.
static bool a_wall_waits(const struct sim *sim)
{
    for (uint32_t i = 0; i < sim->stream_count; i++) {
        const struct sim_stream *s = &sim->streams[i];
        uint64_t since_us = s->queued_us > s->watched_us ? s->queued_us : s->watched_us;
        if (s->watched && s->queued_us &&
            since_us + GW_ADMISSION_LATE_US < sim->events.now_us && has_room(s))
            return true;
    }
    return false;
}

static void check_order(struct sim_stream *s)
{
    struct sim *sim = s->sim;

    if (s->watched || !a_wall_waits(sim))
        sim->passed = 0;
    else if (++sim->passed > PASSED_MAX)
        sim_broken(sim, "others were served while a wall waited", s);
}

void promise_attempt(struct sim_stream *s)
{
    struct sim *sim = s->sim;

    if (s->conn)
        sim_broken(sim, "two connections of one stream", s);
    if (s->failed_us && sim->events.now_us < s->failed_us + 500 * GW_MS)
        sim_broken(sim, "an attempt before the back-off was over", s);
    check_pace(sim, s);
    s->queued_us = 0;
    check_order(s);
    s->attempting = true;
    for (struct sim_place *p = s->host; p; p = p->around)
        if (++p->attempts > sim->limits.attempts_max[level_of(p)])
            sim_broken(sim, "too many attempts under way", s);
}

void promise_attempt_over(struct sim_stream *s)
{
    if (!s->attempting)
        return;
    s->attempting = false;
    for (struct sim_place *p = s->host; p; p = p->around)
        if (p->attempts-- == s->sim->limits.attempts_max[level_of(p)])
            p->crowded_us = s->sim->events.now_us;
}

void promise_picture(struct sim_lane *lane, const struct gw_packet *packet)
{
    struct sim_stream *s = lane->stream;
    const uint8_t *payload = packet->block + GW_PACKET_HEADROOM;
    uint32_t camera, number;

    s->sim->pictures++;
    if (!sim_camera_mark(payload, packet->len, &camera, &number))
        sim_broken(s->sim, "a picture that no camera sent", s);
    else if (camera != s->number)
        sim_broken(s->sim, "another camera's picture", s);
    else if (number <= lane->last)
        sim_broken(s->sim, "a picture out of order", s);
    lane->last = number;
}

void promise_queue(struct sim_viewer *v, bool empty)
{
    const struct sim *sim = v->sim;

    for (int i = 0; i < SIM_LANES; i++) {
        const struct gw_viewer_lane *lane = &v->lanes[i].lane;
        if (lane->media_bytes > sim->viewer_limits.lane_bytes ||
            lane->config_bytes > GW_VIEWER_CONFIG_MAX)
            sim_broken(v->sim, "a viewer's queue over its bound", v->lanes[i].stream);
    }
    if (empty && v->pushed != v->popped + v->queue.dropped)
        sim_broken(v->sim, "a picture was lost and not counted", v->lanes[0].stream);
}

void promise_track(struct sim_conn *c)
{
    if (c->shown != c->arrived)
        sim_broken(c->stream->sim, "a picture that arrived did not come through",
                   c->stream);
}

// A turn in GW_ADMISSION_FAIR_EVERY goes to whoever waits longest, and at most all
// others wait longer. Hosts that are full or busy are left out: their line is theirs.
void promise_nobody_starves(struct sim *sim)
{
    uint64_t turn_us = 2 * (uint64_t)GW_SECOND / sim->limits.attempts_per_s;
    uint64_t bound_us = SETTLE_US + GW_ADMISSION_FAIR_EVERY * turn_us * sim->stream_count;

    for (uint32_t i = 0; i < sim->stream_count; i++) {
        struct sim_stream *s = &sim->streams[i];
        if (s->queued_us && s->queued_us + bound_us < sim->events.now_us &&
            !s->host->attempts && has_room(s))
            sim_broken(sim, "a stream starved in the line", s);
    }
}

void promise_back(struct sim *sim, bool watched)
{
    for (uint32_t i = 0; i < sim->stream_count; i++) {
        struct sim_stream *s = &sim->streams[i];
        bool asked = watched ? s->watched : s->always;
        if (asked && s->status.state != GW_SOURCE_LIVE && !s->babbled)
            sim_broken(sim,
                       watched ? "a wall's camera is not back in time"
                               : "a camera is not back in time",
                       s);
    }
}

void promise_nothing_left(struct sim *sim)
{
    struct gw_admission_stats admission;

    gw_admission_stats(sim->admission, &admission);
    if (admission.attempts || admission.connections || admission.waiting)
        sim_broken(sim, "the admission holds something at the end", NULL);
    for (int i = 0; i < SIM_SHARDS; i++) {
        struct gw_fleet_stats fleet;
        struct gw_hub_stats hub;
        gw_fleet_stats(sim->shards[i].fleet, &fleet);
        gw_hub_stats(sim->shards[i].hub, &hub);
        if (fleet.streams || fleet.queued || fleet.connecting || fleet.connected)
            sim_broken(sim, "a fleet holds streams at the end", NULL);
        if (hub.streams || hub.subscriptions || hub.gop_bytes)
            sim_broken(sim, "a hub holds something at the end", NULL);
    }
    for (uint32_t i = 0; i < sim->stream_count; i++)
        if (sim->streams[i].conn || sim->streams[i].track)
            sim_broken(sim, "a connection is left at the end", &sim->streams[i]);
}
