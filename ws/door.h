// Where connections wait for their TLS handshake.
//
// A handshake costs the thread a signature, from a tenth of a millisecond (ECDSA P-256)
// to one (RSA). Were all of a thousand let in that come at once, as after a power cut,
// pictures would wait until the last one is done. So a connection waits outside until it
// has said something, and few are let in at each turn of the loop, in the order in which
// they spoke.
//
// It runs on a libuv loop and belongs to its thread.
#ifndef GW_WS_DOOR_H
#define GW_WS_DOOR_H

#include <stdint.h>
#include <uv.h>

enum {
    GW_DOOR_TURN_MAX = 4,             // let in at one turn of the loop
    GW_DOOR_SILENT_US = 15 * 1000000, // who says nothing for so long is closed
};

struct gw_door;

// `on_enter` gets the socket of each who is let in, and owns it then. Returns NULL when
// out of memory.
struct gw_door *gw_door_create(uv_loop_t *loop, void (*on_enter)(void *arg, int fd),
                               void *arg);

// A socket (connected, non-blocking) waits to be let in. Returns 0, or negative errno:
// then it is still the caller's.
int gw_door_come(struct gw_door *d, int fd, uint64_t now_us);

// Closes who has been silent for too long. To be called now and then.
void gw_door_expire(struct gw_door *d, uint64_t now_us);

uint32_t gw_door_waiting(const struct gw_door *d); // outside now
uint64_t gw_door_expired(const struct gw_door *d); // closed by gw_door_expire() so far

// Closes who waits, and frees `d` once the loop has run its close callbacks. NULL is
// allowed.
void gw_door_destroy(struct gw_door *d);

#endif
