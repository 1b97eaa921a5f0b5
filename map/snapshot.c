#include "map/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "map/snapshot_internal.h"

struct gw_snapshot *gw_snapshot_ref(struct gw_snapshot *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void gw_snapshot_unref(struct gw_snapshot **ps)
{
    struct gw_snapshot *s = *ps;
    *ps = NULL;
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    gw_table_finish(&s->by_num);
    gw_cell_tree_finish(&s->tree);
    gw_arena_finish(&s->strings);
    gw_camera_grid_finish(&s->grid);
    gw_camera_quads_finish(&s->quads);
    gw_camera_words_finish(&s->words);
    free(s->by_cell);
    free(s->by_division);
    free(s->by_department);
    free(s->cell_numbers);
    free(s->cameras);
    free(s->divisions);
    free(s->cells);
    free(s->departments);
    free(s);
}

uint64_t gw_snapshot_version(const struct gw_snapshot *s)
{
    return s->version;
}

const struct gw_camera *gw_snapshot_cameras(const struct gw_snapshot *s, size_t *ret_n)
{
    *ret_n = s->camera_count;
    return s->cameras;
}

const struct gw_division *gw_snapshot_divisions(const struct gw_snapshot *s,
                                                size_t *ret_n)
{
    *ret_n = s->division_count;
    return s->divisions;
}

const struct gw_cell *gw_snapshot_cells(const struct gw_snapshot *s, size_t *ret_n)
{
    *ret_n = s->cell_count;
    return s->cells;
}

const struct gw_department *gw_snapshot_departments(const struct gw_snapshot *s,
                                                    size_t *ret_n)
{
    *ret_n = s->department_count;
    return s->departments;
}

static int compare_camera(const void *id, const void *camera)
{
    return strcmp(id, ((const struct gw_camera *)camera)->id);
}

static int compare_division(const void *code, const void *division)
{
    return strcmp(code, ((const struct gw_division *)division)->code);
}

// bsearch() may not be given NULL, even for nothing.
static const void *search(const char *key, const void *array, size_t n, size_t size,
                          int (*compare)(const void *, const void *))
{
    return n ? bsearch(key, array, n, size, compare) : NULL;
}

const struct gw_camera *gw_snapshot_camera(const struct gw_snapshot *s, const char *id)
{
    return search(id, s->cameras, s->camera_count, sizeof(*s->cameras), compare_camera);
}

const struct gw_camera *gw_snapshot_camera_by_num(const struct gw_snapshot *s,
                                                  uint32_t num)
{
    return gw_table_get(&s->by_num, num);
}

const struct gw_division *gw_snapshot_division(const struct gw_snapshot *s,
                                               const char *code)
{
    return search(code, s->divisions, s->division_count, sizeof(*s->divisions),
                  compare_division);
}

const struct gw_cell *gw_snapshot_cell(const struct gw_snapshot *s, const char *code)
{
    size_t i = gw_cells_find(s->cells, s->cell_count, code);
    return i < s->cell_count ? &s->cells[i] : NULL;
}

const struct gw_cell *gw_snapshot_cell_above(const struct gw_snapshot *s,
                                             const struct gw_cell *cell)
{
    uint32_t above = s->tree.above[cell - s->cells];
    return above < s->cell_count ? &s->cells[above] : NULL;
}

const struct gw_camera_quads *gw_snapshot_quads(const struct gw_snapshot *s)
{
    return &s->quads;
}

const char *gw_camera_detail(const struct gw_camera *camera, enum gw_detail detail)
{
    return camera->details ? camera->details[detail] : "";
}

static const char *const pull_names[GW_PULLS] = {
    [GW_PULL_ON_DEMAND] = "on_demand",
    [GW_PULL_ALWAYS] = "always",
    [GW_PULL_WARM] = "warm",
};

const char *gw_pull_name(enum gw_pull pull)
{
    return pull_names[pull];
}

enum gw_pull gw_pull_of_name(const char *name)
{
    int pull = 0;
    while (pull < GW_PULLS && strcmp(pull_names[pull], name) != 0)
        pull++;
    return (enum gw_pull)pull;
}
