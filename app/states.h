// How each camera fares, for the map and the API: written by the shard that owns
// the camera, read by any thread.
#ifndef GW_APP_STATES_H
#define GW_APP_STATES_H

#include "base/source.h"

#include <stdint.h>

enum gw_camera_state {
    GW_CAMERA_UNKNOWN, // neither pulled nor probed since the engine started
    GW_CAMERA_CONNECTING,
    GW_CAMERA_LIVE,    // being pulled, pictures arrive
    GW_CAMERA_ONLINE,  // not pulled; it worked when it was, or answers
    GW_CAMERA_OFFLINE, // the last attempt failed
    GW_CAMERA_STATES,
};

const char *gw_camera_state_name(enum gw_camera_state state);

// -1 for a name that is none.
int gw_camera_state_of_name(const char *name);

struct gw_camera_condition {
    enum gw_camera_state state;
    enum gw_cause cause; // with OFFLINE
};

enum { GW_CAMERA_NUM_MAX = 1 << 24 }; // cameras that can have a state

struct gw_states;

// Returns NULL when out of memory.
struct gw_states *gw_states_create(void);
void gw_states_destroy(struct gw_states *s);

// A camera nothing was ever said about is UNKNOWN.
struct gw_camera_condition gw_states_get(const struct gw_states *s, uint32_t num);

// Returns 1 when this changed the state, 0 when it did not, -ENOMEM or, for a
// number over the limit, -EMSGSIZE.
int gw_states_set(struct gw_states *s, uint32_t num, struct gw_camera_condition now);

#endif
