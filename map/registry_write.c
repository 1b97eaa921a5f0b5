#include "map/registry_write.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/camera_edit.h"
#include "map/cell_write.h"
#include "map/placing.h"
#include "map/scope_view.h"
#include "map/store_answers.h"
#include "map/store_norms.h"
#include "map/store_words.h"

static const char **string_fields(struct gw_camera_edit *edit, size_t i)
{
    const char **fields[] = {
        &edit->id,   &edit->name,     &edit->division, &edit->department,
        &edit->cell, &edit->url_main, &edit->url_sub,  &edit->pull,
        &edit->kind, &edit->tags,     &edit->groups,   &edit->address,
    };
    enum { FIELDS = sizeof(fields) / sizeof(*fields) };
    if (i < FIELDS)
        return fields[i];
    return i < FIELDS + GW_DETAILS ? &edit->details[i - FIELDS] : NULL;
}

static const char *keep(char **at, const char *s)
{
    if (!s)
        return NULL;
    size_t size = strlen(s) + 1;
    const char *kept = memcpy(*at, s, size);
    *at += size;
    return kept;
}

static void set_author(struct gw_registry_write *w, const struct gw_editor *editor)
{
    snprintf(w->author, sizeof(w->author), "%s", editor->name);
    snprintf(w->address, sizeof(w->address), "%s",
             editor->address ? editor->address : "");
    snprintf(w->sign_in, sizeof(w->sign_in), "%s",
             editor->session ? editor->session : "");
}

struct gw_registry_write *gw_registry_write_create(const struct gw_camera_edit *edit,
                                                   const struct gw_editor *editor)
{
    struct gw_camera_edit copy = *edit;
    const char **field;
    size_t bytes = 0;
    for (size_t i = 0; (field = string_fields(&copy, i)); i++)
        bytes += *field ? strlen(*field) + 1 : 0;

    if (editor->once)
        bytes += strlen(editor->once->key) + strlen(editor->once->digest) + 2;

    struct gw_registry_write *w = calloc(1, sizeof(*w) + bytes);
    if (!w)
        return NULL;
    char *at = w->strings;
    if (editor->once) {
        w->once.key = keep(&at, editor->once->key);
        w->once.digest = keep(&at, editor->once->digest);
    }
    for (size_t i = 0; (field = string_fields(&copy, i)); i++) {
        if (*field)
            *field = keep(&at, *field);
    }
    w->edit = copy;
    set_author(w, editor);
    if (edit->pose) {
        w->pose = *edit->pose;
        w->edit.pose = &w->pose;
    }
    if (editor->when)
        w->when = *editor->when;
    w->hooks = editor->hooks;
    w->limited = editor->scope != NULL;
    if (w->limited && gw_scope_copy(editor->scope, &w->scope) < 0) {
        free(w);
        return NULL;
    }
    return w;
}

struct gw_registry_write *gw_registry_found_create(const struct gw_account *account,
                                                   const char *address)
{
    size_t name = strlen(account->name) + 1, secret = strlen(account->secret) + 1;
    struct gw_registry_write *w = calloc(1, sizeof(*w) + name + secret);
    if (!w)
        return NULL;
    w->task = GW_TASK_FOUND;
    w->account = *account;
    w->account.name = memcpy(w->strings, account->name, name);
    w->account.secret = memcpy(w->strings + name, account->secret, secret);
    w->account.scope = "";
    set_author(w, &(struct gw_editor) { .name = "set-up", .address = address });
    return w;
}

static size_t size_of(const char *s)
{
    return s ? strlen(s) + 1 : 0;
}

struct gw_registry_write *gw_registry_account_create(enum gw_account_verb verb,
                                                     const struct gw_account_edit *edit,
                                                     const struct gw_editor *editor)
{
    size_t bytes = size_of(edit->name) + size_of(edit->secret) + size_of(edit->scope);
    struct gw_registry_write *w = calloc(1, sizeof(*w) + bytes);
    if (!w)
        return NULL;
    char *at = w->strings;
    w->task = GW_TASK_ACCOUNT;
    w->verb = verb;
    w->account_edit = *edit;
    w->account_edit.name = keep(&at, edit->name);
    w->account_edit.secret = keep(&at, edit->secret);
    w->account_edit.scope = keep(&at, edit->scope);
    set_author(w, editor);
    return w;
}

