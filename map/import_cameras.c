// Cameras, row by row.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/camera_edit.h"
#include "map/import_diff.h"
#include "map/import_doubts.h"
#include "map/import_internal.h"
#include "map/import_rows.h"
#include "map/placing.h"
#include "map/vendor_url.h"

struct cameras {
    struct gw_import *im;
    struct gw_import_rows *rows;
    struct gw_locator *locator;
    struct gw_device_urls urls; // of the row in hand, where it names a device
    struct gw_camera_pose pose; // of the row in hand
    struct gw_import_doubts doubts;
    struct gw_import_diff diff;
};

// Addresses that are written win; those of a device fill in.
static bool read_device(struct cameras *c, char *const *fields,
                        struct gw_camera_edit *edit)
{
    const struct gw_device device = {
        .vendor = gw_import_field(c->rows, fields, GW_COLUMN_VENDOR),
        .address = gw_import_field(c->rows, fields, GW_COLUMN_IP),
        .port = gw_import_field(c->rows, fields, GW_COLUMN_PORT),
        .channel = gw_import_field(c->rows, fields, GW_COLUMN_CHANNEL),
        .user = gw_import_field(c->rows, fields, GW_COLUMN_USER),
        .password = gw_import_field(c->rows, fields, GW_COLUMN_PASSWORD),
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
    const char *value = gw_import_field(c->rows, fields, gw_column_of(problem.field));
    // A vendor that we do not know is no fault of the line: its camera has a place.
    bool kept = strcmp(problem.field, gw_column_name(GW_COLUMN_VENDOR)) == 0;
    gw_import_tell_row(c->rows, problem.field, value ? value : "", kept, problem.what);
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
        const char *value = gw_import_field(c->rows, fields, column);
        if (!value || gw_detail_valid(detail, value))
            edit->details[i] = value;
        else if (column != GW_COLUMN_IP) // which may be the name of a host
            gw_import_tell_row(c->rows, gw_column_name(column), value, true,
                               gw_detail_help(detail));
    }
    const char *kind = gw_import_field(c->rows, fields, GW_COLUMN_KIND);
    if (!kind || gw_camera_kind_of_name(kind) < GW_KINDS)
        edit->kind = kind;
    else
        gw_import_tell_row(
            c->rows, "kind", kind, true,
            (struct gw_text) { "this kind of camera is not known and is passed over",
                               "不认识该摄像机类型，已忽略" });
}

static void read_pose(struct cameras *c, char *const *fields)
{
    c->pose = gw_camera_pose_unknown;
    for (int i = 0; i < GW_POSE_FIELDS; i++) {
        const char *value = gw_import_field(c->rows, fields, GW_COLUMN_POSE + i);
        char *end;
        double v = value ? strtod(value, &end) : NAN;
        if (value && (end == value || *end || isnan(v) || !gw_pose_field_valid(i, v)))
            gw_import_tell_row(c->rows, gw_pose_field_name(i), value, true,
                               gw_pose_field_help(i));
        else
            *gw_pose_field(&c->pose, i) = v;
    }
}

static bool read_edit(struct cameras *c, char *const *fields, struct gw_camera_edit *edit)
{
    read_pose(c, fields);
    *edit = (struct gw_camera_edit) {
        .id = gw_import_field(c->rows, fields, GW_COLUMN_ID),
        .name = gw_import_field(c->rows, fields, GW_COLUMN_NAME),
        .division = gw_import_field(c->rows, fields, GW_COLUMN_DIVISION),
        .department = gw_import_field(c->rows, fields, GW_COLUMN_DEPARTMENT),
        .cell = gw_import_field(c->rows, fields, GW_COLUMN_CELL),
        .url_main = gw_import_field(c->rows, fields, GW_COLUMN_URL_MAIN),
        .url_sub = gw_import_field(c->rows, fields, GW_COLUMN_URL_SUB),
        .pull = gw_import_field(c->rows, fields, GW_COLUMN_PULL),
        .tags = gw_import_field(c->rows, fields, GW_COLUMN_TAGS),
        .groups = gw_import_field(c->rows, fields, GW_COLUMN_GROUPS),
        .address = gw_import_field(c->rows, fields, GW_COLUMN_ADDRESS),
        .pose = &c->pose,
    };
    read_details(c, fields, edit);
    if (gw_import_refuse_rounded(c->rows, fields) ||
        !gw_import_degrees(c->rows, fields, GW_COLUMN_LON, &edit->lon) ||
        !gw_import_degrees(c->rows, fields, GW_COLUMN_LAT, &edit->lat) ||
        !read_device(c, fields, edit))
        return false;

    struct gw_camera_problem problem;
    if (!gw_camera_edit_check(edit, &problem)) {
        if (!isnan(edit->lon) && !isnan(edit->lat))
            gw_coordinates_to_wgs84(c->im->config->coordinates, edit->lon, edit->lat,
                                    &edit->lon, &edit->lat);
        return true;
    }
    const char *value = gw_import_field(c->rows, fields, gw_column_of(problem.field));
    gw_import_tell_row(c->rows, problem.field, value ? value : "", false, problem.what);
    return false;
}

