#include "app/shard.h"

#include "app/access.h"
#include "app/announcer.h"
#include "app/api.h"
#include "app/api_imports.h"
#include "app/import_desk.h"
#include "app/prober.h"
#include "app/rights.h"
#include "app/router.h"
#include "app/view.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/queue.h"
#include "ws/server.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct gw_shard {
    struct gw_engine *engine;
    uint32_t index;
    pthread_t thread;
    bool thread_runs;

    uv_loop_t loop;
    struct gw_queue *queue;
    struct gw_queue *questions; // they do not wait behind pictures
    struct gw_server *server;
    struct gw_router *router;
    struct gw_prober *prober;

    char *basemap_dir;
    uint32_t work; // API requests that are being worked on elsewhere
    bool stopping;
    bool ended;
    sem_t has_ended;
};

// Server first: its viewers leave the router. No callback of either comes later.
static void end(struct gw_shard *shard)
{
    if (shard->ended || shard->work > 0)
        return;
    shard->ended = true;
    gw_prober_destroy(shard->prober);
    gw_server_destroy(shard->server);
    gw_router_destroy(shard->router);
    shard->server = NULL;
    shard->router = NULL;
    shard->prober = NULL;
    sem_post(&shard->has_ended);
}

static void show(struct gw_shard *shard, const struct gw_identity *identity)
{
    int r = gw_server_show(shard->server, identity);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "certificate_not_shown", "shard=%u error=%d", shard->index,
               r);
}

// What all may hear.
static struct gw_buf *text_for_all(void *arg, const struct gw_guest *guest)
{
    (void)guest;
    return gw_buf_ref(arg);
}

static void on_message(void *arg, void *item)
{
    struct gw_shard *shard = arg;
    struct gw_message *m = item;
    bool alive = !shard->ended;

    switch (m->type) {
    case GW_MESSAGE_ADOPT:
        if (alive)
            gw_server_adopt(shard->server, m->fd);
        else
            (void)close(m->fd);
        break;
    case GW_MESSAGE_PUSH:
        if (alive)
            gw_router_on_push(shard->router, m);
        else
            (void)close(m->push.fd);
        gw_buf_unref(&m->push.request);
        break;
    case GW_MESSAGE_SUBSCRIBE:
        if (alive)
            gw_router_on_subscribe(shard->router, m);
        break;
    case GW_MESSAGE_UNSUBSCRIBE:
        if (alive)
            gw_router_on_unsubscribe(shard->router, m);
        break;
    case GW_MESSAGE_REFUSED:
        if (alive)
            gw_router_on_refused(shard->router, m);
        break;
    case GW_MESSAGE_FRAME:
        if (alive)
            gw_router_on_frame(shard->router, m);
        gw_frame_unref(&m->frame);
        break;
    case GW_MESSAGE_STATUS:
        if (alive)
            gw_router_on_status(shard->router, m);
        break;
    case GW_MESSAGE_BROADCAST:
        if (alive)
            gw_server_broadcast(shard->server, text_for_all, m->text);
        gw_buf_unref(&m->text);
        break;
    case GW_MESSAGE_STATES:
        if (alive)
            gw_announcer_tell(shard, m->text);
        gw_buf_unref(&m->text);
        break;
    case GW_MESSAGE_IDENTITY:
        if (alive)
            show(shard, m->identity);
        gw_identity_unref(&m->identity);
        break;
    case GW_MESSAGE_CALL: m->call(shard, m->call_arg); break;
    case GW_MESSAGE_REGISTRY:
        if (alive)
            gw_router_on_registry(shard->router);
        break;
    case GW_MESSAGE_END:
        shard->stopping = true;
        end(shard);
        break;
    case GW_MESSAGE_STOP: uv_stop(&shard->loop); break;
    }
}

static int on_upload(void *arg, const struct gw_request_info *info,
                     struct gw_problem *ret_problem)
{
    return gw_api_imports_may_upload(arg, info, ret_problem);
}

static void on_request(void *arg, struct gw_request *request,
                       const struct gw_request_info *info)
{
    gw_api_handle(arg, request, info);
}

static void on_open(void *arg, struct gw_viewer *viewer, const struct gw_wish *wish)
{
    struct gw_shard *shard = arg;
    gw_router_open(shard->router, viewer, wish);
}

static void on_audio(void *arg, struct gw_viewer *viewer, bool audio)
{
    (void)arg;
    gw_view_want_audio(viewer, audio);
}

static void on_close(void *arg, struct gw_viewer *viewer)
{
    (void)arg;
    gw_view_close(viewer);
}

