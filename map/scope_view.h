// A scope laid over a snapshot: which of its cameras, cells and divisions somebody sees.
// No I/O, any thread; it lives no longer than the two.
#ifndef GW_MAP_SCOPE_VIEW_H
#define GW_MAP_SCOPE_VIEW_H

#include "map/scope.h"
#include "map/snapshot.h"

struct gw_scope_view {
    const struct gw_snapshot *snapshot;
    const struct gw_scope *scope;
    // Of each cell of the scope: its numbers in the tree of cells, none where the
    // snapshot does not know it.
    struct {
        uint32_t first, last;
    } cells[GW_SCOPE_WORDS_MAX];
};

void gw_scope_view_init(struct gw_scope_view *view, const struct gw_snapshot *snapshot,
                        const struct gw_scope *scope);

// A NULL view takes in everything. The camera may be one of the snapshot's, or a record
// that is about to become one.
bool gw_scope_view_has(const struct gw_scope_view *view, const struct gw_camera *camera);

// Whether the place itself lies within, whatever stands there; both are the snapshot's.
// A scope of departments or tags alone has no places.
bool gw_scope_view_has_cell(const struct gw_scope_view *view, const struct gw_cell *cell);
bool gw_scope_view_has_division(const struct gw_scope_view *view,
                                const struct gw_division *division);

// The same, or a camera that is seen stands in it or in what is below it: then its name
// and its border are no secret.
bool gw_scope_view_reaches_cell(const struct gw_scope_view *view,
                                const struct gw_cell *cell);
bool gw_scope_view_reaches_division(const struct gw_scope_view *view,
                                    const struct gw_division *division);

#endif
