// Minutes of one hour, counted in memory until they are written: for each camera, how
// many minutes it counted as what (map/norm_day.h). No I/O, no clock; one thread at a
// time.
#ifndef GW_MAP_NORM_HOUR_H
#define GW_MAP_NORM_HOUR_H

#include "map/norm_day.h"

#include <stdbool.h>
#include <stdint.h>

enum { GW_NORM_NUM_MAX = 1 << 24 }; // cameras that are counted

struct gw_norm_hour;

// `hour` is in hours since 1970-01-01 UTC. Returns NULL when out of memory.
struct gw_norm_hour *gw_norm_hour_create(uint32_t hour);
void gw_norm_hour_destroy(struct gw_norm_hour *h); // NULL is allowed

uint32_t gw_norm_hour_of(const struct gw_norm_hour *h);

// Each minute (0 to 59) is counted once. Those that are marked are no part of the count
// any more: they were counted before, or are now.
bool gw_norm_hour_has(const struct gw_norm_hour *h, unsigned minute);
void gw_norm_hour_mark(struct gw_norm_hour *h, unsigned minute);

// Bit n: minute n was marked.
uint64_t gw_norm_hour_minutes(const struct gw_norm_hour *h);

// One minute of camera `num`. Returns 0 or -ENOMEM; numbers over the limit count for
// nothing.
int gw_norm_hour_count(struct gw_norm_hour *h, uint32_t num, enum gw_norm_word word);

// Forgets what was counted, not which minutes were marked.
void gw_norm_hour_clear(struct gw_norm_hour *h);

// Calls `on_camera` for each camera with minutes, in order of numbers. Ends early with
// what it returns when that is not 0.
int gw_norm_hour_each(const struct gw_norm_hour *h,
                      int (*on_camera)(void *arg, uint32_t num,
                                       const uint8_t minutes[GW_NORM_WORDS]),
                      void *arg);

#endif
