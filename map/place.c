#include "map/place.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "map/camera_edit.h"
#include "map/utf8.h"

_Static_assert((int)GW_PLACE_ID_MAX == (int)GW_CAMERA_ID_MAX &&
                   (int)GW_PLACE_ADDRESS_MAX == (int)GW_ADDRESS_MAX,
               "the fields that a camera has too are judged as a camera's");

// ---- attributes ----

static bool is_key(const char *name)
{
    return *name && !strchr(name, '=') && gw_is_plain_text(name, GW_PLACE_KEY_MAX);
}

const char *gw_place_attributes_next(const char *line,
                                     char ret_name[GW_PLACE_KEY_MAX + 1],
                                     char ret_value[GW_PLACE_VALUE_MAX + 1])
{
    if (!*line)
        return NULL;
    int name = (int)strcspn(line, "=\n");
    const char *value = line + name + (line[name] == '=');
    int len = (int)strcspn(value, "\n");
    snprintf(ret_name, GW_PLACE_KEY_MAX + 1, "%.*s", name, line);
    snprintf(ret_value, GW_PLACE_VALUE_MAX + 1, "%.*s", len, value);
    return value + len + (value[len] == '\n');
}

int gw_place_attributes_add(char attributes[GW_PLACE_ATTRIBUTES_BYTES], const char *name,
                            const char *value)
{
    char own[GW_PLACE_KEY_MAX + 1], old[GW_PLACE_VALUE_MAX + 1];
    char after[GW_PLACE_ATTRIBUTES_BYTES];
    char *at = attributes;
    const char *next, *rest = attributes;
    size_t others = 0;

    if (!is_key(name) || !gw_is_plain_text(value, GW_PLACE_VALUE_MAX))
        return strlen(name) > GW_PLACE_KEY_MAX || strlen(value) > GW_PLACE_VALUE_MAX
                   ? -EMSGSIZE
                   : -EINVAL;
    for (const char *p = attributes; (next = gw_place_attributes_next(p, own, old));
         p = next) {
        int order = strcmp(own, name);
        others += order != 0;
        if (order < 0)
            at = attributes + (next - attributes);
        if (order <= 0)
            rest = next;
    }
    if (*value && others == GW_PLACE_ATTRIBUTES_MAX)
        return -ENOSPC;
    strcpy(after, rest);
    size_t room = GW_PLACE_ATTRIBUTES_BYTES - (size_t)(at - attributes);
    if (*value)
        snprintf(at, room, "%s=%s\n%s", name, value, after);
    else
        snprintf(at, room, "%s", after);
    return 0;
}

// ---- edits ----

static bool check_common(const struct gw_place_edit *edit,
                         struct gw_place_problem *ret_problem)
{
    struct gw_camera_problem problem;
    const struct gw_camera_edit camera = {
        .id = edit->id,
        .name = edit->name,
        .lon = edit->lon,
        .lat = edit->lat,
        .division = edit->division,
        .department = edit->department,
        .cell = edit->cell,
        .address = edit->address,
    };
    if (!gw_camera_edit_check(&camera, &problem))
        return false;
    *ret_problem = (struct gw_place_problem) { problem.field, problem.what };
    return true;
}

bool gw_place_edit_check(const struct gw_place_edit *edit,
                         struct gw_place_problem *ret_problem)
{
    if (check_common(edit, ret_problem)) {
        if (strcmp(ret_problem->field, "id") == 0)
            ret_problem->what = (struct gw_text) {
                "a place's id has 1 to 64 letters, digits, dots, hyphens or underscores; "
                "correct it",
                "场所编码须为 1 至 64 个字母、数字、点、连字符或下划线，请更正"
            };
        return true;
    }
    if (edit->kind && *edit->kind &&
        gw_place_kind_of_name(edit->kind) == GW_PLACE_KINDS) {
        *ret_problem = (struct gw_place_problem) {
            "kind",
            { "this kind of place is not known; docs/data-model.md lists them",
              "不认识该场所类型，可用类型见 docs/data-model.md" }
        };
        return true;
    }
    if (edit->class_code && *edit->class_code &&
        (!gw_place_class_valid(edit->class_code) ||
         gw_place_kind_of_class(edit->class_code) == GW_PLACE_KINDS)) {
        *ret_problem = (struct gw_place_problem) {
            "class",
            { "a class of city parts has two or four digits, the first two 01 to 06 or "
              "21 "
              "(CJ/T 214); correct it",
              "部件类别为两位或四位数字，大类为 01 至 06 或 21（CJ/T 214），请更正" }
        };
        return true;
    }
    return false;
}

static const char *choose(const char *given, const char *kept)
{
    return given ? given : kept;
}

static int add_attributes(const char *more, char attributes[GW_PLACE_ATTRIBUTES_BYTES])
{
    char name[GW_PLACE_KEY_MAX + 1], value[GW_PLACE_VALUE_MAX + 1];
    const char *next;
    for (const char *p = more; p && (next = gw_place_attributes_next(p, name, value));
         p = next) {
        int r = gw_place_attributes_add(attributes, name, value);
        if (r < 0)
            return r;
    }
    return 0;
}

// What somebody says it is; else what its class says, or its code, which has its class.
static void classify(const struct gw_place_edit *edit, struct gw_place_scratch *scratch,
                     struct gw_place *p)
{
    if (!*p->class_code && gw_place_class_of_id(p->id, scratch->class_code))
        p->class_code = scratch->class_code;
    if (edit->kind && *edit->kind)
        p->kind = gw_place_kind_of_name(edit->kind);
    else if (p->kind == GW_PLACE_OTHER && *p->class_code)
        p->kind = gw_place_kind_of_class(p->class_code);
}

