#include "map/cell_write.h"

#include <errno.h>
#include <string.h>

static bool is_same(const struct gw_cell *a, const struct gw_cell *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->division, b->division) == 0 &&
           strcmp(a->parent, b->parent) == 0 && a->level == b->level &&
           strcmp(a->geometry, b->geometry) == 0;
}

// Whether the cell that is stored (NULL: none) is one that this write may be done to.
static bool judge(struct gw_registry_write *w, const struct gw_cell *stored)
{
    if (w->removes && !stored)
        gw_registry_write_refuse(
            w, -ENOENT, NULL,
            (struct gw_text) { "There is no grid cell with this code.",
                               "没有该编码的网格。" });
    else if (!gw_precondition_holds(&w->when, stored, stored ? stored->revision : 0))
        gw_registry_write_refuse_stale(w);
    return w->result.error == 0;
}

static int remove_cell(struct gw_registry_write *w, struct gw_store *store,
                       const struct gw_author *author, const struct gw_cell *stored)
{
    int r = gw_store_note_cell(store, author, stored, NULL);
    return r < 0 ? r : gw_store_delete_cell(store, w->cell.code);
}

static int put_cell(struct gw_registry_write *w, struct gw_store *store,
                    const struct gw_author *author, const struct gw_cell *stored)
{
    struct gw_cell written;
    int r = gw_store_note_cell(store, author, stored, &w->cell);
    if (r == 0)
        r = gw_store_put_cell(store, &w->cell);
    if (r == 0)
        r = gw_store_find_cell(store, w->cell.code, &written);
    if (r == 0)
        w->result.revision = written.revision;
    return r;
}

int gw_cell_write_apply(struct gw_registry_write *w, struct gw_store *store,
                        const struct gw_author *author)
{
    struct gw_cell stored;
    int r = gw_store_find_cell(store, w->cell.code, &stored);
    if (r < 0 && r != -ENOENT)
        return r;
    const struct gw_cell *there = r == 0 ? &stored : NULL;
    if (!judge(w, there))
        return 0;
    if (w->removes)
        return remove_cell(w, store, author, there);
    if (there && is_same(there, &w->cell)) {
        w->result.same = true;
        w->result.revision = there->revision;
        return 0;
    }
    w->result.created = !there;
    return put_cell(w, store, author, there);
}
