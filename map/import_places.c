// Places, row by row, and places that follow cells which changed.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/import_internal.h"
#include "map/import_rows.h"
#include "map/place.h"
#include "map/places.h"
#include "map/snapshot_builder.h"

enum { BUSY_MS = 15 * 1000, TIDY_FROM = 10 * 1000 };

// What places are settled by: divisions and cells of the store.
struct areas {
    struct gw_snapshot *snapshot;
    struct gw_locator *locator;
};

struct places {
    struct gw_import *im;
    struct gw_import_rows *rows;
    struct areas areas;
    size_t attributes[GW_PLACE_ATTRIBUTES_MAX]; // columns that are kept under their names
    char names[GW_PLACE_ATTRIBUTES_MAX][GW_PLACE_KEY_MAX + 1];
    size_t attribute_count;
    char row_attributes[GW_PLACE_ATTRIBUTES_BYTES]; // of the row in hand
    struct gw_place_scratch scratch;                // likewise
};

// ---- cells ----

static int on_cell(void *arg, const struct gw_cell *cell)
{
    return gw_snapshot_builder_add_cell(arg, cell);
}

static int on_division(void *arg, const struct gw_division *division)
{
    return gw_snapshot_builder_add_division(arg, division);
}

static int load_areas(struct gw_store *store, struct areas *ret)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    int r = b ? gw_store_each_division(store, on_division, b) : -ENOMEM;
    if (r == 0)
        r = gw_store_each_cell(store, on_cell, b);
    if (r == 0)
        r = gw_snapshot_builder_finish(b, &ret->snapshot);
    gw_snapshot_builder_destroy(b);
    if (r < 0)
        return r;
    size_t n;
    const struct gw_cell *cells = gw_snapshot_cells(ret->snapshot, &n);
    return gw_locator_create(cells, n, &ret->locator);
}

static void finish_areas(struct areas *areas)
{
    gw_locator_destroy(areas->locator);
    gw_snapshot_unref(&areas->snapshot);
}

// A trial on a directory without places must not leave a file behind.
static int open_places(struct gw_import *im, bool create)
{
    char words[GW_STORE_ERROR_MAX];
    int r = gw_places_open(im->config->dir, create, BUSY_MS, &im->places, words);
    if (r < 0)
        return r;
    r = im->config->dry_run ? gw_places_begin_read(im->places)
                            : gw_places_begin(im->places);
    return r < 0 ? r : gw_places_expect_many(im->places);
}

static int settle_all(struct gw_import *im, const struct areas *areas)
{
    static const struct gw_place none = { .num = 0 };
    struct gw_place_scratch scratch;
    struct gw_place old = none, place;
    int r;
    while ((r = gw_places_next(im->places, old.num, &old)) == 0) {
        place = old;
        gw_place_settle(&place, areas->snapshot, areas->locator, &scratch);
        const struct gw_author author = { .name = old.author, .now_ms = old.changed_ms };
        if (!gw_place_equal(&place, &old))
            r = gw_places_put(im->places, &old, &place, &author);
        if (r < 0)
            return r;
    }
    return r == -ENOENT ? 0 : r;
}

int gw_import_settle_places(struct gw_import *im)
{
    struct areas areas = { 0 };
    int r = open_places(im, false);
    if (r < 0)
        return r == -ENOENT ? 0 : r; // there are none
    r = load_areas(im->store, &areas);
    if (r == 0)
        r = settle_all(im, &areas);
    finish_areas(&areas);
    return r;
}

// ---- columns ----

static int begin(struct gw_import_rows *rows, void **ret_arg)
{
    struct gw_import *im = rows->im;
    struct places *p = *ret_arg = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->im = im;
    p->rows = rows;
    if (im->config->remove_gone)
        return gw_import_give_up(
            im,
            (struct gw_text) { "it is a list of places, and none of them are removed "
                               "for not being in a list; import it without that",
                               "这是场所清单，不支持删除清单中没有的场所；请取消该选项"
                               "后导入" });
    int r = load_areas(im->store, &p->areas);
    // Cameras are not held up by what may take minutes.
    gw_store_rollback(im->store);
    im->store_released = true;
    if (r == 0)
        r = open_places(im, !im->config->dry_run);
    return r == -ENOENT ? 0 : r; // a trial, and there are none yet
}

static bool is_ours(enum gw_column column)
{
    switch ((int)column) {
    case GW_COLUMN_ID:
    case GW_COLUMN_NAME:
    case GW_COLUMN_LON:
    case GW_COLUMN_LAT:
    case GW_COLUMN_DIVISION:
    case GW_COLUMN_DEPARTMENT:
    case GW_COLUMN_CELL:
    case GW_COLUMN_KIND:
    case GW_COLUMN_ADDRESS:
    case GW_COLUMN_CLASS: return true;
    default: return false;
    }
}

