#include "map/snapshot_builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/intern.h"
#include "map/room.h"
#include "map/snapshot_internal.h"
#include "map/store.h"

struct gw_snapshot_builder {
    struct gw_snapshot *snapshot;
    size_t camera_cap, division_cap, cell_cap, department_cap;
    struct gw_intern shared; // strings that cameras have in common
    int error;               // a string could not be copied
};

struct gw_snapshot_builder *gw_snapshot_builder_create(void)
{
    struct gw_snapshot_builder *b = calloc(1, sizeof(*b));
    if (b)
        b->snapshot = calloc(1, sizeof(*b->snapshot));
    if (!b || !b->snapshot) {
        free(b);
        return NULL;
    }
    atomic_init(&b->snapshot->refs, 1);
    return b;
}

void gw_snapshot_builder_destroy(struct gw_snapshot_builder *b)
{
    if (!b)
        return;
    gw_intern_finish(&b->shared);
    gw_snapshot_unref(&b->snapshot);
    free(b);
}

static const char *checked(struct gw_snapshot_builder *b, const char *copy)
{
    if (!copy)
        b->error = -ENOMEM;
    return copy;
}

static const char *keep(struct gw_snapshot_builder *b, const char *s)
{
    return s ? checked(b, gw_arena_string(&b->snapshot->strings, s)) : "";
}

static const char *share(struct gw_snapshot_builder *b, const char *s)
{
    return s ? checked(b, gw_intern_string(&b->shared, &b->snapshot->strings, s)) : "";
}

// Those that no two devices have.
static bool is_own(int detail)
{
    return detail == GW_DETAIL_COMMON_NAME || detail == GW_DETAIL_IPV4 ||
           detail == GW_DETAIL_IPV6 || detail == GW_DETAIL_MAC;
}

static const char *const *keep_details(struct gw_snapshot_builder *b,
                                       const struct gw_camera *camera)
{
    if (!camera->details)
        return NULL;
    const char **copy = gw_arena_alloc(&b->snapshot->strings, GW_DETAILS * sizeof(*copy));
    if (!copy) {
        b->error = -ENOMEM;
        return NULL;
    }
    for (int i = 0; i < GW_DETAILS; i++)
        copy[i] = is_own(i) ? keep(b, camera->details[i]) : share(b, camera->details[i]);
    return copy;
}

int gw_snapshot_builder_add_camera(struct gw_snapshot_builder *b,
                                   const struct gw_camera *camera)
{
    struct gw_snapshot *s = b->snapshot;
    int r = gw_room_make(&s->cameras, &b->camera_cap, s->camera_count, 1,
                         sizeof(*s->cameras));
    if (r < 0)
        return r;
    struct gw_camera copy = *camera;
    // Side by side: questions for words look at these four.
    copy.id = keep(b, camera->id);
    copy.name = keep(b, camera->name);
    copy.initials = keep(b, camera->initials);
    copy.address = keep(b, camera->address);
    copy.division = share(b, camera->division);
    copy.department = share(b, camera->department);
    copy.cell = share(b, camera->cell);
    copy.url_main = keep(b, camera->url_main);
    copy.url_sub = keep(b, camera->url_sub);
    copy.tags = share(b, camera->tags);
    copy.groups = share(b, camera->groups);
    copy.details = keep_details(b, camera);
    if (b->error == 0)
        s->cameras[s->camera_count++] = copy;
    return b->error;
}

int gw_snapshot_builder_add_division(struct gw_snapshot_builder *b,
                                     const struct gw_division *division)
{
    struct gw_snapshot *s = b->snapshot;
    int r = gw_room_make(&s->divisions, &b->division_cap, s->division_count, 1,
                         sizeof(*s->divisions));
    if (r < 0)
        return r;
    struct gw_division copy = *division;
    copy.code = keep(b, division->code);
    copy.name = keep(b, division->name);
    copy.parent = keep(b, division->parent);
    copy.geometry = keep(b, division->geometry);
    if (b->error == 0)
        s->divisions[s->division_count++] = copy;
    return b->error;
}

int gw_snapshot_builder_add_cell(struct gw_snapshot_builder *b,
                                 const struct gw_cell *cell)
{
    struct gw_snapshot *s = b->snapshot;
    int r = gw_room_make(&s->cells, &b->cell_cap, s->cell_count, 1, sizeof(*s->cells));
    if (r < 0)
        return r;
    struct gw_cell copy = *cell;
    copy.code = keep(b, cell->code);
    copy.name = keep(b, cell->name);
    copy.division = keep(b, cell->division);
    copy.parent = keep(b, cell->parent);
    copy.geometry = keep(b, cell->geometry);
    if (b->error == 0)
        s->cells[s->cell_count++] = copy;
    return b->error;
}

int gw_snapshot_builder_add_department(struct gw_snapshot_builder *b,
                                       const struct gw_department *department)
{
    struct gw_snapshot *s = b->snapshot;
    int r = gw_room_make(&s->departments, &b->department_cap, s->department_count, 1,
                         sizeof(*s->departments));
    if (r < 0)
        return r;
    struct gw_department copy = { .name = keep(b, department->name) };
    if (b->error == 0)
        s->departments[s->department_count++] = copy;
    return b->error;
}

static int compare_cameras(const void *a, const void *b)
{
    return strcmp(((const struct gw_camera *)a)->id, ((const struct gw_camera *)b)->id);
}

