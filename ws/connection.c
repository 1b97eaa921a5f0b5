// A connection: what sessions ask of it (peer.h), its life, and how it is told that it
// is stuck or gone.

#include "ws/connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "ws/http.h"
#include "ws/live.h"
#include "ws/secure.h"
#include "ws/socket_state.h"
#include "ws/wall.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    WSI_BYTES = 832,         // of the library's connection, in Debian 12's build: a hint
    CLOSE_SIGNED_OUT = 4401, // private use, RFC 6455 section 7.4.2: HTTP's 401
};

// ---- peer.h ----

bool gw_peer_can_write(const struct gw_peer *p)
{
    return p->wsi && !p->closing && !p->finished && !p->partial;
}

void gw_peer_want_write(struct gw_peer *p)
{
    if (p->waiting_since_us == 0)
        p->waiting_since_us = gw_clock_now_us();
    lws_callback_on_writable(p->wsi);
}

void gw_connection_kill(struct gw_peer *p)
{
    if (p->killed)
        return;
    p->killed = true;
    p->closing = true;
    lws_set_timeout(p->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
    lws_cancel_service(p->server->context);
}

void gw_peer_write(struct gw_peer *p, enum gw_peer_message as, uint8_t *data, size_t len)
{
    static const enum lws_write_protocol protocols[] = {
        [GW_PEER_TEXT] = LWS_WRITE_TEXT,
        [GW_PEER_BINARY] = LWS_WRITE_BINARY,
        [GW_PEER_RAW] = LWS_WRITE_HTTP,
    };
    if (lws_write(p->wsi, data, len, protocols[as]) < 0) {
        gw_connection_kill(p);
        return;
    }
    p->partial = lws_partial_buffered(p->wsi);
    if (p->partial && p->waiting_since_us == 0)
        p->waiting_since_us = gw_clock_now_us();
}

struct gw_guest *gw_peer_guest(const struct gw_peer *p)
{
    return p->guest;
}

const char *gw_peer_address(const struct gw_peer *p)
{
    return p->address;
}

void gw_peer_hot(const struct gw_peer *p, struct gw_hot *hot)
{
    gw_hot_add(hot, p, sizeof(*p));
    gw_hot_add(hot, p->wsi, WSI_BYTES);
}

void gw_peer_finish(struct gw_peer *p, bool close)
{
    p->finished = true;
    p->finish_close = close;
}

void gw_peer_close(struct gw_peer *p, uint16_t status, const char *reason)
{
    if (p->closing)
        return;
    p->closing = true;
    p->close_status = status;
    p->close_reason = reason;
    gw_peer_want_write(p);
}

// ---- peers ----

struct gw_peer *gw_connection_peer(struct lws *wsi)
{
    return wsi ? lws_get_opaque_user_data(wsi) : NULL;
}

static struct gw_peer *create_peer(struct gw_server *s)
{
    struct gw_peer *p = calloc(1, sizeof(*p));
    if (!p)
        return NULL;
    p->server = s;
    p->next = s->peers;
    if (s->peers)
        s->peers->prev = p;
    s->peers = p;
    s->peer_count++;
    return p;
}

void gw_connection_end_sessions(struct gw_peer *p)
{
    gw_request_release(p->request);
    gw_live_destroy(p->live);
    gw_wall_destroy(p->wall);
    free(p->wish);
    if (p->guest)
        p->server->ws.hooks.guests.on_gone(p->server->ws.hooks.arg, p->guest);
    p->guest = NULL;
    p->request = NULL;
    p->live = NULL;
    p->wall = NULL;
    p->wish = NULL;
}

void gw_connection_destroy(struct gw_peer *p)
{
    if (!p)
        return;
    if (p->wsi)
        lws_set_opaque_user_data(p->wsi, NULL);
    if (p->wsi && lws_get_ssl(p->wsi))
        gw_secure_watch(lws_get_ssl(p->wsi), NULL);
    if (p->server->tls && !p->shaken)
        p->server->ws.stats.handshakes_failed++;
    gw_connection_end_sessions(p);
    if (p->prev)
        p->prev->next = p->next;
    else
        p->server->peers = p->next;
    if (p->next)
        p->next->prev = p->prev;
    p->server->peer_count--;
    free(p);
}

void gw_connection_refuse(const struct gw_server *s, int fd)
{
    gw_log(GW_LOG_WARN, "connection_refused", "connections=%u", s->peer_count);
    close(fd);
}

void gw_connection_enter(void *arg, int fd)
{
    struct gw_server *s = arg;
    struct gw_peer *p = create_peer(s);
    if (!p) {
        gw_connection_refuse(s, fd);
        return;
    }
    // On failure the library closes the socket.
    struct lws *wsi = lws_adopt_socket_vhost(s->vhost, fd);
    if (!wsi) {
        gw_connection_destroy(p);
        return;
    }
    p->wsi = wsi;
    lws_set_opaque_user_data(wsi, p);
    if (lws_get_ssl(wsi))
        gw_secure_watch(lws_get_ssl(wsi), &p->shaken);
}

// ---- those that take nothing, and those that left ----

bool gw_connection_is_stuck(struct gw_peer *p, uint64_t now_us)
{
    bool idle = !p->wall && !p->live && !p->request;
    if (idle && !lws_partial_buffered(p->wsi))
        p->waiting_since_us = 0; // the tail of an answer has left
    if (p->waiting_since_us == 0)
        return false;
    int unacked = gw_socket_unacked_bytes(lws_get_socket_fd(p->wsi));
    if (unacked != p->unacked_bytes) {
        p->unacked_bytes = unacked;
        p->waiting_since_us = now_us;
    }
    return now_us - p->waiting_since_us > p->server->ws.config.viewer_stuck_us;
}

// The library does not look at what an HTTP connection sends while it is being
// answered, not even at its end. A live picture takes no further request. With TLS what
// there is to read may be records of its own, and the next request may lie among them.
bool gw_connection_has_left(struct gw_peer *p)
{
    int fd = lws_get_socket_fd(p->wsi);
    SSL *ssl = lws_get_ssl(p->wsi);
    if (p->websocket || (!p->live && !p->request))
        return false;
    if (ssl)
        return gw_socket_has_hung_up(fd) || (p->live && gw_secure_has_left(ssl));
    enum gw_socket_next next = gw_socket_peek(fd);
    return next == GW_SOCKET_END || (next == GW_SOCKET_BYTES && p->live);
}

bool gw_connection_is_welcome(struct gw_peer *p)
{
    const struct gw_server_hooks *hooks = &p->server->ws.hooks;
    if (!p->guest || (!p->wall && !p->live) || p->closing ||
        hooks->guests.is_welcome(hooks->arg, p->guest))
        return true;
    if (p->websocket)
        gw_peer_close(p, CLOSE_SIGNED_OUT, "signed out");
    return p->websocket;
}
