#include "app/api_imports.h"

#include "app/api_words.h"
#include "app/engine.h"
#include "app/import_desk.h"
#include "app/import_sheet.h"
#include "app/json_import.h"
#include "app/rights.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000, ROWS_BUSY_S = 5 };

static const struct gw_text no_such_path = {
    "There is nothing at this address. docs/api.md lists what there is.",
    "该地址不存在，可用地址见 docs/api.md。",
};
static const struct gw_text bad_method = {
    "This address does not take that method.",
    "该地址不支持此请求方法。",
};
static const struct gw_text no_such_import = {
    "There is no import with this id of yours. It is thrown away an hour after it was "
    "last "
    "touched: send the file again.",
    "没有您的此编号的导入。导入在最后操作一小时后清除，请重新上传文件。",
};
static const struct gw_text no_report = {
    "There is no report yet: wait until the state is ready.",
    "尚无报告，请等待状态变为 ready。",
};
static const struct gw_text not_ready = {
    "There is nothing to write: the list is still being read, cannot be read, or has "
    "refused lines and is imported as a whole or not at all.",
    "没有可写入的内容：清单仍在读取、无法读取，或按整个文件导入而有行被拒绝。",
};
static const struct gw_text being_written = {
    "The list is being written right now. Wait for it.",
    "清单正在写入，请等待完成。",
};
static const struct gw_text was_written = {
    "The list was written already. Send the file again to import it anew.",
    "清单已写入。如需再次导入，请重新上传文件。",
};
static const struct gw_text has_changed = {
    "The registry has changed since the preview, and something else would be written "
    "now. "
    "It is being previewed again: look at it, then apply.",
    "预览之后台账已有变更，写入结果将不同。正在重新预览，请核对后再应用。",
};
static const struct gw_text too_many = {
    "8 imports, or 1 GiB of lists, are kept already. Apply or throw away one of them, or "
    "try again later.",
    "已有 8 个导入或 1 GiB 清单。请应用或丢弃其中之一，或稍后再试。",
};
static const struct gw_text no_file = {
    "The body is empty: send the list itself, for example with "
    "curl --data-binary @cameras.xlsx.",
    "请求正文为空：请直接发送清单文件，例如 curl --data-binary @cameras.xlsx。",
};
static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text bad_kind = {
    "kind is one or more of refused, note, new, changed and gone, with commas.",
    "kind 为 refused、note、new、changed、gone 中的一个或多个，以逗号分隔。",
};
static const struct gw_text bad_cursor = {
    "cursor is the number that the page before ended with, limit a number from 1 to "
    "1000.",
    "cursor 应为上一页返回的数字，limit 为 1 到 1000。",
};
static const struct gw_text bad_format = {
    "format is json or csv.",
    "format 应为 json 或 csv。",
};
static const struct gw_text bad_coordinates = {
    "coordinates is wgs84, cgcs2000, gcj02 or bd09.",
    "coordinates 应为 wgs84、cgcs2000、gcj02 或 bd09。",
};
static const struct gw_text bad_flag = {
    "all_or_nothing and remove_gone are true or false.",
    "all_or_nothing 与 remove_gone 应为 true 或 false。",
};

bool gw_is_imports(const char *path)
{
    static const char name[] = "imports";
    size_t len = sizeof(name) - 1;
    return strncmp(path, name, len) == 0 && (!path[len] || path[len] == '/');
}

// The id in "imports/{id}" and `after` it; false where the path is another.
static bool read_id(const char *path, const char *after,
                    char ret_id[GW_IMPORT_ID_MAX + 1])
{
    const char *id = path + sizeof("imports/") - 1;
    if (path[sizeof("imports") - 1] != '/')
        return false;
    size_t len = strcspn(id, "/");
    if (len == 0 || len > GW_IMPORT_ID_MAX || strcmp(id + len, after) != 0)
        return false;
    memcpy(ret_id, id, len);
    ret_id[len] = '\0';
    return true;
}

// What an errno of the desk is to who asked.
static struct gw_answer failure(int error, enum gw_lang lang)
{
    struct gw_answer busy;
    switch (error) {
    case -ENOENT: return gw_answer_problem(404, "no_such_import", no_such_import, lang);
    case -EBUSY: return gw_answer_problem(409, "being_written", being_written, lang);
    case -EALREADY: return gw_answer_problem(409, "was_written", was_written, lang);
    case -EAGAIN: return gw_answer_problem(409, "not_ready", not_ready, lang);
    case -ESTALE: return gw_answer_problem(409, "has_changed", has_changed, lang);
    default: break;
    }
    busy = gw_answer_problem(503, "busy", gw_words_out_of_memory, lang);
    busy.retry_after_s = ROWS_BUSY_S;
    return busy;
}

