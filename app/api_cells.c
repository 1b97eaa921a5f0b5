// A request goes over three threads:
//
//   shard ──► pool: read ──► shard ──► store: written ──► shard: reply
#include "app/api_cells.h"

#include "app/api_answer.h"
#include "app/api_words.h"
#include "app/guest.h"
#include "app/json.h"
#include "app/json_area.h"
#include "app/refusal.h"
#include "map/codes.h"
#include "map/geojson.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVEL_GRID = 3 }; // of special grids, which have codes of their own

struct cell_work {
    uv_work_t work;
    struct gw_shard *shard;
    struct gw_request *request;
    const struct gw_request_info *info; // good until the reply
    struct gw_guest *guest;
    bool removes;
    char code[GW_CODE_MAX + 1];
    struct gw_precondition when;
    struct gw_cell cell; // strings lie in `strings`
    char *strings;
    struct gw_registry_result result;
    struct gw_answer answer; // once it is known
};

static const char prefix[] = "cells/";

static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text other_code = {
    "The code in the body is not the one in the address; a cell keeps its code.",
    "正文中的编码与地址中的不一致；网格编码不可更改。",
};
static const struct gw_text bad_code = {
    "A cell's code is 1 to 32 letters, digits, \".\", \"_\" or \"-\".",
    "网格编码为 1 到 32 个字母、数字、“.”、“_”或“-”。",
};
static const struct gw_text no_division = {
    "A cell belongs to a village or community: give its code as \"division\".",
    "网格须属于某个村居：请在 division 中填写其代码。",
};
static const struct gw_text no_such_cell = {
    "There is no grid cell with this code.",
    "没有该编码的网格。",
};
static const struct gw_text see_all = {
    "Whoever draws cells moves everybody's cameras: that is for accounts that see all.",
    "修改网格会影响所有摄像机的归属，仅限可见全部范围的账号。",
};

static void free_work(struct cell_work *w)
{
    if (!w)
        return;
    gw_guest_unref(&w->guest);
    gw_buf_unref(&w->answer.body);
    free(w->strings);
    free(w);
}

static void refuse(struct cell_work *w, int status, const char *code, struct gw_text why)
{
    w->answer = gw_answer_problem(status, code, why, w->info->lang);
}

// ---- in a thread of the pool ----

static const char *keep(char **at, const char *s)
{
    size_t size = strlen(s) + 1;
    const char *kept = memcpy(*at, s, size);
    *at += size;
    return kept;
}

static int on_area(void *arg, const struct gw_geojson_area *area)
{
    struct cell_work *w = arg;
    if (!*area->division) {
        refuse(w, 422, "bad_field", no_division);
        return 0;
    }
    int level = area->level ? area->level : gw_cell_level(area->code);
    char *at = malloc(strlen(area->name) + strlen(area->division) + strlen(area->parent) +
                      strlen(area->geometry) + 4);
    if (!at)
        return -ENOMEM;
    w->strings = at;
    w->cell = (struct gw_cell) {
        .code = w->code,
        .name = keep(&at, area->name),
        .division = keep(&at, area->division),
        .parent = keep(&at, area->parent),
        .level = level ? level : LEVEL_GRID,
        .geometry = keep(&at, area->geometry),
    };
    return 0;
}

static int on_problem(void *arg, const struct gw_geojson_problem *problem)
{
    refuse(arg, 422, "bad_field", problem->what);
    return 0;
}

static void read_cell(struct cell_work *w)
{
    const struct gw_geojson_events events = { on_area, on_problem, w };
    char *collection = NULL;
    size_t offset = 0;
    int r =
        gw_json_area_collection(w->info->body, w->info->body_len, w->code, &collection);
    if (r == 0)
        r = gw_geojson_read(collection, strlen(collection), &events, &offset);
    free(collection);
    if (r == -EINVAL)
        refuse(w, 422, "bad_field", other_code);
    else if (r == -ENOMEM)
        refuse(w, 503, "busy", gw_words_out_of_memory);
    else if (r < 0)
        refuse(w, 400, "not_json", not_json);
}

