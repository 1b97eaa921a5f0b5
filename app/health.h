// What is known of each camera's health, for the norms (docs/norms.md): how it fared when
// it was last tried, whether its last pictures were whole, and how long they took to
// come.
//
// states.h says what a camera does at this instant, which a retry changes; this says
// what it was last found to be, which stays until it is tried again. Written by the
// shard that owns the camera, read by any thread.
#ifndef GW_APP_HEALTH_H
#define GW_APP_HEALTH_H

#include "base/source.h"

#include <stdbool.h>
#include <stdint.h>

// What was found longer ago says nothing about today: twice the longest health round.
enum { GW_HEALTH_KEPT_MIN = 2 * 24 * 60 };

// Of the latest connection, from its first step: until the camera agreed to play, until
// its first packet, until its first key frame.
enum gw_delay { GW_DELAY_SIGNALLING, GW_DELAY_STREAM, GW_DELAY_KEY_FRAME, GW_DELAYS };

struct gw_delays {
    uint32_t us[GW_DELAYS]; // 0: not known
};

struct gw_verdict {
    bool judged;         // an attempt came to an end
    enum gw_cause cause; // of a judged one: NONE, it is online; else why it is not
    // Of main and sub: why the last pictures were not whole; NONE: nothing is known.
    enum gw_cause faults[2];
    struct gw_delays delays;
};

struct gw_health;

// Returns NULL when out of memory.
struct gw_health *gw_health_create(void);
void gw_health_destroy(struct gw_health *h);

// What was found on `stream` (engine.h), at gw_clock_now_us(). Where there is no memory
// nothing is noted, and the camera stays not judged.
//
// Pictures come, or came until now.
void gw_health_on_pictures(struct gw_health *h, uint32_t stream, uint64_t now_us);
// It would give pictures: it was only asked. That mends what a description shows.
void gw_health_on_answer(struct gw_health *h, uint32_t stream, uint64_t now_us);
// It failed. `other_live`: the camera's other stream gives pictures, so it is online.
void gw_health_on_failure(struct gw_health *h, uint32_t stream, enum gw_cause cause,
                          bool other_live, uint64_t now_us);
// Those that are 0 stay as they were.
void gw_health_set_delays(struct gw_health *h, uint32_t stream,
                          const struct gw_delays *delays);

// What is known of camera `num` and not too old.
struct gw_verdict gw_health_get(const struct gw_health *h, uint32_t num, uint64_t now_us);

#endif