int gw_place_edit_apply(const struct gw_place_edit *edit, const struct gw_place *old,
                        struct gw_place_scratch *scratch, struct gw_place *ret_place)
{
    static const struct gw_place nothing = {
        .name = "",
        .class_code = "",
        .address = "",
        .lon = NAN,
        .lat = NAN,
        .division = "",
        .cell = "",
        .home = "",
        .department = "",
        .attributes = "",
        .initials = "",
        .author = "",
    };
    struct gw_place p = old ? *old : nothing;
    p.id = edit->id;
    p.name = choose(edit->name, p.name);
    p.class_code = choose(edit->class_code, p.class_code);
    p.address = choose(edit->address, p.address);
    p.department = choose(edit->department, p.department);
    if (!isnan(edit->lon)) {
        p.lon = edit->lon;
        p.lat = edit->lat;
    }
    if (edit->division) {
        p.division = edit->division;
        p.division_fixed = *edit->division != '\0';
    }
    if (edit->cell) {
        p.cell = edit->cell;
        p.cell_fixed = *edit->cell != '\0';
    }
    classify(edit, scratch, &p);

    strcpy(scratch->attributes, p.attributes);
    p.attributes = scratch->attributes;
    int r = add_attributes(edit->attributes, scratch->attributes);
    if (r == 0)
        r = gw_pinyin_initials(p.name, scratch->initials);
    if (r < 0)
        return r;
    p.initials = scratch->initials;
    *ret_place = p;
    return 0;
}

// ---- where it is ----

static void add_code(char home[GW_PLACE_CELLS_BYTES], const char *code, size_t len)
{
    size_t used = strlen(home);
    if (used + len + 2 <= GW_PLACE_CELLS_BYTES)
        snprintf(home + used, GW_PLACE_CELLS_BYTES - used, "%s%.*s", used ? " " : "",
                 (int)len, code);
}

// A cell that is not known is below those whose code begins its own.
static void add_prefixes(char home[GW_PLACE_CELLS_BYTES], const char *code)
{
    char above[GW_CODE_MAX + 1];
    for (size_t len = strlen(code); len > GW_DISTRICT_DIGITS + GW_GROUP_DIGITS;) {
        len -= GW_GROUP_DIGITS;
        snprintf(above, sizeof(above), "%.*s", (int)len, code);
        if (gw_cell_prefix_of(above, code))
            add_code(home, code, len);
    }
}

void gw_place_settle(struct gw_place *place, const struct gw_snapshot *cells,
                     const struct gw_locator *locator, struct gw_place_scratch *scratch)
{
    if (!place->cell_fixed)
        place->cell =
            isnan(place->lon) ? "" : gw_locator_find(locator, place->lon, place->lat);
    const struct gw_cell *cell = gw_snapshot_cell(cells, place->cell);
    if (!place->division_fixed)
        place->division = cell ? cell->division : "";

    scratch->home[0] = '\0';
    if (*place->cell)
        add_code(scratch->home, place->cell, strlen(place->cell));
    if (!cell)
        add_prefixes(scratch->home, place->cell);
    while (cell && (cell = gw_snapshot_cell_above(cells, cell)))
        add_code(scratch->home, cell->code, strlen(cell->code));
    place->home = scratch->home;
}

static bool same_degrees(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool gw_place_equal(const struct gw_place *a, const struct gw_place *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->name, b->name) == 0 &&
           a->kind == b->kind && strcmp(a->class_code, b->class_code) == 0 &&
           strcmp(a->address, b->address) == 0 && same_degrees(a->lon, b->lon) &&
           same_degrees(a->lat, b->lat) && strcmp(a->division, b->division) == 0 &&
           a->division_fixed == b->division_fixed && strcmp(a->cell, b->cell) == 0 &&
           a->cell_fixed == b->cell_fixed && strcmp(a->home, b->home) == 0 &&
           strcmp(a->department, b->department) == 0 &&
           strcmp(a->attributes, b->attributes) == 0 &&
           strcmp(a->initials, b->initials) == 0;
}

bool gw_place_in_cell(const struct gw_place *place, const char *cell)
{
    size_t len = strlen(cell);
    for (const char *p = place->home; *p; p += strcspn(p, " "), p += *p == ' ')
        if (strncmp(p, cell, len) == 0 && (!p[len] || p[len] == ' '))
            return true;
    return false;
}

bool gw_place_in_division(const struct gw_place *place, const char *division)
{
    return gw_division_within(place->division, division);
}

static bool in_cells(const struct gw_place *place, const struct gw_scope *scope)
{
    size_t n = scope->count[GW_SCOPE_CELLS];
    for (size_t i = 0; i < n; i++)
        if (gw_place_in_cell(place, scope->words[GW_SCOPE_CELLS][i]))
            return true;
    return n == 0;
}

bool gw_place_scope_has_any(const struct gw_scope *scope)
{
    return !scope || scope->all || scope->count[GW_SCOPE_DIVISIONS] > 0 ||
           scope->count[GW_SCOPE_CELLS] > 0 || scope->count[GW_SCOPE_DEPARTMENTS] > 0;
}

bool gw_place_in_scope(const struct gw_place *place, const struct gw_scope *scope)
{
    if (!scope || scope->all)
        return true;
    return gw_place_scope_has_any(scope) &&
           gw_scope_has_division(scope, place->division) &&
           gw_scope_has_department(scope, place->department) && in_cells(place, scope);
}
