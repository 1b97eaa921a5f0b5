// One run: churn and faults; then the whole district is cut and comes back, in calm, so
// that who is back when can be told; churn and faults again; then all is given up.

#include "tests/sim/sim.h"

#include "base/clock.h"
#include "tests/sim/promises.h"

#include <stdlib.h>
#include <string.h>

enum {
    CUT_S = 40,
    BACK_S = 60,
    WALL_BACK_S = 3, // and what the pace implies
    SYN_S = 2,       // after darkness: a SYN that was lost is sent again that late
    OTHERS_BACK_S = 8,
    STORM_AFTER_S = 20,
    GIVE_UP_S = 120, // lingers and back-offs are over by then
};

static uint64_t between(struct sim *sim, uint64_t low, uint64_t high)
{
    return low + gw_rng_below(&sim->rng, high - low + 1);
}

static uint64_t seconds(uint64_t s)
{
    return s * GW_SECOND;
}

static struct sim_place *somewhere(struct sim *sim)
{
    uint64_t dice = gw_rng_below(&sim->rng, 20);

    if (dice == 0)
        return &sim->all;
    if (dice < 5)
        return &sim->subnets[gw_rng_below(&sim->rng, sim->subnet_count)];
    return &sim->hosts[gw_rng_below(&sim->rng, sim->host_count)];
}

static void on_mishap(void *arg)
{
    struct sim *sim = arg;
    uint64_t now_us = sim->events.now_us;

    if (!sim->calm)
        sim_break(sim, somewhere(sim),
                  (enum sim_fault)between(sim, SIM_REFUSES, SIM_FAULTS - 1),
                  now_us + between(sim, 1, 8 * GW_SECOND));
    sim_events_set(&sim->events, &sim->mishap, now_us + between(sim, 1, GW_SECOND));
}

// The registry changes; the health round goes on.
static void on_churn(void *arg)
{
    struct sim *sim = arg;
    struct sim_stream *s = &sim->streams[gw_rng_below(&sim->rng, sim->stream_count)];

    if (!sim->calm && gw_rng_below(&sim->rng, 4) == 0) {
        s->always = !s->always;
        sim_want(s);
    } else if (!s->always && !s->watched) {
        struct sim_shard *shard = sim_shard_of(s);
        (void)gw_fleet_probe(shard->fleet, s->number, s->url, sim->events.now_us);
        shard->changed = true;
    }
    sim_events_set(&sim->events, &sim->churn,
                   sim->events.now_us + between(sim, 1, 200 * GW_MS));
}

static void on_look(void *arg)
{
    struct sim *sim = arg;
    promise_nobody_starves(sim);
    sim_events_set(&sim->events, &sim->look, sim->events.now_us + GW_SECOND);
}

// Goes on up to that moment, or to the first broken promise.
static void pass(struct sim *sim, uint64_t end_us)
{
    while (!*sim->why) {
        uint64_t event_us = sim_events_next_us(&sim->events);
        uint64_t engine_us = sim_engine_next_us(sim);
        if (event_us > end_us && engine_us > end_us)
            break;
        if (engine_us <= event_us) {
            if (engine_us > sim->events.now_us)
                sim->events.now_us = engine_us;
            sim_engine_run(sim);
        } else {
            sim_events_fire(&sim->events);
        }
    }
    if (!*sim->why)
        sim->events.now_us = end_us;
}

static void heal_all(struct sim *sim)
{
    sim->all.fault = SIM_FINE;
    for (uint32_t i = 0; i < sim->subnet_count; i++)
        sim->subnets[i].fault = SIM_FINE;
    for (uint32_t i = 0; i < sim->host_count; i++)
        sim->hosts[i].fault = SIM_FINE;
}

static uint32_t count_watched(const struct sim *sim)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < sim->stream_count; i++)
        n += sim->streams[i].watched;
    return n;
}

// What the pace needs for so many streams, every turn at five sixths of the limit and
// one in GW_ADMISSION_FAIR_EVERY for others.
static uint64_t line_us(const struct sim *sim, uint32_t streams)
{
    return (uint64_t)streams * GW_SECOND * 13 / 10 / sim->limits.attempts_per_s;
}

