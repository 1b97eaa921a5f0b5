// The norms as figures (docs/norms.md): what each camera counts as, counted by group, and
// what follows from the counts. No I/O, no clock, any thread.
#ifndef GW_APP_NORMS_H
#define GW_APP_NORMS_H

#include "app/health.h"
#include "app/norm_groups.h"
#include "app/norm_words.h"
#include "app/states.h"
#include "map/snapshot.h"

#include <stdbool.h>
#include <stdint.h>

// What is known of all cameras now.
struct gw_norm_world {
    const struct gw_snapshot *snapshot;
    const struct gw_states *states;
    const struct gw_health *health;
    uint64_t now_us; // gw_clock_now_us()
};

// What a camera of the snapshot counts as now.
enum gw_norm_word gw_norm_of_camera(const struct gw_norm_world *w,
                                    const struct gw_camera *camera);

// Cameras, or minutes of cameras, by what they counted as.
struct gw_norm_count {
    uint64_t by[GW_NORM_WORDS];
};

uint64_t gw_norm_total(const struct gw_norm_count *c);
uint64_t gw_norm_judged(const struct gw_norm_count *c);
uint64_t gw_norm_online(const struct gw_norm_count *c);
uint64_t gw_norm_intact(const struct gw_norm_count *c);

// The places that a norm is set for, by the record's point type (监控点位类型).
enum gw_norm_area {
    GW_AREA_ALL,      // every camera, of the following two as well
    GW_AREA_PUBLIC,   // type 1: key public areas (重点公共区域)
    GW_AREA_INDUSTRY, // type 2: key industries (重点行业、领域)
    GW_AREAS,
};

// "all", "key_public", "key_industry".
const char *gw_norm_area_name(enum gw_norm_area area);

// Which norm a camera falls under beside ALL; ALL: none.
enum gw_norm_area gw_norm_area_of(const struct gw_camera *camera);

// The least share in percent; 0: none is set.
unsigned gw_norm_percent(enum gw_norm_area area);

// Whether `part` of `whole` (above 0) meets the norm of `area`, exactly.
bool gw_norm_is_met(enum gw_norm_area area, uint64_t part, uint64_t whole);

struct gw_norm_figures {
    struct gw_norm_count areas[GW_AREAS];
};

void gw_norm_add(struct gw_norm_figures *f, enum gw_norm_area area,
                 enum gw_norm_word word, uint64_t n);

// Adds every camera of the snapshot by what it is now.
void gw_norms_sum(const struct gw_norm_world *w, struct gw_norm_figures *figures);

// Counts the cameras of `groups`, which were made from the same snapshot, by what they
// are now. `ret_figures` has room for groups->count and one more, which is for all of
// them together; it is zero before.
void gw_norms_count(const struct gw_norm_world *w, const struct gw_norm_groups *groups,
                    struct gw_norm_figures *ret_figures);

#endif