struct gw_registry_write *
gw_registry_session_create(enum gw_session_verb verb,
                           const struct gw_kept_session *session)
{
    struct gw_registry_write *w = calloc(1, sizeof(*w) + size_of(session->digest));
    if (!w)
        return NULL;
    char *at = w->strings;
    w->task = GW_TASK_SESSION;
    w->session_verb = verb;
    w->session = *session;
    w->session.digest = keep(&at, session->digest);
    return w;
}

static struct gw_registry_write *make_part(const struct gw_bulk_part *part,
                                           const struct gw_editor *editor)
{
    static const enum gw_write_mode modes[] = {
        [GW_BULK_CREATE] = GW_WRITE_CREATE,
        [GW_BULK_REPLACE] = GW_WRITE_REPLACE,
        [GW_BULK_PATCH] = GW_WRITE_PATCH,
        [GW_BULK_DELETE] = GW_WRITE_PATCH,
    };
    struct gw_editor of_part = *editor;
    of_part.when = &part->when;
    of_part.once = NULL;
    struct gw_registry_write *w = gw_registry_write_create(&part->edit, &of_part);
    if (w) {
        w->task = part->op == GW_BULK_DELETE ? GW_TASK_REMOVE : GW_TASK_WRITE;
        w->mode = modes[part->op];
    }
    return w;
}

struct gw_registry_write *gw_registry_many_create(const struct gw_bulk *bulk,
                                                  const struct gw_editor *editor)
{
    struct gw_camera_edit none = { 0 };
    assert(bulk->count <= GW_BULK_MAX && editor->hooks);
    struct gw_registry_write *w = gw_registry_write_create(&none, editor);
    if (!w)
        return NULL;
    w->task = GW_TASK_MANY;
    w->extra = bulk->count ? bulk->count - 1 : 0;
    w->atomic = bulk->atomic;
    w->dry = bulk->dry;
    struct gw_registry_write **last = &w->parts;
    for (size_t i = 0; i < bulk->count; i++) {
        *last = make_part(&bulk->parts[i], editor);
        if (!*last) {
            gw_registry_write_destroy(w);
            return NULL;
        }
        (*last)->part = i;
        last = &(*last)->next;
    }
    return w;
}

void gw_registry_write_report(struct gw_registry_write *w, gw_registry_done *done,
                              void *arg)
{
    w->done = done;
    w->arg = arg;
    for (struct gw_registry_write *part = w->parts; part; part = part->next)
        part->arg = arg;
}

struct gw_registry_write *gw_registry_cell_create(const struct gw_cell *cell,
                                                  bool removes,
                                                  const struct gw_editor *editor)
{
    size_t bytes = size_of(cell->code) + size_of(cell->name) + size_of(cell->division) +
                   size_of(cell->parent) + size_of(cell->geometry);
    struct gw_registry_write *w = calloc(1, sizeof(*w) + bytes);
    if (!w)
        return NULL;
    char *at = w->strings;
    w->task = GW_TASK_CELL;
    w->removes = removes;
    w->cell = (struct gw_cell) {
        .code = keep(&at, cell->code),
        .name = keep(&at, cell->name),
        .division = keep(&at, cell->division),
        .parent = keep(&at, cell->parent),
        .level = cell->level,
        .geometry = keep(&at, cell->geometry),
    };
    if (editor->when)
        w->when = *editor->when;
    snprintf(w->author, sizeof(w->author), "%s", editor->name);
    return w;
}

void gw_registry_write_destroy(struct gw_registry_write *w)
{
    if (!w)
        return;
    while (w->parts) {
        struct gw_registry_write *part = w->parts;
        w->parts = part->next;
        gw_registry_write_destroy(part);
    }
    gw_scope_finish(&w->scope);
    free(w);
}

void gw_registry_write_refuse(struct gw_registry_write *w, int error, const char *field,
                              struct gw_text what)
{
    struct gw_registry_result *result = &w->result;
    *result = (struct gw_registry_result) { .error = error, .field = field };
    snprintf(result->en, sizeof(result->en), "%s", what.en);
    snprintf(result->zh, sizeof(result->zh), "%s", what.zh);
}

