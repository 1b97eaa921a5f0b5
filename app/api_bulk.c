// A request goes over three threads:
//
//   shard ──► pool: read, and find the cameras ──► shard ──► store: written ──► shard:
//   reply
#include "app/api_bulk.h"

#include "app/api_answer.h"
#include "app/api_words.h"
#include "app/camera_query.h"
#include "app/idempotency_key.h"
#include "app/json_bulk.h"
#include "app/query_string.h"
#include "app/refusal.h"
#include "app/rights.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bulk_work {
    uv_work_t work;
    struct gw_shard *shard;
    struct gw_request *request;
    const struct gw_request_info *info; // good until the reply
    struct gw_guest *guest;
    bool filter; // PATCH

    // What to do: the list of a POST, or the cameras of `snapshot` with one edit for all.
    struct gw_json_bulk *list;
    struct gw_snapshot *snapshot;
    struct gw_json_edit *edit;
    struct gw_bulk_part *parts;
    struct gw_bulk bulk;
    struct gw_request_once once;

    // What became of it.
    struct gw_json_fates *fates;
    size_t changed, done, refused;
    struct gw_registry_result result;
    struct gw_answer answer; // once it is known
};

static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text too_many_operations = {
    "At most 1000 operations go into one request; send the rest in another.",
    "每个请求最多 1000 项操作，其余请分批发送。",
};
static const struct gw_text too_many_cameras = {
    "More than 10000 cameras fit; narrow the conditions.",
    "符合条件的摄像机超过 10000 路，请缩小范围。",
};
static const struct gw_text no_condition = {
    "Say which cameras: give a condition as for GET /api/v1/cameras, or all=true. limit, "
    "cursor and sees are none.",
    "请指明摄像机范围：给出与 GET /api/v1/cameras 相同的条件，或 "
    "all=true；limit、cursor、"
    "sees 不是条件。",
};
static const struct gw_text bad_dry_run = {
    "dry_run is true or false.",
    "dry_run 应为 true 或 false。",
};
static const struct gw_text one_id = {
    "An id is one camera's: leave it out.",
    "编码只属于一路摄像机，请去掉 id 字段。",
};

static void free_work(struct bulk_work *w)
{
    if (!w)
        return;
    gw_json_bulk_free(w->list);
    gw_json_edit_free(w->edit);
    gw_json_fates_free(w->fates);
    gw_snapshot_unref(&w->snapshot);
    gw_guest_unref(&w->guest);
    gw_buf_unref(&w->answer.body);
    free(w->parts);
    free(w);
}

static void refuse(struct bulk_work *w, int status, const char *code, struct gw_text why)
{
    w->answer = gw_answer_problem(status, code, why, w->info->lang);
}

static void refuse_memory(struct bulk_work *w)
{
    refuse(w, 503, "busy", gw_words_out_of_memory);
}

// ---- in a thread of the pool ----

static void refuse_operation(struct bulk_work *w,
                             const struct gw_json_bulk_problem *problem)
{
    char en[256], zh[256], of_en[40] = "", of_zh[40] = "";
    if (problem->operation) {
        snprintf(of_en, sizeof(of_en), "Operation %zu: ", problem->operation);
        snprintf(of_zh, sizeof(of_zh), "第 %zu 项操作：", problem->operation);
    }
    snprintf(en, sizeof(en), "%s\"%s\" is missing or wrong; see docs/api.md.", of_en,
             problem->member);
    snprintf(zh, sizeof(zh), "%s“%s”缺失或有误，见 docs/api.md。", of_zh,
             problem->member);
    refuse(w, 422, "bad_field", (struct gw_text) { en, zh });
}

static void read_list(struct bulk_work *w)
{
    struct gw_json_bulk_problem problem;
    int r = gw_json_parse_bulk(w->info->body, w->info->body_len, &w->list, &problem);
    if (r == -EBADMSG)
        refuse(w, 400, "not_json", not_json);
    else if (r == -EMSGSIZE)
        refuse(w, 422, "too_many", too_many_operations);
    else if (r == -EINVAL)
        refuse_operation(w, &problem);
    else if (r < 0)
        refuse_memory(w);
    else
        w->bulk = *gw_json_bulk_get(w->list);
}

// Returns 0, -EBADMSG, -EINVAL or -ENOMEM, all but 0 answered.
static int read_edit(struct bulk_work *w, struct gw_camera_edit *ret_edit)
{
    const char *field = "";
    int r = gw_json_parse_camera(w->info->body, w->info->body_len, ret_edit, &w->edit,
                                 &field);
    if (r == -EBADMSG) {
        refuse(w, 400, "not_json", not_json);
    } else if (r == -EINVAL) {
        char en[128], zh[128];
        snprintf(en, sizeof(en), "The field \"%s\" has the wrong type; see docs/api.md.",
                 field);
        snprintf(zh, sizeof(zh), "字段“%s”类型错误，见 docs/api.md。", field);
        refuse(w, 422, "bad_field", (struct gw_text) { en, zh });
    } else if (r < 0) {
        refuse_memory(w);
    } else if (ret_edit->id) {
        refuse(w, 422, "bad_field", one_id);
        r = -EINVAL;
    }
    return r;
}

