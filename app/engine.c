#include "app/engine.h"

#include "app/access.h"
#include "app/audit.h"
#include "app/certificate.h"
#include "app/import_desk.h"
#include "app/norm_keeper.h"
#include "app/probe_bench.h"
#include "app/rates.h"
#include "app/shard.h"
#include "app/sight_keeper.h"
#include "base/log.h"
#include "ingest/worker.h"
#include "map/area_tiles.h"
#include "mux/gop_shelf.h"
#include "ws/acceptor.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

struct gw_engine {
    const struct gw_settings *settings;
    struct gw_states *states;
    struct gw_health *health;
    struct gw_area_tiles *area_tiles;
    struct gw_gop_budget gop_budget;
    struct gw_admission *admission;
    struct gw_worker_budget worker_budget;
    struct gw_registry *registry;
    struct gw_access *access;
    struct gw_rates *rates;
    struct gw_audit *audit;
    struct gw_sight_keeper *sight_keeper;
    struct gw_norm_keeper *norm_keeper;
    struct gw_import_desk *imports;
    struct gw_probe_bench *probe_bench;
    struct gw_acceptor *acceptor;
    struct gw_acceptor *push_acceptor; // NULL unless sources may push to us

    uint32_t shard_count;
    struct gw_shard *shards[GW_SHARDS_MAX];
    uint32_t next_shard;      // acceptor's thread: who gets the next connection
    uint32_t next_push_shard; // likewise, of the one for sources
    atomic_bool shards_ready; // the store thread may post to them
};

// A camera, a viewer and a file are a descriptor each.
enum { DESCRIPTORS_WANTED = 65536 };

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = DESCRIPTORS_WANTED;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < limit.rlim_cur)
        limit.rlim_max = DESCRIPTORS_WANTED; // root may
    if (before >= DESCRIPTORS_WANTED || setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return;

    (void)getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    gw_log(GW_LOG_WARN, "few_descriptors",
           "limit=%llu wanted=%d mend=\"raise LimitNOFILE or ulimit -n\"",
           (unsigned long long)limit.rlim_cur, DESCRIPTORS_WANTED);
}

static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0 ||
           strncmp(address, "localhost:", 10) == 0;
}

static int check_access(const struct gw_settings *settings, char *ret_error)
{
    if (is_loopback(settings->listen))
        return 0;
    if (settings->no_auth) {
        gw_say_to(ret_error,
                  "--no-auth would let anybody who reaches %s watch every camera. Listen "
                  "on a loopback address, 127.0.0.1:8080 for example.",
                  "--no-auth 会让能访问 %s 的任何人观看所有摄像机。请监听回环地址，例如 "
                  "127.0.0.1:8080。",
                  settings->listen);
        return -EACCES;
    }
    if (!settings->tls_cert && !settings->behind_proxy) {
        gw_say_to(
            ret_error,
            "passwords and pictures would cross the network to %s in the clear. Give "
            "a certificate (--tls-cert, --tls-key); or say --behind-proxy when a "
            "proxy in front of it speaks TLS and nobody reaches it past the proxy.",
            "密码和画面将以明文经网络传到 %s。请设置证书（--tls-cert、--tls-key）；"
            "如由前置代理负责 TLS 且无法绕过该代理访问，请加 --behind-proxy。",
            settings->listen);
        return -EACCES;
    }
    return 0;
}

static void post_to_all(struct gw_engine *engine, enum gw_message_type type)
{
    for (uint32_t i = 0; i < engine->shard_count; i++) {
        const struct gw_message m = { .type = type };
        if (gw_shard_post(engine->shards[i], &m) < 0)
            gw_log(GW_LOG_ERROR, "message_lost", "shard=%u type=%d", i, type);
    }
}

static void announce_registry(struct gw_engine *engine)
{
    static const char text[] = "{\"type\":\"registry\"}";
    for (uint32_t i = 0; i < engine->shard_count; i++) {
        struct gw_message m = {
            .type = GW_MESSAGE_BROADCAST,
            .text = gw_buf_copy(text, sizeof(text) - 1),
        };
        if (m.text && gw_shard_post(engine->shards[i], &m) < 0)
            gw_buf_unref(&m.text);
    }
}

// On the store thread.
static void on_registry_change(void *arg)
{
    struct gw_engine *engine = arg;
    if (!atomic_load_explicit(&engine->shards_ready, memory_order_acquire))
        return;
    gw_access_recheck(engine->access);
    gw_sight_keeper_wake(engine->sight_keeper);
    post_to_all(engine, GW_MESSAGE_REGISTRY);
    announce_registry(engine);
}

