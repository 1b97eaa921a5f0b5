#include "map/scope_view.h"

#include <string.h>

#include "map/codes.h"
#include "map/snapshot_internal.h"

void gw_scope_view_init(struct gw_scope_view *view, const struct gw_snapshot *snapshot,
                        const struct gw_scope *scope)
{
    *view = (struct gw_scope_view) { .snapshot = snapshot, .scope = scope };
    for (size_t i = 0; i < scope->count[GW_SCOPE_CELLS]; i++) {
        const char *code = scope->words[GW_SCOPE_CELLS][i];
        size_t cell = gw_cells_find(snapshot->cells, snapshot->cell_count, code);
        if (cell == snapshot->cell_count)
            continue;
        view->cells[i].first = snapshot->tree.first[cell];
        view->cells[i].last = snapshot->tree.last[cell];
    }
}

// Whether a cell, by its number in the tree (GW_NO_CELL: it is in none) and its code, is
// one of the scope's or below one. What no cell is known of is judged by its code alone.
static bool in_cells(const struct gw_scope_view *view, uint32_t number, const char *code)
{
    const struct gw_scope *scope = view->scope;
    size_t n = scope->count[GW_SCOPE_CELLS];
    for (size_t i = 0; i < n; i++) {
        const char *word = scope->words[GW_SCOPE_CELLS][i];
        if (view->cells[i].last > view->cells[i].first) {
            if (number >= view->cells[i].first && number < view->cells[i].last)
                return true;
        } else if (strcmp(code, word) == 0 || gw_cell_prefix_of(word, code)) {
            return true;
        }
    }
    return n == 0;
}

static uint32_t cell_number(const struct gw_snapshot *s, const struct gw_camera *c)
{
    uintptr_t first = (uintptr_t)s->cameras,
              end = (uintptr_t)(s->cameras + s->camera_count);
    if ((uintptr_t)c >= first && (uintptr_t)c < end)
        return s->cell_numbers[c - s->cameras];
    size_t cell = gw_cells_find_home(s->cells, s->cell_count, c->cell);
    return cell < s->cell_count ? s->tree.first[cell] : GW_NO_CELL;
}

bool gw_scope_view_has(const struct gw_scope_view *view, const struct gw_camera *camera)
{
    if (!view || view->scope->all)
        return true;
    const struct gw_scope *scope = view->scope;
    if (gw_scope_is_empty(scope) || !gw_scope_has_division(scope, camera->division) ||
        !gw_scope_has_department(scope, camera->department) ||
        !gw_scope_has_tag(scope, camera->tags))
        return false;
    return scope->count[GW_SCOPE_CELLS] == 0 ||
           in_cells(view, cell_number(view->snapshot, camera), camera->cell);
}

static bool has_places(const struct gw_scope *scope)
{
    return scope->count[GW_SCOPE_DIVISIONS] > 0 || scope->count[GW_SCOPE_CELLS] > 0;
}

bool gw_scope_view_has_cell(const struct gw_scope_view *view, const struct gw_cell *cell)
{
    if (!view || view->scope->all)
        return true;
    uint32_t number = view->snapshot->tree.first[cell - view->snapshot->cells];
    return has_places(view->scope) &&
           gw_scope_has_division(view->scope, cell->division) &&
           in_cells(view, number, cell->code);
}

bool gw_scope_view_has_division(const struct gw_scope_view *view,
                                const struct gw_division *division)
{
    if (!view || view->scope->all)
        return true;
    return view->scope->count[GW_SCOPE_DIVISIONS] > 0 &&
           gw_scope_has_division(view->scope, division->code);
}

// Whether it has one of these, of the snapshot's table.
static bool has_any(const struct gw_scope_view *view, const uint32_t *cameras, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (gw_scope_view_has(view, &view->snapshot->cameras[cameras[i]]))
            return true;
    return false;
}

bool gw_scope_view_reaches_cell(const struct gw_scope_view *view,
                                const struct gw_cell *cell)
{
    size_t n;
    if (gw_scope_view_has_cell(view, cell))
        return true;
    const uint32_t *cameras = gw_snapshot_cell_cameras(view->snapshot, cell, &n);
    return has_any(view, cameras, n);
}

bool gw_scope_view_reaches_division(const struct gw_scope_view *view,
                                    const struct gw_division *division)
{
    size_t n;
    if (gw_scope_view_has_division(view, division))
        return true;
    const uint32_t *cameras = gw_snapshot_division_cameras(view->snapshot, division, &n);
    return has_any(view, cameras, n);
}
