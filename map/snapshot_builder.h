// Makes a snapshot from records. One thread, one snapshot.
#ifndef GW_MAP_SNAPSHOT_BUILDER_H
#define GW_MAP_SNAPSHOT_BUILDER_H

#include "map/snapshot.h"

struct gw_store;
struct gw_snapshot_builder;

// Returns NULL when out of memory.
struct gw_snapshot_builder *gw_snapshot_builder_create(void);

// NULL is allowed.
void gw_snapshot_builder_destroy(struct gw_snapshot_builder *b);

// Records in any order; keys are unique. Strings are copied; NULL is as
// good as an empty one.
// Return 0 or -ENOMEM.
int gw_snapshot_builder_add_camera(struct gw_snapshot_builder *b,
                                   const struct gw_camera *camera);
int gw_snapshot_builder_add_division(struct gw_snapshot_builder *b,
                                     const struct gw_division *division);
int gw_snapshot_builder_add_cell(struct gw_snapshot_builder *b,
                                 const struct gw_cell *cell);
int gw_snapshot_builder_add_department(struct gw_snapshot_builder *b,
                                       const struct gw_department *department);

// Sorts, indexes, and hands the snapshot out with one reference; the builder can
// then only be destroyed. Returns 0 or -ENOMEM.
int gw_snapshot_builder_finish(struct gw_snapshot_builder *b,
                               struct gw_snapshot **ret_snapshot);

// All of the above for everything in `store`, as of one moment. Call it outside
// of a transaction. Returns 0, -ENOMEM or an error of map/store.h.
int gw_snapshot_read(struct gw_store *store, struct gw_snapshot **ret_snapshot);

#endif
