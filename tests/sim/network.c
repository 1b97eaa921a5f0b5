#include "tests/sim/sim.h"

#include "base/clock.h"
#include "base/stream_url.h"
#include "tests/sim/promises.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MAX_US = 50 * GW_MS, // round trip and camera together
    PICTURE_US = 1 * GW_SECOND, // media is thinned: what decides does not mind
};

static const uint64_t knock_us[] = { 1 * GW_SECOND, 2 * GW_SECOND, 2 * GW_SECOND };
enum { KNOCKS = sizeof(knock_us) / sizeof(*knock_us) };

static uint64_t now(const struct sim *sim)
{
    return sim->events.now_us;
}

static uint64_t soon(struct sim *sim)
{
    return now(sim) + 1 + gw_rng_below(&sim->rng, ANSWER_MAX_US);
}

enum sim_fault sim_fault_at(const struct sim_place *place)
{
    enum sim_fault worst = SIM_FINE;

    for (; place; place = place->around)
        if (place->fault != SIM_FINE && (worst == SIM_FINE || place->fault < worst))
            worst = place->fault;
    return worst;
}

static void on_heal(void *arg)
{
    struct sim_place *place = arg;
    place->fault = SIM_FINE;
}

static bool lies_in(const struct sim_place *inner, const struct sim_place *outer)
{
    while (inner && inner != outer)
        inner = inner->around;
    return inner;
}

static void settle(struct sim_conn *c);

static void disconnect(struct sim_conn *c)
{
    if (c->client) {
        gw_rtsp_client_disconnected(c->client);
        settle(c);
    } else {
        sim_on_failed(c->stream, GW_CAUSE_REFUSED);
    }
}

void sim_break(struct sim *sim, struct sim_place *place, enum sim_fault fault,
               uint64_t until_us)
{
    place->fault = fault;
    sim_events_set(&sim->events, &place->heal, until_us);
    if (fault == SIM_FULL) {
        // Trials go on for a while after it is over.
        for (uint32_t i = 0; i < sim->host_count; i++)
            if (lies_in(&sim->hosts[i], place))
                sim->hosts[i].full_until_us = until_us + 60 * (uint64_t)GW_SECOND;
    }
    for (uint32_t i = 0; fault == SIM_REFUSES && i < sim->stream_count; i++)
        if (sim->streams[i].conn && lies_in(sim->streams[i].host, place))
            disconnect(sim->streams[i].conn);
}

static enum gw_cause on_setup(void *arg, const struct gw_media_format *media,
                              size_t count)
{
    struct sim_conn *c = arg;
    (void)count;
    sim_on_setup(c->stream, media);
    return GW_CAUSE_NONE;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct sim_conn *c = arg;
    (void)kind;
    return gw_video_track_packet(c->stream->track, data, len, now(c->stream->sim),
                                 now(c->stream->sim));
}

// What the client wants sent reaches the camera, unless the line is dark.
static void send_requests(struct sim_conn *c)
{
    struct sim *sim = c->stream->sim;
    enum sim_fault fault = sim_fault_at(c->stream->host);
    size_t len;
    const void *data = gw_rtsp_client_output(c->client, &len);

    if (!len)
        return;
    if (fault != SIM_DARK) {
        c->waiting = sim_camera_answer(data, len,
                                       fault == SIM_FULL      ? SIM_BUSY
                                       : fault == SIM_BABBLES ? SIM_GARBAGE
                                                              : SIM_GOOD,
                                       c->text);
        sim_events_set(&sim->events, &c->answer, soon(sim));
    }
    gw_rtsp_client_sent(c->client, len);
}

// After every call of the client, as a session does.
static void settle(struct sim_conn *c)
{
    struct sim_stream *s = c->stream;
    enum gw_rtsp_client_state state = gw_rtsp_client_state(c->client);

    if (state == GW_RTSP_FAILED) {
        sim_on_failed(s, gw_rtsp_client_cause(c->client));
    } else if (state == GW_RTSP_CLOSED) {
        sim_on_described(s);
    } else {
        send_requests(c);
        if (state == GW_RTSP_PLAYING && c->picture.due.place == GW_DEADLINE_NONE)
            sim_events_set(&s->sim->events, &c->picture, soon(s->sim));
        uint64_t due_us = gw_rtsp_client_deadline_us(c->client);
        if (c->tick.due.place == GW_DEADLINE_NONE || due_us < c->tick.due.at_us)
            sim_events_set(&s->sim->events, &c->tick, due_us);
    }
}

static void receive(struct sim_conn *c, const void *data, size_t len)
{
    gw_rtsp_client_receive(c->client, data, len, now(c->stream->sim));
}

// TCP cuts where it likes.
static void on_answer(void *arg)
{
    struct sim_conn *c = arg;
    struct sim *sim = c->stream->sim;
    size_t cut = gw_rng_below(&sim->rng, c->waiting + 1);

    if (sim_fault_at(c->stream->host) == SIM_DARK)
        return; // on its way when the line went
    receive(c, c->text, cut);
    receive(c, c->text + cut, c->waiting - cut);
    settle(c);
}

