// The cameras of a snapshot in groups, as the norms are asked by. No I/O, any thread.
#ifndef GW_APP_NORM_GROUPS_H
#define GW_APP_NORM_GROUPS_H

#include "map/snapshot.h"

#include <stddef.h>
#include <stdint.h>

enum gw_norm_by {
    GW_BY_DISTRICT,
    GW_BY_TOWN,
    GW_BY_VILLAGE,
    GW_BY_CELL,
    GW_BY_DEPARTMENT,
    GW_BY_KIND,
    GW_BY_CAMERA,
    GW_BYS,
};

// "district", "town", ...; GW_BYS for a name that is none.
const char *gw_norm_by_name(enum gw_norm_by by);
enum gw_norm_by gw_norm_by_of_name(const char *name);

struct gw_norm_question {
    enum gw_norm_by by;
    int cell_level;                       // with CELL: 1 to GW_CELL_LEVELS
    const struct gw_camera_query *filter; // which cameras; NULL: all
};

// Strings are the snapshot's. Both empty: cameras that are in no group of that sort.
struct gw_norm_group {
    const char *code; // of a department there is none: its name
    const char *name;
};

#define GW_NO_GROUP UINT32_MAX // of a camera that was not asked for

struct gw_norm_groups {
    struct gw_norm_group *groups; // those that have cameras, in order of their codes
    size_t count;
    uint32_t *of_camera; // by place in the snapshot: the camera's group
};

// Puts each camera that the question is for into one group. Returns 0 or -ENOMEM; finish
// it then. It borrows from the snapshot.
int gw_norm_groups_init(struct gw_norm_groups *g, const struct gw_snapshot *s,
                        const struct gw_norm_question *question);
void gw_norm_groups_finish(struct gw_norm_groups *g);

#endif
