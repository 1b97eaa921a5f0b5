#include "app/api_write.h"

#include "app/access.h"
#include "app/api_answer.h"
#include "app/api_imports.h"
#include "app/api_places.h"
#include "app/api_probe.h"
#include "app/api_words.h"
#include "app/entity_tag.h"
#include "app/guest.h"
#include "app/idempotency_key.h"
#include "app/json.h"
#include "app/refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A write on its way to the store thread and back.
struct write_work {
    struct gw_shard *shard;
    struct gw_request *request;
    enum gw_lang lang;
    struct gw_answer answer; // once it is known what is stored
    char id[GW_CAMERA_ID_MAX + 1];
    struct gw_guest *guest;
    struct gw_registry_result result;
};

static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text no_id = {
    "The camera has no id, or it is longer than 64 characters.",
    "缺少摄像机编码，或编码超过 64 个字符。",
};
static const struct gw_text other_id = {
    "The id in the body is not the one in the address; a camera keeps its id.",
    "正文中的编码与地址中的不一致；摄像机编码不可更改。",
};
static const struct gw_text no_such_path = {
    "Nothing can be written at this address. docs/api.md lists what there is.",
    "该地址不可写入，可用地址见 docs/api.md。",
};

static void free_work(struct write_work *w)
{
    if (!w)
        return;
    gw_buf_unref(&w->answer.body);
    gw_guest_unref(&w->guest);
    free(w);
}

static void refuse(struct gw_request *request, const struct gw_request_info *info,
                   int status, const char *code, struct gw_text why)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, info->lang);
    gw_answer_send(&answer, request);
}

// On the store thread, before it is on disk. What is answered is what this write made of
// the camera: by the time it is sent, others may have changed it again.
static void on_row(void *arg, size_t part, const struct gw_registry_result *result,
                   const struct gw_camera *camera, bool created)
{
    struct write_work *w = arg;
    (void)part; // there is but one
    (void)result;
    if (!camera) {
        w->answer = (struct gw_answer) { .status = 204 };
        return;
    }
    const struct gw_json_world world = {
        .states = gw_engine_states(gw_shard_engine(w->shard)),
    };
    w->answer = gw_answer_record(gw_json_camera(&world, camera), camera->revision);
    if (created && w->answer.body) {
        w->answer.status = 201;
        snprintf(w->answer.location, sizeof(w->answer.location), "/api/v1/cameras/%s",
                 w->id);
    }
}

static void on_keep(void *arg, struct gw_kept_answer *ret_answer)
{
    struct write_work *w = arg;
    *ret_answer = gw_answer_to_keep(&w->answer);
}

static void on_again(void *arg, const struct gw_kept_answer *answer)
{
    struct write_work *w = arg;
    w->answer = gw_answer_kept(answer);
}

static const struct gw_write_hooks hooks = { on_row, on_keep, on_again };

static struct gw_editor editor_of(struct gw_shard *shard,
                                  const struct gw_request_info *info,
                                  const struct gw_precondition *when,
                                  const struct gw_once *once)
{
    struct gw_access *access = gw_engine_access(gw_shard_engine(shard));
    return (struct gw_editor) {
        .name = gw_guest_name(info->guest),
        .address = gw_access_address(access, &info->arrival),
        .session = gw_guest_tag(info->guest),
        .scope = gw_guest_scope(info->guest),
        .when = when,
        .once = once && once->key ? once : NULL,
        .hooks = &hooks,
    };
}

// False: the header cannot be read, and that was answered.
static bool read_once(struct gw_request *request, const struct gw_request_info *info,
                      struct gw_request_once *ret_once)
{
    int r = gw_request_once_read(info, ret_once);
    if (r == -EBADMSG)
        refuse(request, info, 400, "bad_key", gw_words_bad_key);
    else if (r < 0)
        refuse(request, info, 503, "busy", gw_words_out_of_memory);
    return r == 0;
}

// False: the headers cannot be read, and that was answered.
static bool read_precondition(struct gw_request *request,
                              const struct gw_request_info *info,
                              struct gw_precondition *ret_when)
{
    int r = gw_precondition_read(info->if_match, info->if_none_match, ret_when);
    if (r < 0)
        refuse(request, info, 400, "bad_tags", gw_words_bad_tags);
    return r == 0;
}

// Back on the shard.
static void finish(struct gw_shard *shard, void *arg)
{
    struct write_work *w = arg;
    if (w->result.error) {
        gw_buf_unref(&w->answer.body);
        w->answer = gw_refusal_answer(&w->result, w->lang);
    }
    gw_answer_send(&w->answer, w->request);
    free_work(w);
    gw_shard_end_work(shard);
}

// On the store thread, once it is on disk or has failed.
static void on_written(void *arg, const struct gw_registry_result *result)
{
    struct write_work *w = arg;
    w->result = *result;
    gw_shard_reply(w->shard, finish, w);
}

static struct write_work *begin(struct gw_shard *shard, struct gw_request *request,
                                const struct gw_request_info *info, const char *id)
{
    struct write_work *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->shard = shard;
    w->request = request;
    w->lang = info->lang;
    w->guest = gw_guest_ref(info->guest);
    snprintf(w->id, sizeof(w->id), "%s", id);
    gw_shard_begin_work(shard);
    return w;
}

