#include "app/norm_groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVEL_DISTRICT = 1, // of divisions
    LEVEL_TOWN,
    LEVEL_VILLAGE,
    LEVELS_MAX = 8, // of divisions, one above the other: an old file may hold a circle
};

static const char *const names[GW_BYS] = {
    [GW_BY_DISTRICT] = "district",     [GW_BY_TOWN] = "town",
    [GW_BY_VILLAGE] = "village",       [GW_BY_CELL] = "cell",
    [GW_BY_DEPARTMENT] = "department", [GW_BY_KIND] = "kind",
    [GW_BY_CAMERA] = "camera",
};

const char *gw_norm_by_name(enum gw_norm_by by)
{
    return names[by];
}

enum gw_norm_by gw_norm_by_of_name(const char *name)
{
    int by = 0;
    while (by < GW_BYS && strcmp(names[by], name) != 0)
        by++;
    return (enum gw_norm_by)by;
}

// All groups of a sort, with or without cameras. The last one is for cameras that are in
// none of them.
struct sort {
    const struct gw_snapshot *s;
    struct gw_norm_group *groups;
    size_t count;
    uint32_t *of_camera;
};

static uint32_t none(const struct sort *sort)
{
    return (uint32_t)sort->count - 1;
}

static int make_room(struct sort *sort, size_t count)
{
    sort->count = count + 1;
    sort->groups = calloc(sort->count, sizeof(*sort->groups));
    if (!sort->groups)
        return -ENOMEM;
    sort->groups[count] = (struct gw_norm_group) { "", "" };
    return 0;
}

static int by_division(struct sort *sort, int level)
{
    size_t n, n_cameras;
    const struct gw_division *divisions = gw_snapshot_divisions(sort->s, &n);
    const struct gw_camera *cameras = gw_snapshot_cameras(sort->s, &n_cameras);
    if (make_room(sort, n) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        sort->groups[i] = (struct gw_norm_group) { divisions[i].code, divisions[i].name };
    for (size_t i = 0; i < n_cameras; i++) {
        const struct gw_division *d = gw_snapshot_division(sort->s, cameras[i].division);
        for (int up = 0; d && d->level > level && up < LEVELS_MAX; up++)
            d = gw_snapshot_division(sort->s, d->parent);
        bool found = d && d->level == level;
        sort->of_camera[i] = found ? (uint32_t)(d - divisions) : none(sort);
    }
    return 0;
}

// Cells of one level never lie in each other, so each camera is met once.
static int by_cell(struct sort *sort, int level)
{
    size_t n, n_cameras;
    const struct gw_cell *cells = gw_snapshot_cells(sort->s, &n);
    (void)gw_snapshot_cameras(sort->s, &n_cameras);
    if (make_room(sort, n) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < n_cameras; i++)
        sort->of_camera[i] = none(sort);
    for (size_t i = 0; i < n; i++) {
        size_t inside = 0;
        const uint32_t *in_cell = NULL;
        sort->groups[i] = (struct gw_norm_group) { cells[i].code, cells[i].name };
        if (cells[i].level == level)
            in_cell = gw_snapshot_cell_cameras(sort->s, &cells[i], &inside);
        for (size_t k = 0; k < inside; k++)
            sort->of_camera[in_cell[k]] = (uint32_t)i;
    }
    return 0;
}

static int compare_department(const void *key, const void *department)
{
    return strcmp(key, ((const struct gw_department *)department)->name);
}

static int by_department(struct sort *sort)
{
    size_t n, n_cameras;
    const struct gw_department *all = gw_snapshot_departments(sort->s, &n);
    const struct gw_camera *cameras = gw_snapshot_cameras(sort->s, &n_cameras);
    if (make_room(sort, n) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        sort->groups[i] = (struct gw_norm_group) { all[i].name, all[i].name };
    for (size_t i = 0; i < n_cameras; i++) {
        const struct gw_department *d = NULL;
        if (n > 0 && *cameras[i].department)
            d = bsearch(cameras[i].department, all, n, sizeof(*all), compare_department);
        sort->of_camera[i] = d ? (uint32_t)(d - all) : none(sort);
    }
    return 0;
}

static int by_kind(struct sort *sort)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(sort->s, &n);
    if (make_room(sort, GW_KINDS) < 0)
        return -ENOMEM;
    for (int kind = 0; kind < GW_KINDS; kind++)
        sort->groups[kind] =
            (struct gw_norm_group) { gw_camera_kind_name((enum gw_camera_kind)kind),
                                     gw_camera_kind_word((enum gw_camera_kind)kind) };
    for (size_t i = 0; i < n; i++)
        sort->of_camera[i] = cameras[i].kind;
    return 0;
}

static int by_camera(struct sort *sort)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(sort->s, &n);
    if (make_room(sort, n) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        sort->groups[i] = (struct gw_norm_group) { cameras[i].id, cameras[i].name };
        sort->of_camera[i] = (uint32_t)i;
    }
    return 0;
}

