// Divisions and cells from GeoJSON, feature by feature.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/codes.h"
#include "map/geojson.h"
#include "map/import_internal.h"
#include "map/placing.h"

enum { LEVEL_GRID = 3, DIVISION_LEVELS = 3 };

struct areas {
    struct gw_import *im;
    bool cells_changed;
    bool cells_read;
};

static void tell(struct areas *a, size_t index, const char *column, const char *value,
                 bool kept, struct gw_text what)
{
    gw_import_tell(a->im, &(struct gw_import_issue) { .line = index,
                                                      .column = column,
                                                      .value = value,
                                                      .kept = kept,
                                                      .what = what });
}

// Counts, and says whether the record must be written. `found` is what looking
// for the stored one returned.
static int count(struct areas *a, int found, bool same, bool *ret_write)
{
    if (found < 0 && found != -ENOENT)
        return found;
    gw_import_mark(a->im, found == -ENOENT ? "new" : same ? "same" : "changed");
    if (found == -ENOENT)
        a->im->report.added++;
    else if (same)
        a->im->report.same++;
    else
        a->im->report.changed++;
    *ret_write = found == -ENOENT || !same;
    return 0;
}

static int store_cell(struct areas *a, const struct gw_geojson_area *area)
{
    struct gw_cell old = { 0 };
    int level = area->level ? area->level : gw_cell_level(area->code);
    struct gw_cell cell = {
        .code = area->code,
        .name = area->name,
        .division = area->division,
        .parent = area->parent,
        .level = level ? level : LEVEL_GRID, // special grids have codes of their own
        .geometry = area->geometry,
    };
    bool write;
    a->cells_read = true;
    int r = gw_store_find_cell(a->im->store, cell.code, &old);
    bool same = r == 0 && strcmp(cell.name, old.name) == 0 &&
                strcmp(cell.division, old.division) == 0 &&
                strcmp(cell.parent, old.parent) == 0 && cell.level == old.level &&
                strcmp(cell.geometry, old.geometry) == 0;
    r = count(a, r, same, &write);
    if (r < 0 || !write)
        return r;
    a->cells_changed = true;
    if (!*cell.geometry) {
        a->im->report.warned++;
        tell(a, area->index, "geometry", "", true,
             (struct gw_text) { "the cell has no area: no camera is put into it by "
                                "position; draw one",
                                "该网格没有面：不会按位置归入摄像机，请补画" });
    }
    return gw_store_put_cell(a->im->store, &cell);
}

static int store_division(struct areas *a, const struct gw_geojson_area *area)
{
    struct gw_division old = { 0 };
    struct gw_division division = {
        .code = area->code,
        .name = area->name,
        .parent = area->parent,
        .level = area->level ? area->level : gw_division_level(area->code),
        .geometry = area->geometry,
    };
    if (division.level < 1 || division.level > DIVISION_LEVELS) {
        tell(a, area->index, "level", "", false,
             (struct gw_text) {
                 "the level of a division is 1 district, 2 town or street, "
                 "3 village or community, and this code does not tell it; "
                 "add \"level\", or \"division\" if this is a cell",
                 "区划层级为 1 区县、2 镇街、3 村居，无法由该代码得出；请补充 "
                 "level；若为网格，请补充 division" });
        return 0;
    }
    bool write;
    int r = gw_store_find_division(a->im->store, division.code, &old);
    bool same = r == 0 && strcmp(division.name, old.name) == 0 &&
                strcmp(division.parent, old.parent) == 0 && division.level == old.level &&
                strcmp(division.geometry, old.geometry) == 0;
    r = count(a, r, same, &write);
    return r < 0 || !write ? r : gw_store_put_division(a->im->store, &division);
}

static int on_area(void *arg, const struct gw_geojson_area *area)
{
    struct areas *a = arg;
    size_t before;
    a->im->report.read++;
    gw_import_mark(a->im, area->code);
    int r = gw_id_set_add(&a->im->ids, area->code, area->index, &before);
    if (r < 0)
        return r;
    if (before) {
        tell(a, area->index, "code", area->code, false,
             (struct gw_text) {
                 "an earlier feature of the file has this code; remove one, "
                 "or correct the code",
                 "文件前面的要素已有该编码，请删除其一或更正" });
        return 0;
    }
    return *area->division ? store_cell(a, area) : store_division(a, area);
}

