#include "map/placing.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "map/snapshot_builder.h"

static int on_cell(void *arg, const struct gw_cell *cell)
{
    return gw_snapshot_builder_add_cell(arg, cell);
}

int gw_placing_load(struct gw_store *store, struct gw_locator **ret_locator)
{
    struct gw_snapshot *cells = NULL;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    int r = b ? gw_store_each_cell(store, on_cell, b) : -ENOMEM;
    if (r == 0)
        r = gw_snapshot_builder_finish(b, &cells);
    if (r == 0) {
        size_t n;
        const struct gw_cell *table = gw_snapshot_cells(cells, &n);
        r = gw_locator_create(table, n, ret_locator);
    }
    gw_snapshot_unref(&cells);
    gw_snapshot_builder_destroy(b);
    return r;
}

void gw_placing_apply(const struct gw_locator *locator, struct gw_camera_row *row)
{
    struct gw_camera *c = &row->camera;
    if (row->cell_fixed)
        return;
    c->cell = isnan(c->lon) ? "" : gw_locator_find(locator, c->lon, c->lat);
}

struct move {
    uint32_t num;
    const char *cell; // of the locator
};

struct moves {
    const struct gw_locator *locator;
    struct move *list;
    size_t count, cap;
};

static int on_camera(void *arg, const struct gw_camera_row *row)
{
    struct moves *moves = arg;
    struct gw_camera_row placed = *row;
    gw_placing_apply(moves->locator, &placed);
    if (strcmp(placed.camera.cell, row->camera.cell) == 0)
        return 0;
    if (moves->count == moves->cap) {
        size_t cap = moves->cap ? moves->cap * 2 : 256;
        struct move *list = realloc(moves->list, cap * sizeof(*list));
        if (!list)
            return -ENOMEM;
        moves->list = list;
        moves->cap = cap;
    }
    moves->list[moves->count++] = (struct move) { row->camera.num, placed.camera.cell };
    return 0;
}

int gw_placing_repeat(struct gw_store *store, const struct gw_locator *locator)
{
    // First the list, then the writes: a walk must not change what it walks over.
    struct moves moves = { .locator = locator };
    int r = gw_store_each_camera(store, on_camera, &moves);
    for (size_t i = 0; i < moves.count && r == 0; i++)
        r = gw_store_place_camera(store, moves.list[i].num, moves.list[i].cell);
    free(moves.list);
    return r;
}
