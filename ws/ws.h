// What all sessions of one server share.
#ifndef GW_WS_WS_H
#define GW_WS_WS_H

#include "base/packet.h"
#include "ws/batch_timer.h"
#include "ws/server.h"

#include <stdint.h>

enum {
    // Waiting frames are packed into messages of at most this size, and files are
    // read in pieces of it: one system call then carries many frames.
    GW_WS_PIECE_MAX = 256 * 1024, // bytes

    GW_WS_LANE_AGE_US = 3 * 1000 * 1000, // what waits longer is of no use to a viewer

    // Long enough for a decoder to take in a cached GOP, which comes all at once;
    // a page that needs longer is behind for good.
    GW_WS_HELD_AGE_US = 500 * 1000,
};

struct gw_wall;

struct gw_ws {
    struct gw_server_config config;
    struct gw_server_hooks hooks;
    struct gw_server_stats stats; // `connections` and `queued_bytes` are added later
    struct gw_wall *walls;        // list through gw_wall.next
    struct gw_batch_timer *batch; // where walls wait to send
    uint32_t uploads;             // on their way

    // GW_WS_PIECE_MAX bytes behind GW_PACKET_HEADROOM; for use within one call.
    uint8_t *scratch;
};

#endif