// On the acceptor's thread.
static void on_accept(void *arg, int fd)
{
    struct gw_engine *engine = arg;
    const struct gw_message m = { .type = GW_MESSAGE_ADOPT, .fd = fd };
    struct gw_shard *shard = engine->shards[engine->next_shard];

    engine->next_shard = (engine->next_shard + 1) % engine->shard_count;
    if (gw_shard_post(shard, &m) < 0)
        (void)close(fd);
}

// On the thread of the acceptor for sources. Whose source it is shows when it speaks.
static void on_push_accept(void *arg, int fd)
{
    struct gw_engine *engine = arg;
    const struct gw_message m = { .type = GW_MESSAGE_PUSH, .push = { .fd = fd } };
    struct gw_shard *shard = engine->shards[engine->next_push_shard];

    engine->next_push_shard = (engine->next_push_shard + 1) % engine->shard_count;
    if (gw_shard_post(shard, &m) < 0)
        (void)close(fd);
}

static int start_shards(struct gw_engine *engine, const struct gw_identity *identity)
{
    uint32_t count = (uint32_t)engine->settings->shards;
    if (count == 0) {
        // Of those that it may use: taskset and containers give fewer than there are.
        count = uv_available_parallelism();
        count = count > GW_SHARDS_MAX ? GW_SHARDS_MAX : count;
    }
    // The count is fixed before the first shard runs: it decides who owns what.
    engine->shard_count = count;
    for (uint32_t i = 0; i < count; i++) {
        int r = gw_shard_create(engine, i, identity, &engine->shards[i]);
        if (r < 0)
            return r;
    }
    for (uint32_t i = 0; i < count; i++) {
        int r = gw_shard_start(engine->shards[i]);
        if (r < 0)
            return r;
    }
    return 0;
}

// The words for an address of `option` that cannot be listened on.
static void say_cannot_listen(int error, const char *option, const char *address,
                              char *ret_error)
{
    if (error == -EADDRINUSE)
        gw_say_to(
            ret_error,
            "cannot listen on %s: another program uses that port. Stop it, or choose "
            "another one with %s 127.0.0.1:8090.",
            "无法监听 %s：端口已被其他程序占用。请停止该程序，或用 %s 127.0.0.1:8090 "
            "换一个端口。",
            address, option);
    else if (error == -EINVAL)
        gw_say_to(ret_error, "%s %s is not an address: write 127.0.0.1:8080.",
                  "%s %s 不是有效地址，应为 127.0.0.1:8080 的形式。", option, address);
    else
        gw_say_to(ret_error, "cannot listen on %s: %s.", "无法监听 %s：%s。", address,
                  strerror(-error));
}

static int listen_for_browsers(struct gw_engine *engine, char *ret_error)
{
    const char *address = engine->settings->listen;
    int r = gw_acceptor_start(address, on_accept, engine, &engine->acceptor);
    if (r < 0)
        say_cannot_listen(r, "--listen", address, ret_error);
    return r;
}

static int listen_for_sources(struct gw_engine *engine, char *ret_error)
{
    const char *address = engine->settings->push_listen;
    if (!address)
        return 0;
    int r = gw_acceptor_start(address, on_push_accept, engine, &engine->push_acceptor);
    if (r < 0)
        say_cannot_listen(r, "--push-listen", address, ret_error);
    return r;
}

static int create_admission(struct gw_engine *engine)
{
    const struct gw_settings *s = engine->settings;
    const struct gw_admission_config config = {
        .attempts_per_s = (uint32_t)s->attempts_per_s,
        .attempts_max = { [GW_GROUP_HOST] = (uint32_t)s->attempts_per_host,
                          [GW_GROUP_SUBNET] = (uint32_t)s->attempts_per_subnet,
                          [GW_GROUP_ALL] = (uint32_t)s->attempts_max },
        .connections_max = { [GW_GROUP_HOST] = (uint32_t)s->connections_per_host,
                             [GW_GROUP_SUBNET] = (uint32_t)s->connections_per_subnet },
        .full_us = s->host_full_us,
    };
    return gw_admission_create(&config, &engine->admission);
}

static void log_certificate(const struct gw_settings *s,
                            const struct gw_identity *identity)
{
    gw_log(GW_LOG_INFO, "certificate", "file=\"%s\" good_until=%s", s->tls_cert,
           gw_identity_last_day(identity));
}

static int start_norm_keeper(struct gw_engine *engine)
{
    const struct gw_norm_sampler_config config = {
        .registry = engine->registry,
        .states = engine->states,
        .health = engine->health,
        .dir = engine->settings->data,
    };
    return gw_norm_keeper_start(&config, &engine->norm_keeper);
}

