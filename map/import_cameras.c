// Cameras from CSV, line by line.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/camera_edit.h"
#include "map/csv.h"
#include "map/import_columns.h"
#include "map/import_diff.h"
#include "map/import_doubts.h"
#include "map/import_header.h"
#include "map/import_internal.h"
#include "map/placing.h"
#include "map/vendor_url.h"

struct cameras {
    struct gw_import *im;
    struct gw_locator *locator;
    bool header_read;
    size_t titles;      // lines above the header
    size_t title_width; // columns of the widest of them
    size_t title_line;
    char title[GW_IMPORT_SHOWN_MAX]; // the first of them
    size_t width;                    // columns of the header
    size_t where[GW_COLUMNS];        // + 1; 0: the file does not have it
    size_t line;                     // of the row in hand
    bool warned;                     // it has been warned of
    struct gw_device_urls urls;      // of the row in hand, where it names a device
    struct gw_camera_pose pose;      // of the row in hand
    struct gw_import_doubts doubts;
    struct gw_import_diff diff;
};

static void tell(struct cameras *c, const char *column, const char *value, bool kept,
                 struct gw_text what)
{
    if (kept)
        c->warned = true;
    gw_import_tell(c->im, &(struct gw_import_issue) { .line = c->line,
                                                      .column = column,
                                                      .value = value,
                                                      .kept = kept,
                                                      .what = what });
}

static struct gw_text fault_text(enum gw_csv_fault fault)
{
    switch (fault) {
    case GW_CSV_OK: break;
    case GW_CSV_NUL:
        return (struct gw_text) { "the line holds zero bytes: save the file as CSV UTF-8",
                                  "该行含有零字节，请将文件另存为 CSV UTF-8" };
    case GW_CSV_NOT_UTF8:
        return (struct gw_text) {
            "the line holds bytes that are no characters in the encoding of the file: "
            "correct it, or save the file as CSV UTF-8",
            "该行含有不属于文件编码的字节：请更正，或将文件另存为 CSV UTF-8"
        };
    case GW_CSV_TOO_LONG:
        return (struct gw_text) { "the line is longer than 64 KiB: look for a quote that "
                                  "is not closed",
                                  "该行超过 64 KiB：请检查是否有未闭合的引号" };
    case GW_CSV_TOO_MANY:
        return (struct gw_text) { "the line has more than 128 fields: remove what is too "
                                  "much",
                                  "该行超过 128 个字段，请删除多余字段" };
    case GW_CSV_BAD_QUOTE:
        return (struct gw_text) { "a quote is in the wrong place: close it, and write a "
                                  "quote inside of a quoted field twice",
                                  "引号位置有误：请闭合引号；字段内的引号须写两次" };
    }
    return (struct gw_text) { "", "" };
}

// Without spaces around, in place of which spreadsheets are full.
static char *trim(char *s)
{
    s += strspn(s, " \t");
    size_t len = strlen(s);
    while (len > 0 && strchr(" \t\r\n", s[len - 1]))
        len--;
    s[len] = '\0';
    return s;
}

static int give_up_header(struct gw_import *im)
{
    return gw_import_give_up(
        im, (struct gw_text) { "none of its first lines names a column \"id\"; the names "
                               "of the columns should read id,name,lon,lat,division,"
                               "department,url_main,url_sub",
                               "前几行中没有含 id 列的表头；表头应为 id,name,lon,lat,"
                               "division,department,url_main,url_sub" });
}

static void tell_header(const struct cameras *c, char *const *fields, size_t count)
{
    const struct gw_import_config *config = c->im->config;
    enum gw_column means[GW_CSV_FIELDS_MAX];
    if (!config->on_header)
        return;
    for (size_t i = 0; i < count; i++)
        means[i] = gw_column_names_find(config->columns, fields[i]);
    config->on_header(config->arg,
                      &(struct gw_import_header) { c->line, count, fields, means });
}

