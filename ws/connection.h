// A connection as the library has it, and the server that it belongs to: for server.c,
// server_viewers.c, connection.c and lws_callbacks.c alone. Everything else sees peer.h
// and server.h. All calls on the shard's thread.
#ifndef GW_WS_CONNECTION_H
#define GW_WS_CONNECTION_H

#include "ws/door.h"
#include "ws/peer.h"
#include "ws/ws.h"

#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct gw_peer {
    struct gw_server *server;
    struct lws *wsi;
    struct gw_peer *prev;
    struct gw_peer *next;

    // What the connection is used for: at most one is set.
    struct gw_request *request;
    struct gw_live *live;
    struct gw_wall *wall;
    bool websocket;
    bool shaken;                  // TLS: the handshake is through
    struct gw_wish *wish;         // of an upgrade, until it is done
    struct gw_guest *guest;       // whose request, socket or picture it is, or NULL
    char address[GW_ADDRESS_MAX]; // of a socket or picture

    bool finished; // the HTTP answer is complete
    bool finish_close;

    bool partial; // the socket did not take all of the last write
    bool closing; // asked for by a session
    bool killed;  // is gone with the loop's next turn
    uint16_t close_status;
    const char *close_reason;

    // Since when something has been waiting that the socket did not take.
    uint64_t waiting_since_us; // 0: nothing waits
    int unacked_bytes;         // when last looked at
};

struct gw_server {
    struct gw_ws ws;
    struct lws_context *context;
    struct lws_vhost *vhost;
    const struct gw_identity *identity; // while the vhost is being created
    SSL_CTX *tls;                       // the vhost's; NULL: plain connections
    SSL_CTX *no_client;                 // see secure.h; NULL: plain connections
    struct gw_door *door;               // likewise
    struct gw_peer *peers;
    uint32_t peer_count;
    uv_timer_t tick;
    uv_idle_t ending;
    unsigned close_turns;
};

// A socket becomes a connection of the server (`arg`), or is closed.
void gw_connection_enter(void *arg, int fd);

// One connection too many: says so and closes the socket.
void gw_connection_refuse(const struct gw_server *s, int fd);

// The peer of a connection of the library's, or NULL.
struct gw_peer *gw_connection_peer(struct lws *wsi);

// Ends what the connection is used for.
void gw_connection_end_sessions(struct gw_peer *p);

// The library has closed it. NULL is allowed.
void gw_connection_destroy(struct gw_peer *p);

// Closes from outside the library's callbacks: on the loop's next turn, which the
// library has to be woken for.
void gw_connection_kill(struct gw_peer *p);

// Whether something has waited for it longer than a viewer may be stuck. Keeps what it
// has seen: to be asked every now and then.
bool gw_connection_is_stuck(struct gw_peer *p, uint64_t now_us);

// Whether the peer has left without the library's noticing.
bool gw_connection_has_left(struct gw_peer *p);

// Whether who is at its other end may stay; if not, a WebSocket is told and closed, and
// all else is to be killed.
bool gw_connection_is_welcome(struct gw_peer *p);

// Connections that have not spoken yet.
static inline uint32_t gw_server_waiting(const struct gw_server *s)
{
    return s->door ? gw_door_waiting(s->door) : 0;
}

// What the library calls, for all protocols. Returns nonzero to have the peer closed.
int gw_lws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
                    void *in, size_t len);

#endif
