#include "app/api_links.h"

#include "app/access.h"
#include "app/api_answer.h"
#include "app/api_words.h"
#include "app/json_access.h"
#include "app/rights.h"
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A link on its way to the pool and back: making a key writes a file.
struct link_work {
    uv_work_t work;
    struct gw_shard *shard;
    struct gw_request *request;
    enum gw_lang lang;
    struct gw_guest *guest;
    struct gw_link_wish wish;
    struct gw_answer answer;
};

static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text bad_method = {
    "This address takes POST only.",
    "该地址只支持 POST。",
};
static const struct gw_text no_stream = {
    "You see no camera with this id, or it has no such stream.",
    "没有此编码的摄像机，或其没有该码流。",
};
static const struct gw_text not_now = {
    "No link can be signed just now: sign in again, or see the engine's log.",
    "暂时无法签发链接：请重新登录，或查看引擎日志。",
};

static void refuse(struct gw_request *request, enum gw_lang lang, int status,
                   const char *code, struct gw_text why)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, lang);
    gw_answer_send(&answer, request);
}

static void refuse_field(struct gw_request *request, enum gw_lang lang, const char *field)
{
    static const struct gw_text origin = {
        "`origin` is scheme and host of the page, in small letters without a path: "
        "https://video.example.",
        "origin 为页面的协议和主机，小写且不带路径，例如 https://video.example。",
    };
    static const struct gw_text rest = {
        "Send `camera` (its id) and, where you wish, `profile` (main or sub) and "
        "`seconds` "
        "(1 to 86400).",
        "请给出 camera（摄像机编码），可另给 profile（main 或 sub）和 seconds（1 到 "
        "86400）。",
    };
    refuse(request, lang, 422, "bad_field", strcmp(field, "origin") == 0 ? origin : rest);
}

bool gw_is_links(const char *path)
{
    return strcmp(path, "live-links") == 0;
}

static bool may_watch(const struct link_work *w)
{
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(w->shard));
    struct gw_snapshot *snapshot = gw_registry_snapshot(registry);
    const struct gw_camera *camera = gw_snapshot_camera(snapshot, w->wish.camera);
    bool may = camera && gw_rights_may(w->guest, GW_MAY_WATCH, snapshot, camera) &&
               (w->wish.profile == GW_PROFILE_MAIN || *camera->url_sub);
    gw_snapshot_unref(&snapshot);
    return may;
}

// In a thread of the pool.
static void on_link(uv_work_t *work)
{
    struct link_work *w = work->data;
    struct gw_engine *engine = gw_shard_engine(w->shard);
    char text[GW_LIVE_LINK_TEXT];
    struct gw_live_link link = {
        .camera = w->wish.camera,
        .profile = w->wish.profile,
        .origin = w->wish.origin,
        .until_ms = gw_clock_unix_us() / GW_MS + w->wish.seconds * 1000ull,
    };
    if (!may_watch(w)) {
        w->answer = gw_answer_problem(404, "no_such_camera", no_stream, w->lang);
        return;
    }
    bool bare = gw_engine_settings(engine)->no_auth;
    int r =
        bare ? 0 : gw_access_make_link(gw_engine_access(engine), w->guest, &link, text);
    if (r < 0) {
        w->answer = gw_answer_problem(503, "busy", not_now, w->lang);
        return;
    }
    w->answer = gw_answer_json(gw_json_link(&link, bare ? NULL : text));
    if (w->answer.body)
        w->answer.status = 201;
}

static void on_linked(uv_work_t *work, int status)
{
    struct link_work *w = work->data;
    struct gw_shard *shard = w->shard;
    (void)status; // nothing cancels it
    gw_answer_send(&w->answer, w->request);
    gw_guest_unref(&w->guest);
    free(w);
    gw_shard_end_work(shard);
}

static void start(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info, const struct gw_link_wish *wish)
{
    struct link_work *w = calloc(1, sizeof(*w));
    if (!w) {
        refuse(request, info->lang, 503, "busy", gw_words_out_of_memory);
        return;
    }
    w->work.data = w;
    w->shard = shard;
    w->request = request;
    w->lang = info->lang;
    w->guest = gw_guest_ref(info->guest);
    w->wish = *wish;
    gw_shard_begin_work(shard);
    // It fails for a missing callback only.
    (void)uv_queue_work(gw_shard_loop(shard), &w->work, on_link, on_linked);
}

void gw_api_links(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info)
{
    struct gw_link_wish wish;
    const char *field = "";
    if (strcmp(info->method, "POST") != 0) {
        refuse(request, info->lang, 405, "method_not_allowed", bad_method);
        return;
    }
    int r = gw_json_read_link(info->body, info->body_len, &wish, &field);
    if (r == 0)
        start(shard, request, info, &wish);
    else if (r == -EBADMSG)
        refuse(request, info->lang, 400, "not_json", not_json);
    else
        refuse_field(request, info->lang, field);
}