// A line above the names of the columns, such as a title over all columns.
static int pass_title(struct cameras *c, char *const *fields, size_t count)
{
    size_t said = 0;

    // If none names the id, the widest is the likeliest to name columns: the first one.
    if (count > c->title_width) {
        c->title_width = count;
        tell_header(c, fields, count);
    }
    if (++c->titles == GW_HEADER_LINES)
        return give_up_header(c->im);
    if (c->titles > 1)
        return 0;
    while (said + 1 < count && !*fields[said])
        said++;
    c->title_line = c->line;
    gw_import_shorten(fields[said], c->title);
    return 0;
}

static void tell_titles(struct cameras *c)
{
    if (c->titles == 0)
        return;
    c->warned = true;
    gw_import_tell(c->im,
                   &(struct gw_import_issue) {
                       .line = c->title_line,
                       .column = "",
                       .value = c->title,
                       .kept = true,
                       .what = { "what stands above the names of the columns is passed "
                                 "over",
                                 "表头上方的内容已忽略" },
                   });
}

static int read_header(struct cameras *c, char *const *fields, size_t count)
{
    c->header_read = true;
    tell_header(c, fields, count);
    c->width = count;
    tell_titles(c);
    for (size_t i = 0; i < count; i++) {
        enum gw_column column = gw_column_names_find(c->im->config->columns, fields[i]);
        if (column == GW_COLUMN_IGNORED)
            continue;
        if (column == GW_COLUMNS)
            tell(c, "", fields[i], true,
                 (struct gw_text) { "this column is not known and is passed over",
                                    "不认识该列，已忽略" });
        else if (c->where[column])
            return gw_import_give_up(
                c->im, (struct gw_text) { "a name of a column is there twice; remove or "
                                          "rename one",
                                          "表头中有重复的列名，请删除或改名" });
        else
            c->where[column] = i + 1;
    }
    return 0;
}

// A field, or NULL when it is empty or not there: an import fills in and changes,
// and never erases.
static const char *field(const struct cameras *c, char *const *fields,
                         enum gw_column column)
{
    if (!c->where[column])
        return NULL;
    const char *value = fields[c->where[column] - 1];
    return *value ? value : NULL;
}

static bool read_degrees(struct cameras *c, const char *value, enum gw_column column,
                         double *ret_degrees)
{
    char *end;
    *ret_degrees = NAN;
    if (!value)
        return true;
    double v = strtod(value, &end);
    if (end != value && !*end && !value[strspn(value, "+-.0123456789eE")]) {
        *ret_degrees = v;
        return true;
    }
    tell(
        c, gw_column_name(column), value, false,
        (struct gw_text) { "this is not a number of degrees such as 116.8301; correct it",
                           "这不是度数（如 116.8301），请更正" });
    return false;
}

// Addresses that are written win; those of a device fill in.
static bool read_device(struct cameras *c, char *const *fields,
                        struct gw_camera_edit *edit)
{
    const struct gw_device device = {
        .vendor = field(c, fields, GW_COLUMN_VENDOR),
        .address = field(c, fields, GW_COLUMN_IP),
        .port = field(c, fields, GW_COLUMN_PORT),
        .channel = field(c, fields, GW_COLUMN_CHANNEL),
        .user = field(c, fields, GW_COLUMN_USER),
        .password = field(c, fields, GW_COLUMN_PASSWORD),
    };
    struct gw_camera_problem problem;

    if (edit->url_main || !device.vendor || !device.address)
        return true;
    if (gw_device_urls(&device, &c->urls, &problem)) {
        edit->url_main = c->urls.main;
        if (!edit->url_sub)
            edit->url_sub = c->urls.sub;
        return true;
    }
    const char *value = field(c, fields, gw_column_of(problem.field));
    // A vendor that we do not know is no fault of the line: its camera has a place.
    bool kept = strcmp(problem.field, gw_column_name(GW_COLUMN_VENDOR)) == 0;
    tell(c, problem.field, value ? value : "", kept, problem.what);
    return kept;
}

static enum gw_column column_of_detail(int detail)
{
    if (detail == GW_DETAIL_VENDOR)
        return GW_COLUMN_VENDOR;
    return detail == GW_DETAIL_IPV4 ? GW_COLUMN_IP : GW_COLUMN_DETAIL + detail;
}