static int sort_by(struct sort *sort, const struct gw_norm_question *question)
{
    switch (question->by) {
    case GW_BY_DISTRICT: return by_division(sort, LEVEL_DISTRICT);
    case GW_BY_TOWN: return by_division(sort, LEVEL_TOWN);
    case GW_BY_VILLAGE: return by_division(sort, LEVEL_VILLAGE);
    case GW_BY_CELL: return by_cell(sort, question->cell_level);
    case GW_BY_DEPARTMENT: return by_department(sort);
    case GW_BY_KIND: return by_kind(sort);
    case GW_BY_CAMERA:
    case GW_BYS: break;
    }
    return by_camera(sort);
}

static void leave_out(struct sort *sort, const struct gw_camera_query *filter)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(sort->s, &n);
    for (size_t i = 0; i < n; i++)
        if (!gw_snapshot_matches(sort->s, filter, &cameras[i]))
            sort->of_camera[i] = GW_NO_GROUP;
}

// Groups without cameras go. Returns 0 or -ENOMEM.
static int compact(struct sort *sort)
{
    size_t n, kept = 0;
    (void)gw_snapshot_cameras(sort->s, &n);
    uint32_t *number = calloc(sort->count, sizeof(*number));
    if (!number)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (sort->of_camera[i] != GW_NO_GROUP)
            number[sort->of_camera[i]] = 1;
    for (size_t i = 0; i < sort->count; i++) {
        if (!number[i])
            continue;
        number[i] = (uint32_t)kept;
        sort->groups[kept++] = sort->groups[i];
    }
    for (size_t i = 0; i < n; i++)
        if (sort->of_camera[i] != GW_NO_GROUP)
            sort->of_camera[i] = number[sort->of_camera[i]];
    sort->count = kept;
    free(number);
    return 0;
}

int gw_norm_groups_init(struct gw_norm_groups *g, const struct gw_snapshot *s,
                        const struct gw_norm_question *question)
{
    size_t n;
    struct sort sort = { .s = s };
    (void)gw_snapshot_cameras(s, &n);
    sort.of_camera = calloc(n + 1, sizeof(*sort.of_camera));
    int r = sort.of_camera ? sort_by(&sort, question) : -ENOMEM;
    if (r == 0 && question->filter)
        leave_out(&sort, question->filter);
    if (r == 0)
        r = compact(&sort);
    *g = (struct gw_norm_groups) {
        .groups = sort.groups,
        .count = sort.count,
        .of_camera = sort.of_camera,
    };
    if (r < 0)
        gw_norm_groups_finish(g);
    return r;
}

void gw_norm_groups_finish(struct gw_norm_groups *g)
{
    free(g->groups);
    free(g->of_camera);
    *g = (struct gw_norm_groups) { 0 };
}
