// One subscription of a wall socket, or one live connection, as the sessions of
// this folder see it. The public side is in server.h.
#ifndef GW_WS_VIEWER_H
#define GW_WS_VIEWER_H

#include "ws/server.h"
#include "ws/viewer_queue.h"

#include <stdbool.h>
#include <stdint.h>

struct gw_live;
struct gw_wall;

struct gw_viewer {
    // Whose it is: exactly one is set.
    struct gw_wall *wall;
    struct gw_live *live;

    bool accepted; // on_close is due when it goes
    bool urgent;   // wall: its frames wait for no others
    uint32_t ref;  // wall: the page's number
    uint32_t stream;
    void *user;
    struct gw_viewer_lane lane;
    struct gw_viewer *next; // wall: list of its viewers
};

// Tells of it, if it is accepted.
void gw_viewer_tell(const struct gw_viewer *v, const struct gw_viewer_visitor *to);

#endif