// A detail that cannot be read costs the line nothing but that detail: what counts is
// that the camera is on the map.
static void read_details(struct cameras *c, char *const *fields,
                         struct gw_camera_edit *edit)
{
    for (int i = 0; i < GW_DETAILS; i++) {
        enum gw_detail detail = (enum gw_detail)i;
        enum gw_column column = column_of_detail(i);
        const char *value = field(c, fields, column);
        if (!value || gw_detail_valid(detail, value))
            edit->details[i] = value;
        else if (column != GW_COLUMN_IP) // which may be the name of a host
            tell(c, gw_column_name(column), value, true, gw_detail_help(detail));
    }
    const char *kind = field(c, fields, GW_COLUMN_KIND);
    if (!kind || gw_camera_kind_of_name(kind) < GW_KINDS)
        edit->kind = kind;
    else
        tell(c, "kind", kind, true,
             (struct gw_text) { "this kind of camera is not known and is passed over",
                                "不认识该摄像机类型，已忽略" });
}

static void read_pose(struct cameras *c, char *const *fields)
{
    c->pose = gw_camera_pose_unknown;
    for (int i = 0; i < GW_POSE_FIELDS; i++) {
        const char *value = field(c, fields, GW_COLUMN_POSE + i);
        char *end;
        double v = value ? strtod(value, &end) : NAN;
        if (value && (end == value || *end || isnan(v) || !gw_pose_field_valid(i, v)))
            tell(c, gw_pose_field_name(i), value, true, gw_pose_field_help(i));
        else
            *gw_pose_field(&c->pose, i) = v;
    }
}

// What a spreadsheet makes of a long number, 3.70812E+19: its digits are lost.
static bool is_rounded(const char *value)
{
    size_t digits = strspn(value, "0123456789.");
    const char *exponent = value + digits;
    return digits > 0 && (*exponent == 'e' || *exponent == 'E') && exponent[1] == '+' &&
           exponent[2] && !exponent[2 + strspn(exponent + 2, "0123456789")];
}

static bool refuse_rounded(struct cameras *c, char *const *fields)
{
    static const enum gw_column codes[] = { GW_COLUMN_ID, GW_COLUMN_DIVISION,
                                            GW_COLUMN_CELL };
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        const char *value = field(c, fields, codes[i]);
        if (!value || !is_rounded(value))
            continue;
        tell(c, gw_column_name(codes[i]), value, false,
             (struct gw_text) { "the spreadsheet program kept this code as a number, and "
                                "its last digits are lost; format the column as text, "
                                "enter the codes again, and save",
                                "表格软件把该编码存成了数字，末尾数字已丢失；请将该列设为"
                                "文本格式，重新填写编码后保存" });
        return true;
    }
    return false;
}

static bool read_edit(struct cameras *c, char *const *fields, struct gw_camera_edit *edit)
{
    read_pose(c, fields);
    *edit = (struct gw_camera_edit) {
        .id = field(c, fields, GW_COLUMN_ID),
        .name = field(c, fields, GW_COLUMN_NAME),
        .division = field(c, fields, GW_COLUMN_DIVISION),
        .department = field(c, fields, GW_COLUMN_DEPARTMENT),
        .cell = field(c, fields, GW_COLUMN_CELL),
        .url_main = field(c, fields, GW_COLUMN_URL_MAIN),
        .url_sub = field(c, fields, GW_COLUMN_URL_SUB),
        .pull = field(c, fields, GW_COLUMN_PULL),
        .tags = field(c, fields, GW_COLUMN_TAGS),
        .groups = field(c, fields, GW_COLUMN_GROUPS),
        .address = field(c, fields, GW_COLUMN_ADDRESS),
        .pose = &c->pose,
    };
    read_details(c, fields, edit);
    if (refuse_rounded(c, fields) ||
        !read_degrees(c, field(c, fields, GW_COLUMN_LON), GW_COLUMN_LON, &edit->lon) ||
        !read_degrees(c, field(c, fields, GW_COLUMN_LAT), GW_COLUMN_LAT, &edit->lat) ||
        !read_device(c, fields, edit))
        return false;

    struct gw_camera_problem problem;
    if (!gw_camera_edit_check(edit, &problem)) {
        if (!isnan(edit->lon) && !isnan(edit->lat))
            gw_coordinates_to_wgs84(c->im->config->coordinates, edit->lon, edit->lat,
                                    &edit->lon, &edit->lat);
        return true;
    }
    const char *value = field(c, fields, gw_column_of(problem.field));
    tell(c, problem.field, value ? value : "", false, problem.what);
    return false;
}