static int start_imports(struct gw_engine *engine)
{
    const struct gw_import_desk_config config = {
        .dir = engine->settings->data,
        .reader = engine->settings->reader,
        .key_file = engine->settings->key_file,
        .registry = engine->registry,
    };
    return gw_import_desk_start(&config, &engine->imports);
}

// Between a start without a stop and the one before, the engine was killed: what was
// being watched then has no end of its own.
static void note_engine(struct gw_engine *engine, const char *action)
{
    gw_audit_note(engine->audit, &(struct gw_audit_person) { .who = "engine" },
                  &(struct gw_audit_deed) {
                      .action = action, .details = "{\"version\":\"" GW_VERSION "\"}" });
}

static int start(struct gw_engine *engine, const struct gw_identity *identity,
                 char *ret_error)
{
    const struct gw_registry_config config = {
        .dir = engine->settings->data,
        .key_file = engine->settings->key_file,
        .on_change = on_registry_change,
        .arg = engine,
    };
    int r = gw_registry_open(&config, &engine->registry, ret_error);
    if (r < 0)
        return r;
    gw_registry_keep_audit(engine->registry, engine->settings->audit_days);
    engine->rates = gw_rates_create(engine->settings);
    engine->audit = gw_audit_create(engine->registry);
    if (engine->audit)
        engine->access =
            gw_access_create(engine->settings, engine->registry, engine->audit);
    r = engine->access && engine->rates ? create_admission(engine) : -ENOMEM;
    if (r == 0)
        r = gw_sight_keeper_start(engine->registry, engine->settings->data,
                                  &engine->sight_keeper);
    if (r == 0)
        r = start_norm_keeper(engine);
    if (r == 0)
        r = start_imports(engine);
    if (r == 0) {
        engine->probe_bench = gw_probe_bench_create(engine->settings->ca_file);
        r = engine->probe_bench ? 0 : -ENOMEM;
    }
    if (r == 0)
        r = start_shards(engine, identity);
    if (r == -ENOENT) {
        gw_say_to(
            ret_error,
            "cannot use --ca-file %s: it must be a PEM file that holds certificates.",
            "无法使用 --ca-file %s：应为包含证书的 PEM 文件。",
            engine->settings->ca_file ? engine->settings->ca_file : "");
        return r;
    }
    if (r < 0) {
        gw_say_to(ret_error, "cannot start the stream threads: %s.",
                  "无法启动码流线程：%s。", strerror(-r));
        return r;
    }
    note_engine(engine, "engine_started");
    atomic_store_explicit(&engine->shards_ready, true, memory_order_release);
    post_to_all(engine, GW_MESSAGE_REGISTRY);
    r = listen_for_sources(engine, ret_error);
    return r < 0 ? r : listen_for_browsers(engine, ret_error);
}

int gw_engine_start(const struct gw_settings *settings, struct gw_engine **ret_engine,
                    char ret_error[GW_SAY_MAX])
{
    struct gw_identity *identity = NULL;
    int r = check_access(settings, ret_error);
    if (r == 0)
        r = gw_certificate_load(settings, &identity, ret_error);
    if (r < 0)
        return r;
    raise_descriptor_limit();

    struct gw_engine *engine = calloc(1, sizeof(*engine));
    struct gw_states *states = gw_states_create();
    struct gw_health *health = gw_health_create();
    struct gw_area_tiles *area_tiles = gw_area_tiles_create();
    if (!engine || !states || !health || !area_tiles) {
        free(engine);
        gw_states_destroy(states);
        gw_health_destroy(health);
        gw_area_tiles_destroy(area_tiles);
        gw_identity_unref(&identity);
        gw_say_to(ret_error, "out of memory.", "内存不足。");
        return -ENOMEM;
    }
    engine->settings = settings;
    engine->states = states;
    engine->health = health;
    engine->area_tiles = area_tiles;
    gw_gop_budget_init(&engine->gop_budget, settings->gop_total_bytes);
    engine->worker_budget.max = (uint32_t)settings->workers_max;

    r = start(engine, identity, ret_error);
    if (r == 0 && identity)
        log_certificate(settings, identity);
    gw_identity_unref(&identity);
    if (r < 0) {
        gw_engine_stop(engine);
        return r;
    }
    *ret_engine = engine;
    return 0;
}

