#include "app/router.h"

#include "app/rights.h"
#include "app/route.h"
#include "app/view.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>

static int tell_owner(struct gw_router *router, const struct gw_route *route,
                      enum gw_message_type type)
{
    struct gw_message m = {
        .type = type,
        .stream = route->stream,
        .from = gw_shard_index(router->shard),
        .epoch = route->epoch,
    };
    int r = gw_shard_post(gw_engine_owner(router->engine, route->stream), &m);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "owner_unreachable", "stream=%u error=%d", route->stream, r);
    return r;
}

static void on_demand(void *arg, uint32_t stream, bool wanted)
{
    struct gw_router *router = arg;
    struct gw_route *route =
        wanted ? gw_route_need(router, stream) : gw_route_find(router, stream);
    if (!route)
        return;

    route->demanded = wanted;
    if (wanted)
        route->epoch = ++router->next_epoch;
    if (gw_route_is_ours(router, stream)) {
        gw_route_pull(router, route);
    } else if (wanted) {
        if (tell_owner(router, route, GW_MESSAGE_SUBSCRIBE) < 0)
            gw_shard_refuse(router->shard, stream, route->epoch);
    } else {
        (void)tell_owner(router, route, GW_MESSAGE_UNSUBSCRIBE);
        route->status.state = GW_SOURCE_IDLE; // it tells us no more
    }
    if (!wanted)
        gw_route_release(router, route);
}

static void on_frame(void *arg, uint32_t stream, struct gw_frame *frame)
{
    struct gw_router *router = arg;
    gw_hub_publish(router->hub, stream, frame);
}

// The map shows cameras, not streams: live if either stream is.
static void note_camera_state(struct gw_router *router,
                              const struct gw_source_status *status)
{
    uint32_t num = gw_camera_of(status->stream);
    const struct gw_route *other = gw_route_find(router, status->stream ^ 1);
    struct gw_camera_condition before =
        gw_states_get(gw_engine_states(router->engine), num);
    struct gw_camera_condition now = { before.state, GW_CAUSE_NONE };

    if (other && other->status.state == GW_SOURCE_LIVE)
        return;
    switch (status->state) {
    case GW_SOURCE_LIVE: now.state = GW_CAMERA_LIVE; break;
    case GW_SOURCE_CONNECTING:
    case GW_SOURCE_WAITING: now.state = GW_CAMERA_CONNECTING; break;
    case GW_SOURCE_RETRYING:
        now = (struct gw_camera_condition) { GW_CAMERA_OFFLINE, status->cause };
        break;
    case GW_SOURCE_IDLE:
        if (before.state == GW_CAMERA_LIVE)
            now.state = GW_CAMERA_ONLINE;
        else if (before.state == GW_CAMERA_CONNECTING)
            now.state = GW_CAMERA_UNKNOWN;
        else
            now = before;
        break;
    case GW_SOURCE_STATES: return;
    }
    if (gw_states_set(gw_engine_states(router->engine), num, now) > 0)
        gw_announcer_note(router->announcer, num);
}

// A source that failed, or is connected under another address, shows the past or
// another camera: nobody who joins now shall see it.
static void spread_status(struct gw_router *router, struct gw_route *route,
                          const struct gw_source_status *status)
{
    route->status = *status;
    if (status->state != GW_SOURCE_LIVE)
        gw_hub_forget_gop(router->hub, status->stream);
    if (route->demanded)
        gw_server_send_status(gw_shard_server(router->shard), status);
    for (uint32_t i = 0; i < gw_engine_shards(router->engine); i++)
        if (route->handovers[i])
            gw_handover_status(route->handovers[i], status);
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    struct gw_router *router = arg;
    // One that pushes comes whether somebody wanted it or not.
    struct gw_route *route = status->state == GW_SOURCE_IDLE
                                 ? gw_route_find(router, status->stream)
                                 : gw_route_need(router, status->stream);
    if (!route)
        return;
    gw_router_note_health(router, route, status);
    // What a viewer hears, the API knows already.
    note_camera_state(router, status);
    spread_status(router, route, status);
    gw_route_release(router, route);
}

const struct gw_text gw_router_no_camera = {
    "There is no camera with this id.",
    "没有该编码的摄像机。",
};
const struct gw_text gw_router_no_stream = {
    "The camera has no such stream.",
    "该摄像机没有此码流。",
};
// Which of the two makes a stream is the registry's to say. One that made it before has a
// last word still, that it is idle.
static bool is_push(struct gw_router *router, uint32_t stream, bool otherwise)
{
    struct gw_snapshot *snapshot;
    const char *url = gw_route_url(router, stream, &snapshot, NULL);
    bool push = *url ? gw_push_door_is_push(url) : otherwise;
    gw_snapshot_unref(&snapshot);
    return push;
}

static void on_pull_status(void *arg, const struct gw_source_status *status)
{
    if (!is_push(arg, status->stream, false))
        on_status(arg, status);
}

static void on_push_status(void *arg, const struct gw_source_status *status)
{
    if (is_push(arg, status->stream, true))
        on_status(arg, status);
}