static bool is_true(const struct gw_query_string *params, const char *name)
{
    const char *value = gw_query_string_get(params, name);
    return value && strcmp(value, "true") == 0;
}

// Somebody who mistypes a condition must not change every camera there is.
static bool has_condition(const struct gw_query_string *params)
{
    static const char *const names[] = { "cell",   "division", "department", "q",
                                         "bbox",   "radius_m", "polygon",    "corridor",
                                         "status", "kind",     "tag",        "group" };
    static const char *const others[] = { "limit", "cursor", "sees", "record" };
    bool found = is_true(params, "all");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        found = found || gw_query_string_get(params, names[i]);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        found = found && !gw_query_string_get(params, others[i]);
    return found;
}

static int make_parts(struct bulk_work *w, const struct gw_camera_edit *edit,
                      const struct gw_camera *const *cameras, size_t n)
{
    w->parts = calloc(n ? n : 1, sizeof(*w->parts));
    if (!w->parts)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        w->parts[i] = (struct gw_bulk_part) { .op = GW_BULK_PATCH, .edit = *edit };
        w->parts[i].edit.id = cameras[i]->id;
    }
    w->bulk.parts = w->parts;
    w->bulk.count = n;
    w->bulk.atomic = true;
    return 0;
}

static void find_cameras(struct bulk_work *w, struct gw_camera_question *question,
                         const struct gw_camera_edit *edit)
{
    struct gw_engine *engine = gw_shard_engine(w->shard);
    struct gw_scope_view room;
    bool more = false;
    w->snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    const struct gw_json_world world = {
        .snapshot = w->snapshot,
        .states = gw_engine_states(engine),
        .view = gw_rights_view(w->guest, w->snapshot, &room),
    };
    question->query.seen = world.view;
    question->query.limit = GW_BULK_MAX;
    const struct gw_camera **found = calloc(GW_BULK_MAX, sizeof(*found));
    size_t n = found ? gw_camera_question_ask(&world, question, found, &more) : 0;
    if (more)
        refuse(w, 422, "too_many", too_many_cameras);
    else if (!found || make_parts(w, edit, found, n) < 0)
        refuse_memory(w);
    free(found);
}

static void read_filter(struct bulk_work *w, const struct gw_query_string *params)
{
    const char *dry = gw_query_string_get(params, "dry_run");
    struct gw_camera_question question;
    struct gw_camera_edit edit;
    const char *bad = NULL;
    w->bulk.dry = is_true(params, "dry_run");
    if (dry && !w->bulk.dry && strcmp(dry, "false") != 0) {
        refuse(w, 400, "bad_parameter", bad_dry_run);
        return;
    }
    if (!has_condition(params)) {
        refuse(w, 400, "bad_parameter", no_condition);
        return;
    }
    int r = gw_camera_question_read(params, &question, &bad);
    if (r == -EINVAL)
        refuse(w, 400, "bad_parameter", gw_camera_question_help(bad));
    else if (r < 0)
        refuse_memory(w);
    if (r < 0)
        return;
    if (read_edit(w, &edit) == 0)
        find_cameras(w, &question, &edit);
    gw_camera_question_finish(&question);
}

static void read_query(struct bulk_work *w)
{
    struct gw_query_string params;
    int r = gw_query_string_parse(w->info->query, &params);
    if (r == -ENOMEM)
        refuse_memory(w);
    else if (r < 0)
        refuse(w, 400, "bad_query", gw_words_bad_query);
    if (r < 0)
        return;
    read_filter(w, &params);
    gw_query_string_finish(&params);
}

static void on_prepare(uv_work_t *work)
{
    struct bulk_work *w = work->data;
    w->fates = gw_json_fates_create(w->info->lang);
    int r = w->fates ? gw_request_once_read(w->info, &w->once) : -ENOMEM;
    if (r == -EBADMSG)
        refuse(w, 400, "bad_key", gw_words_bad_key);
    else if (r < 0)
        refuse_memory(w);
    else if (w->filter)
        read_query(w);
    else
        read_list(w);
}

// ---- on the store thread ----

static struct gw_json_fate fate_of(const struct bulk_work *w, size_t part,
                                   const struct gw_registry_result *result)
{
    struct gw_json_fate fate = {
        .index = part,
        .id = w->bulk.parts[part].edit.id,
        .etag = "",
    };
    if (result->error) {
        struct gw_refusal refusal = gw_refusal_of(result->error);
        fate.status = refusal.status;
        fate.code = refusal.code;
        fate.why = (struct gw_text) { result->en, result->zh };
    }
    return fate;
}

