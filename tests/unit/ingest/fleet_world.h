// A fleet with the network around it, in a time of its own, for tests: what the fleet did
// is kept as somebody outside would see it, and two connections of a stream fail the
// test.
#ifndef GW_TESTS_FLEET_WORLD_H
#define GW_TESTS_FLEET_WORLD_H

#include "base/clock.h"
#include "ingest/admission.h"
#include "ingest/fleet.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STREAMS = 64,
    LINGER = 10 * GW_SECOND,
    BACKOFF_MIN = 1 * GW_SECOND,
    BACKOFF_MAX = 8 * GW_SECOND,
    SETTLED = 30 * GW_SECOND,
    WALL_MAX = 2 * GW_SECOND,
    MAX_CONNECTING = 8,
    LIMIT_CONNECTING = 10, // of which streams that are on no wall have 8
    PER_S = 20,
    TURN = (GW_SECOND + GW_ADMISSION_BURST_US + GW_ADMISSION_LATE_US) / PER_S + 1,
};

// What the fleet did, seen from outside.
struct fleet_world {
    struct gw_admission *admission;
    struct gw_fleet *fleet;
    uint64_t now_us;
    bool open[STREAMS]; // between on_connect and on_close or a failure
    unsigned connects[STREAMS];
    unsigned closes[STREAMS];
    char url[STREAMS][16];
    uint32_t order[STREAMS * 4]; // of the attempts
    unsigned attempts;
    struct gw_source_status status[STREAMS];
    enum gw_cause fail_at_once; // NONE: it does not
    bool want_in_close;
    unsigned probes[STREAMS];
    unsigned probed[STREAMS];
    enum gw_cause probe_cause[STREAMS];
};

// `seed` decides the jitter.
void world_begin(struct fleet_world *w, uint64_t seed);
void world_end(struct fleet_world *w);

// Lets time pass as a loop would: from deadline to deadline.
void world_pass(struct fleet_world *w, uint64_t us);

// Somebody wants the stream: returns what the fleet says.
int world_want_as(struct fleet_world *w, uint32_t stream, const char *url,
                  enum gw_priority priority);

// The usual way, which must be taken.
void world_want(struct fleet_world *w, uint32_t stream);

// What becomes of an attempt.
void world_fail(struct fleet_world *w, uint32_t stream);
void world_go_live(struct fleet_world *w, uint32_t stream);

#endif
