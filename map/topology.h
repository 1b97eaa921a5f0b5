// Whether areas fit together: cells that cross themselves, overlap, leave gaps, or reach
// into a village that is not theirs. The geometry is GEOS's, in degrees; areas are
// reckoned in square metres. No I/O; one thread.
#ifndef GW_MAP_TOPOLOGY_H
#define GW_MAP_TOPOLOGY_H

#include <stddef.h>

enum {
    GW_TOPOLOGY_SLIVER_M2 = 1,       // what drawing and rounding leave between neighbours
    GW_TOPOLOGY_STRAY_PERCENT = 10,  // of a grid in another village: drawn by others
    GW_TOPOLOGY_FINDINGS_MAX = 1000, // of a check; then it ends
};

enum gw_topology_kind {
    GW_TOPOLOGY_CROSSING, // the area is not simple: a ring crosses or touches itself
    GW_TOPOLOGY_OVERLAP,  // two cells of one level
    GW_TOPOLOGY_GAP,      // cells of a level all around, and none there
    GW_TOPOLOGY_STRAY,    // the grid reaches into a village that is not its own
};

struct gw_topology_finding {
    enum gw_topology_kind kind;
    const char *code;  // the cell; of a gap one beside it. Borrowed for the call
    const char *other; // OVERLAP: the other cell; STRAY: the village; else ""
    double lon, lat;   // where to look, WGS-84
    double area_m2;    // CROSSING: 0
};

// A grid cell or a village; strings are copied.
struct gw_topology_area {
    const char *code;
    const char *division;
    int level;            // of the cell, 1 to 6
    const char *geometry; // GeoJSON
};

struct gw_topology;

// Returns 0, -ENOMEM, or -ENOTSUP where this was built without GEOS.
int gw_topology_create(struct gw_topology **ret_topology);

// NULL is allowed.
void gw_topology_destroy(struct gw_topology *t);

// Special cells lie beside the basic ones and across them: only their own shape is looked
// at. Return 0, -EBADMSG for what is no polygon, or -ENOMEM.
int gw_topology_add_cell(struct gw_topology *t, const struct gw_topology_area *cell);
int gw_topology_add_village(struct gw_topology *t,
                            const struct gw_topology_area *village);

// Looks at all that was added. `on_finding` returns 0 to go on; anything else ends the
// check and is handed on. Gaps are looked for in levels that cover the ground: street,
// community, grid. Returns 0, -ENOMEM, or what on_finding returned; -EOVERFLOW when there
// is more than GW_TOPOLOGY_FINDINGS_MAX.
int gw_topology_check(struct gw_topology *t,
                      int (*on_finding)(void *arg,
                                        const struct gw_topology_finding *finding),
                      void *arg);

#endif
