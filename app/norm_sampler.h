// Counts once a minute what each camera is, and has it kept (docs/norms.md). Reads no
// clock: whoever owns it says what time it is. One thread.
#ifndef GW_APP_NORM_SAMPLER_H
#define GW_APP_NORM_SAMPLER_H

#include "app/health.h"
#include "app/states.h"
#include "map/registry.h"

#include <stdint.h>

enum {
    // Hours that wait to be written while the store cannot be. The oldest one is given up
    // for another one, and that is logged.
    GW_NORM_HOURS_WAITING = 6,
};

struct gw_norm_sampler;

struct gw_norm_sampler_config {
    struct gw_registry *registry;
    const struct gw_states *states;
    const struct gw_health *health;
    const char *dir; // of the registry
};

// All of it is borrowed. Returns NULL when out of memory.
struct gw_norm_sampler *gw_norm_sampler_create(const struct gw_norm_sampler_config *c);

// What was not written is lost. NULL is allowed.
void gw_norm_sampler_destroy(struct gw_norm_sampler *s);

// Counts the minute of Unix time `unix_s`, unless it was counted before, by whomever.
// `now_us` is gw_clock_now_us(). Returns 0, -ENOMEM or an error of map/store.h: then the
// minute is not counted.
int gw_norm_sampler_minute(struct gw_norm_sampler *s, uint64_t unix_s, uint64_t now_us);

// Has the store thread write what was counted, and waits for it. Returns 0 or what went
// wrong: it is tried again with the next call.
int gw_norm_sampler_write(struct gw_norm_sampler *s);

#endif