static int compare_divisions(const void *a, const void *b)
{
    return strcmp(((const struct gw_division *)a)->code,
                  ((const struct gw_division *)b)->code);
}

static int compare_cells(const void *a, const void *b)
{
    return strcmp(((const struct gw_cell *)a)->code, ((const struct gw_cell *)b)->code);
}

static int compare_departments(const void *a, const void *b)
{
    return strcmp(((const struct gw_department *)a)->name,
                  ((const struct gw_department *)b)->name);
}

// qsort() may not be given NULL, even for nothing.
static void sort(void *array, size_t n, size_t size,
                 int (*compare)(const void *, const void *))
{
    if (n > 1)
        qsort(array, n, size, compare);
}

static int by_index(uint32_t x, uint32_t y)
{
    return (x > y) - (x < y);
}

static int compare_by_cell(const void *a, const void *b, void *arg)
{
    const struct gw_snapshot *s = arg;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = by_index(s->cell_numbers[x], s->cell_numbers[y]);
    return order ? order : by_index(x, y);
}

static int compare_by_division(const void *a, const void *b, void *arg)
{
    const struct gw_snapshot *s = arg;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(s->cameras[x].division, s->cameras[y].division);
    return order ? order : by_index(x, y);
}

static int compare_by_department(const void *a, const void *b, void *arg)
{
    const struct gw_snapshot *s = arg;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(s->cameras[x].department, s->cameras[y].department);
    return order ? order : by_index(x, y);
}

static uint32_t *make_index(struct gw_snapshot *s,
                            int (*compare)(const void *, const void *, void *))
{
    uint32_t *index = calloc(s->camera_count + 1, sizeof(*index));
    if (!index)
        return NULL;
    for (uint32_t i = 0; i < s->camera_count; i++)
        index[i] = i;
    qsort_r(index, s->camera_count, sizeof(*index), compare, s);
    return index;
}

static int number_cells(struct gw_snapshot *s)
{
    int r = gw_cell_tree_init(&s->tree, s->cells, s->cell_count);
    if (r < 0)
        return r;
    s->cell_numbers = calloc(s->camera_count + 1, sizeof(*s->cell_numbers));
    if (!s->cell_numbers)
        return -ENOMEM;
    for (size_t i = 0; i < s->camera_count; i++) {
        size_t cell = gw_cells_find_home(s->cells, s->cell_count, s->cameras[i].cell);
        s->cell_numbers[i] = cell < s->cell_count ? s->tree.first[cell] : GW_NO_CELL;
    }
    return 0;
}

static int index_cameras(struct gw_snapshot *s)
{
    s->by_cell = make_index(s, compare_by_cell);
    s->by_division = make_index(s, compare_by_division);
    s->by_department = make_index(s, compare_by_department);
    if (!s->by_cell || !s->by_division || !s->by_department)
        return -ENOMEM;
    int r = gw_camera_grid_init(&s->grid, s->cameras, s->camera_count);
    if (r == 0)
        r = gw_camera_quads_init(&s->quads, s->cameras, s->camera_count);
    if (r == 0)
        r = gw_camera_words_init(&s->words, s->cameras, s->camera_count);
    for (size_t i = 0; i < s->camera_count && r == 0; i++)
        r = gw_table_put(&s->by_num, s->cameras[i].num, &s->cameras[i]);
    return r;
}

int gw_snapshot_builder_finish(struct gw_snapshot_builder *b,
                               struct gw_snapshot **ret_snapshot)
{
    static _Atomic uint64_t versions;
    struct gw_snapshot *s = b->snapshot;

    sort(s->cameras, s->camera_count, sizeof(*s->cameras), compare_cameras);
    sort(s->divisions, s->division_count, sizeof(*s->divisions), compare_divisions);
    sort(s->cells, s->cell_count, sizeof(*s->cells), compare_cells);
    sort(s->departments, s->department_count, sizeof(*s->departments),
         compare_departments);
    int r = number_cells(s);
    if (r == 0)
        r = index_cameras(s);
    if (r < 0)
        return r;

    s->version = atomic_fetch_add(&versions, 1) + 1;
    b->snapshot = NULL;
    *ret_snapshot = s;
    return 0;
}

static int on_camera(void *arg, const struct gw_camera_row *row)
{
    return gw_snapshot_builder_add_camera(arg, &row->camera);
}

static int on_division(void *arg, const struct gw_division *row)
{
    return gw_snapshot_builder_add_division(arg, row);
}

static int on_cell(void *arg, const struct gw_cell *row)
{
    return gw_snapshot_builder_add_cell(arg, row);
}

static int on_department(void *arg, const struct gw_department *row)
{
    return gw_snapshot_builder_add_department(arg, row);
}

int gw_snapshot_read(struct gw_store *store, struct gw_snapshot **ret_snapshot)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    int r = b ? gw_store_begin_read(store) : -ENOMEM;

    if (r == 0) {
        r = gw_store_each_division(store, on_division, b);
        if (r == 0)
            r = gw_store_each_department(store, on_department, b);
        if (r == 0)
            r = gw_store_each_cell(store, on_cell, b);
        if (r == 0)
            r = gw_store_each_camera(store, on_camera, b);
        gw_store_rollback(store);
    }
    if (r == 0)
        r = gw_snapshot_builder_finish(b, ret_snapshot);
    gw_snapshot_builder_destroy(b);
    return r;
}