// ---- GET ----

static struct gw_answer answer_list(const struct gw_read_request *q)
{
    char ids[GW_IMPORTS_MAX][GW_IMPORT_ID_MAX + 1];
    struct gw_import_view *views[GW_IMPORTS_MAX];
    size_t known = gw_import_desk_ids(q->imports, q->guest, ids), n = 0;
    for (size_t i = 0; i < known; i++)
        n += gw_import_desk_view(q->imports, q->guest, ids[i], &views[n]) == 0;
    struct gw_answer answer = gw_answer_json(gw_json_imports(views, n, q->lang));
    for (size_t i = 0; i < n; i++)
        gw_import_view_destroy(views[i]);
    return answer;
}

// "refused,note" into bits. Returns 0 or -EINVAL.
static int read_kinds(const char *text, unsigned *ret_kinds)
{
    unsigned kinds = 0;
    for (const char *p = text;; p++) {
        size_t len = strcspn(p, ",");
        int i = 0;
        while (i < GW_ROW_KINDS) {
            const char *name = gw_import_row_kind_name((enum gw_import_row_kind)i);
            if (strlen(name) == len && memcmp(p, name, len) == 0)
                break;
            i++;
        }
        if (i == GW_ROW_KINDS)
            return -EINVAL;
        kinds |= 1u << i;
        p += len;
        if (!*p)
            break;
    }
    *ret_kinds = kinds;
    return 0;
}

// A whole number from `low` to `high`. Returns 0 or -EINVAL.
static int read_number(const char *text, unsigned long low, unsigned long high,
                       size_t *ret_number)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno || *text < '0' || *text > '9' || *end || n < low || n > high)
        return -EINVAL;
    *ret_number = n;
    return 0;
}

static struct gw_buf *print_sheet(const struct gw_import_view *view, unsigned kinds,
                                  enum gw_lang lang)
{
    const struct gw_import_config config = {
        .dry_run = view->state != GW_IMPORT_APPLIED,
        .all_or_nothing = view->options.all_or_nothing,
        .remove_gone = view->options.remove_gone,
    };
    struct gw_import_sheet *sheet = NULL;
    struct gw_import_row row;
    struct gw_buf *buf = NULL;
    char *text = NULL, *room = malloc(GW_IMPORT_ROW_BYTES);
    size_t len = 0;
    FILE *out = room ? open_memstream(&text, &len) : NULL;
    int r = out ? gw_import_sheet_begin(out, lang, &config, &sheet) : -ENOMEM;
    if (r < 0 && out)
        fclose(out);
    for (size_t at = 0; r == 0; at++) {
        r = gw_import_rows_find(view->rows, kinds, at, room, &row, &at);
        if (r < 0)
            break;
        if (row.kind == GW_ROW_REFUSED || row.kind == GW_ROW_NOTE) {
            row.issue.file = view->name;
            gw_import_sheet_issue(sheet, &row.issue);
        } else {
            row.change.file = view->name;
            gw_import_sheet_change(sheet, &row.change);
        }
    }
    if (gw_import_sheet_close(sheet) == 0 && r == -ENOENT)
        buf = gw_buf_copy(text, len);
    free(text);
    free(room);
    return buf;
}

static struct gw_answer print_report(const struct gw_read_request *q,
                                     const struct gw_query_string *params,
                                     const struct gw_import_view *view)
{
    const char *kind = gw_query_string_get(params, "kind");
    const char *cursor = gw_query_string_get(params, "cursor");
    const char *limit = gw_query_string_get(params, "limit");
    const char *format = gw_query_string_get(params, "format");
    unsigned kinds = (1u << GW_ROW_KINDS) - 1;
    size_t at = 0, n = PAGE_DEFAULT;

    if (kind && read_kinds(kind, &kinds) < 0)
        return gw_answer_problem(400, "bad_parameter", bad_kind, q->lang);
    if ((cursor && read_number(cursor, 0, GW_IMPORT_ROWS_MAX, &at) < 0) ||
        (limit && read_number(limit, 1, PAGE_MAX, &n) < 0))
        return gw_answer_problem(400, "bad_parameter", bad_cursor, q->lang);
    bool sheet = format && strcmp(format, "csv") == 0;
    if (format && !sheet && strcmp(format, "json") != 0)
        return gw_answer_problem(400, "bad_parameter", bad_format, q->lang);
    struct gw_answer answer =
        gw_answer_json(sheet ? print_sheet(view, kinds, q->lang)
                             : gw_json_import_rows(view, kinds, at, n, q->lang));
    if (sheet)
        answer.content_type = "text/csv; charset=utf-8";
    return answer;
}

