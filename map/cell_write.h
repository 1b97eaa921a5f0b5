// One cell that is drawn, drawn anew or removed by hand, within the transaction of
// map/registry.c.
#ifndef GW_MAP_CELL_WRITE_H
#define GW_MAP_CELL_WRITE_H

#include "map/registry_write.h"

// As gw_registry_write_apply(); finding cameras anew is the caller's.
int gw_cell_write_apply(struct gw_registry_write *w, struct gw_store *store,
                        const struct gw_author *author);

#endif