static void give_up(struct write_work *w, struct gw_request *request,
                    const struct gw_request_info *info)
{
    if (w)
        gw_shard_end_work(w->shard);
    free_work(w);
    refuse(request, info, 503, "busy", gw_words_writes_wait);
}

static void write_camera(struct gw_shard *shard, struct gw_request *request,
                         const struct gw_request_info *info, enum gw_write_mode mode,
                         const char *id)
{
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(shard));
    struct gw_precondition when;
    struct gw_request_once once;
    if (!read_precondition(request, info, &when) || !read_once(request, info, &once))
        return;
    const struct gw_editor editor = editor_of(shard, info, &when, &once.once);
    struct gw_camera_edit edit;
    struct gw_json_edit *doc;
    const char *field = "";

    int r = gw_json_parse_camera(info->body, info->body_len, &edit, &doc, &field);
    if (r == -EBADMSG) {
        refuse(request, info, 400, "not_json", not_json);
        return;
    }
    if (r == -ENOMEM) {
        refuse(request, info, 503, "busy", gw_words_out_of_memory);
        return;
    }
    if (r < 0) {
        char en[128], zh[128];
        snprintf(en, sizeof(en),
                 "The field \"%s\" cannot be used: its type or value is wrong; see "
                 "docs/api.md.",
                 field);
        snprintf(zh, sizeof(zh), "字段“%s”类型或值有误，见 docs/api.md。", field);
        refuse(request, info, 422, "bad_field", (struct gw_text) { en, zh });
        return;
    }
    if (id && edit.id && strcmp(id, edit.id) != 0) {
        refuse(request, info, 422, "bad_field", other_id);
    } else if (!(edit.id = id ? id : edit.id) || strlen(edit.id) > GW_CAMERA_ID_MAX) {
        refuse(request, info, 422, "bad_field", no_id);
    } else {
        struct write_work *w = begin(shard, request, info, edit.id);
        if (!w ||
            gw_registry_write_camera(registry, mode, &edit, &editor, on_written, w) < 0)
            give_up(w, request, info);
    }
    gw_json_edit_free(doc);
}

static void delete_camera(struct gw_shard *shard, struct gw_request *request,
                          const struct gw_request_info *info, const char *id)
{
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(shard));
    struct gw_precondition when;
    if (!read_precondition(request, info, &when))
        return;
    const struct gw_editor editor = editor_of(shard, info, &when, NULL);
    struct write_work *w = begin(shard, request, info, id);
    if (!w || gw_registry_delete_camera(registry, id, &editor, on_written, w) < 0)
        give_up(w, request, info);
}

static void restore_camera(struct gw_shard *shard, struct gw_request *request,
                           const struct gw_request_info *info, const char *id)
{
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(shard));
    struct gw_request_once once;
    if (!read_once(request, info, &once))
        return;
    const struct gw_editor editor = editor_of(shard, info, NULL, &once.once);
    struct write_work *w = begin(shard, request, info, id);
    if (!w || gw_registry_restore_camera(registry, id, &editor, on_written, w) < 0)
        give_up(w, request, info);
}

// The camera's id in "cameras/{id}" and `after` it; false where the path is another.
static bool read_id(const char *path, const char *after,
                    char ret_id[GW_CAMERA_ID_MAX + 1])
{
    static const char before[] = "cameras/";
    if (strncmp(path, before, sizeof(before) - 1) != 0)
        return false;
    const char *id = path + sizeof(before) - 1;
    size_t len = strcspn(id, "/");
    if (len == 0 || len > GW_CAMERA_ID_MAX || strcmp(id + len, after) != 0)
        return false;
    snprintf(ret_id, GW_CAMERA_ID_MAX + 1, "%.*s", (int)len, id);
    return true;
}

void gw_api_write(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info, const char *path)
{
    bool one = strncmp(path, "cameras/", 8) == 0 && path[8] && !strchr(path + 8, '/');
    const char *id = one ? path + 8 : NULL;
    char removed[GW_CAMERA_ID_MAX + 1];

    if (gw_is_places(path)) {
        gw_api_write_place(shard, request, info, path);
        return;
    }
    if (gw_is_imports(path)) {
        gw_api_imports_write(shard, request, info, path);
        return;
    }
    if (strcmp(path, "cameras") == 0 && strcmp(info->method, "POST") == 0)
        write_camera(shard, request, info, GW_WRITE_CREATE, NULL);
    else if (id && strcmp(info->method, "PUT") == 0)
        write_camera(shard, request, info, GW_WRITE_REPLACE, id);
    else if (id && strcmp(info->method, "PATCH") == 0)
        write_camera(shard, request, info, GW_WRITE_PATCH, id);
    else if (id && strcmp(info->method, "DELETE") == 0)
        delete_camera(shard, request, info, id);
    else if (strcmp(info->method, "POST") == 0 && read_id(path, "/restore", removed))
        restore_camera(shard, request, info, removed);
    else if (strcmp(info->method, "POST") == 0 && read_id(path, "/probe", removed))
        gw_api_probe(shard, request, info, removed);
    else
        refuse(request, info, id || strcmp(path, "cameras") == 0 ? 405 : 404, "not_found",
               no_such_path);
}