static void warn_of_position(struct cameras *c, const struct gw_camera *camera)
{
    if (gw_locator_empty(c->locator) || isnan(camera->lon))
        return;
    if (*gw_locator_find(c->locator, camera->lon, camera->lat))
        return;
    if (*gw_locator_find(c->locator, camera->lat, camera->lon))
        tell(c, "lon", "", true,
             (struct gw_text) { "the position lies in no cell, but would with longitude "
                                "and latitude swapped; check them",
                                "位置不在任何网格内，但对调经纬度后在网格内，请核对" });
    else
        tell(c, "lon", "", true,
             (struct gw_text) { "the position lies in no cell; check it, or import the "
                                "cells that are missing",
                                "位置不在任何网格内，请核对，或导入缺少的网格" });
}

static int warn(struct cameras *c, const struct gw_camera *camera)
{
    struct gw_division division;
    int r = *camera->division
                ? gw_store_find_division(c->im->store, camera->division, &division)
                : 0;
    if (r == -ENOENT)
        tell(c, "division", camera->division, true,
             (struct gw_text) { "this division is not known; correct the code, or import "
                                "the divisions",
                                "不认识该行政区划，请更正代码，或导入区划" });
    else if (r < 0)
        return r;
    if (!*camera->url_main)
        tell(c, "url_main", "", true,
             (struct gw_text) {
                 "no main stream address: the camera is on the map but "
                 "cannot be watched; add it",
                 "没有主码流地址：摄像机会显示在地图上，但无法观看，请补充" });
    warn_of_position(c, camera);
    gw_import_weigh(&c->doubts, c->im, c->locator, camera);
    return gw_import_doubt(&c->doubts, c->im, camera, c->line, &c->warned);
}

static int write_camera(struct gw_import *im, const struct gw_camera_row *known,
                        const struct gw_camera_row *row)
{
    char name[GW_AUTHOR_MAX + 1];
    const struct gw_author author = gw_import_author(im, name);
    int r = gw_store_note_camera(im->store, &author, known, row);
    if (r < 0)
        return r;
    return known ? gw_store_update_camera(im->store, row, im->now_ms)
                 : gw_store_insert_camera(im->store, row, im->now_ms);
}

// Whether a camera is there for who imports, as it is and as it would be.
static bool is_theirs(struct cameras *c, const struct gw_camera_row *known,
                      const struct gw_camera_row *row)
{
    const struct gw_scope_view *seen = c->im->config->seen;
    if ((!known || gw_scope_view_has(seen, &known->camera)) &&
        gw_scope_view_has(seen, &row->camera))
        return true;
    tell(c, "id", row->camera.id, false,
         (struct gw_text) { "this camera would lie outside of what you may see, or does; "
                            "check its division, department, cell and tags",
                            "该摄像机不在或将超出您的可见范围；请核对行政区划、部门、"
                            "网格与标签" });
    return false;
}

