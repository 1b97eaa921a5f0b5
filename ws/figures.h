// What a server counts, and how its viewers fare.
#ifndef GW_WS_FIGURES_H
#define GW_WS_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

struct gw_server_stats {
    uint32_t connections;
    uint32_t wall_sockets;
    uint32_t viewers;
    uint64_t messages_out;    // WebSocket messages and HTTP pieces of media
    uint64_t bytes_out;       // of these
    uint64_t packets_dropped; // for slow viewers
    uint64_t queued_bytes;    // waiting now
    uint64_t viewers_stuck;   // closed because they took nothing
    uint64_t bad_messages;    // control messages that broke the rules
    uint32_t handshakes;      // TLS connections that are not through with theirs
    uint64_t handshakes_failed;
};

// One viewer, as far as the server knows it.
struct gw_viewer_figures {
    uint32_t stream;
    bool wall;             // on a wall socket, else a live one
    uint64_t queued_bytes; // wait for its socket
    uint64_t age_us;       // the oldest of these has waited so long
    uint64_t dropped;      // packets it was too slow for
};

// Who is told of viewers. The figures are borrowed for the call.
struct gw_viewer_visitor {
    void (*on_viewer)(void *arg, const struct gw_viewer_figures *figures);
    void *arg;
};

#endif
