#include "app/area_tile.h"

#include "map/codes.h"
#include "map/mvt.h"

#include <errno.h>

// A number that stays a code's, whatever comes or goes beside it; below 2^53.
static uint64_t id_of(const char *code)
{
    uint64_t h = 0xcbf29ce484222325; // FNV-1a
    for (; *code; code++)
        h = (h ^ (uint8_t)*code) * 0x100000001b3;
    return h >> 11;
}

// Whether there is a feature for it, which is begun then.
static bool begin_cell(const struct gw_json_world *w, struct gw_mvt *mvt, uint32_t i)
{
    size_t n;
    const struct gw_cell *cell = gw_snapshot_cells(w->snapshot, &n) + i;
    const struct gw_cell *above = gw_snapshot_cell_above(w->snapshot, cell);
    if (!gw_scope_view_reaches_cell(w->view, cell))
        return false;
    gw_mvt_feature(mvt, GW_MVT_POLYGON, id_of(cell->code));
    gw_mvt_text(mvt, "code", cell->code);
    gw_mvt_text(mvt, "name", cell->name);
    gw_mvt_count(mvt, "level", (uint64_t)cell->level);
    gw_mvt_text(mvt, "kind", gw_cell_kind(cell->code, cell->level));
    gw_mvt_text(mvt, "division", cell->division);
    gw_mvt_text(mvt, "parent", above ? above->code : "");
    return true;
}

static bool begin_division(const struct gw_json_world *w, struct gw_mvt *mvt, uint32_t i)
{
    size_t n;
    const struct gw_division *division = gw_snapshot_divisions(w->snapshot, &n) + i;
    if (!gw_scope_view_reaches_division(w->view, division))
        return false;
    gw_mvt_feature(mvt, GW_MVT_POLYGON, id_of(division->code));
    gw_mvt_text(mvt, "code", division->code);
    gw_mvt_text(mvt, "name", division->name);
    gw_mvt_count(mvt, "level", (uint64_t)division->level);
    gw_mvt_text(mvt, "parent", division->parent);
    return true;
}

int gw_area_tile(struct gw_area_tiles *areas, const struct gw_json_world *world,
                 enum gw_area_kind kind, const struct gw_web_tile *tile,
                 struct gw_buf **ret_tile)
{
    bool cells = kind == GW_AREA_CELLS;
    struct gw_buf *pieces = NULL;
    struct gw_area_piece piece;
    size_t pos = 0;

    int r = gw_area_tiles_get(areas, world->snapshot, kind, tile, &pieces);
    if (r < 0)
        return r;
    struct gw_mvt *mvt = gw_mvt_create();
    if (mvt) {
        gw_mvt_layer(mvt, cells ? "cells" : "divisions");
        while (gw_area_pieces_next(pieces, &pos, &piece))
            if (cells ? begin_cell(world, mvt, piece.area)
                      : begin_division(world, mvt, piece.area))
                gw_mvt_geometry(mvt, piece.commands, piece.len);
        r = gw_mvt_finish(mvt, ret_tile);
    } else {
        r = -ENOMEM;
    }
    gw_mvt_destroy(mvt);
    gw_buf_unref(&pieces);
    return r;
}