static void refuse_missing(struct gw_registry_write *w)
{
    gw_registry_write_refuse(
        w, -ENOENT, NULL,
        (struct gw_text) {
            "There is no camera with this id. It may have been removed; "
            "look it up in the list, or create it.",
            "没有此编码的摄像机，可能已被删除。请在列表中查找，或新建。" });
}

static void refuse_taken(struct gw_registry_write *w)
{
    gw_registry_write_refuse(
        w, -EEXIST, "id",
        (struct gw_text) { "A camera with this id exists already. Change that one, or "
                           "choose another id.",
                           "此编码的摄像机已存在。请修改原有记录，或换用其他编码。" });
}

void gw_registry_write_refuse_stale(struct gw_registry_write *w)
{
    gw_registry_write_refuse(
        w, -ESTALE, NULL,
        (struct gw_text) { "Somebody changed this record since you read it, or what "
                           "If-Match or If-None-Match asks for is not so. Read it "
                           "again, and decide anew.",
                           "该记录在您读取之后已被他人修改，或不满足 If-Match、"
                           "If-None-Match 的条件。请重新读取后再决定。" });
}

static void refuse_outside(struct gw_registry_write *w)
{
    gw_registry_write_refuse(
        w, -EPERM, NULL,
        (struct gw_text) {
            "The camera would lie outside of what you may see; give it a division, "
            "department, cell or tag of yours.",
            "该摄像机将超出您的可见范围；请填写您范围内的行政区划、部门、网格或标签。" });
}

// Whether a camera is the editor's to change.
static bool may_touch(const struct gw_registry_write *w,
                      const struct gw_snapshot *snapshot, const struct gw_camera *camera)
{
    struct gw_scope_view view;
    if (!w->limited)
        return true;
    gw_scope_view_init(&view, snapshot, &w->scope);
    return gw_scope_view_has(&view, camera);
}

// Tells of the camera as it is stored now.
static int tell(struct gw_registry_write *w, struct gw_store *store, bool created)
{
    struct gw_camera_row row;
    if (!w->hooks)
        return 0;
    int r = gw_store_find_camera(store, w->edit.id, &row);
    if (r == 0)
        w->hooks->on_row(w->arg, w->part, &w->result, &row.camera, created);
    return r;
}

// Whether the edit is good as such; what is stored plays no part.
static bool check(struct gw_registry_write *w)
{
    struct gw_camera_problem problem;
    if (gw_camera_edit_check(&w->edit, &problem)) {
        gw_registry_write_refuse(w, -EINVAL, problem.field, problem.what);
        return false;
    }
    if (w->mode != GW_WRITE_PATCH && (!w->edit.url_main || !*w->edit.url_main)) {
        gw_registry_write_refuse(
            w, -EINVAL, "url_main",
            (struct gw_text) { "A camera needs the address of its main stream, "
                               "rtsp://user:password@host/path; add it.",
                               "摄像机须有主码流地址，形如 "
                               "rtsp://用户:密码@主机/路径，请补充。" });
        return false;
    }
    return true;
}

static int remove_camera(struct gw_registry_write *w, struct gw_store *store,
                         const struct gw_snapshot *snapshot,
                         const struct gw_author *author)
{
    struct gw_camera_row row;
    int r = gw_store_find_camera(store, w->edit.id, &row);
    if (r == 0 && !may_touch(w, snapshot, &row.camera))
        r = -ENOENT;
    if (r == 0 && !gw_precondition_holds(&w->when, true, row.camera.revision)) {
        gw_registry_write_refuse_stale(w);
        return 0;
    }
    if (r == 0)
        r = gw_store_note_camera(store, author, &row, NULL);
    if (r == 0)
        r = gw_store_delete_camera(store, w->edit.id, author->now_ms);
    if (r == -ENOENT) {
        refuse_missing(w);
        return 0;
    }
    if (r == 0 && w->hooks)
        w->hooks->on_row(w->arg, w->part, &w->result, NULL, false);
    return r;
}

