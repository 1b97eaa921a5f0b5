#include "app/api.h"

#include "app/access.h"
#include "app/api_accounts.h"
#include "app/api_answer.h"
#include "app/api_audit.h"
#include "app/api_bulk.h"
#include "app/api_cells.h"
#include "app/api_imports.h"
#include "app/api_links.h"
#include "app/api_norms.h"
#include "app/api_read.h"
#include "app/api_screens.h"
#include "app/api_session.h"
#include "app/api_words.h"
#include "app/api_write.h"
#include "app/audit.h"
#include "app/basemap.h"
#include "app/camera_status.h"
#include "app/gather.h"
#include "app/metrics.h"
#include "app/rates.h"
#include "app/rights.h"
#include "app/router.h"
#include "app/viewer_list.h"
#include "base/clock.h"
#include "ws/request_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "/api/v1/";

extern const char gw_openapi_yaml[]; // docs/openapi.yaml, by embed.py

static const struct gw_text no_such_path = {
    "There is nothing at this address. docs/api.md lists what there is.",
    "该地址不存在，可用地址见 docs/api.md。",
};
static const struct gw_text bad_method = {
    "This address does not take that method.",
    "该地址不支持此请求方法。",
};

static const struct gw_text too_often = {
    "Too many requests at once; Retry-After says when to go on.",
    "请求过于频繁；请在 Retry-After 所示时间后再试。",
};
static const struct gw_text forbidden = {
    "Your role does not allow this.",
    "您的角色无权执行此操作。",
};

static void reply_problem(struct gw_request *request, int status, const char *code,
                          struct gw_text detail, enum gw_lang lang)
{
    struct gw_answer answer = gw_answer_problem(status, code, detail, lang);
    gw_answer_send(&answer, request);
}

// A question on its way to the pool and back.
struct read_work {
    uv_work_t work;
    struct gw_shard *shard;
    struct gw_request *request;
    char *path;
    char *query;
    char *origin; // gw_read_request has it
    char *if_none_match;
    enum gw_lang lang;
    struct gw_guest *guest;
    char address[GW_ADDRESS_MAX];
    struct gw_answer answer;
};

static void read_work_free(struct read_work *w)
{
    if (!w)
        return;
    free(w->path);
    free(w->query);
    free(w->origin);
    free(w->if_none_match);
    gw_guest_unref(&w->guest);
    free(w);
}

// In a thread of the pool.
static void on_read(uv_work_t *work)
{
    struct read_work *w = work->data;
    struct gw_engine *engine = gw_shard_engine(w->shard);
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    struct gw_sight *sight = gw_engine_sight(engine);
    char **basemap = gw_basemap_layers(gw_engine_settings(engine)->data);

    if (basemap) {
        struct gw_scope_view room;
        const struct gw_json_world world = {
            .snapshot = snapshot,
            .states = gw_engine_states(engine),
            .view = gw_rights_view(w->guest, snapshot, &room),
        };
        const struct gw_read_request request = {
            .path = w->path,
            .query = w->query,
            .lang = w->lang,
            .basemap = basemap,
            .sight = sight,
            .health = gw_engine_health(engine),
            .data = gw_engine_settings(engine)->data,
            .origin = w->origin,
            .imports = gw_engine_imports(engine),
            .guest = w->guest,
            .area_tiles = gw_engine_area_tiles(engine),
            .audit = gw_engine_audit(engine),
            .address = w->address,
            .now_us = gw_clock_now_us(),
            .unix_s = gw_clock_unix_us() / GW_SECOND,
        };
        w->answer = gw_api_read(&world, &request);
        gw_answer_spare(&w->answer, w->if_none_match);
    } else {
        w->answer = gw_answer_problem(503, "busy", gw_words_out_of_memory, w->lang);
    }
    gw_basemap_layers_free(basemap);
    gw_sight_unref(&sight);
    gw_snapshot_unref(&snapshot);
}

static void on_read_done(uv_work_t *work, int status)
{
    struct read_work *w = work->data;
    struct gw_shard *shard = w->shard;
    (void)status; // nothing cancels it

    gw_answer_send(&w->answer, w->request);
    read_work_free(w);
    gw_shard_end_work(shard);
}

// Takes `w`, which may be NULL.
static void queue_read(struct read_work *w, struct gw_shard *shard,
                       struct gw_request *request, enum gw_lang lang)
{
    if (!w || uv_queue_work(gw_shard_loop(shard), &w->work, on_read, on_read_done) < 0) {
        read_work_free(w);
        reply_problem(request, 503, "busy", gw_words_out_of_memory, lang);
        return;
    }
    gw_shard_begin_work(shard);
}

