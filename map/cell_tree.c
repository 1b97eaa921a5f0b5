#include "map/cell_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/codes.h"

// A cell's way from the top; comparing ways puts cells in the order of the walk.
struct way {
    uint32_t steps[GW_CELL_LEVELS]; // index + 1 from the top down, then zeros
    uint32_t cell;
};

size_t gw_cells_find(const struct gw_cell *cells, size_t n, const char *code)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(cells[middle].code, code);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return n;
}

static size_t find_prefix(const struct gw_cell *cells, size_t n, const char *code)
{
    char above[GW_CODE_MAX + 1];
    size_t len = strlen(code);
    if (len > GW_CODE_MAX)
        return n;
    memcpy(above, code, len + 1);
    while (len > GW_DISTRICT_DIGITS + GW_GROUP_DIGITS) {
        len -= GW_GROUP_DIGITS;
        above[len] = '\0';
        if (!gw_cell_prefix_of(above, code))
            return n;
        size_t found = gw_cells_find(cells, n, above);
        if (found < n)
            return found;
    }
    return n;
}

size_t gw_cells_find_home(const struct gw_cell *cells, size_t n, const char *code)
{
    size_t found = gw_cells_find(cells, n, code);
    return found < n ? found : find_prefix(cells, n, code);
}

static size_t find_parent(const struct gw_cell *cells, size_t n, size_t cell)
{
    size_t parent = gw_cells_find(cells, n, cells[cell].parent);
    if (parent == n)
        parent = find_prefix(cells, n, cells[cell].code);
    return parent < n && cells[parent].level < cells[cell].level ? parent : n;
}

static void find_way(const uint32_t *parents, uint32_t n, uint32_t cell,
                     struct way *ret_way)
{
    uint32_t depth = 0;
    for (uint32_t c = parents[cell]; c < n; c = parents[c])
        depth++;
    *ret_way = (struct way) { .cell = cell };
    for (uint32_t c = cell; c < n; c = parents[c])
        ret_way->steps[depth--] = c + 1;
}

static int compare_ways(const void *a, const void *b)
{
    const struct way *x = a, *y = b;
    for (int i = 0; i < GW_CELL_LEVELS; i++)
        if (x->steps[i] != y->steps[i])
            return x->steps[i] < y->steps[i] ? -1 : 1;
    return 0;
}

// Numbers the cells; a range ends where the last cell below begins, plus one.
static void number(struct gw_cell_tree *tree, struct way *ways, uint32_t n)
{
    qsort(ways, n, sizeof(*ways), compare_ways);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t cell = ways[i].cell;
        tree->first[cell] = i;
        for (uint32_t c = cell; c < n; c = tree->above[c])
            tree->last[c] = i + 1;
    }
}

int gw_cell_tree_init(struct gw_cell_tree *tree, const struct gw_cell *cells, size_t n)
{
    struct way *ways = calloc(n + 1, sizeof(*ways));
    struct gw_cell_tree new_tree = {
        .first = calloc(n + 1, sizeof(*new_tree.first)),
        .last = calloc(n + 1, sizeof(*new_tree.last)),
        .above = calloc(n + 1, sizeof(*new_tree.above)),
    };
    int r = -ENOMEM;

    if (ways && new_tree.first && new_tree.last && new_tree.above) {
        for (size_t i = 0; i < n; i++)
            new_tree.above[i] = (uint32_t)find_parent(cells, n, i);
        for (size_t i = 0; i < n; i++)
            find_way(new_tree.above, (uint32_t)n, (uint32_t)i, &ways[i]);
        number(&new_tree, ways, (uint32_t)n);
        *tree = new_tree;
        new_tree = (struct gw_cell_tree) { 0 };
        r = 0;
    }
    gw_cell_tree_finish(&new_tree);
    free(ways);
    return r;
}

void gw_cell_tree_finish(struct gw_cell_tree *tree)
{
    free(tree->first);
    free(tree->last);
    free(tree->above);
    *tree = (struct gw_cell_tree) { 0 };
}
