// The farm's RTSP server: one listening socket, any number of connections, all on
// one libuv loop and its thread.
#ifndef GW_TESTS_FARM_SERVER_H
#define GW_TESTS_FARM_SERVER_H

#include "base/rng.h"
#include "tests/farm/pacer.h"
#include "tests/farm/rtsp.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <uv.h>

struct farm_conn;

struct farm_stats {
    uint64_t connections; // open now
    uint64_t sessions;    // playing now
    uint64_t accepted;    // connections ever
    uint64_t frames;      // sent
    uint64_t bytes;       // sent, of frames
    uint64_t dropped;     // frames not sent because the client did not read
    uint64_t stalled;     // frames not sent because of FARM_STALL
    uint64_t slept;       // frames not sent because the farm itself came too late
};

struct farm_server {
    uv_loop_t *loop; // borrowed
    uv_poll_t listener;
    int listen_fd;
    struct farm_site site; // its clips are the caller's
    uint64_t epoch_us;     // start of all timelines, gw_clock_now_us()
    bool start_anywhere;
    FILE *journal; // the caller's; NULL: none
    struct gw_rng rng;
    struct farm_stats stats;
    struct farm_conn *conns;  // list of open ones
    struct farm_batch *batch; // owned; scratch of one call
};

// Listens on `address` (IPv4 or IPv6, numeric), port 0 for a free one. `site`,
// `epoch_us`, `start_anywhere` and `rng` are set by the caller before; `site`
// stays valid until the loop has run its close callbacks.
// Returns 0, -EINVAL (no such address), -ENOMEM, or what bind() and listen() say.
// Whatever it returned, farm_server_close() is due.
int farm_server_open(struct farm_server *s, uv_loop_t *loop, const char *address,
                     int port, int *ret_port);

// Ends listening and all connections; the loop must run its close callbacks.
void farm_server_close(struct farm_server *s);

// Carries out a fault for running and coming sessions.
void farm_server_order(struct farm_server *s, const struct farm_order *order);

#endif
