// A place on its way to its file and back: parsed on the shard, written in a thread of
// the pool, answered on the shard.
#include "app/api_places.h"

#include "app/access.h"
#include "app/api_words.h"
#include "app/audit.h"
#include "app/engine.h"
#include "app/json_place.h"
#include "app/rights.h"
#include "base/clock.h"
#include "map/store_words.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// An import of places may be at work for minutes: a client is told to come again instead.
enum { BUSY_MS = 2000, RETRY_S = 5 };

enum place_task { PLACE_CREATE, PLACE_REPLACE, PLACE_REMOVE, PLACE_RESTORE };

struct place_work {
    uv_work_t work;
    struct gw_shard *shard;
    struct gw_request *request;
    enum gw_lang lang;
    struct gw_guest *guest;
    char address[GW_ADDRESS_MAX]; // that it came from
    enum place_task task;
    char id[GW_PLACE_ID_MAX + 1];
    struct gw_json_place_edit *doc; // what `edit` borrows from
    struct gw_place_edit edit;
    struct gw_place_scratch scratch;
    struct gw_answer answer;
};

static atomic_int writing; // of the whole process

static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text other_id = {
    "The id in the body is not the one in the address; a place keeps its id.",
    "正文中的编码与地址中的不一致；场所编码不可更改。",
};
static const struct gw_text busy = {
    "Others are writing places, or an import of them is at work. Try again in a moment.",
    "其他用户正在写入场所，或正在导入场所，请稍后再试。",
};
static const struct gw_text no_such_path = {
    "Nothing can be written at this address. docs/api.md lists what there is.",
    "该地址不可写入，可用地址见 docs/api.md。",
};
static const struct gw_text no_such_place = {
    "There is no place with this id. It may have been removed; look for it by name.",
    "没有此编码的场所，可能已被删除，请按名称查找。",
};
static const struct gw_text taken = {
    "A place with this id exists already. Change that one, or choose another id.",
    "此编码的场所已存在。请修改原有记录，或换用其他编码。",
};
static const struct gw_text outside = {
    "The place would lie outside of what you may see; give it a division, cell or "
    "department of yours.",
    "该场所将超出您的可见范围；请填写您范围内的行政区划、网格或部门。",
};

static struct gw_answer problem(const struct place_work *w, int status, const char *code,
                                struct gw_text why)
{
    return gw_answer_problem(status, code, why, w->lang);
}

static struct gw_answer failure(const struct place_work *w, int error)
{
    char en[GW_STORE_ERROR_MAX], zh[GW_STORE_ERROR_MAX];
    const char *dir = gw_engine_settings(gw_shard_engine(w->shard))->data;
    struct gw_answer answer;
    switch (error) {
    case -ENOENT: return problem(w, 404, "no_such_place", no_such_place);
    case -EEXIST: return problem(w, 409, "exists", taken);
    case -EPERM: return problem(w, 403, "outside", outside);
    case -EBUSY:
    case -ENOMEM:
        answer = problem(w, 503, "busy", busy);
        answer.retry_after_s = RETRY_S;
        return answer;
    default: break;
    }
    gw_store_words(error, dir, GW_LANG_EN, en, sizeof(en));
    gw_store_words(error, dir, GW_LANG_ZH, zh, sizeof(zh));
    return problem(w, error == -ENOSPC ? 507 : 500,
                   error == -ENOSPC ? "disk_full" : "not_written",
                   (struct gw_text) { en, zh });
}

// ---- in a thread of the pool, inside of a transaction ----

// What a place is settled by, and borrows from until it is written.
struct cells {
    struct gw_snapshot *snapshot;
    struct gw_locator *locator;
};

static int take_cells(struct gw_shard *shard, struct cells *ret)
{
    size_t n;
    ret->snapshot = gw_registry_snapshot(gw_engine_registry(gw_shard_engine(shard)));
    const struct gw_cell *table = gw_snapshot_cells(ret->snapshot, &n);
    return gw_locator_create(table, n, &ret->locator);
}

static void release_cells(struct cells *cells)
{
    gw_locator_destroy(cells->locator);
    gw_snapshot_unref(&cells->snapshot);
}

static struct gw_author author_of(const struct place_work *w)
{
    return (struct gw_author) { .name = gw_guest_name(w->guest),
                                .now_ms = gw_clock_unix_us() / GW_MS };
}

static int put(struct place_work *w, struct gw_places *places, const struct cells *cells,
               const struct gw_place *old, struct gw_place *place)
{
    const struct gw_author author = author_of(w);
    gw_place_settle(place, cells->snapshot, cells->locator, &w->scratch);
    if (!gw_place_in_scope(place, gw_guest_scope(w->guest)))
        return -EPERM;
    return gw_places_put(places, old, place, &author);
}