struct gw_answer gw_api_imports_read(const struct gw_read_request *q,
                                     const struct gw_query_string *params)
{
    char id[GW_IMPORT_ID_MAX + 1];
    struct gw_import_view *view = NULL;
    if (strcmp(q->path, "imports") == 0)
        return answer_list(q);
    bool report = read_id(q->path, "/report", id);
    if (!report && !read_id(q->path, "", id))
        return gw_answer_problem(404, "not_found", no_such_path, q->lang);
    int r = gw_import_desk_view(q->imports, q->guest, id, &view);
    if (r < 0)
        return failure(r, q->lang);
    struct gw_answer answer;
    if (!report)
        answer = gw_answer_json(gw_json_import(view, q->lang));
    else if (!view->rows)
        answer = gw_answer_problem(409, "not_ready", no_report, q->lang);
    else
        answer = print_report(q, params, view);
    gw_import_view_destroy(view);
    return answer;
}

// ---- the others ----

static void reply(struct gw_request *request, struct gw_answer answer)
{
    gw_answer_send(&answer, request);
}

static void refuse(struct gw_request *request, const struct gw_request_info *info,
                   int status, const char *code, struct gw_text why)
{
    reply(request, gw_answer_problem(status, code, why, info->lang));
}

// The import as it is now.
static struct gw_answer show(struct gw_import_desk *desk, const struct gw_guest *guest,
                             const char *id, enum gw_lang lang)
{
    struct gw_import_view *view = NULL;
    int r = gw_import_desk_view(desk, guest, id, &view);
    if (r < 0)
        return failure(r, lang);
    struct gw_answer answer = gw_answer_json(gw_json_import(view, lang));
    gw_import_view_destroy(view);
    return answer;
}

// "true" and "false"; NULL leaves it as it is. Returns 0 or -EINVAL.
static int read_flag(const char *text, bool *ret_flag)
{
    if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return -EINVAL;
    if (text)
        *ret_flag = strcmp(text, "true") == 0;
    return 0;
}

static void add(struct gw_shard *shard, struct gw_request *request,
                const struct gw_request_info *info, const struct gw_query_string *params)
{
    struct gw_import_desk *desk = gw_engine_imports(gw_shard_engine(shard));
    struct gw_import_options options = { .coordinates = GW_COORDINATES_WGS84 };
    const char *name = gw_query_string_get(params, "name");
    const char *coordinates = gw_query_string_get(params, "coordinates");
    char id[GW_IMPORT_ID_MAX + 1];

    if (info->upload_bytes == 0) {
        refuse(request, info, 400, "no_file", no_file);
    } else if (coordinates && !gw_coordinates_parse(coordinates, &options.coordinates)) {
        refuse(request, info, 400, "bad_parameter", bad_coordinates);
    } else if (read_flag(gw_query_string_get(params, "all_or_nothing"),
                         &options.all_or_nothing) < 0 ||
               read_flag(gw_query_string_get(params, "remove_gone"),
                         &options.remove_gone) < 0) {
        refuse(request, info, 400, "bad_parameter", bad_flag);
    } else {
        int r = gw_import_desk_add(desk, info->guest, name ? name : "", info->upload,
                                   info->upload_bytes, &options, id);
        if (r == -EBUSY || r == -EDQUOT) {
            refuse(request, info, 503, "too_many_imports", too_many);
            return;
        }
        struct gw_answer answer =
            r < 0 ? failure(r, info->lang) : show(desk, info->guest, id, info->lang);
        if (r == 0 && answer.status == 200) {
            answer.status = 201;
            snprintf(answer.location, sizeof(answer.location), "/api/v1/imports/%s", id);
        }
        reply(request, answer);
    }
}

static void take_list(struct gw_shard *shard, struct gw_request *request,
                      const struct gw_request_info *info)
{
    struct gw_query_string params;
    int r = gw_query_string_parse(info->query, &params);
    if (r < 0) {
        refuse(request, info, 400, "bad_query", gw_words_bad_query);
        return;
    }
    add(shard, request, info, &params);
    gw_query_string_finish(&params);
}

static void change(struct gw_import_desk *desk, struct gw_request *request,
                   const struct gw_request_info *info, const char *id)
{
    struct gw_import_view *view = NULL;
    struct gw_import_error problem;
    int r = gw_import_desk_view(desk, info->guest, id, &view);
    if (r < 0) {
        reply(request, failure(r, info->lang));
        return;
    }
    r = gw_json_parse_import(info->body, info->body_len, &view->options, &problem);
    if (r == -EBADMSG)
        refuse(request, info, 400, "not_json", not_json);
    else if (r == -EINVAL)
        refuse(request, info, 422, "bad_option",
               (struct gw_text) { problem.en, problem.zh });
    else if (r == 0)
        r = gw_import_desk_change(desk, info->guest, id, &view->options);
    if (r != -EBADMSG && r != -EINVAL)
        reply(request,
              r < 0 ? failure(r, info->lang) : show(desk, info->guest, id, info->lang));
    gw_import_view_destroy(view);
}