static const struct gw_text no_memory = {
    "The engine is out of memory. Try again in a moment.",
    "引擎内存不足，请稍后再试。",
};

static int open_view(struct gw_router *router, struct gw_viewer *viewer,
                     const struct gw_wish *wish, const struct gw_source_status *status)
{
    return gw_view_open(router->hub, gw_engine_audit(router->engine), viewer, wish,
                        status);
}

// To who asks, a camera that is not theirs does not exist; to the log it does.
static void note_refused(struct gw_router *router, const struct gw_viewer *viewer,
                         const char *camera)
{
    const struct gw_audit_person by =
        gw_audit_guest(gw_viewer_guest(viewer), gw_viewer_address(viewer));
    gw_audit_refuse(gw_engine_audit(router->engine), &by,
                    &(struct gw_audit_deed) { .action = "watch_begin",
                                              .subject = camera,
                                              .outcome = "refused" });
}

void gw_router_open(struct gw_router *router, struct gw_viewer *viewer,
                    const struct gw_wish *wish)
{
    struct gw_snapshot *snapshot =
        gw_registry_snapshot(gw_engine_registry(router->engine));
    const struct gw_camera *camera = gw_snapshot_camera(snapshot, wish->camera);
    if (camera &&
        !gw_rights_may(gw_viewer_guest(viewer), GW_MAY_WATCH, snapshot, camera)) {
        note_refused(router, viewer, camera->id);
        camera = NULL;
    }
    bool sub = wish->profile == GW_PROFILE_SUB;
    bool has_stream = camera && *(sub ? camera->url_sub : camera->url_main);
    uint32_t stream = camera ? gw_stream_of(camera->num, sub) : 0;
    gw_snapshot_unref(&snapshot);

    if (!has_stream) {
        gw_viewer_refuse(viewer, camera ? "no_such_stream" : "no_such_camera",
                         camera ? gw_router_no_stream : gw_router_no_camera);
        return;
    }

    struct gw_route *route = gw_route_need(router, stream);
    struct gw_source_status status = { 0 };
    if (route)
        status = route->status;
    if (status.state == GW_SOURCE_IDLE)
        status.state = GW_SOURCE_CONNECTING; // by what comes next
    int r = route ? open_view(router, viewer, wish, &status) : -ENOMEM;
    if (r == 0)
        return;
    gw_log(GW_LOG_ERROR, "viewer_refused", "stream=%u error=%d", stream, r);
    if (route)
        gw_route_release(router, route);
    gw_viewer_refuse(viewer, "busy", no_memory);
}

static int hand_over(struct gw_router *router, struct gw_route *route,
                     const struct gw_message *m)
{
    const struct gw_handover_config config = {
        .hub = router->hub,
        .to = gw_engine_shard(router->engine, m->from),
        .stream = m->stream,
        .epoch = m->epoch,
        .dropped = &router->handover_dropped,
    };
    struct gw_handover *handover;

    int r = gw_handover_create(&config, &handover);
    if (r < 0)
        return r;
    route->handovers[m->from] = handover;
    gw_handover_status(handover, &route->status);
    return 0;
}

// The last one may end the route.
static void end_handover(struct gw_route *route, uint32_t to)
{
    struct gw_handover *handover = route->handovers[to];
    route->handovers[to] = NULL;
    gw_handover_destroy(handover);
}

void gw_router_on_subscribe(struct gw_router *router, const struct gw_message *m)
{
    struct gw_route *before = gw_route_find(router, m->stream);
    if (before) // the message that it is over may have been lost
        end_handover(before, m->from);
    struct gw_route *route = gw_route_need(router, m->stream);
    int r = route ? hand_over(router, route, m) : -ENOMEM;
    if (r == 0)
        return;
    gw_log(GW_LOG_ERROR, "handover_failed", "stream=%u error=%d", m->stream, r);
    if (route)
        gw_route_release(router, route);
    gw_shard_refuse(gw_engine_shard(router->engine, m->from), m->stream, m->epoch);
}

void gw_router_on_unsubscribe(struct gw_router *router, const struct gw_message *m)
{
    struct gw_route *route = gw_route_find(router, m->stream);
    const struct gw_handover *handover = route ? route->handovers[m->from] : NULL;
    if (handover && gw_handover_epoch(handover) == m->epoch)
        end_handover(route, m->from);
}

void gw_router_on_refused(struct gw_router *router, const struct gw_message *m)
{
    struct gw_route *route = gw_route_find(router, m->stream);
    if (!route || route->epoch != m->epoch)
        return;
    for (uint32_t i = 0; i < gw_engine_shards(router->engine); i++)
        if (route->handovers[i])
            gw_handover_refuse(route->handovers[i]);
    gw_server_end_stream(gw_shard_server(router->shard), m->stream, "busy", no_memory);
}

// What came is of a subscription that is over. The owner should know, but that message
// may have been lost, and then it would serve nobody for ever. It knows by the epoch
// whether it still does.
static void decline(struct gw_router *router, const struct gw_message *m)
{
    const struct gw_route over = { .stream = m->stream, .epoch = m->epoch };
    (void)tell_owner(router, &over, GW_MESSAGE_UNSUBSCRIBE);
}