static int warn(struct cameras *c, const struct gw_camera *camera)
{
    struct gw_division division;
    int r = *camera->division
                ? gw_store_find_division(c->im->store, camera->division, &division)
                : 0;
    if (r == -ENOENT)
        gw_import_tell_row(
            c->rows, "division", camera->division, true,
            (struct gw_text) { "this division is not known; correct the code, or import "
                               "the divisions",
                               "不认识该行政区划，请更正代码，或导入区划" });
    else if (r < 0)
        return r;
    if (!*camera->url_main)
        gw_import_tell_row(
            c->rows, "url_main", "", true,
            (struct gw_text) {
                "no main stream address: the camera is on the map but "
                "cannot be watched; add it",
                "没有主码流地址：摄像机会显示在地图上，但无法观看，请补充" });
    gw_import_warn_of_position(c->rows, c->locator, camera->lon, camera->lat);
    gw_import_weigh(&c->doubts, c->im, c->locator, camera);
    return gw_import_doubt(&c->doubts, c->im, camera, c->rows->line, &c->rows->warned);
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
    gw_import_tell_row(
        c->rows, "id", row->camera.id, false,
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
        gw_import_tell_row(
            c->rows, "url_main", "", false,
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
        return gw_import_diff_camera(&c->diff, im, c->rows->line, known, &row);
    }
    if (known)
        im->report.changed++;
    else
        im->report.added++;
    r = gw_import_diff_camera(&c->diff, im, c->rows->line, known, &row);
    if (r < 0)
        return r;
    return im->config->dry_run ? 0 : write_camera(im, known, &row);
}

static int on_row(void *arg, char *const *fields)
{
    struct cameras *c = arg;
    struct gw_camera_edit edit;
    bool fresh;

    // A line that is refused is no sign that its camera is gone.
    const char *id = gw_import_field(c->rows, fields, GW_COLUMN_ID);
    int r = id ? gw_import_diff_name(&c->diff, c->im, id) : 0;
    if (r < 0 || !read_edit(c, fields, &edit))
        return r;
    r = gw_import_take_id(c->rows, edit.id, &fresh);
    return r < 0 || !fresh ? r : store_camera(c, &edit);
}

static bool on_column(void *arg, size_t i, const char *name, enum gw_column column)
{
    (void)arg;
    (void)i;
    (void)name;
    return column < GW_COLUMNS && column != GW_COLUMN_CLASS;
}

static int begin(struct gw_import_rows *rows, void **ret_arg)
{
    struct cameras *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->im = rows->im;
    c->rows = rows;
    *ret_arg = c;
    return gw_placing_load(c->im->store, &c->locator);
}

static int end(void *arg)
{
    struct cameras *c = arg;
    gw_import_doubts_end(&c->doubts, c->im);
    return gw_import_diff_gone(&c->diff, c->im);
}

static void finish(void *arg)
{
    struct cameras *c = arg;
    if (!c)
        return;
    gw_import_diff_finish(&c->diff);
    gw_import_doubts_finish(&c->doubts);
    gw_locator_destroy(c->locator);
    free(c);
}

const struct gw_import_taker gw_import_cameras = { begin, on_column, on_row, end,
                                                   finish };
