// What a list of cameras changes in the registry: which cameras are new, which fields
// of the others change from what to what, and which cameras the list does not have.
#ifndef GW_MAP_IMPORT_DIFF_H
#define GW_MAP_IMPORT_DIFF_H

#include "map/id_set.h"
#include "map/import_internal.h"
#include "map/store.h"

// Of one file; all zero is a fresh one. Compared is what gw_import_compares() says.
struct gw_import_diff {
    struct gw_id_set named;       // ids that a line has, also a refused one
    struct gw_id_set departments; // of the cameras that were taken
};

// A line has this id. Returns 0 or -ENOMEM.
int gw_import_diff_name(struct gw_import_diff *d, struct gw_import *im, const char *id);

// A camera as it will be; `old` is the known one, NULL for a new one. Tells what
// differs. Returns 0 or -ENOMEM.
int gw_import_diff_camera(struct gw_import_diff *d, struct gw_import *im, size_t line,
                          const struct gw_camera_row *old,
                          const struct gw_camera_row *row);

// After the last line: counts and tells the cameras of the registry that no line
// named. Those of departments that the list has no camera of are another list's.
// Removes them where config->remove_gone says so and nothing was refused. Returns 0, or
// what the store returned.
int gw_import_diff_gone(struct gw_import_diff *d, struct gw_import *im);

void gw_import_diff_finish(struct gw_import_diff *d);

#endif