// The one that is changed; to whom it lies outside there is none.
static int find(const struct place_work *w, struct gw_places *places,
                struct gw_place *ret_place)
{
    int r = gw_places_find(places, w->id, ret_place);
    return r == 0 && !gw_place_in_scope(ret_place, gw_guest_scope(w->guest)) ? -ENOENT
                                                                             : r;
}

static int create(struct place_work *w, struct gw_places *places,
                  const struct cells *cells)
{
    struct gw_place place;
    int r = gw_places_find(places, w->id, &place);
    if (r != -ENOENT)
        return r == 0 ? -EEXIST : r;
    r = gw_place_edit_apply(&w->edit, NULL, &w->scratch, &place);
    return r < 0 ? r : put(w, places, cells, NULL, &place);
}

static int replace(struct place_work *w, struct gw_places *places,
                   const struct cells *cells)
{
    struct gw_place old, place;
    int r = find(w, places, &old);
    if (r == 0)
        r = gw_place_edit_apply(&w->edit, NULL, &w->scratch, &place);
    return r < 0 ? r : put(w, places, cells, &old, &place);
}

static int take_out(struct place_work *w, struct gw_places *places)
{
    const struct gw_author author = author_of(w);
    struct gw_place old;
    int r = find(w, places, &old);
    return r < 0 ? r : gw_places_remove(places, &old, &author);
}

static int restore(struct place_work *w, struct gw_places *places,
                   const struct cells *cells)
{
    struct gw_place place;
    int r = gw_places_find(places, w->id, &place);
    if (r != -ENOENT)
        return r == 0 ? -EEXIST : r;
    r = gw_places_find_removed(places, w->id, gw_clock_unix_us() / GW_MS, &place);
    if (r < 0)
        return r;
    r = put(w, places, cells, NULL, &place);
    return r == -EPERM ? -ENOENT : r;
}

static int carry_out(struct place_work *w, struct gw_places *places,
                     const struct cells *cells)
{
    switch (w->task) {
    case PLACE_CREATE: return create(w, places, cells);
    case PLACE_REPLACE: return replace(w, places, cells);
    case PLACE_REMOVE: return take_out(w, places);
    case PLACE_RESTORE: return restore(w, places, cells);
    }
    return -EINVAL;
}

static struct gw_answer success(const struct place_work *w, struct gw_places *places)
{
    struct gw_place place;
    if (w->task == PLACE_REMOVE)
        return (struct gw_answer) { .status = 204 };
    int r = gw_places_find(places, w->id, &place);
    if (r < 0)
        return failure(w, r);
    struct gw_answer answer = gw_answer_json(gw_json_place(&place));
    if (w->task == PLACE_CREATE && answer.status == 200) {
        answer.status = 201;
        snprintf(answer.location, sizeof(answer.location), "/api/v1/places/%s", w->id);
    }
    return answer;
}

static struct gw_answer write_place(struct place_work *w, struct gw_places *places)
{
    struct cells cells = { 0 };
    int r = take_cells(w->shard, &cells);
    if (r == 0)
        r = gw_places_begin(places);
    if (r == 0) {
        r = carry_out(w, places, &cells);
        if (r == 0)
            r = gw_places_commit(places);
        else
            gw_places_rollback(places);
    }
    release_cells(&cells);
    return r < 0 ? failure(w, r) : success(w, places);
}

// Places have a file of their own, so this is no part of their transaction: whoever is
// killed in between leaves a change without its entry, which was not acknowledged.
static void note(const struct place_work *w)
{
    static const char *const actions[] = {
        [PLACE_CREATE] = "place_created",
        [PLACE_REPLACE] = "place_changed",
        [PLACE_REMOVE] = "place_removed",
        [PLACE_RESTORE] = "place_restored",
    };
    const struct gw_audit_person by = gw_audit_guest(w->guest, w->address);
    gw_audit_note_kept(
        gw_engine_audit(gw_shard_engine(w->shard)), &by,
        &(struct gw_audit_deed) { .action = actions[w->task], .subject = w->id });
}

static void on_write(uv_work_t *work)
{
    struct place_work *w = work->data;
    const char *dir = gw_engine_settings(gw_shard_engine(w->shard))->data;
    char words[GW_STORE_ERROR_MAX];
    struct gw_places *places = NULL;
    bool creates = w->task == PLACE_CREATE; // else nothing is there to be changed
    int r = gw_places_open(dir, creates, BUSY_MS, &places, words);
    w->answer = r < 0 ? failure(w, r) : write_place(w, places);
    gw_places_close(places);
    if (w->answer.status < 300)
        note(w);
}

// ---- on the shard ----

static void free_work(struct place_work *w)
{
    if (!w)
        return;
    gw_json_place_free(w->doc);
    gw_guest_unref(&w->guest);
    free(w);
}

static void on_written(uv_work_t *work, int status)
{
    struct place_work *w = work->data;
    struct gw_shard *shard = w->shard;
    (void)status; // nothing cancels it
    atomic_fetch_sub(&writing, 1);
    gw_answer_send(&w->answer, w->request);
    free_work(w);
    gw_shard_end_work(shard);
}

