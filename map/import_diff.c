#include "map/import_diff.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_MAX = 32 }; // bytes of a number as text

// One comparison: its fields are told as they are found to differ.
struct change {
    struct gw_import *im;
    size_t line;
    const struct gw_camera *old;
    const struct gw_camera *now;
};

static void tell(struct gw_import *im, const struct gw_import_change *change)
{
    char before[GW_IMPORT_SHOWN_MAX], after[GW_IMPORT_SHOWN_MAX];
    struct gw_import_change whole = *change;

    if (!im->config->on_change)
        return;
    gw_import_shorten(change->before, before);
    gw_import_shorten(change->after, after);
    whole.file = gw_import_name(im);
    whole.before = before;
    whole.after = after;
    im->config->on_change(im->config->arg, &whole);
}

static void tell_field(const struct change *c, const char *field, const char *before,
                       const char *after)
{
    bool secret = gw_import_secret(field);
    gw_import_mark(c->im, field);
    gw_import_mark(c->im, before);
    gw_import_mark(c->im, after);
    tell(c->im, &(struct gw_import_change) { .kind = GW_IMPORT_CHANGED,
                                             .line = c->line,
                                             .id = c->now->id,
                                             .field = field,
                                             .before = secret ? "" : before,
                                             .after = secret ? "" : after });
}

static void compare_text(const struct change *c, const char *field, const char *before,
                         const char *after)
{
    if (strcmp(before, after) != 0)
        tell_field(c, field, before, after);
}

static void write_number(double value, char ret[NUMBER_MAX])
{
    snprintf(ret, NUMBER_MAX, "%.10g", value);
    if (isnan(value))
        ret[0] = '\0';
}

static void compare_number(const struct change *c, const char *field, double before,
                           double after)
{
    char was[NUMBER_MAX], is[NUMBER_MAX];
    if (before == after || (isnan(before) && isnan(after)))
        return;
    write_number(before, was);
    write_number(after, is);
    tell_field(c, field, was, is);
}

static void compare_record(const struct change *c)
{
    struct gw_camera_pose was = c->old->pose, is = c->now->pose;

    compare_text(c, "kind", gw_camera_kind_name(c->old->kind),
                 gw_camera_kind_name(c->now->kind));
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        compare_number(c, gw_pose_field_name(i), *gw_pose_field(&was, i),
                       *gw_pose_field(&is, i));
    // They follow the name; by themselves they change in a registry of before them.
    if (strcmp(c->old->name, c->now->name) == 0)
        compare_text(c, "initials", c->old->initials, c->now->initials);
    compare_text(c, "tags", c->old->tags, c->now->tags);
    compare_text(c, "groups", c->old->groups, c->now->groups);
    compare_text(c, "address", c->old->address, c->now->address);
    for (int i = 0; i < GW_DETAILS; i++)
        compare_text(c, gw_detail_name((enum gw_detail)i),
                     gw_camera_detail(c->old, (enum gw_detail)i),
                     gw_camera_detail(c->now, (enum gw_detail)i));
}

static void compare(const struct change *c)
{
    compare_text(c, "name", c->old->name, c->now->name);
    compare_number(c, "lon", c->old->lon, c->now->lon);
    compare_number(c, "lat", c->old->lat, c->now->lat);
    compare_text(c, "division", c->old->division, c->now->division);
    compare_text(c, "department", c->old->department, c->now->department);
    compare_text(c, "cell", c->old->cell, c->now->cell);
    compare_text(c, "url_main", c->old->url_main, c->now->url_main);
    compare_text(c, "url_sub", c->old->url_sub, c->now->url_sub);
    compare_text(c, "pull", gw_pull_name(c->old->pull), gw_pull_name(c->now->pull));
    compare_record(c);
}

int gw_import_diff_name(struct gw_import_diff *d, struct gw_import *im, const char *id)
{
    size_t before;
    return gw_import_compares(im) ? gw_id_set_add(&d->named, id, 1, &before) : 0;
}

int gw_import_diff_camera(struct gw_import_diff *d, struct gw_import *im, size_t line,
                          const struct gw_camera_row *old,
                          const struct gw_camera_row *row)
{
    size_t before;

    if (!gw_import_compares(im))
        return 0;
    gw_import_mark(im, row->camera.id);
    gw_import_mark(im, row->camera.cell);
    gw_import_mark(im, old ? "known" : "new");
    struct change c = { im, line, old ? &old->camera : NULL, &row->camera };
    if (old) {
        compare(&c);
        compare_text(&c, "cell_fixed", old->cell_fixed ? "yes" : "no",
                     row->cell_fixed ? "yes" : "no");
    } else {
        tell(im, &(struct gw_import_change) { .kind = GW_IMPORT_ADDED,
                                              .line = line,
                                              .id = row->camera.id,
                                              .field = "",
                                              .before = "",
                                              .after = row->camera.name });
    }
    return gw_id_set_add(&d->departments, row->camera.department, 1, &before);
}

struct walk {
    struct gw_import_diff *diff;
    struct gw_import *im;
};

static int remove_camera(struct gw_import *im, const struct gw_camera_row *row)
{
    char name[GW_AUTHOR_MAX + 1];
    const struct gw_author author = gw_import_author(im, name);
    if (im->config->dry_run)
        return 0;
    int r = gw_store_note_camera(im->store, &author, row, NULL);
    return r < 0 ? r : gw_store_delete_camera(im->store, row->camera.id, im->now_ms);
}

static int on_camera(void *arg, const struct gw_camera_row *row)
{
    struct walk *w = arg;
    struct gw_import *im = w->im;
    if (gw_id_set_has(&w->diff->named, row->camera.id) ||
        !gw_id_set_has(&w->diff->departments, row->camera.department) ||
        !gw_scope_view_has(im->config->seen, &row->camera))
        return 0;
    im->report.gone++;
    gw_import_mark(im, row->camera.id);
    tell(im, &(struct gw_import_change) { .kind = GW_IMPORT_GONE,
                                          .id = row->camera.id,
                                          .field = "",
                                          .before = row->camera.name,
                                          .after = "" });
    bool remove = im->config->remove_gone && im->report.refused == 0;
    return remove ? remove_camera(im, row) : 0;
}

static void tell_kept(struct gw_import *im)
{
    gw_import_tell(im,
                   &(struct gw_import_issue) {
                       .line = 1,
                       .column = "",
                       .value = "",
                       .kept = true,
                       .what = { "no camera is removed, for lines are refused: one of "
                                 "them may be the camera's; correct them first",
                                 "有行被拒绝，可能正是这些摄像机，因此不删除任何摄像机；"
                                 "请先更正" },
                   });
    im->report.warned++;
}

int gw_import_diff_gone(struct gw_import_diff *d, struct gw_import *im)
{
    struct walk w = { d, im };
    if (!gw_import_compares(im))
        return 0;
    int r = gw_store_each_camera(im->store, on_camera, &w);
    if (r == 0 && im->config->remove_gone && im->report.gone && im->report.refused)
        tell_kept(im);
    return r;
}

void gw_import_diff_finish(struct gw_import_diff *d)
{
    gw_id_set_finish(&d->named);
    gw_id_set_finish(&d->departments);
}