// What a list says beside what we know is kept as it stands, but for what may be secret.
static bool on_column(void *arg, size_t i, const char *name, enum gw_column column)
{
    struct places *p = arg;
    char room[GW_PLACE_ATTRIBUTES_BYTES] = "";
    if (is_ours(column))
        return true;
    bool secret = column < GW_COLUMNS && gw_import_secret(gw_column_name(column));
    if (secret || p->attribute_count == GW_PLACE_ATTRIBUTES_MAX ||
        gw_place_attributes_add(room, name, "-") < 0)
        return false;
    snprintf(p->names[p->attribute_count], sizeof(p->names[0]), "%s", name);
    p->attributes[p->attribute_count++] = i;
    return true;
}

// ---- rows ----

static void read_attributes(struct places *p, char *const *fields)
{
    p->row_attributes[0] = '\0';
    for (size_t i = 0; i < p->attribute_count; i++) {
        const char *value = fields[p->attributes[i]];
        if (!*value ||
            gw_place_attributes_add(p->row_attributes, p->names[i], value) == 0)
            continue;
        gw_import_tell_row(
            p->rows, p->names[i], value, true,
            (struct gw_text) { "this is longer than 256 bytes, or there are two columns "
                               "of that name, and is passed over",
                               "超过 256 字节或列名重复，已忽略" });
    }
}

static const char *read_word(struct places *p, char *const *fields, enum gw_column column,
                             bool valid, struct gw_text what)
{
    const char *value = gw_import_field(p->rows, fields, column);
    if (!value || valid)
        return value;
    gw_import_tell_row(p->rows, gw_column_name(column), value, true, what);
    return NULL;
}

static void read_kind(struct places *p, char *const *fields, struct gw_place_edit *edit)
{
    const char *kind = gw_import_field(p->rows, fields, GW_COLUMN_KIND);
    const char *class_code = gw_import_field(p->rows, fields, GW_COLUMN_CLASS);
    edit->kind = read_word(
        p, fields, GW_COLUMN_KIND, kind && gw_place_kind_of_name(kind) < GW_PLACE_KINDS,
        (struct gw_text) { "this kind of place is not known and is passed over; "
                           "docs/data-model.md lists them",
                           "不认识该场所类型，已忽略；可用类型见 docs/data-model.md" });
    edit->class_code =
        read_word(p, fields, GW_COLUMN_CLASS,
                  class_code && gw_place_class_valid(class_code) &&
                      gw_place_kind_of_class(class_code) < GW_PLACE_KINDS,
                  (struct gw_text) { "this is no class of city parts by CJ/T 214 and is "
                                     "passed over",
                                     "不是 CJ/T 214 部件类别，已忽略" });
}

static bool read_edit(struct places *p, char *const *fields, struct gw_place_edit *edit)
{
    struct gw_place_problem problem;
    *edit = (struct gw_place_edit) {
        .id = gw_import_field(p->rows, fields, GW_COLUMN_ID),
        .name = gw_import_field(p->rows, fields, GW_COLUMN_NAME),
        .address = gw_import_field(p->rows, fields, GW_COLUMN_ADDRESS),
        .division = gw_import_field(p->rows, fields, GW_COLUMN_DIVISION),
        .cell = gw_import_field(p->rows, fields, GW_COLUMN_CELL),
        .department = gw_import_field(p->rows, fields, GW_COLUMN_DEPARTMENT),
        .attributes = p->row_attributes,
    };
    read_attributes(p, fields);
    read_kind(p, fields, edit);
    if (gw_import_refuse_rounded(p->rows, fields) ||
        !gw_import_degrees(p->rows, fields, GW_COLUMN_LON, &edit->lon) ||
        !gw_import_degrees(p->rows, fields, GW_COLUMN_LAT, &edit->lat))
        return false;
    if (!gw_place_edit_check(edit, &problem)) {
        if (!isnan(edit->lon))
            gw_coordinates_to_wgs84(p->im->config->coordinates, edit->lon, edit->lat,
                                    &edit->lon, &edit->lat);
        return true;
    }
    const char *value = gw_import_field(p->rows, fields, gw_column_of(problem.field));
    gw_import_tell_row(p->rows, problem.field, value ? value : "", false, problem.what);
    return false;
}

// Whether a place is there for who imports, as it is and as it would be.
static bool is_theirs(struct places *p, const struct gw_place *old,
                      const struct gw_place *place)
{
    const struct gw_scope_view *seen = p->im->config->seen;
    const struct gw_scope *scope = seen ? seen->scope : NULL;
    if ((!old || gw_place_in_scope(old, scope)) && gw_place_in_scope(place, scope))
        return true;
    gw_import_tell_row(
        p->rows, "id", place->id, false,
        (struct gw_text) {
            "this place would lie outside of what you may see, or does; "
            "check its division, cell and department",
            "该场所不在或将超出您的可见范围；请核对行政区划、网格与部门" });
    return false;
}