void gw_router_on_frame(struct gw_router *router, const struct gw_message *m)
{
    const struct gw_route *route = gw_route_find(router, m->stream);
    if (route && route->epoch == m->epoch)
        gw_hub_publish(router->hub, m->stream, m->frame);
    else if (m->frame->key)
        decline(router, m);
}

void gw_router_on_status(struct gw_router *router, const struct gw_message *m)
{
    struct gw_route *route = gw_route_find(router, m->stream);
    if (route && !gw_route_is_ours(router, m->stream))
        spread_status(router, route, &m->status);
    if (!route || route->epoch != m->epoch)
        decline(router, m);
}

void gw_router_on_push(struct gw_router *router, const struct gw_message *m)
{
    gw_push_door_open(router->push_door, m);
}

void gw_router_stream(const struct gw_router *router, uint32_t stream,
                      struct gw_router_stream *ret_stream)
{
    const struct gw_route *route = gw_route_find(router, stream);

    *ret_stream = (struct gw_router_stream) { 0 };
    if (route)
        ret_stream->status = route->status;
    gw_ingest_stream(router->ingest, stream, &ret_stream->source);
    gw_hub_stream(router->hub, stream, &ret_stream->cached);
}

void gw_router_stats(const struct gw_router *router, struct gw_router_stats *ret_stats)
{
    *ret_stats = (struct gw_router_stats) {
        .routes = (uint32_t)router->routes.count,
        .handover_dropped = router->handover_dropped,
    };
    gw_ingest_stats(router->ingest, &ret_stats->ingest);
    gw_push_door_stats(router->push_door, &ret_stats->push);
    gw_hub_stats(router->hub, &ret_stats->hub);
}

static int create_ingest(struct gw_router *router)
{
    const struct gw_settings *settings = gw_engine_settings(router->engine);
    struct gw_ingest_config config = gw_ingest_config_default();

    config.ca_file = settings->ca_file;
    config.first_udp_port = (uint16_t)settings->udp_first_port;
    config.last_udp_port = (uint16_t)settings->udp_last_port;
    config.audio = settings->audio;
    config.linger_us = settings->linger_us;
    config.connect_timeout_us = settings->connect_timeout_us;
    config.stall_us = settings->stall_us;
    config.backoff_min_us = settings->backoff_min_us;
    config.backoff_max_us = settings->backoff_max_us;
    config.backoff_wall_max_us = settings->backoff_wall_max_us;
    config.admission = gw_engine_admission(router->engine);
    config.worker_program = settings->worker;
    config.files_dir = settings->files_dir ? settings->files_dir : "";
    config.worker_budget = gw_engine_worker_budget(router->engine);
    config.seed = gw_clock_unix_us() + gw_shard_index(router->shard);
    config.on_frame = on_frame;
    config.on_status = on_pull_status;
    config.on_probed = gw_router_on_probed;
    config.arg = router;
    return gw_ingest_create(gw_shard_loop(router->shard), &config, &router->ingest);
}

static int create_push_door(struct gw_router *router)
{
    const struct gw_push_door_config config = {
        .shard = router->shard,
        .on_frame = on_frame,
        .on_status = on_push_status,
        .arg = router,
    };
    return gw_push_door_create(&config, &router->push_door);
}

int gw_router_create(struct gw_shard *shard, struct gw_router **ret_router)
{
    int r;

    struct gw_router *router = calloc(1, sizeof(*router));
    if (!router)
        return -ENOMEM;
    router->shard = shard;
    router->engine = gw_shard_engine(shard);
    gw_table_init(&router->routes);

    struct gw_hub_config hub_config = {
        .gop_max_bytes = gw_engine_settings(router->engine)->gop_max_bytes,
        .gop_budget = gw_engine_gop_budget(router->engine),
        .on_demand = on_demand,
        .arg = router,
    };
    router->hub = gw_hub_create(&hub_config);
    r = router->hub ? gw_announcer_create(shard, &router->announcer) : -ENOMEM;
    if (r < 0)
        goto fail;
    r = create_ingest(router);
    if (r == 0)
        r = create_push_door(router);
    if (r < 0)
        goto fail;

    *ret_router = router;
    return 0;

fail:
    gw_router_destroy(router);
    return r;
}

void gw_router_destroy(struct gw_router *router)
{
    if (!router)
        return;
    struct gw_route *route;
    for (size_t i = 0; (route = gw_table_next(&router->routes, &i));)
        for (size_t k = 0; k < GW_SHARDS_MAX; k++)
            gw_handover_abandon(route->handovers[k]);
    gw_ingest_destroy(router->ingest);
    gw_push_door_destroy(router->push_door);
    gw_hub_destroy(router->hub);
    for (size_t i = 0; (route = gw_table_next(&router->routes, &i));)
        free(route);
    gw_table_finish(&router->routes);
    gw_announcer_destroy(router->announcer);
    free(router);
}
