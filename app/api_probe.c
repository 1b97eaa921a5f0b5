#include "app/api_probe.h"

#include "app/api_answer.h"
#include "app/api_words.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/probe_bench.h"
#include "app/query_string.h"
#include "app/rights.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_S = 5 };

static const struct gw_text no_such_camera = {
    "There is no camera with this id.",
    "没有该编码的摄像机。",
};
static const struct gw_text no_stream = {
    "The camera has no address for this stream; give it one first.",
    "该摄像机没有此码流的地址，请先填写。",
};
static const struct gw_text bad_profile = {
    "profile is main or sub.",
    "profile 应为 main 或 sub。",
};
static const struct gw_text busy = {
    "Two cameras are being tested right now. Try again in a moment.",
    "正在测试两台摄像机，请稍后再试。",
};
static const struct gw_text not_run = {
    "The test could not run; see the engine's log.",
    "测试无法进行，请查看引擎日志。",
};

// A test on its way, and whoever waits for it.
struct probe_work {
    struct gw_shard *shard;
    struct gw_request *request;
    enum gw_lang lang;
    struct gw_answer answer;
};

static void refuse(struct gw_request *request, const struct gw_request_info *info,
                   int status, const char *code, struct gw_text why)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, info->lang);
    answer.retry_after_s = status == 503 ? BUSY_S : 0;
    gw_answer_send(&answer, request);
}

// Back on the shard.
static void finish(struct gw_shard *shard, void *arg)
{
    struct probe_work *w = arg;
    gw_answer_send(&w->answer, w->request);
    free(w);
    gw_shard_end_work(shard);
}

// On the test's thread.
static void on_tested(void *arg, int error, const struct gw_probe_report *report)
{
    struct probe_work *w = arg;
    if (error < 0)
        gw_log(GW_LOG_ERROR, "probe_failed", "error=%d", error);
    w->answer = error < 0 ? gw_answer_problem(500, "not_run", not_run, w->lang)
                          : gw_answer_json(gw_json_probe(report));
    gw_shard_reply(w->shard, finish, w);
}

static void run(struct gw_shard *shard, struct gw_request *request,
                const struct gw_request_info *info, const char *url)
{
    struct gw_probe_bench *bench = gw_engine_probe_bench(gw_shard_engine(shard));
    struct probe_work *w = calloc(1, sizeof(*w));
    int r = -ENOMEM;
    if (w) {
        *w = (struct probe_work) { .shard = shard,
                                   .request = request,
                                   .lang = info->lang };
        gw_shard_begin_work(shard);
        r = gw_probe_bench_run(bench, url, on_tested, w);
    }
    if (r == 0)
        return;
    if (w)
        gw_shard_end_work(shard);
    free(w);
    refuse(request, info, 503, "busy", r == -EBUSY ? busy : gw_words_out_of_memory);
}

// "profile" as "sub", or "main", which it is without. Returns 0 or -EINVAL.
static int read_profile(const char *query, bool *ret_sub)
{
    struct gw_query_string params;
    int r = gw_query_string_parse(query, &params);
    if (r < 0)
        return -EINVAL;
    const char *profile = gw_query_string_get(&params, "profile");
    bool sub = profile && strcmp(profile, "sub") == 0;
    r = profile && !sub && strcmp(profile, "main") != 0 ? -EINVAL : 0;
    gw_query_string_finish(&params);
    if (r == 0)
        *ret_sub = sub;
    return r;
}

void gw_api_probe(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info, const char *id)
{
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(shard));
    struct gw_snapshot *snapshot = gw_registry_snapshot(registry);
    const struct gw_camera *camera = gw_snapshot_camera(snapshot, id);
    bool sub = false;
    if (!camera || !gw_rights_may(info->guest, GW_MAY_EDIT, snapshot, camera)) {
        refuse(request, info, 404, "no_such_camera", no_such_camera);
    } else if (read_profile(info->query, &sub) < 0) {
        refuse(request, info, 400, "bad_parameter", bad_profile);
    } else {
        const char *url = sub ? camera->url_sub : camera->url_main;
        if (*url)
            run(shard, request, info, url);
        else
            refuse(request, info, 409, "no_stream", no_stream);
    }
    gw_snapshot_unref(&snapshot);
}
