#include "tests/sim/sim.h"

#include "base/clock.h"
#include "tests/sim/promises.h"

#include <stdlib.h>
#include <string.h>

enum {
    READ_EVERY_US = 300 * GW_MS, // a socket that is slow, so that something waits
    CHANGE_MAX_US = 30 * GW_SECOND,
};

static void on_packet(void *arg, struct gw_packet *packet)
{
    struct sim_lane *lane = arg;
    struct sim_viewer *v = lane->viewer;

    v->pushed += !packet->config;
    if (gw_viewer_queue_push(&v->queue, &lane->lane, packet, v->sim->events.now_us))
        abort(); // config packets are few here
    promise_queue(v, false);
}

static struct sim_lane *lane_of(struct sim_viewer *v, uint32_t stream)
{
    for (int i = 0; i < SIM_LANES; i++)
        if (v->lanes[i].stream && v->lanes[i].stream->number == stream)
            return &v->lanes[i];
    return NULL;
}

static void on_read(void *arg)
{
    struct sim_viewer *v = arg;
    struct gw_viewer_item item;

    while (!v->stuck && gw_viewer_queue_pop(&v->queue, &item)) {
        struct sim_lane *lane = lane_of(v, item.packet->stream);
        if (!lane) {
            sim_broken(v->sim, "a packet of a stream that was not asked for", NULL);
        } else if (!item.packet->config) {
            v->popped++;
            promise_picture(lane, item.packet);
        }
        gw_packet_unref(&item.packet);
    }
    promise_queue(v, !v->stuck);
    sim_events_set(&v->sim->events, &v->read, v->sim->events.now_us + READ_EVERY_US);
}

static void open_lane(struct sim_viewer *v, struct sim_lane *lane, uint32_t shard)
{
    struct sim *sim = v->sim;
    uint32_t number = (uint32_t)gw_rng_below(&sim->rng, sim->stream_count);

    number = number / SIM_SHARDS * SIM_SHARDS + shard;
    if (number >= sim->stream_count || lane_of(v, number))
        return;
    *lane = (struct sim_lane) { .viewer = v, .stream = &sim->streams[number] };
    const struct gw_packet_taker taker = {
        .form = GW_FORM_WALL_AVCC,
        .on_packet = on_packet,
        .arg = lane,
    };
    if (gw_hub_subscribe_packets(sim->shards[shard].hub, number, &taker,
                                 &lane->subscription))
        abort();
}

static void open_viewer(struct sim_viewer *v, uint32_t shard)
{
    v->open = true;
    v->stuck = false;
    v->pushed = v->popped = 0;
    memset(v->lanes, 0, sizeof(v->lanes));
    gw_viewer_queue_init(&v->queue, &v->sim->viewer_limits);
    for (int i = 0; i < SIM_LANES; i++)
        open_lane(v, &v->lanes[i], shard);
    sim_events_set(&v->sim->events, &v->read, v->sim->events.now_us + READ_EVERY_US);
}

static void close_viewer(struct sim_viewer *v)
{
    if (!v->open)
        return;
    v->open = false;
    sim_events_set(&v->sim->events, &v->read, UINT64_MAX);
    for (int i = 0; i < SIM_LANES; i++) {
        struct sim_lane *lane = &v->lanes[i];
        if (!lane->stream)
            continue;
        gw_hub_unsubscribe(sim_shard_of(lane->stream)->hub, &lane->subscription);
    }
    gw_viewer_queue_finish(&v->queue);
}

static void on_change(void *arg)
{
    struct sim_viewer *v = arg;
    struct sim *sim = v->sim;
    uint64_t dice = gw_rng_below(&sim->rng, 4);

    if (!sim->calm) {
        if (!v->open)
            open_viewer(v, (uint32_t)gw_rng_below(&sim->rng, SIM_SHARDS));
        else if (dice == 0)
            close_viewer(v);
        else
            v->stuck = dice == 1;
    }
    sim_events_set(&sim->events, &v->change,
                   sim->events.now_us + gw_rng_below(&sim->rng, CHANGE_MAX_US));
}

void sim_viewers_create(struct sim *sim)
{
    sim->viewers = calloc(sim->viewer_count, sizeof(*sim->viewers));
    if (!sim->viewers)
        abort();
    for (uint32_t i = 0; i < sim->viewer_count; i++) {
        struct sim_viewer *v = &sim->viewers[i];
        v->sim = sim;
        v->read = (struct sim_event) { .fire = on_read, .arg = v };
        v->change = (struct sim_event) { .fire = on_change, .arg = v };
        sim_events_set(&sim->events, &v->change,
                       sim->events.now_us + gw_rng_below(&sim->rng, 5 * GW_SECOND));
    }
}

void sim_viewers_close(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->viewer_count; i++) {
        close_viewer(&sim->viewers[i]);
        sim_events_set(&sim->events, &sim->viewers[i].change, UINT64_MAX);
    }
}