// A list on its way to the disk, and whoever waits for it.
struct apply_work {
    struct gw_shard *shard;
    struct gw_request *request;
    struct gw_guest *guest;
    enum gw_lang lang;
    char id[GW_IMPORT_ID_MAX + 1];
    int error;
};

static void free_apply(struct apply_work *w)
{
    if (w)
        gw_guest_unref(&w->guest);
    free(w);
}

// Why it could not be written is what the import says itself.
static struct gw_answer apply_failure(struct gw_import_desk *desk,
                                      const struct apply_work *w)
{
    struct gw_import_view *view = NULL;
    if (w->error == -ESTALE || w->error == -ECANCELED ||
        gw_import_desk_view(desk, w->guest, w->id, &view) < 0)
        return failure(w->error, w->lang);
    bool full = w->error == -ENOSPC;
    struct gw_answer answer =
        gw_answer_problem(full ? 507 : 500, full ? "disk_full" : "not_written",
                          (struct gw_text) { view->error.en, view->error.zh }, w->lang);
    gw_import_view_destroy(view);
    return answer;
}

// Back on the shard.
static void finish_apply(struct gw_shard *shard, void *arg)
{
    struct apply_work *w = arg;
    struct gw_import_desk *desk = gw_engine_imports(gw_shard_engine(shard));
    reply(w->request,
          w->error ? apply_failure(desk, w) : show(desk, w->guest, w->id, w->lang));
    free_apply(w);
    gw_shard_end_work(shard);
}

// On the desk's thread.
static void on_applied(void *arg, int error)
{
    struct apply_work *w = arg;
    w->error = error;
    gw_shard_reply(w->shard, finish_apply, w);
}

static void apply(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info, const char *id)
{
    struct gw_import_desk *desk = gw_engine_imports(gw_shard_engine(shard));
    struct apply_work *w = calloc(1, sizeof(*w));
    int r = -ENOMEM;
    if (w) {
        w->shard = shard;
        w->request = request;
        w->guest = gw_guest_ref(info->guest);
        w->lang = info->lang;
        strcpy(w->id, id);
        gw_shard_begin_work(shard);
        r = gw_import_desk_apply(desk, info->guest, id, on_applied, w);
    }
    if (r == 0)
        return;
    if (w)
        gw_shard_end_work(shard);
    free_apply(w);
    reply(request, failure(r, info->lang));
}

static void drop(struct gw_import_desk *desk, struct gw_request *request,
                 const struct gw_request_info *info, const char *id)
{
    int r = gw_import_desk_drop(desk, info->guest, id);
    reply(request, r < 0 ? failure(r, info->lang) : (struct gw_answer) { .status = 204 });
}

void gw_api_imports_write(struct gw_shard *shard, struct gw_request *request,
                          const struct gw_request_info *info, const char *path)
{
    struct gw_import_desk *desk = gw_engine_imports(gw_shard_engine(shard));
    char id[GW_IMPORT_ID_MAX + 1];
    bool post = strcmp(info->method, "POST") == 0;
    bool one = read_id(path, "", id);

    if (strcmp(path, "imports") == 0 && post)
        take_list(shard, request, info);
    else if (one && strcmp(info->method, "PATCH") == 0)
        change(desk, request, info, id);
    else if (one && strcmp(info->method, "DELETE") == 0)
        drop(desk, request, info, id);
    else if (post && read_id(path, "/apply", id))
        apply(shard, request, info, id);
    else if (one || strcmp(path, "imports") == 0)
        refuse(request, info, 405, "method_not_allowed", bad_method);
    else
        refuse(request, info, 404, "not_found", no_such_path);
}

int gw_api_imports_may_upload(struct gw_shard *shard, const struct gw_request_info *info,
                              struct gw_problem *ret_problem)
{
    static const struct gw_text forbidden = { "Your role does not allow this.",
                                              "您的角色无权执行此操作。" };
    struct gw_import_desk *desk = gw_engine_imports(gw_shard_engine(shard));
    if (!gw_rights_allow(info->guest, GW_MAY_EDIT)) {
        *ret_problem = (struct gw_problem) { 403, "forbidden", forbidden, true };
        return -EACCES;
    }
    if (gw_import_desk_may_add(desk, 0) == 0)
        return 0;
    *ret_problem = (struct gw_problem) { 503, "too_many_imports", too_many, true };
    return -EACCES;
}