static int on_problem(void *arg, const struct gw_geojson_problem *problem)
{
    struct areas *a = arg;
    a->im->report.read++;
    tell(a, problem->index, problem->property, problem->value, false, problem->what);
    return 0;
}

static int make_room(char **data, size_t *cap)
{
    size_t more = *cap * 2 < GW_GEOJSON_MAX ? *cap * 2 : (size_t)GW_GEOJSON_MAX + 1;
    char *larger = realloc(*data, more);
    if (!larger)
        return -ENOMEM;
    *data = larger;
    *cap = more;
    return 0;
}

// The whole file: JSON is parsed at once. Free it, also on failure.
static int read_all(struct gw_import *im, const char *head, size_t head_len,
                    char **ret_data, size_t *ret_len)
{
    static const struct gw_text too_large = {
        "the file is larger than 256 MiB; split it",
        "文件超过 256 MiB，请拆分",
    };
    size_t cap = (im->total_bytes > head_len ? im->total_bytes : head_len) + 1;
    long n = 1;

    if (im->total_bytes > GW_GEOJSON_MAX)
        return gw_import_give_up(im, too_large);
    char *data = malloc(cap);
    if (!data)
        return -ENOMEM;
    memcpy(data, head, head_len);
    size_t len = head_len;
    while (n > 0 && len <= GW_GEOJSON_MAX) {
        n = len == cap ? make_room(&data, &cap) : 0;
        if (n == 0)
            n = gw_import_read(im, data + len, cap - len);
        len += n > 0 ? (size_t)n : 0;
    }
    *ret_data = data;
    *ret_len = len;
    return len > GW_GEOJSON_MAX ? gw_import_give_up(im, too_large) : (int)(n < 0 ? n : 0);
}

static int place_again(struct areas *a)
{
    struct gw_locator *locator = NULL;
    int r = a->cells_changed ? gw_placing_load(a->im->store, &locator) : 0;
    if (r == 0 && locator)
        r = gw_placing_repeat(a->im->store, locator);
    a->im->cells_changed = a->cells_changed;
    gw_locator_destroy(locator);
    return r;
}

// Areas are put in to see whether they fit, and taken back after a dry run.
static int may_write(struct gw_import *im)
{
    const struct gw_scope_view *seen = im->config->seen;
    if (seen && !seen->scope->all)
        return gw_import_give_up(
            im, (struct gw_text) { "divisions and cells are brought by who may see the "
                                   "whole district; ask for it",
                                   "行政区划与网格须由可见全区的账户导入，请与其联系" });
    if (!im->config->dry_run)
        return 0;
    gw_store_rollback(im->store);
    return gw_store_begin(im->store);
}

int gw_import_areas(struct gw_import *im, const char *head, size_t head_len)
{
    struct areas a = { .im = im };
    const struct gw_geojson_events events = { on_area, on_problem, &a };
    const struct gw_import_config *config = im->config;
    char *data = NULL;
    size_t len = 0, offset = 0;

    int r = may_write(im);
    if (r == 0)
        r = read_all(im, head, head_len, &data, &len);
    if (r == 0)
        r = gw_geojson_read(data, len, &events, &offset);
    if (r == -EBADMSG && !*im->error->en)
        r = gw_import_give_up(im,
                              (struct gw_text) { "this is no GeoJSON FeatureCollection "
                                                 "(RFC 7946), or it is cut short; export "
                                                 "it again",
                                                 "这不是 GeoJSON FeatureCollection（RFC "
                                                 "7946），或文件不完整，请重新导出" });
    free(data);
    if (r == 0)
        r = place_again(&a);
    if (r == 0 && a.cells_read)
        r = gw_import_fit(im);
    if (r == 0 && config->on_progress)
        config->on_progress(config->arg, im->file, len, im->total_bytes);
    return r;
}
