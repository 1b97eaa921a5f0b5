// Who sees a place: all cameras by reach, each with its view.
//
// Made whole at once, so that it can be asked; views are computed afterwards by any
// number of threads, and those of cameras and buildings that have not changed are taken
// over. Where a camera's view is not there yet, its wedge alone is judged. Readable from
// any thread, also meanwhile.
#ifndef GW_MAP_SIGHT_H
#define GW_MAP_SIGHT_H

#include "map/view.h"

#include <stdatomic.h>

enum { GW_SIGHTINGS_MAX = 1000 }; // of one answer
#define GW_SIGHT_NEAR_M 100.0 // whoever is this near is told of, with why it does not see

struct gw_sight_camera {
    uint32_t num;
    struct gw_eye eye; // complete
};

struct gw_sight;

// Copies the cameras, takes a reference of `buildings` (NULL: none are known). Returns 0,
// -ENOMEM, or -EMSGSIZE for more than GW_TILE_ITEMS_MAX.
int gw_sight_create(const struct gw_sight_camera *cameras, size_t n,
                    struct gw_footprints *buildings, struct gw_sight **ret_sight);
struct gw_sight *gw_sight_ref(struct gw_sight *s);
void gw_sight_unref(struct gw_sight **ps);

struct gw_sight_progress {
    size_t computed, taken_over;
};

// Sees to every `parts`-th camera from `part` on; `before` may be NULL. Ends early when
// *stop becomes true. Returns 0 or -ENOMEM. Once for each part, one thread each.
int gw_sight_work(struct gw_sight *s, const struct gw_sight *before, size_t part,
                  size_t parts, const atomic_bool *stop,
                  struct gw_sight_progress *ret_progress);

size_t gw_sight_buildings(const struct gw_sight *s); // how many are known
size_t gw_sight_bytes(const struct gw_sight *s);     // of views

// NULL: not there yet, or no such camera. Borrowed.
const struct gw_view *gw_sight_view(const struct gw_sight *s, uint32_t num);
const struct gw_eye *gw_sight_eye(const struct gw_sight *s, uint32_t num);

// ---- the question ----

// In order of rank.
enum gw_sighting_kind {
    GW_SIGHTING_SEES,
    GW_SIGHTING_COULD_TURN,
    GW_SIGHTING_MAY_SEE, // its direction is not known
    GW_SIGHTING_SEES_NOT,
};

enum gw_sighting_why { // with GW_SIGHTING_SEES_NOT
    GW_WHY_SEES,
    GW_WHY_TOO_FAR,
    GW_WHY_TURNED_AWAY,
    GW_WHY_BELOW, // under the picture's lower edge
    GW_WHY_ABOVE, // over its upper edge
    GW_WHY_BUILDING,
    GW_WHY_INDOORS, // its own walls
};

struct gw_sighting {
    uint32_t num;
    enum gw_sighting_kind kind;
    enum gw_sighting_why why;
    bool judged;         // buildings were looked at, not the wedge alone
    bool burdened;       // as the question's `judge` said
    double distance_m;   // from the lens
    double pan_deg;      // from the lens to the place, clockwise from north, 0 to 360
    double tilt_deg;     // likewise; 0 level, -90 straight down
    double off_axis_deg; // NAN: direction not known
    double quality;      // of its picture of the place, among its like; more is better
    double obstacle_m;   // with GW_WHY_BUILDING: how far off; NAN: not known
    double obstacle_height_m;
};

enum gw_sight_verdict {
    GW_SIGHT_TAKE,
    GW_SIGHT_BURDEN, // behind all that see and have no burden: it gives no picture
    GW_SIGHT_LEAVE,  // not asked for, or not to be shown
};

struct gw_sight_question {
    double lon, lat;
    size_t limit;                                            // 1 to GW_SIGHTINGS_MAX
    enum gw_sight_verdict (*judge)(void *arg, uint32_t num); // NULL: all are taken
    void *arg;
};

// Writes the best to `ret_sightings` (room for question->limit), best first: who sees it,
// who could turn to it, who may see it, each sort by quality; then the same of burdened
// ones; then those near by that do not. Returns how many. No allocation.
size_t gw_sight_who(const struct gw_sight *s, const struct gw_sight_question *question,
                    struct gw_sighting *ret_sightings);

#endif
