// A wall socket's state, for wall.c and wall_out.c alone.
#ifndef GW_WS_WALL_STATE_H
#define GW_WS_WALL_STATE_H

#include "ws/viewer_queue.h"
#include "ws/wall.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Close codes.
enum {
    GW_WALL_CLOSE_POLICY = 1008,    // RFC 6455 section 7.4.1
    GW_WALL_CLOSE_TRY_LATER = 1013, // IANA registry of close codes
};

struct gw_wall {
    struct gw_ws *ws;
    struct gw_peer *peer;
    struct gw_viewer_queue queue;
    struct gw_batch_place place; // in gw_ws.batch, while frames wait for others

    struct gw_viewer *viewers;
    uint32_t viewer_count;
    bool refused; // what on_open said of the viewer it was asked about

    char *partial; // a message of which not all pieces are here, or NULL
    size_t partial_len;
    bool too_long; // the pieces so far are over the limit: only count them
    uint32_t bad_messages;
    bool ended; // being closed: what comes is ignored

    struct gw_wall *prev;
    struct gw_wall *next;
};

// Sends a control message of its own, `len` bytes. Without memory for it, or for a page
// that reads nothing, the socket is closed.
void gw_wall_send_text(struct gw_wall *w, const char *text, size_t len);

// Sends an `error` about the subscription `ref`, or about none where it is NULL.
void gw_wall_send_error(struct gw_wall *w, const uint32_t *ref, const char *code,
                        struct gw_text why);

#endif