static void on_picture(void *arg)
{
    struct sim_conn *c = arg;
    struct sim_stream *s = c->stream;
    enum sim_fault fault = sim_fault_at(s->host);
    uint8_t picture[SIM_PICTURE_MAX];

    sim_events_set(&s->sim->events, &c->picture, now(s->sim) + PICTURE_US);
    s->picture++;
    if (fault == SIM_DARK || fault == SIM_MUTE)
        return;
    bool key = c->shown % SIM_KEY_EVERY == 0;
    size_t len = sim_camera_picture(s->number, s->picture, c->seq++, key, picture);
    c->shown++;
    receive(c, picture, len);
    promise_track(c);
    settle(c);
}

// The deadline may have moved on meanwhile: early calls do no harm.
static void on_tick(void *arg)
{
    struct sim_conn *c = arg;
    gw_rtsp_client_tick(c->client, now(c->stream->sim));
    settle(c);
}

static void start_talking(struct sim_conn *c)
{
    struct sim *sim = c->stream->sim;
    const struct gw_rtsp_client_config config = {
        .url = c->url,
        .answer_timeout_us = SIM_CONNECT_TIMEOUT_US,
        .stall_us = SIM_STALL_US,
        .seed = gw_rng_next(&sim->rng),
        .describe_only = c->probe,
        .on_setup = on_setup,
        .on_packet = on_packet,
        .arg = c,
    };
    if (gw_rtsp_client_create(&config, now(sim), &c->client))
        abort();
    settle(c);
}

// A SYN arrives, is refused, or is lost and sent again.
static void on_opening(void *arg)
{
    struct sim_conn *c = arg;
    struct sim *sim = c->stream->sim;

    switch (sim_fault_at(c->stream->host)) {
    case SIM_REFUSES: sim_on_failed(c->stream, GW_CAUSE_REFUSED); break;
    case SIM_DARK:
        if (c->knocks == KNOCKS)
            sim_on_failed(c->stream, GW_CAUSE_TIMEOUT);
        else
            sim_events_set(&sim->events, &c->opening, now(sim) + knock_us[c->knocks++]);
        break;
    case SIM_FINE:
    case SIM_FULL:
    case SIM_BABBLES:
    case SIM_MUTE:
    case SIM_FAULTS: start_talking(c); break;
    }
}

static void set_event(struct sim_event *event, void (*fire)(void *arg), void *arg)
{
    *event = (struct sim_event) { .fire = fire, .arg = arg };
}

void sim_conn_open(struct sim_stream *s, const char *url, bool probe)
{
    struct sim_conn *c = calloc(1, sizeof(*c));
    if (!c || gw_stream_url_parse(url, &c->url))
        abort();
    c->stream = s;
    c->probe = probe;
    set_event(&c->opening, on_opening, c);
    set_event(&c->answer, on_answer, c);
    set_event(&c->picture, on_picture, c);
    set_event(&c->tick, on_tick, c);
    s->conn = c;
    sim_events_set(&s->sim->events, &c->opening, soon(s->sim));
}

void sim_conn_destroy(struct sim_conn *c)
{
    struct sim_events *events = &c->stream->sim->events;

    sim_events_set(events, &c->opening, UINT64_MAX);
    sim_events_set(events, &c->answer, UINT64_MAX);
    sim_events_set(events, &c->picture, UINT64_MAX);
    sim_events_set(events, &c->tick, UINT64_MAX);
    gw_rtsp_client_destroy(c->client);
    gw_stream_url_destroy(c->url);
    c->stream->conn = NULL;
    free(c);
}

static void create_places(struct sim *sim, struct sim_place **ret_places, uint32_t count,
                          struct sim_place *around, uint32_t a_group)
{
    struct sim_place *places = calloc(count, sizeof(*places));
    if (!places)
        abort();
    for (uint32_t i = 0; i < count; i++) {
        places[i].sim = sim;
        places[i].around = a_group ? &around[i / a_group] : around;
        set_event(&places[i].heal, on_heal, &places[i]);
    }
    *ret_places = places;
}

// Every fourth camera is a channel of a recorder, the others have hosts of their own.
void sim_network_create(struct sim *sim)
{
    uint32_t recorders = sim->stream_count / 4 / SIM_RECORDER_CHANNELS;
    uint32_t channels = recorders * SIM_RECORDER_CHANNELS;

    sim->host_count = recorders + sim->stream_count - channels;
    sim->subnet_count = sim->host_count / SIM_HOSTS_A_SUBNET + 1;
    sim->all.sim = sim;
    set_event(&sim->all.heal, on_heal, &sim->all);
    create_places(sim, &sim->subnets, sim->subnet_count, &sim->all, 0);
    create_places(sim, &sim->hosts, sim->host_count, sim->subnets, SIM_HOSTS_A_SUBNET);
    for (uint32_t i = 0; i < sim->stream_count; i++) {
        struct sim_stream *s = &sim->streams[i];
        uint32_t host =
            i < channels ? i / SIM_RECORDER_CHANNELS : recorders + i - channels;
        s->host = &sim->hosts[host];
        snprintf(s->url, sizeof(s->url), "rtsp://10.0.%u.%u/%u",
                 host / SIM_HOSTS_A_SUBNET, host % SIM_HOSTS_A_SUBNET + 1, i);
    }
}

void sim_network_destroy(struct sim *sim)
{
    free(sim->subnets);
    free(sim->hosts);
}