static void storm(struct sim *sim)
{
    pass(sim, seconds(CUT_S));
    sim->calm = true;
    enum sim_fault fault = gw_rng_below(&sim->rng, 2) ? SIM_REFUSES : SIM_DARK;
    sim_break(sim, &sim->all, fault, seconds(BACK_S));
    pass(sim, seconds(BACK_S) - 1);
    heal_all(sim);

    uint64_t back_us = sim->events.now_us;
    if (fault == SIM_DARK)
        back_us += seconds(SYN_S);
    pass(sim, back_us + seconds(WALL_BACK_S) + line_us(sim, count_watched(sim)));
    promise_back(sim, true);
    pass(sim, back_us + seconds(OTHERS_BACK_S) + line_us(sim, sim->stream_count));
    promise_back(sim, false);
    sim->calm = false;
    pass(sim, sim->events.now_us + seconds(STORM_AFTER_S));
}

static void give_up(struct sim *sim)
{
    sim->calm = true;
    heal_all(sim);
    sim_events_set(&sim->events, &sim->churn, UINT64_MAX);
    sim_events_set(&sim->events, &sim->mishap, UINT64_MAX);
    sim_viewers_close(sim);
    for (uint32_t i = 0; i < sim->stream_count; i++) {
        sim->streams[i].always = false;
        sim_want(&sim->streams[i]);
    }
    pass(sim, sim->events.now_us + seconds(GIVE_UP_S));
    promise_nothing_left(sim);
}

static void create(struct sim *sim, const struct sim_options *options)
{
    *sim = (struct sim) { .options = *options };
    gw_rng_init(&sim->rng, options->seed);
    sim->stream_count =
        options->cameras ? options->cameras : (uint32_t)between(sim, 50, SIM_CAMERAS_MAX);
    sim->viewer_count = (uint32_t)between(sim, 1, SIM_VIEWERS_MAX);
    sim->limits = (struct gw_admission_config) {
        .attempts_per_s = (uint32_t)between(sim, 100, 300),
        .attempts_max = { (uint32_t)between(sim, 4, 16), (uint32_t)between(sim, 32, 64),
                          (uint32_t)between(sim, 128, 256) },
        .full_us = between(sim, GW_SECOND, 3 * GW_SECOND),
    };
    sim->viewer_limits = (struct gw_viewer_limits) {
        .lane_bytes = between(sim, 512, 4096),
        .lane_age_us = between(sim, GW_SECOND, 20 * GW_SECOND),
        .held_age_us = 500 * GW_MS,
    };
    sim->streams = calloc(sim->stream_count, sizeof(*sim->streams));
    if (!sim->streams)
        abort();
    for (uint32_t i = 0; i < sim->stream_count; i++) {
        sim->streams[i].sim = sim;
        sim->streams[i].number = i;
    }
    sim->mishap = (struct sim_event) { .fire = on_mishap, .arg = sim };
    sim->churn = (struct sim_event) { .fire = on_churn, .arg = sim };
    sim->look = (struct sim_event) { .fire = on_look, .arg = sim };
}

static void begin(struct sim *sim)
{
    sim->events.now_us = GW_SECOND;
    sim_network_create(sim);
    sim_engine_create(sim);
    sim_viewers_create(sim);
    for (uint32_t i = 0; i < sim->stream_count; i++) {
        sim->streams[i].always = gw_rng_below(&sim->rng, 10) < 8;
        if (sim->streams[i].always)
            sim_want(&sim->streams[i]);
    }
    on_mishap(sim);
    on_churn(sim);
    on_look(sim);
}

bool sim_run(struct sim *sim, const struct sim_options *options)
{
    create(sim, options);
    begin(sim);
    storm(sim);
    give_up(sim);
    bool kept = !*sim->why;

    sim_viewers_close(sim);
    sim_engine_destroy(sim);
    sim_network_destroy(sim);
    free(sim->viewers);
    free(sim->streams);
    gw_deadlines_finish(&sim->events.heap);
    return kept;
}