int gw_engine_renew(struct gw_engine *engine, char ret_error[GW_SAY_MAX])
{
    struct gw_identity *identity = NULL;
    int r = gw_certificate_load(engine->settings, &identity, ret_error);
    if (r < 0 || !identity)
        return r;
    for (uint32_t i = 0; i < engine->shard_count; i++) {
        struct gw_message m = {
            .type = GW_MESSAGE_IDENTITY,
            .identity = gw_identity_ref(identity),
        };
        if (gw_shard_post(engine->shards[i], &m) < 0) {
            gw_log(GW_LOG_ERROR, "message_lost", "shard=%u type=%d", i, m.type);
            gw_identity_unref(&m.identity);
        }
    }
    log_certificate(engine->settings, identity);
    gw_identity_unref(&identity);
    return 0;
}

uint16_t gw_engine_port(const struct gw_engine *engine)
{
    return gw_acceptor_port(engine->acceptor);
}

uint16_t gw_engine_push_port(const struct gw_engine *engine)
{
    return engine->push_acceptor ? gw_acceptor_port(engine->push_acceptor) : 0;
}

// Who hands work to others ends before them: connections, then the threads that
// carry them, then the store that finishes what it was given.
void gw_engine_stop(struct gw_engine *engine)
{
    if (!engine)
        return;
    gw_acceptor_stop(engine->acceptor);
    gw_acceptor_stop(engine->push_acceptor);
    atomic_store_explicit(&engine->shards_ready, false, memory_order_release);
    gw_import_desk_end(engine->imports); // shards answer those who wait for it
    for (uint32_t i = 0; i < engine->shard_count; i++)
        if (engine->shards[i])
            gw_shard_end(engine->shards[i]);
    for (uint32_t i = 0; i < engine->shard_count; i++)
        if (engine->shards[i])
            gw_shard_await_end(engine->shards[i]);
    for (uint32_t i = 0; i < engine->shard_count; i++)
        if (engine->shards[i])
            gw_shard_stop(engine->shards[i]);
    gw_probe_bench_destroy(engine->probe_bench);
    gw_import_desk_destroy(engine->imports);
    gw_sight_keeper_stop(engine->sight_keeper);
    gw_norm_keeper_stop(engine->norm_keeper);
    if (engine->audit)
        note_engine(engine, "engine_stopped");
    gw_audit_destroy(engine->audit);
    gw_registry_close(engine->registry);
    gw_sight_keeper_destroy(engine->sight_keeper);
    for (uint32_t i = 0; i < engine->shard_count; i++)
        gw_shard_destroy(engine->shards[i]);
    gw_access_destroy(engine->access);
    gw_rates_destroy(engine->rates);
    gw_admission_destroy(engine->admission);
    gw_states_destroy(engine->states);
    gw_health_destroy(engine->health);
    gw_area_tiles_destroy(engine->area_tiles);
    free(engine);
}

const struct gw_settings *gw_engine_settings(const struct gw_engine *engine)
{
    return engine->settings;
}

struct gw_sight *gw_engine_sight(const struct gw_engine *engine)
{
    return gw_sight_keeper_sight(engine->sight_keeper);
}

struct gw_registry *gw_engine_registry(const struct gw_engine *engine)
{
    return engine->registry;
}

struct gw_rates *gw_engine_rates(const struct gw_engine *engine)
{
    return engine->rates;
}

struct gw_access *gw_engine_access(const struct gw_engine *engine)
{
    return engine->access;
}

struct gw_probe_bench *gw_engine_probe_bench(const struct gw_engine *engine)
{
    return engine->probe_bench;
}

struct gw_import_desk *gw_engine_imports(const struct gw_engine *engine)
{
    return engine->imports;
}

struct gw_audit *gw_engine_audit(const struct gw_engine *engine)
{
    return engine->audit;
}

struct gw_states *gw_engine_states(const struct gw_engine *engine)
{
    return engine->states;
}

struct gw_health *gw_engine_health(const struct gw_engine *engine)
{
    return engine->health;
}

struct gw_area_tiles *gw_engine_area_tiles(const struct gw_engine *engine)
{
    return engine->area_tiles;
}

struct gw_gop_budget *gw_engine_gop_budget(struct gw_engine *engine)
{
    return &engine->gop_budget;
}

struct gw_admission *gw_engine_admission(const struct gw_engine *engine)
{
    return engine->admission;
}

struct gw_worker_budget *gw_engine_worker_budget(struct gw_engine *engine)
{
    return &engine->worker_budget;
}

uint32_t gw_engine_shards(const struct gw_engine *engine)
{
    return engine->shard_count;
}

struct gw_shard *gw_engine_shard(const struct gw_engine *engine, uint32_t index)
{
    return engine->shards[index];
}

struct gw_shard *gw_engine_owner(const struct gw_engine *engine, uint32_t stream)
{
    return engine->shards[gw_camera_of(stream) % engine->shard_count];
}