// Browsers reach us by TLS when we speak it, or the proxy in front of us. NULL: out of
// memory.
static char *make_origin(struct gw_shard *shard, const char *host)
{
    const struct gw_settings *settings = gw_engine_settings(gw_shard_engine(shard));
    const char *scheme = settings->tls_cert || settings->behind_proxy ? "https" : "http";
    size_t room = strlen(scheme) + strlen("://") + strlen(host) + 1;
    char *origin = *host ? malloc(room) : strdup("");
    if (origin && *host)
        snprintf(origin, room, "%s://%s", scheme, host);
    return origin;
}

static const char *address_of(struct gw_shard *shard, const struct gw_request_info *info)
{
    return gw_access_address(gw_engine_access(gw_shard_engine(shard)), &info->arrival);
}

// NULL: out of memory.
static struct read_work *make_read(struct gw_shard *shard, struct gw_request *request,
                                   const struct gw_request_info *info)
{
    struct read_work *w = calloc(1, sizeof(*w));
    if (w) {
        w->work.data = w;
        w->shard = shard;
        w->request = request;
        w->path = strdup(info->path + sizeof(prefix) - 1);
        w->query = strdup(info->query);
        w->origin = make_origin(shard, info->arrival.host);
        w->if_none_match = strdup(info->if_none_match);
        w->lang = info->lang;
        w->guest = gw_guest_ref(info->guest);
        snprintf(w->address, sizeof(w->address), "%s", address_of(shard, info));
    }
    if (w && w->path && w->query && w->origin && w->if_none_match)
        return w;
    read_work_free(w);
    return NULL;
}

static void start_read(struct gw_shard *shard, struct gw_request *request,
                       const struct gw_request_info *info)
{
    queue_read(make_read(shard, request, info), shard, request, info->lang);
}

static void note_delays(struct gw_shard *shard, void *arg, void *part)
{
    (void)arg;
    (void)part;
    gw_router_note_delays(gw_shard_router(shard));
}

static void on_delays_noted(struct gw_shard *home, void *arg, void *parts, uint32_t count)
{
    struct read_work *w = arg;
    (void)parts;
    (void)count;
    queue_read(w, home, w->request, w->lang);
}

// The delays of streams that are live now are known by their shards alone.
static void start_norms(struct gw_shard *shard, struct gw_request *request,
                        const struct gw_request_info *info)
{
    struct read_work *w = make_read(shard, request, info);
    const struct gw_gather_question question = {
        .on_shard = note_delays,
        .on_answers = on_delays_noted,
        .arg = w,
    };
    if (w && gw_gather(shard, &question) == 0)
        return;
    read_work_free(w);
    reply_problem(request, 503, "busy", gw_words_out_of_memory, info->lang);
}

static void reply_openapi(struct gw_request *request)
{
    const struct gw_reply reply = {
        .status = 200,
        .content_type = "application/yaml", // RFC 9512
        .body = gw_openapi_yaml,
        .body_len = strlen(gw_openapi_yaml),
    };
    gw_request_reply(request, &reply);
}

// What shards know they are asked; what the registry knows, a thread of the pool is.
static void answer_read(struct gw_shard *shard, struct gw_request *request,
                        const struct gw_request_info *info)
{
    const char *path = info->path + sizeof(prefix) - 1;

    if (strcmp(path, "openapi.yaml") == 0)
        reply_openapi(request);
    else if (strcmp(path, "viewers") == 0)
        gw_viewer_list_reply(shard, request, info->lang);
    else if (gw_is_camera_status(path))
        gw_camera_status_reply(shard, request, info, path);
    else if (gw_is_norms(path))
        start_norms(shard, request, info);
    else
        start_read(shard, request, info);
}

static void reply_health(struct gw_request *request)
{
    static const char text[] = "{\"status\":\"ok\"}\n";
    const struct gw_reply reply = {
        .status = 200,
        .content_type = "application/json",
        .body = text,
        .body_len = sizeof(text) - 1,
    };
    gw_request_reply(request, &reply);
}