static struct gw_answer wrong_field(const struct place_work *w, const char *field)
{
    char en[160], zh[160];
    if (!*field) {
        snprintf(en, sizeof(en), "A place has no such field; see docs/api.md.");
        snprintf(zh, sizeof(zh), "场所没有该字段，见 docs/api.md。");
    } else {
        snprintf(en, sizeof(en),
                 "The field \"%s\" has the wrong type or is too long; "
                 "see docs/api.md.",
                 field);
        snprintf(zh, sizeof(zh), "字段“%s”类型错误或过长，见 docs/api.md。", field);
    }
    return problem(w, 422, "bad_field", (struct gw_text) { en, zh });
}

// Reads the body. Returns 0, or a negative errno with the answer.
static int parse(struct place_work *w, const struct gw_request_info *info)
{
    const char *field = "";
    struct gw_place_problem wrong;
    int r = gw_json_parse_place(info->body, info->body_len, &w->edit, &w->doc, &field);
    if (r == -EBADMSG)
        w->answer = problem(w, 400, "not_json", not_json);
    else if (r == -ENOMEM)
        w->answer = problem(w, 503, "busy", gw_words_out_of_memory);
    else if (r < 0)
        w->answer = wrong_field(w, field);
    if (r < 0)
        return r;
    if (*w->id && w->edit.id && strcmp(w->id, w->edit.id) != 0) {
        w->answer = problem(w, 422, "bad_field", other_id);
        return -EINVAL;
    }
    if (!w->edit.id)
        w->edit.id = w->id;
    if (gw_place_edit_check(&w->edit, &wrong)) {
        w->answer = problem(w, 422, "bad_field", wrong.what);
        return -EINVAL;
    }
    if (w->edit.id != w->id)
        snprintf(w->id, sizeof(w->id), "%s", w->edit.id);
    return 0;
}

static int start(struct place_work *w)
{
    if (atomic_fetch_add(&writing, 1) >= GW_PLACE_WRITES_MAX ||
        uv_queue_work(gw_shard_loop(w->shard), &w->work, on_write, on_written) < 0) {
        atomic_fetch_sub(&writing, 1);
        w->answer = failure(w, -EBUSY);
        return -EBUSY;
    }
    gw_shard_begin_work(w->shard);
    return 0;
}

static void refuse(struct gw_request *request, const struct gw_request_info *info,
                   int status, const char *code, struct gw_text why)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, info->lang);
    gw_answer_send(&answer, request);
}

// What is asked for: the task, and the id in "places/{id}" or "places/{id}/restore".
static bool read_task(const struct gw_request_info *info, const char *path,
                      enum place_task *ret_task, char ret_id[GW_PLACE_ID_MAX + 1])
{
    const char *id = path[6] ? path + 7 : "";
    size_t len = strcspn(id, "/");
    bool restores = strcmp(id + len, "/restore") == 0;
    bool posts = strcmp(info->method, "POST") == 0;
    if (len > GW_PLACE_ID_MAX || (id[len] && !restores) || (len == 0) != (path[6] == 0))
        return false;
    snprintf(ret_id, GW_PLACE_ID_MAX + 1, "%.*s", (int)len, id);
    if (posts && len == 0)
        *ret_task = PLACE_CREATE;
    else if (posts && restores)
        *ret_task = PLACE_RESTORE;
    else if (strcmp(info->method, "PUT") == 0 && len > 0 && !restores)
        *ret_task = PLACE_REPLACE;
    else if (strcmp(info->method, "DELETE") == 0 && len > 0 && !restores)
        *ret_task = PLACE_REMOVE;
    else
        return false;
    return true;
}

void gw_api_write_place(struct gw_shard *shard, struct gw_request *request,
                        const struct gw_request_info *info, const char *path)
{
    enum place_task task;
    char id[GW_PLACE_ID_MAX + 1];
    if (!read_task(info, path, &task, id)) {
        refuse(request, info, 404, "not_found", no_such_path);
        return;
    }
    struct place_work *w = calloc(1, sizeof(*w));
    if (!w) {
        refuse(request, info, 503, "busy", gw_words_out_of_memory);
        return;
    }
    w->work.data = w;
    w->shard = shard;
    w->request = request;
    w->lang = info->lang;
    w->guest = gw_guest_ref(info->guest);
    snprintf(w->address, sizeof(w->address), "%s",
             gw_access_address(gw_engine_access(gw_shard_engine(shard)), &info->arrival));
    w->task = task;
    snprintf(w->id, sizeof(w->id), "%s", id);
    bool has_body = task == PLACE_CREATE || task == PLACE_REPLACE;
    if ((has_body && parse(w, info) < 0) || start(w) < 0) {
        gw_answer_send(&w->answer, request);
        free_work(w);
    }
}
