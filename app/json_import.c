#include "app/json_import.h"

#include "app/import_words.h"
#include "app/json_internal.h"
#include "map/column_file.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *state_name(enum gw_import_state state)
{
    switch (state) {
    case GW_IMPORT_WAITING: return "waiting";
    case GW_IMPORT_READING: return "reading";
    case GW_IMPORT_READY: return "ready";
    case GW_IMPORT_APPLYING: return "applying";
    case GW_IMPORT_APPLIED: return "applied";
    case GW_IMPORT_FAILED: break;
    }
    return "failed";
}

const char *gw_import_row_kind_name(enum gw_import_row_kind kind)
{
    static const char *const names[] = { "refused", "note", "new", "changed", "gone" };
    return names[kind];
}

static const char *name_of_column(enum gw_column column)
{
    return column == GW_COLUMN_IGNORED ? "ignore" : gw_column_name(column);
}

static cJSON *make_options(const struct gw_import_options *o)
{
    cJSON *options = cJSON_CreateObject();
    cJSON_AddStringToObject(options, "coordinates", gw_coordinates_name(o->coordinates));
    cJSON_AddBoolToObject(options, "all_or_nothing", o->all_or_nothing);
    cJSON_AddBoolToObject(options, "remove_gone", o->remove_gone);
    cJSON *columns = cJSON_AddObjectToObject(options, "columns");
    for (size_t i = 0; i < o->columns.count; i++)
        cJSON_AddStringToObject(columns, o->columns.entries[i].name,
                                name_of_column(o->columns.entries[i].column));
    return options;
}

static cJSON *make_report(const struct gw_import_view *v)
{
    const struct gw_import_report *r = &v->report;
    cJSON *report = cJSON_CreateObject();
    cJSON_AddNumberToObject(report, "read", (double)r->read);
    cJSON_AddNumberToObject(report, "new", (double)r->added);
    cJSON_AddNumberToObject(report, "changed", (double)r->changed);
    cJSON_AddNumberToObject(report, "same", (double)r->same);
    cJSON_AddNumberToObject(report, "gone", (double)r->gone);
    cJSON_AddNumberToObject(report, "refused", (double)r->refused);
    cJSON_AddNumberToObject(report, "notes", (double)r->warned);
    if (r->suspected != v->options.coordinates)
        cJSON_AddStringToObject(report, "suspected", gw_coordinates_name(r->suspected));
    else
        cJSON_AddNullToObject(report, "suspected");
    cJSON_AddNumberToObject(report, "rows_lost", (double)gw_import_rows_lost(v->rows));
    return report;
}

static cJSON *make_columns(const struct gw_import_view *v)
{
    cJSON *columns = cJSON_CreateArray();
    for (size_t i = 0; i < v->columns; i++) {
        cJSON *column = cJSON_CreateObject();
        cJSON_AddStringToObject(column, "name", v->column_names[i]);
        if (v->column_means[i] == GW_COLUMNS)
            cJSON_AddNullToObject(column, "means");
        else
            cJSON_AddStringToObject(column, "means", name_of_column(v->column_means[i]));
        cJSON_AddItemToArray(columns, column);
    }
    return columns;
}

static void add_progress(cJSON *item, const struct gw_import_view *v)
{
    bool known = v->total_bytes > 0 &&
                 (v->state == GW_IMPORT_READING || v->state == GW_IMPORT_APPLYING);
    double part = known ? (double)v->done_bytes / (double)v->total_bytes : 0;
    if (known)
        cJSON_AddNumberToObject(item, "progress", part < 1 ? part : 1);
    else
        cJSON_AddNullToObject(item, "progress");
}

