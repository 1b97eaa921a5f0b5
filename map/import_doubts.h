// What is suspicious about a camera that may be taken all the same: such lines are kept,
// and the integrator is told. One file, one thread.
#ifndef GW_MAP_IMPORT_DOUBTS_H
#define GW_MAP_IMPORT_DOUBTS_H

#include "map/import_internal.h"
#include "map/locate.h"

// Fewer than that share a pole or a gate.
enum { GW_CROWD_MIN = 5 }; // cameras on one position

// Whose position, read as each of these, lies in a cell of the division that is said.
enum { GW_READINGS = GW_COORDINATES_BD09 + 1 };

// All zero: nothing was seen yet.
struct gw_import_doubts {
    struct gw_id_set addresses; // main streams, by their first line
    struct gw_id_set positions; // by their place in `crowds`, + 1
    struct gw_crowd *crowds;
    size_t crowds_room;
    size_t weighed;
    size_t fitting[GW_READINGS]; // of those
};

// Looks at a camera of line `line` that is about to be stored. *ret_warned is set when
// the caller was told of something. Returns 0 or -ENOMEM.
int gw_import_doubt(struct gw_import_doubts *d, struct gw_import *im,
                    const struct gw_camera *camera, size_t line, bool *ret_warned);

// Counts a camera for the question what the list's degrees mean. Only where they were
// taken for WGS-84.
void gw_import_weigh(struct gw_import_doubts *d, const struct gw_import *im,
                     const struct gw_locator *locator, const struct gw_camera *camera);

// Tells of what only the whole file shows.
void gw_import_doubts_end(struct gw_import_doubts *d, struct gw_import *im);

void gw_import_doubts_finish(struct gw_import_doubts *d);

#endif
