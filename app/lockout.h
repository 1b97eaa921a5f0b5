// Who has failed to sign in, and how long it must wait: after as many failures as are
// free a second, then twice as long after each further one. Names and addresses are
// counted alike, so that neither many names from one address nor one name from many
// addresses gets far. Reads no clock, does no I/O. One thread at a time: the caller
// locks.
#ifndef GW_APP_LOCKOUT_H
#define GW_APP_LOCKOUT_H

#include <stddef.h>
#include <stdint.h>

enum {
    GW_LOCKOUT_ROWS = 4096,          // remembered; the one that failed longest ago goes
    GW_LOCKOUT_FREE_NAME = 5,        // failures before a user waits
    GW_LOCKOUT_FREE_ADDRESS = 30,    // before an address does: offices share one
    GW_LOCKOUT_MAX_S = 15 * 60,      // the longest wait
    GW_LOCKOUT_FORGET_S = 24 * 3600, // without a failure: forgotten
    GW_LOCKOUT_KEY_MAX = 96,         // bytes of a key
};

struct gw_lockout;

// Returns NULL when out of memory.
struct gw_lockout *gw_lockout_create(void);
void gw_lockout_destroy(struct gw_lockout *l);

// Seconds that `key` has to wait, 0: none.
uint32_t gw_lockout_wait_s(const struct gw_lockout *l, const char *key, uint64_t now_ms);

// `key` has failed once more, of which `free` times nobody waits for.
void gw_lockout_fail(struct gw_lockout *l, const char *key, uint32_t free_failures,
                     uint64_t now_ms);

// It came in: what it failed before is forgotten.
void gw_lockout_clear(struct gw_lockout *l, const char *key);

#endif