static int restore_camera(struct gw_registry_write *w, struct gw_store *store,
                          const struct gw_author *author)
{
    struct gw_camera_row row;
    if (w->limited && !w->scope.all) {
        refuse_missing(w);
        return 0;
    }
    int r = gw_store_find_camera(store, w->edit.id, &row);
    if (r == 0) {
        refuse_taken(w);
        return 0;
    }
    if (r == -ENOENT)
        r = gw_store_restore_camera(store, w->edit.id, author->now_ms);
    if (r == -ENOENT) {
        refuse_missing(w);
        return 0;
    }
    if (r == 0)
        r = gw_store_note_restored(store, author, w->edit.id);
    return r < 0 ? r : tell(w, store, false);
}

// What was refused of an account is the request's own affair.
static int write_account(struct gw_registry_write *w, struct gw_store *store,
                         const struct gw_author *author)
{
    struct gw_account_refusal refusal;
    int r =
        w->task == GW_TASK_FOUND
            ? gw_account_found(store, &w->account, author, &refusal)
            : gw_account_edit_apply(store, w->verb, &w->account_edit, author, &refusal);
    if (r == 0 && refusal.error)
        gw_registry_write_refuse(w, refusal.error, NULL, refusal.why);
    return r;
}

// Whether the camera that is stored (NULL: none) is one that this write may be done to.
static bool judge(struct gw_registry_write *w, const struct gw_snapshot *snapshot,
                  const struct gw_camera *stored)
{
    bool create =
        w->mode == GW_WRITE_CREATE || (w->mode == GW_WRITE_REPLACE && w->when.none.any);
    bool seen = stored && may_touch(w, snapshot, stored);
    if (stored && create && (!seen || w->mode == GW_WRITE_CREATE))
        refuse_taken(w);
    else if (!seen && !create)
        refuse_missing(w);
    else if (!gw_precondition_holds(&w->when, stored, stored ? stored->revision : 0))
        gw_registry_write_refuse_stale(w);
    return w->result.error == 0;
}

static int write_camera(struct gw_registry_write *w, struct gw_store *store,
                        const struct gw_locator *locator,
                        const struct gw_snapshot *snapshot,
                        const struct gw_author *author)
{
    struct gw_camera_scratch scratch;
    struct gw_camera_row stored, row;

    if (!check(w))
        return 0;
    int r = gw_store_find_camera(store, w->edit.id, &stored);
    if (r < 0 && r != -ENOENT)
        return r;
    bool exists = r == 0;
    if (!judge(w, snapshot, exists ? &stored.camera : NULL))
        return 0;
    r = gw_camera_edit_apply(&w->edit, w->mode == GW_WRITE_PATCH ? &stored : NULL,
                             exists ? &stored : NULL, &scratch, &row);
    if (r == -EMSGSIZE) {
        gw_registry_write_refuse(
            w, -EINVAL, "url_main",
            (struct gw_text) { "The stream address is too long; shorten it.",
                               "视频流地址过长，请缩短。" });
        return 0;
    }
    if (r < 0)
        return r;
    gw_placing_apply(locator, &row);
    if (exists)
        row.camera.num = stored.camera.num;
    if (exists && gw_camera_row_equal(&row, &stored)) {
        w->result.same = true;
        return tell(w, store, false);
    }
    if (!may_touch(w, snapshot, &row.camera)) {
        refuse_outside(w);
        return 0;
    }
    r = gw_store_note_camera(store, author, exists ? &stored : NULL, &row);
    if (r == 0)
        r = exists ? gw_store_update_camera(store, &row, author->now_ms)
                   : gw_store_insert_camera(store, &row, author->now_ms);
    return r < 0 ? r : tell(w, store, !exists);
}