static void warn(struct places *p, const struct gw_place *place)
{
    if (place->division_fixed &&
        !gw_snapshot_division(p->areas.snapshot, place->division))
        gw_import_tell_row(
            p->rows, "division", place->division, true,
            (struct gw_text) { "this division is not known; correct the code, or import "
                               "the divisions",
                               "不认识该行政区划，请更正代码，或导入区划" });
    gw_import_warn_of_position(p->rows, p->areas.locator, place->lon, place->lat);
}

// ---- what changes ----

static void tell_change(struct places *p, enum gw_import_change_kind kind,
                        const char *field, const char *id, const char *before,
                        const char *after)
{
    char was[GW_IMPORT_SHOWN_MAX], is[GW_IMPORT_SHOWN_MAX];
    gw_import_mark(p->im, id);
    gw_import_mark(p->im, field);
    gw_import_mark(p->im, after);
    if (!p->im->config->on_change)
        return;
    gw_import_shorten(before, was);
    gw_import_shorten(after, is);
    p->im->config->on_change(p->im->config->arg,
                             &(struct gw_import_change) { .kind = kind,
                                                          .file = gw_import_name(p->im),
                                                          .line = p->rows->line,
                                                          .id = id,
                                                          .field = field,
                                                          .before = was,
                                                          .after = is });
}

static void tell_degrees(struct places *p, const char *field, const char *id,
                         double before, double after)
{
    char was[32] = "", is[32] = "";
    if (before == after || (isnan(before) && isnan(after)))
        return;
    if (!isnan(before))
        snprintf(was, sizeof(was), "%.8g", before);
    if (!isnan(after))
        snprintf(is, sizeof(is), "%.8g", after);
    tell_change(p, GW_IMPORT_CHANGED, field, id, was, is);
}

static void tell_changes(struct places *p, const struct gw_place *old,
                         const struct gw_place *place)
{
    const struct {
        const char *field, *before, *after;
    } texts[] = {
        { "name", old->name, place->name },
        { "kind", gw_place_kind_name(old->kind), gw_place_kind_name(place->kind) },
        { "class", old->class_code, place->class_code },
        { "address", old->address, place->address },
        { "division", old->division, place->division },
        { "cell", old->cell, place->cell },
        { "department", old->department, place->department },
        { "attributes", old->attributes, place->attributes },
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (strcmp(texts[i].before, texts[i].after) != 0)
            tell_change(p, GW_IMPORT_CHANGED, texts[i].field, place->id, texts[i].before,
                        texts[i].after);
    tell_degrees(p, "lon", place->id, old->lon, place->lon);
    tell_degrees(p, "lat", place->id, old->lat, place->lat);
}

static int write_place(struct places *p, const struct gw_place *old,
                       const struct gw_place *place)
{
    char name[GW_AUTHOR_MAX + 1];
    const struct gw_author author = gw_import_author(p->im, name);
    if (old && gw_place_equal(old, place)) {
        p->im->report.same++;
        return 0;
    }
    if (old) {
        p->im->report.changed++;
        tell_changes(p, old, place);
    } else {
        p->im->report.added++;
        tell_change(p, GW_IMPORT_ADDED, "", place->id, "", place->name);
    }
    return p->im->config->dry_run ? 0 : gw_places_put(p->im->places, old, place, &author);
}

static int store_place(struct places *p, const struct gw_place_edit *edit)
{
    struct gw_place old, place;
    int r = p->im->places ? gw_places_find(p->im->places, edit->id, &old) : -ENOENT;
    if (r < 0 && r != -ENOENT)
        return r;
    const struct gw_place *known = r == 0 ? &old : NULL;
    r = gw_place_edit_apply(edit, known, &p->scratch, &place);
    if (r == -ENOSPC) {
        gw_import_tell_row(
            p->rows, "", "", false,
            (struct gw_text) { "with those that the place has already it would have more "
                               "than 16 attributes; leave columns out with --columns",
                               "加上已有属性将超过 16 个，请用 --columns 忽略部分列" });
        return 0;
    }
    if (r < 0)
        return r;
    gw_place_settle(&place, p->areas.snapshot, p->areas.locator, &p->scratch);
    if (!is_theirs(p, known, &place))
        return 0;
    warn(p, &place);
    return write_place(p, known, &place);
}

static int on_row(void *arg, char *const *fields)
{
    struct places *p = arg;
    struct gw_place_edit edit;
    bool fresh;
    if (!read_edit(p, fields, &edit))
        return 0;
    int r = gw_import_take_id(p->rows, edit.id, &fresh);
    return r < 0 || !fresh ? r : store_place(p, &edit);
}

static int end(void *arg)
{
    const struct places *p = arg;
    const struct gw_import_report *report = &p->im->report;
    bool many = report->added + report->changed >= TIDY_FROM;
    return many && !p->im->config->dry_run ? gw_places_tidy(p->im->places) : 0;
}

static void finish(void *arg)
{
    struct places *p = arg;
    if (p)
        finish_areas(&p->areas);
    free(p);
}

const struct gw_import_taker gw_import_places = { begin, on_column, on_row, end, finish };