static struct gw_answer describe(const struct bulk_work *w,
                                 const struct gw_camera *camera, bool created)
{
    struct gw_answer answer = { .status = 204 };
    if (!camera)
        return answer;
    const struct gw_json_world world = {
        .states = gw_engine_states(gw_shard_engine(w->shard)),
    };
    answer = gw_answer_record(gw_json_camera(&world, camera), camera->revision);
    gw_buf_unref(&answer.body); // the tag is of it
    answer.status = created ? 201 : 200;
    return answer;
}

static void on_row(void *arg, size_t part, const struct gw_registry_result *result,
                   const struct gw_camera *camera, bool created)
{
    struct bulk_work *w = arg;
    bool done = result->error == 0;
    w->done += done;
    w->refused += !done;
    w->changed += done && !result->same;
    if (done && w->filter)
        return; // counted only
    struct gw_json_fate fate = fate_of(w, part, result);
    struct gw_answer answer;
    if (done) {
        answer = describe(w, camera, created);
        fate.status = answer.status;
        fate.etag = answer.etag;
    }
    gw_json_fates_add(w->fates, &fate);
}

static void make_answer(struct bulk_work *w)
{
    w->answer =
        gw_answer_json(w->filter ? gw_json_edited(w->bulk.count, w->changed, w->bulk.dry)
                                 : gw_json_fates_print(w->fates, w->done, w->refused));
}

static void on_keep(void *arg, struct gw_kept_answer *ret_answer)
{
    struct bulk_work *w = arg;
    make_answer(w);
    *ret_answer = gw_answer_to_keep(&w->answer);
}

static void on_again(void *arg, const struct gw_kept_answer *answer)
{
    struct bulk_work *w = arg;
    w->answer = gw_answer_kept(answer);
}

static void finish(struct gw_shard *shard, void *arg);

static void on_written(void *arg, const struct gw_registry_result *result)
{
    struct bulk_work *w = arg;
    w->result = *result;
    gw_shard_reply(w->shard, finish, w);
}

// ---- on the shard ----

static void refuse_all(struct bulk_work *w)
{
    const struct gw_text why = { w->result.en, w->result.zh };
    gw_buf_unref(&w->answer.body);
    w->answer = gw_refusal_answer(&w->result, w->info->lang);
    if (w->result.error != -ECANCELED)
        return;
    struct gw_buf *body = gw_json_fates_problem(w->fates, w->answer.status,
                                                gw_refusal_of(w->result.error).code, why);
    gw_buf_unref(&w->answer.body);
    w->answer.body = body;
}

static void finish(struct gw_shard *shard, void *arg)
{
    struct bulk_work *w = arg;
    if (w->result.error)
        refuse_all(w);
    else if (w->answer.status == 0)
        make_answer(w);
    gw_answer_send(&w->answer, w->request);
    free_work(w);
    gw_shard_end_work(shard);
}

static void on_prepared(uv_work_t *work, int status)
{
    static const struct gw_write_hooks hooks = { on_row, on_keep, on_again };
    struct bulk_work *w = work->data;
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(w->shard));
    const struct gw_editor editor = {
        .name = gw_guest_name(w->guest),
        .scope = gw_guest_scope(w->guest),
        .once = w->once.once.key ? &w->once.once : NULL,
        .hooks = &hooks,
    };
    (void)status; // nothing cancels it
    if (w->answer.status == 0 &&
        gw_registry_write_many(registry, &w->bulk, &editor, on_written, w) == 0)
        return;
    if (w->answer.status == 0)
        refuse(w, 503, "busy", gw_words_writes_wait);
    finish(w->shard, w);
}

bool gw_is_bulk(const struct gw_request_info *info, const char *path)
{
    return (strcmp(path, "cameras:bulk") == 0 && strcmp(info->method, "POST") == 0) ||
           (strcmp(path, "cameras") == 0 && strcmp(info->method, "PATCH") == 0);
}

void gw_api_bulk(struct gw_shard *shard, struct gw_request *request,
                 const struct gw_request_info *info, const char *path)
{
    struct bulk_work *w = calloc(1, sizeof(*w));
    if (w) {
        w->work.data = w;
        w->shard = shard;
        w->request = request;
        w->info = info;
        w->guest = gw_guest_ref(info->guest);
        w->filter = strcmp(path, "cameras") == 0;
    }
    if (w &&
        uv_queue_work(gw_shard_loop(shard), &w->work, on_prepare, on_prepared) == 0) {
        gw_shard_begin_work(shard);
        return;
    }
    free_work(w);
    struct gw_answer answer =
        gw_answer_problem(503, "busy", gw_words_out_of_memory, info->lang);
    gw_answer_send(&answer, request);
}
