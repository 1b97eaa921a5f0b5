// Puts cameras into cells by position, with the cells that a store holds now.
#ifndef GW_MAP_PLACING_H
#define GW_MAP_PLACING_H

#include "map/locate.h"
#include "map/store.h"

// A locator over all cells of the store. Returns 0, -ENOMEM or an error of
// map/store.h.
int gw_placing_load(struct gw_store *store, struct gw_locator **ret_locator);

// Sets the cell of a record, unless it was given.
void gw_placing_apply(const struct gw_locator *locator, struct gw_camera_row *row);

// Puts all cameras of the store anew, after cells have changed; inside a write
// transaction. Returns 0 or an error of map/store.h.
int gw_placing_repeat(struct gw_store *store, const struct gw_locator *locator);

#endif