// ---- who the viewers are ----

static int on_arrival(void *arg, const struct gw_arrival *arrival,
                      struct gw_guest **ret_guest, struct gw_problem *ret_problem)
{
    struct gw_shard *shard = arg;
    return gw_access_arrive(gw_engine_access(shard->engine), arrival, ret_guest,
                            ret_problem);
}

static const char *address_of(void *arg, const struct gw_arrival *arrival)
{
    struct gw_shard *shard = arg;
    return gw_access_address(gw_engine_access(shard->engine), arrival);
}

static bool is_welcome(void *arg, struct gw_guest *guest)
{
    struct gw_shard *shard = arg;
    return gw_access_is_welcome(gw_engine_access(shard->engine), guest);
}

static bool may_watch(void *arg, const struct gw_guest *guest, uint32_t stream)
{
    struct gw_shard *shard = arg;
    struct gw_snapshot *snapshot =
        gw_registry_snapshot(gw_engine_registry(shard->engine));
    const struct gw_camera *camera =
        gw_snapshot_camera_by_num(snapshot, gw_camera_of(stream));
    bool may = camera && gw_rights_may(guest, GW_MAY_WATCH, snapshot, camera);
    gw_snapshot_unref(&snapshot);
    return may;
}

static void on_gone(void *arg, struct gw_guest *guest)
{
    (void)arg;
    gw_guest_unref(&guest);
}

static int create_server(struct gw_shard *shard, const struct gw_identity *identity)
{
    const struct gw_settings *settings = gw_engine_settings(shard->engine);
    struct gw_server_config config = gw_server_config_default();
    const struct gw_server_hooks hooks = {
        .on_upload = on_upload,
        .on_request = on_request,
        .on_open = on_open,
        .on_audio = on_audio,
        .on_close = on_close,
        .guests = { .on_arrival = on_arrival,
                    .address_of = address_of,
                    .is_welcome = is_welcome,
                    .may_watch = may_watch,
                    .on_gone = on_gone },
        .arg = shard,
    };

    if (asprintf(&shard->basemap_dir, "%s/basemap", settings->data) < 0) {
        shard->basemap_dir = NULL;
        return -ENOMEM;
    }
    config.www_dir = settings->www;
    config.basemap_dir = shard->basemap_dir;
    config.upload_path = "/api/v1/imports";
    config.upload_dir = gw_import_desk_dir(gw_engine_imports(shard->engine));
    config.loopback_only = settings->no_auth;
    config.allow_origin = settings->allow_origin;
    config.audio = settings->audio;
    config.viewer_queue_bytes = settings->viewer_queue_bytes;
    config.viewer_stuck_us = settings->viewer_stuck_us;
    config.identity = identity;
    return gw_server_create(&shard->loop, &config, &hooks, &shard->server);
}

static int create_queue(struct gw_shard *shard, struct gw_queue **ret_queue)
{
    const struct gw_queue_config config = {
        .item_bytes = sizeof(struct gw_message),
        .limit = GW_SHARD_QUEUE_FRAMES,
        .reserve = GW_SHARD_QUEUE_CONTROL,
        .on_item = on_message,
        .arg = shard,
    };
    return gw_queue_create(&shard->loop, &config, ret_queue);
}

int gw_shard_create(struct gw_engine *engine, uint32_t index,
                    const struct gw_identity *identity, struct gw_shard **ret_shard)
{
    struct gw_shard *shard = calloc(1, sizeof(*shard));
    if (!shard)
        return -ENOMEM;
    shard->engine = engine;
    shard->index = index;
    sem_init(&shard->has_ended, 0, 0);

    int r = uv_loop_init(&shard->loop);
    if (r < 0) {
        sem_destroy(&shard->has_ended);
        free(shard);
        return r;
    }
    r = create_queue(shard, &shard->queue);
    if (r == 0)
        r = create_queue(shard, &shard->questions);
    if (r == 0)
        r = create_server(shard, identity);
    if (r == 0)
        r = gw_router_create(shard, &shard->router);
    if (r == 0)
        r = gw_prober_create(shard, gw_engine_settings(engine)->probe_interval_us,
                             &shard->prober);
    if (r < 0) {
        gw_shard_destroy(shard);
        return r;
    }
    *ret_shard = shard;
    return 0;
}

static void *run(void *arg)
{
    struct gw_shard *shard = arg;
    uv_run(&shard->loop, UV_RUN_DEFAULT);
    return NULL;
}