static bool is_read(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static bool is_api(const struct gw_request_info *info)
{
    return strncmp(info->path, prefix, sizeof(prefix) - 1) == 0;
}

static void note_forbidden(struct gw_shard *shard, const struct gw_request_info *info)
{
    char details[32];
    const struct gw_audit_person by =
        gw_audit_guest(info->guest, address_of(shard, info));
    snprintf(details, sizeof(details), "{\"method\":\"%s\"}", info->method);
    gw_audit_refuse(gw_engine_audit(gw_shard_engine(shard)), &by,
                    &(struct gw_audit_deed) { .action = "request",
                                              .subject = info->path,
                                              .outcome = "refused",
                                              .details = details });
}

// What a request does, wherever it does it.
static enum gw_action action_of(const struct gw_request_info *info)
{
    if (gw_is_audit(info->path + sizeof(prefix) - 1) && is_api(info))
        return GW_MAY_ADMINISTER;
    static const char *const of_all[] = { "/metrics", "/api/v1/viewers",
                                          "/api/v1/changes" };
    for (size_t i = 0; i < sizeof(of_all) / sizeof(*of_all); i++)
        if (strcmp(info->path, of_all[i]) == 0)
            return GW_MAY_OVERSEE;
    if (strncmp(info->path, prefix, sizeof(prefix) - 1) == 0 &&
        gw_is_imports(info->path + sizeof(prefix) - 1))
        return GW_MAY_EDIT;
    if (strcmp(info->path, "/api/v1/live-links") == 0)
        return GW_MAY_WATCH;
    return is_read(info->method) ? GW_MAY_SEE : GW_MAY_EDIT;
}

// RateLimit as draft-ietf-httpapi-ratelimit-headers-09 has it: what remains, and how
// long until it is the whole quota again.
static void tell_rate(const struct gw_rates *rates, const struct gw_rate_verdict *verdict,
                      struct gw_request *request)
{
    char lines[GW_REQUEST_LINES_MAX + 1];
    snprintf(lines, sizeof(lines),
             "RateLimit-Policy: \"account\";q=%" PRIu64 ";w=%" PRIu64 "\r\n"
             "RateLimit: \"account\";r=%" PRIu64 ";t=%" PRIu32 "\r\n",
             gw_rates_burst(rates), gw_rates_window_s(rates), verdict->remaining,
             verdict->reset_s);
    gw_request_add_lines(request, lines);
}

// False: somebody asks too often, and was told so.
static bool is_within_rate(struct gw_shard *shard, struct gw_request *request,
                           const struct gw_request_info *info)
{
    struct gw_engine *engine = gw_shard_engine(shard);
    struct gw_rates *rates = gw_engine_rates(engine);
    const char *address = gw_access_address(gw_engine_access(engine), &info->arrival);
    struct gw_rate_verdict verdict;
    const char *account = info->guest ? gw_guest_name(info->guest) : NULL;
    if (gw_engine_settings(engine)->no_auth)
        account = NULL; // everybody's
    if (!gw_rates_ask(rates, account, address, gw_clock_now_us(), &verdict))
        return true;
    tell_rate(rates, &verdict, request);
    if (verdict.allowed)
        return true;
    struct gw_answer answer = gw_answer_problem(429, "too_often", too_often, info->lang);
    answer.retry_after_s = verdict.retry_s;
    gw_answer_send(&answer, request);
    return false;
}

void gw_api_handle(struct gw_shard *shard, struct gw_request *request,
                   const struct gw_request_info *info)
{
    bool read = is_read(info->method);
    bool api = is_api(info);

    if (api && !is_within_rate(shard, request, info))
        return;
    if (api && gw_is_session(info->path + sizeof(prefix) - 1)) {
        gw_api_session(shard, request, info, info->path + sizeof(prefix) - 1);
        return;
    }
    if (api && gw_is_accounts(info->path + sizeof(prefix) - 1)) {
        gw_api_accounts(shard, request, info, info->path + sizeof(prefix) - 1);
        return;
    }
    if (api && gw_is_screens(info->path + sizeof(prefix) - 1)) {
        gw_api_screens(shard, request, info, info->path + sizeof(prefix) - 1);
        return;
    }
    // Who is nobody asks for what is everybody's (access.c).
    if (info->guest && !gw_rights_allow(info->guest, action_of(info))) {
        note_forbidden(shard, info);
        reply_problem(request, 403, "forbidden", forbidden, info->lang);
        return;
    }
    if (api) {
        if (gw_is_links(info->path + sizeof(prefix) - 1))
            gw_api_links(shard, request, info);
        else if (read)
            answer_read(shard, request, info);
        else if (gw_is_cell_write(info, info->path + sizeof(prefix) - 1))
            gw_api_cell_write(shard, request, info, info->path + sizeof(prefix) - 1);
        else if (gw_is_bulk(info, info->path + sizeof(prefix) - 1))
            gw_api_bulk(shard, request, info, info->path + sizeof(prefix) - 1);
        else
            gw_api_write(shard, request, info, info->path + sizeof(prefix) - 1);
    } else if (strcmp(info->path, "/healthz") != 0 &&
               strcmp(info->path, "/metrics") != 0) {
        reply_problem(request, 404, "not_found", no_such_path, info->lang);
    } else if (!read) {
        reply_problem(request, 405, "method_not_allowed", bad_method, info->lang);
    } else if (strcmp(info->path, "/healthz") == 0) {
        reply_health(request);
    } else {
        gw_metrics_reply(shard, request);
    }
}
