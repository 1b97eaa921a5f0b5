#include "map/camera_grid.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum {
    PER_BUCKET = 4, // cameras, if they stood evenly
    SIDE_MAX = 1024,
};

static bool placed(const struct gw_camera *c)
{
    return !isnan(c->lon) && !isnan(c->lat);
}

static struct gw_box box_of(const struct gw_camera *cameras, size_t n, size_t *ret_placed)
{
    struct gw_box box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    *ret_placed = 0;
    for (size_t i = 0; i < n; i++) {
        if (!placed(&cameras[i]))
            continue;
        ++*ret_placed;
        box.west = fmin(box.west, cameras[i].lon);
        box.east = fmax(box.east, cameras[i].lon);
        box.south = fmin(box.south, cameras[i].lat);
        box.north = fmax(box.north, cameras[i].lat);
    }
    return box;
}

// Which of `count` steps from `low` to `high` holds `at`; clamped to those there are.
static uint32_t step(double low, double high, uint32_t count, double at)
{
    double share = high > low ? (at - low) / (high - low) : 0;
    if (!(share > 0))
        return 0;
    return share >= 1 ? count - 1 : (uint32_t)(share * count);
}

static size_t bucket(const struct gw_camera_grid *g, const struct gw_camera *c)
{
    uint32_t column = step(g->box.west, g->box.east, g->columns, c->lon);
    uint32_t row = step(g->box.south, g->box.north, g->rows, c->lat);
    return (size_t)row * g->columns + column;
}

// Counting sort by bucket: cameras of a bucket stay in order.
static void sort(struct gw_camera_grid *g, const struct gw_camera *cameras, size_t n)
{
    size_t buckets = (size_t)g->columns * g->rows;
    for (size_t i = 0; i < n; i++)
        if (placed(&cameras[i]))
            g->starts[bucket(g, &cameras[i]) + 1]++;
    for (size_t b = 0; b < buckets; b++)
        g->starts[b + 1] += g->starts[b];
    // Each start moves to its end while its bucket is filled, from the back.
    for (size_t i = n; i-- > 0;)
        if (placed(&cameras[i]))
            g->items[--g->starts[bucket(g, &cameras[i]) + 1]] = (uint32_t)i;
    for (size_t b = 0; b < buckets; b++)
        g->starts[b] = g->starts[b + 1];
}

int gw_camera_grid_init(struct gw_camera_grid *grid, const struct gw_camera *cameras,
                        size_t n)
{
    size_t count;
    struct gw_camera_grid g = { .box = box_of(cameras, n, &count) };
    double side = sqrt((double)count / PER_BUCKET);
    g.columns = g.rows = side < 1 ? 1 : side > SIDE_MAX ? SIDE_MAX : (uint32_t)side;
    g.starts = calloc((size_t)g.columns * g.rows + 1, sizeof(*g.starts));
    g.items = calloc(count + 1, sizeof(*g.items));
    if (!g.starts || !g.items) {
        gw_camera_grid_finish(&g);
        return -ENOMEM;
    }
    sort(&g, cameras, n);
    g.starts[(size_t)g.columns * g.rows] = (uint32_t)count;
    *grid = g;
    return 0;
}

void gw_camera_grid_finish(struct gw_camera_grid *grid)
{
    free(grid->starts);
    free(grid->items);
    *grid = (struct gw_camera_grid) { 0 };
}

struct gw_grid_window gw_camera_grid_window(const struct gw_camera_grid *grid,
                                            const struct gw_box *box)
{
    static const struct gw_grid_window none = { 1, 0, 0, 0 };
    const struct gw_box *all = &grid->box;
    if (!grid->starts)
        return none;
    if (box->west > box->east)
        return (struct gw_grid_window) { 0, 0, grid->columns - 1, grid->rows - 1 };
    if (box->west > all->east || box->east < all->west || box->south > all->north ||
        box->north < all->south)
        return none;
    return (struct gw_grid_window) {
        .west = step(all->west, all->east, grid->columns, box->west),
        .east = step(all->west, all->east, grid->columns, box->east),
        .south = step(all->south, all->north, grid->rows, box->south),
        .north = step(all->south, all->north, grid->rows, box->north),
    };
}

const uint32_t *gw_camera_grid_row(const struct gw_camera_grid *grid,
                                   const struct gw_grid_window *window, uint32_t row,
                                   size_t *ret_n)
{
    const uint32_t *starts = grid->starts + (size_t)row * grid->columns;
    *ret_n = starts[window->east + 1] - starts[window->west];
    return grid->items + starts[window->west];
}

size_t gw_camera_grid_count(const struct gw_camera_grid *grid,
                            const struct gw_grid_window *window)
{
    size_t count = 0;
    for (uint32_t row = window->south;
         window->west <= window->east && row <= window->north; row++) {
        size_t n;
        gw_camera_grid_row(grid, window, row, &n);
        count += n;
    }
    return count;
}
