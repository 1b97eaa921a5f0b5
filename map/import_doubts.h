// What is suspicious about a camera that may be taken all the same: such lines are kept,
// and the integrator is told. One file, one thread.
#ifndef GW_MAP_IMPORT_DOUBTS_H
#define GW_MAP_IMPORT_DOUBTS_H

#include "map/import_internal.h"

// Fewer than that share a pole or a gate.
enum { GW_CROWD_MIN = 5 }; // cameras on one position

// All zero: nothing was seen yet.
struct gw_import_doubts {
    struct gw_id_set addresses; // main streams, by their first line
    struct gw_id_set positions; // by their place in `crowds`, + 1
    struct gw_crowd *crowds;
    size_t crowds_room;
};

// Looks at a camera of line `line` that is about to be stored. *ret_warned is set when
// the caller was told of something. Returns 0 or -ENOMEM.
int gw_import_doubt(struct gw_import_doubts *d, struct gw_import *im,
                    const struct gw_camera *camera, size_t line, bool *ret_warned);

// Tells of what only the whole file shows.
void gw_import_doubts_end(struct gw_import_doubts *d, struct gw_import *im);

void gw_import_doubts_finish(struct gw_import_doubts *d);

#endif