static int carry_out_one(struct gw_registry_write *w, struct gw_store *store,
                         const struct gw_locator *locator,
                         const struct gw_snapshot *snapshot,
                         const struct gw_author *author)
{
    switch (w->task) {
    case GW_TASK_MANY: break; // has no parts that have parts
    case GW_TASK_CELL: return gw_cell_write_apply(w, store, author);
    case GW_TASK_REMOVE: return remove_camera(w, store, snapshot, author);
    case GW_TASK_RESTORE: return restore_camera(w, store, author);
    case GW_TASK_FOUND:
    case GW_TASK_ACCOUNT: return write_account(w, store, author);
    case GW_TASK_NORMS: return gw_store_add_norms(store, w->norms);
    case GW_TASK_SESSION:
        return gw_store_write_session(store, w->session_verb, &w->session,
                                      author->now_ms);
    case GW_TASK_WRITE: break;
    }
    return write_camera(w, store, locator, snapshot, author);
}

// With a savepoint where it may come to nothing: other writes of the transaction stay.
static int carry_out_many(struct gw_registry_write *w, struct gw_store *store,
                          const struct gw_locator *locator,
                          const struct gw_snapshot *snapshot,
                          const struct gw_author *author)
{
    bool refused = false;
    int r = w->atomic || w->dry ? gw_store_savepoint(store) : 0;
    for (struct gw_registry_write *part = w->parts; part && r == 0; part = part->next) {
        r = carry_out_one(part, store, locator, snapshot, author);
        if (r == 0 && part->result.error) {
            refused = true;
            w->hooks->on_row(w->arg, part->part, &part->result, NULL, false);
        }
    }
    if (r == 0 && refused && w->atomic)
        gw_registry_write_refuse(
            w, -ECANCELED, NULL,
            (struct gw_text) { "Nothing was done: some of the changes cannot be made. "
                               "Mend them, or leave them out.",
                               "未执行任何修改：其中部分修改无法完成，请更正或去除。" });
    bool undo = w->dry || w->result.error;
    return r == 0 && undo ? gw_store_undo(store) : r;
}

static int carry_out(struct gw_registry_write *w, struct gw_store *store,
                     const struct gw_locator *locator, const struct gw_snapshot *snapshot,
                     const struct gw_author *author)
{
    return w->task == GW_TASK_MANY ? carry_out_many(w, store, locator, snapshot, author)
                                   : carry_out_one(w, store, locator, snapshot, author);
}

// Returns 1 when this request was carried out before, or is refused.
static int recall(struct gw_registry_write *w, struct gw_store *store,
                  const struct gw_author *author)
{
    struct gw_kept_answer answer;
    int r = gw_store_find_answer(store, author, &w->once, &answer);
    if (r == -ENOENT)
        return 0;
    if (r == -EALREADY)
        gw_registry_write_refuse(
            w, r, NULL,
            (struct gw_text) { "Another request had this Idempotency-Key; give each "
                               "request a key of its own.",
                               "此 Idempotency-Key 已用于另一请求；每个请求须使用"
                               "各自的键。" });
    else if (r == 0)
        w->hooks->on_again(w->arg, &answer);
    return r == 0 || r == -EALREADY ? 1 : r;
}

static int keep_answer(struct gw_registry_write *w, struct gw_store *store,
                       const struct gw_author *author)
{
    struct gw_kept_answer answer;
    w->hooks->on_keep(w->arg, &answer);
    return gw_store_keep_answer(store, author, &w->once, &answer);
}

int gw_registry_write_apply(struct gw_registry_write *w, struct gw_store *store,
                            const struct gw_locator *locator,
                            const struct gw_snapshot *snapshot, uint64_t now_ms)
{
    const struct gw_author author = { w->author, now_ms, w->address, w->sign_in };
    int r = w->once.key ? recall(w, store, &author) : 0;
    if (r != 0)
        return r < 0 ? r : 0;
    r = carry_out(w, store, locator, snapshot, &author);
    // A refusal has changed nothing: the next request by that key is judged anew.
    if (r == 0 && w->once.key && w->result.error == 0 && !w->dry)
        r = keep_answer(w, store, &author);
    return r;
}

void gw_registry_write_fail(struct gw_registry_write *w, int error, const char *dir)
{
    struct gw_registry_result *result = &w->result;
    result->error = error == -ENOSPC ? -ENOSPC : -EIO;
    result->field = NULL;
    gw_store_words(error, dir, GW_LANG_EN, result->en, sizeof(result->en));
    gw_store_words(error, dir, GW_LANG_ZH, result->zh, sizeof(result->zh));
}