static cJSON *make_import(const struct gw_import_view *v, enum gw_lang lang)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "id", v->id);
    cJSON_AddStringToObject(item, "name", v->name);
    cJSON_AddStringToObject(item, "by", v->by);
    cJSON_AddNumberToObject(item, "bytes", (double)v->bytes);
    gw_json_add_time(item, "created", v->created_ms);
    gw_json_add_time(item, "until", v->until_ms);
    cJSON_AddStringToObject(item, "state", state_name(v->state));
    add_progress(item, v);
    cJSON_AddItemToObject(item, "options", make_options(&v->options));
    cJSON_AddItemToObject(item, "columns", make_columns(v));
    if (v->has_report)
        cJSON_AddItemToObject(item, "report", make_report(v));
    else
        cJSON_AddNullToObject(item, "report");
    const char *problem = gw_text_in((struct gw_text) { v->error.en, v->error.zh }, lang);
    if (*problem)
        cJSON_AddStringToObject(item, "problem", problem);
    else
        cJSON_AddNullToObject(item, "problem");
    return item;
}

struct gw_buf *gw_json_import(const struct gw_import_view *view, enum gw_lang lang)
{
    return gw_json_print(make_import(view, lang));
}

struct gw_buf *gw_json_imports(struct gw_import_view *const *views, size_t n,
                               enum gw_lang lang)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(items, make_import(views[i], lang));
    return gw_json_print(root);
}

// ---- rows ----

static void add_line(cJSON *item, const char *name, size_t line)
{
    if (line)
        cJSON_AddNumberToObject(item, name, (double)line);
    else
        cJSON_AddNullToObject(item, name);
}

static cJSON *make_row(const struct gw_import_view *v, const struct gw_import_row *row,
                       enum gw_lang lang)
{
    bool is_issue = row->kind == GW_ROW_REFUSED || row->kind == GW_ROW_NOTE;
    const struct gw_import_issue *issue = &row->issue;
    const struct gw_import_change *change = &row->change;
    const struct gw_import_config config = {
        .dry_run = v->state != GW_IMPORT_APPLIED,
        .remove_gone = v->options.remove_gone,
    };
    struct gw_text done = is_issue ? gw_import_issue_done(issue)
                                   : gw_import_change_done(change->kind, &config);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "kind", gw_import_row_kind_name(row->kind));
    add_line(item, "row", is_issue ? issue->line : change->line);
    cJSON_AddStringToObject(item, "camera", is_issue ? "" : change->id);
    cJSON_AddStringToObject(item, "column", is_issue ? issue->column : change->field);
    cJSON_AddStringToObject(item, "before", is_issue ? "" : change->before);
    cJSON_AddStringToObject(item, "value", is_issue ? issue->value : change->after);
    cJSON_AddStringToObject(
        item, "what",
        gw_text_in(is_issue ? issue->what : gw_import_change_kind(change->kind), lang));
    add_line(item, "first_row", is_issue ? issue->first_line : 0);
    cJSON_AddStringToObject(item, "done", gw_text_in(done, lang));
    return item;
}

struct gw_buf *gw_json_import_rows(const struct gw_import_view *view, unsigned kinds,
                                   size_t at, size_t limit, enum gw_lang lang)
{
    char *room = malloc(GW_IMPORT_ROW_BYTES);
    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    struct gw_import_row row;
    int r = room && items ? 0 : -ENOMEM;
    size_t n = 0;

    for (; r == 0; at++, n++) {
        r = gw_import_rows_find(view->rows, kinds, at, room, &row, &at);
        if (r < 0 || n == limit)
            break;
        cJSON_AddItemToArray(items, make_row(view, &row, lang));
    }
    cJSON_AddNumberToObject(root, "total",
                            (double)gw_import_rows_count(view->rows, kinds));
    if (r == 0)
        cJSON_AddNumberToObject(root, "cursor", (double)at);
    free(room);
    if (r == 0 || r == -ENOENT)
        return gw_json_print(root);
    cJSON_Delete(root);
    return NULL;
}

// ---- options ----

static int complain(struct gw_import_error *problem, const char *en, const char *zh,
                    const char *about)
{
    snprintf(problem->en, sizeof(problem->en), en, about);
    snprintf(problem->zh, sizeof(problem->zh), zh, about);
    return -EINVAL;
}