int gw_shard_start(struct gw_shard *shard)
{
    char name[16];
    int r = pthread_create(&shard->thread, NULL, run, shard);
    if (r != 0)
        return -r;
    shard->thread_runs = true;
    snprintf(name, sizeof(name), "shard %u", shard->index);
    (void)pthread_setname_np(shard->thread, name);
    return 0;
}

int gw_shard_post(struct gw_shard *shard, const struct gw_message *message)
{
    switch (message->type) {
    case GW_MESSAGE_FRAME: return gw_queue_push(shard->queue, message);
    case GW_MESSAGE_ADOPT:
    case GW_MESSAGE_CALL: return gw_queue_push_control(shard->questions, message);
    case GW_MESSAGE_PUSH:
    case GW_MESSAGE_SUBSCRIBE:
    case GW_MESSAGE_UNSUBSCRIBE:
    case GW_MESSAGE_REFUSED:
    case GW_MESSAGE_STATUS:
    case GW_MESSAGE_BROADCAST:
    case GW_MESSAGE_STATES:
    case GW_MESSAGE_IDENTITY:
    case GW_MESSAGE_REGISTRY:
    case GW_MESSAGE_END: break;
    // Behind every question that was asked before.
    case GW_MESSAGE_STOP: return gw_queue_push_control(shard->questions, message);
    }
    return gw_queue_push_control(shard->queue, message);
}

void gw_shard_reply(struct gw_shard *shard, void (*call)(struct gw_shard *, void *),
                    void *arg)
{
    const struct gw_message m = {
        .type = GW_MESSAGE_CALL,
        .call = call,
        .call_arg = arg,
    };
    int r = gw_shard_post(shard, &m);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "reply_lost", "shard=%u error=%d", shard->index, r);
}

void gw_shard_refuse(struct gw_shard *shard, uint32_t stream, uint32_t epoch)
{
    const struct gw_message m = { .type = GW_MESSAGE_REFUSED,
                                  .stream = stream,
                                  .epoch = epoch };
    int r = gw_shard_post(shard, &m);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "refusal_lost", "stream=%u error=%d", stream, r);
}

void gw_shard_begin_work(struct gw_shard *shard)
{
    shard->work++;
}

void gw_shard_end_work(struct gw_shard *shard)
{
    shard->work--;
    if (shard->stopping)
        end(shard);
}

static void order(struct gw_shard *shard, enum gw_message_type type)
{
    const struct gw_message m = { .type = type };
    int r = gw_shard_post(shard, &m);
    if (r < 0) {
        // Only out of memory gets here; the process ends anyway.
        gw_log(GW_LOG_ERROR, "stop_failed", "shard=%u error=%d", shard->index, r);
        abort();
    }
}

void gw_shard_end(struct gw_shard *shard)
{
    if (shard->thread_runs)
        order(shard, GW_MESSAGE_END);
}

void gw_shard_await_end(struct gw_shard *shard)
{
    if (!shard->thread_runs)
        return;
    while (sem_wait(&shard->has_ended) < 0)
        ;                        // a signal
    sem_post(&shard->has_ended); // it stays so
}

void gw_shard_stop(struct gw_shard *shard)
{
    if (!shard->thread_runs)
        return;
    order(shard, GW_MESSAGE_STOP);
    pthread_join(shard->thread, NULL);
    shard->thread_runs = false;
}

void gw_shard_destroy(struct gw_shard *shard)
{
    if (!shard)
        return;
    gw_prober_destroy(shard->prober);
    gw_server_destroy(shard->server);
    gw_router_destroy(shard->router);
    shard->ended = true;
    gw_queue_destroy(shard->questions);
    gw_queue_destroy(shard->queue);
    // Close callbacks run here: what was destroyed above frees itself in them.
    uv_run(&shard->loop, UV_RUN_DEFAULT);
    int r = uv_loop_close(&shard->loop);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "loop_not_empty", "shard=%u", shard->index);
    free(shard->basemap_dir);
    sem_destroy(&shard->has_ended);
    free(shard);
}

struct gw_engine *gw_shard_engine(const struct gw_shard *shard)
{
    return shard->engine;
}

uint32_t gw_shard_index(const struct gw_shard *shard)
{
    return shard->index;
}

uv_loop_t *gw_shard_loop(struct gw_shard *shard)
{
    return &shard->loop;
}

struct gw_router *gw_shard_router(struct gw_shard *shard)
{
    return shard->router;
}

struct gw_server *gw_shard_server(struct gw_shard *shard)
{
    return shard->server;
}