static void on_prepare(uv_work_t *work)
{
    struct cell_work *w = work->data;
    if (gw_guest_scope(w->guest))
        refuse(w, 403, "outside", see_all);
    else if (!gw_code_valid(w->code))
        refuse(w, w->removes ? 404 : 422, w->removes ? "no_such_cell" : "bad_field",
               w->removes ? no_such_cell : bad_code);
    else if (gw_precondition_read(w->info->if_match, w->info->if_none_match, &w->when) <
             0)
        refuse(w, 400, "bad_tags", gw_words_bad_tags);
    else if (w->removes)
        w->cell = (struct gw_cell) { w->code, "", "", "", LEVEL_GRID, "", 0 };
    else
        read_cell(w);
}

// ---- on the store thread ----

static void finish(struct gw_shard *shard, void *arg);

static void on_written(void *arg, const struct gw_registry_result *result)
{
    struct cell_work *w = arg;
    w->result = *result;
    gw_shard_reply(w->shard, finish, w);
}

// ---- on the shard ----

// As it is now; by the revision of this write, so that what others made of it since is
// found out with the next one.
static void show(struct cell_work *w)
{
    struct gw_engine *engine = gw_shard_engine(w->shard);
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    const struct gw_json_world world = { .snapshot = snapshot,
                                         .states = gw_engine_states(engine) };
    const struct gw_cell *cell = gw_snapshot_cell(snapshot, w->code);
    if (cell)
        w->answer = gw_answer_record(gw_json_cell(&world, cell), w->result.revision);
    else // removed by another since
        refuse(w, 404, "no_such_cell", no_such_cell);
    gw_snapshot_unref(&snapshot);
    if (w->answer.status == 200 && w->result.created) {
        w->answer.status = 201;
        snprintf(w->answer.location, sizeof(w->answer.location), "/api/v1/cells/%s",
                 w->code);
    }
}

static void finish(struct gw_shard *shard, void *arg)
{
    struct cell_work *w = arg;
    const struct gw_text why = { w->result.en, w->result.zh };
    if (w->result.error == -ENOENT)
        refuse(w, 404, "no_such_cell", why);
    else if (w->result.error)
        w->answer = gw_refusal_answer(&w->result, w->info->lang);
    else if (w->answer.status == 0 && w->removes)
        w->answer = (struct gw_answer) { .status = 204 };
    else if (w->answer.status == 0)
        show(w);
    gw_answer_send(&w->answer, w->request);
    free_work(w);
    gw_shard_end_work(shard);
}

static void on_prepared(uv_work_t *work, int status)
{
    struct cell_work *w = work->data;
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(w->shard));
    const struct gw_editor editor = { .name = gw_guest_name(w->guest), .when = &w->when };
    (void)status; // nothing cancels it
    if (w->answer.status == 0 && gw_registry_write_cell(registry, &w->cell, w->removes,
                                                        &editor, on_written, w) == 0)
        return;
    if (w->answer.status == 0)
        refuse(w, 503, "busy", gw_words_writes_wait);
    finish(w->shard, w);
}

bool gw_is_cell_write(const struct gw_request_info *info, const char *path)
{
    return strncmp(path, prefix, sizeof(prefix) - 1) == 0 &&
           !strchr(path + sizeof(prefix) - 1, '/') &&
           (strcmp(info->method, "PUT") == 0 || strcmp(info->method, "DELETE") == 0);
}

void gw_api_cell_write(struct gw_shard *shard, struct gw_request *request,
                       const struct gw_request_info *info, const char *path)
{
    struct cell_work *w = calloc(1, sizeof(*w));
    if (w) {
        w->work.data = w;
        w->shard = shard;
        w->request = request;
        w->info = info;
        w->guest = gw_guest_ref(info->guest);
        w->removes = strcmp(info->method, "DELETE") == 0;
        // One that is too long is cut to what is no code.
        snprintf(w->code, sizeof(w->code), "%s", path + sizeof(prefix) - 1);
        if (strlen(path + sizeof(prefix) - 1) > GW_CODE_MAX)
            w->code[0] = '\0';
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