static int store_camera(struct cameras *c, const struct gw_camera_edit *edit)
{
    struct gw_import *im = c->im;
    struct gw_camera_scratch scratch;
    struct gw_camera_row old, row;

    int r = gw_store_find_camera(im->store, edit->id, &old);
    if (r < 0 && r != -ENOENT)
        return r;
    const struct gw_camera_row *known = r == 0 ? &old : NULL;
    r = gw_camera_edit_apply(edit, known, known, &scratch, &row);
    if (r < 0 && r != -EMSGSIZE)
        return r;
    if (r < 0) {
        tell(c, "url_main", "", false,
             (struct gw_text) { "the stream address is too long; shorten it",
                                "视频流地址过长，请缩短" });
        return 0;
    }
    gw_placing_apply(c->locator, &row);
    if (!is_theirs(c, known, &row))
        return 0;
    r = warn(c, &row.camera);
    if (r < 0)
        return r;
    if (known && gw_camera_row_equal(&old, &row)) {
        im->report.same++;
        return gw_import_diff_camera(&c->diff, im, c->line, known, &row);
    }
    if (known)
        im->report.changed++;
    else
        im->report.added++;
    r = gw_import_diff_camera(&c->diff, im, c->line, known, &row);
    if (r < 0)
        return r;
    return im->config->dry_run ? 0 : write_camera(im, known, &row);
}

static int read_camera(struct cameras *c, char *const *fields, size_t count)
{
    struct gw_camera_edit edit;
    size_t before;

    if (count != c->width) {
        tell(c, "", "", false,
             (struct gw_text) { "the line has more or fewer fields than the first line; "
                                "put fields that hold the separator in quotes",
                                "该行字段数与首行不符；含分隔符的字段请加引号" });
        return 0;
    }
    // A line that is refused is no sign that its camera is gone.
    const char *id = field(c, fields, GW_COLUMN_ID);
    int r = id ? gw_import_diff_name(&c->diff, c->im, id) : 0;
    if (r < 0 || !read_edit(c, fields, &edit))
        return r;
    r = gw_id_set_add(&c->im->ids, edit.id, c->line, &before);
    if (r < 0)
        return r;
    if (before) {
        gw_import_tell(c->im,
                       &(struct gw_import_issue) {
                           .line = c->line,
                           .column = "id",
                           .value = edit.id,
                           .first_line = before,
                           .what = { "this id is in an earlier line of the file already; "
                                     "remove one, or give it another id",
                                     "文件前面的行已有该编码，请删除其一或更换编码" },
                       });
        return 0;
    }
    return store_camera(c, &edit);
}

static int read_row(struct cameras *c, char *const *fields, size_t count)
{
    if (c->header_read)
        return read_camera(c, fields, count);
    return gw_header_is(c->im->config->columns, fields, count)
               ? read_header(c, fields, count)
               : pass_title(c, fields, count);
}

static int on_row(void *arg, const struct gw_csv_row *row)
{
    struct cameras *c = arg;
    char *fields[GW_CSV_FIELDS_MAX];
    c->line = row->line;
    c->warned = false;

    for (size_t i = 0; i < row->count; i++)
        fields[i] = trim(row->fields[i]);
    if (row->fault == GW_CSV_OK && gw_header_is_blank(fields, row->count))
        return 0;
    if (c->header_read)
        c->im->report.read++;
    if (row->fault != GW_CSV_OK && !c->header_read)
        return gw_import_give_up(c->im, fault_text(row->fault));
    if (row->fault != GW_CSV_OK) {
        tell(c, "", "", false, fault_text(row->fault));
        return 0;
    }
    int r = read_row(c, fields, row->count);
    c->im->report.warned += c->warned;
    return r;
}

int gw_import_cameras(struct gw_import *im, const char *head, size_t head_len)
{
    struct cameras c = { .im = im };
    int r = gw_placing_load(im->store, &c.locator);
    if (r == 0)
        r = gw_import_table(im, head, head_len, on_row, &c);
    if (r == 0 && !c.header_read && c.titles > 0)
        r = give_up_header(im);
    if (r == 0 && !c.header_read)
        r = gw_import_give_up(im, (struct gw_text) { "the file is empty; its first line "
                                                     "should name the columns",
                                                     "文件为空；首行应为列名" });
    if (r == 0)
        gw_import_doubts_end(&c.doubts, im);
    if (r == 0)
        r = gw_import_diff_gone(&c.diff, im);
    gw_import_diff_finish(&c.diff);
    gw_import_doubts_finish(&c.doubts);
    gw_locator_destroy(c.locator);
    return r;
}
