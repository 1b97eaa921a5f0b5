// Keeps what cameras see up to date: after each change of the registry, or of the
// buildings on the base map (DIR/basemap/buildings.geojson, looked for every few
// seconds), views are computed on threads of its own, which yield to those of the
// pictures. Questions go on meanwhile.
#ifndef GW_APP_SIGHT_KEEPER_H
#define GW_APP_SIGHT_KEEPER_H

#include "map/registry.h"
#include "map/sight.h"

struct gw_sight_keeper;

// Indexes the cameras, so that they can be asked for from now on. `registry` outlives
// it. Returns 0 or negative errno.
int gw_sight_keeper_start(struct gw_registry *registry, const char *data_dir,
                          struct gw_sight_keeper **ret_keeper);

// The registry has changed. Any thread; NULL is allowed.
void gw_sight_keeper_wake(struct gw_sight_keeper *k);

// A reference. Any thread.
struct gw_sight *gw_sight_keeper_sight(struct gw_sight_keeper *k);

// Waits for its threads: the registry may then be closed, which may wake it still.
// NULL is allowed.
void gw_sight_keeper_stop(struct gw_sight_keeper *k);

// Once it is stopped. NULL is allowed.
void gw_sight_keeper_destroy(struct gw_sight_keeper *k);

#endif
