// The hierarchy of grid cells as ranges: walk the tree from the top, number the
// cells on the way, and everything below a cell has consecutive numbers.
#ifndef GW_MAP_CELL_TREE_H
#define GW_MAP_CELL_TREE_H

#include "map/snapshot.h"

// By the cells' index in a table that is sorted by code.
struct gw_cell_tree {
    uint32_t *first; // a cell's own number
    uint32_t *last;  // one past the numbers of all below it
    uint32_t *above; // the index of the cell it hangs below, or the cells' count
};

// Each cell hangs below its `parent`, or where none of that code is known, below
// the cell of the longest code prefix (gw_cell_prefix_of). Only a cell of a higher
// level (a smaller number) can be above another: so there are no rings, and at
// most six steps. Returns 0 or -ENOMEM.
int gw_cell_tree_init(struct gw_cell_tree *tree, const struct gw_cell *cells, size_t n);

// All zero is allowed.
void gw_cell_tree_finish(struct gw_cell_tree *tree);

// The index of the cell with that code, or n.
size_t gw_cells_find(const struct gw_cell *cells, size_t n, const char *code);

// The same, or the cell of the longest code prefix, or n: where a camera belongs
// whose cell is not known itself.
size_t gw_cells_find_home(const struct gw_cell *cells, size_t n, const char *code);

#endif