static int read_flag(const cJSON *item, bool *ret_flag, struct gw_import_error *problem)
{
    if (!cJSON_IsBool(item))
        return complain(problem, "\"%s\" is true or false.", "“%s”应为 true 或 false。",
                        item->string);
    *ret_flag = cJSON_IsTrue(item);
    return 0;
}

// Into the text of map/column_file.h, which says what is wrong with it.
static int write_columns(const cJSON *columns, FILE *out, struct gw_import_error *problem)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, columns)
    {
        if (!cJSON_IsString(item) || strpbrk(item->valuestring, "\r\n=#") ||
            strpbrk(item->string, "\r\n"))
            return complain(problem,
                            "columns: for \"%.60s\" write the name of a column that "
                            "docs/api.md lists, or ignore.",
                            "columns：“%.60s”的值应为 docs/api.md 所列的列名，或 "
                            "ignore。",
                            item->string);
        fprintf(out, "%s = %s\n", item->valuestring, item->string);
    }
    return 0;
}

static int parse_columns(const char *text, size_t len, struct gw_column_names *columns,
                         struct gw_import_error *problem)
{
    struct gw_column_file_problem wrong;
    int r = len > GW_COLUMN_FILE_MAX ? -EMSGSIZE
                                     : gw_column_file_parse(text, len, columns, &wrong);
    if (r == -EMSGSIZE)
        return complain(problem, "%s are too long.", "%s 过长。", "columns");
    if (r == -EBADMSG) {
        snprintf(problem->en, sizeof(problem->en), "columns: \"%s\": %s.", wrong.value,
                 wrong.what.en);
        snprintf(problem->zh, sizeof(problem->zh), "columns：“%s”：%s。", wrong.value,
                 wrong.what.zh);
        return -EINVAL;
    }
    return r;
}

static int read_columns(const cJSON *item, struct gw_column_names *columns,
                        struct gw_import_error *problem)
{
    char *text = NULL;
    size_t len = 0;
    if (!cJSON_IsObject(item))
        return complain(problem, "\"%s\" is an object: the list's name to ours.",
                        "“%s”应为对象：清单中的列名对应本系统的列名。", item->string);
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return -ENOMEM;
    int r = write_columns(item, out, problem);
    if (fclose(out) != 0 && r == 0)
        r = -ENOMEM;
    if (r == 0)
        r = parse_columns(text, len, columns, problem);
    free(text);
    return r;
}

static int read_coordinates(const cJSON *item, enum gw_coordinates *ret_coordinates,
                            struct gw_import_error *problem)
{
    if (cJSON_IsString(item) && gw_coordinates_parse(item->valuestring, ret_coordinates))
        return 0;
    return complain(problem, "\"%s\" is wgs84, cgcs2000, gcj02 or bd09.",
                    "“%s”应为 wgs84、cgcs2000、gcj02 或 bd09。", item->string);
}

static int read_option(const cJSON *item, struct gw_import_options *o,
                       struct gw_import_error *problem)
{
    if (strcmp(item->string, "coordinates") == 0)
        return read_coordinates(item, &o->coordinates, problem);
    if (strcmp(item->string, "all_or_nothing") == 0)
        return read_flag(item, &o->all_or_nothing, problem);
    if (strcmp(item->string, "remove_gone") == 0)
        return read_flag(item, &o->remove_gone, problem);
    if (strcmp(item->string, "columns") == 0)
        return read_columns(item, &o->columns, problem);
    return complain(problem, "There is no option \"%.60s\".", "没有选项“%.60s”。",
                    item->string);
}

int gw_json_parse_import(const char *text, size_t len, struct gw_import_options *options,
                         struct gw_import_error *ret_problem)
{
    struct gw_import_options changed = *options;
    cJSON *root = cJSON_ParseWithLength(text, len);
    const cJSON *item;
    int r = cJSON_IsObject(root) ? 0 : -EBADMSG;
    if (r == 0)
        cJSON_ArrayForEach(item, root)
        {
            if (r == 0)
                r = read_option(item, &changed, ret_problem);
        }
    if (r == 0)
        *options = changed;
    cJSON_Delete(root);
    return r;
}
