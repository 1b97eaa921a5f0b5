// What the library calls: its callbacks become calls on sessions (wall.h, live.h,
// http.h). Each returns nonzero to have the peer closed.
//
// Life of a connection:
//
//   adopted --- request ---> HTTP --- answered, kept alive ---> adopted
//      |  \                    |
//      |   +--- /live GET ---> LIVE (until either side closes)
//      +--- upgrade ---------> WALL or LIVE
//
// Where TLS is spoken, "adopted" begins with its handshake. A connection that begins
// with a plain request instead is told so and closed (http.c).

#include "ws/connection.h"

#include "base/clock.h"
#include "ws/http.h"
#include "ws/live.h"
#include "ws/request_head.h"
#include "ws/secure.h"
#include "ws/wall.h"

#include <stdlib.h>
#include <string.h>

// Closes with a close frame. Returning nonzero from the callback would do as well,
// were it not for the debugging in Debian's build: there a connection that is
// closed while it may write is closed twice, before the frame is out.
static void say_goodbye(struct gw_peer *p)
{
    lws_close_reason(p->wsi, (enum lws_close_status)p->close_status,
                     (unsigned char *)p->close_reason, strlen(p->close_reason));
    lws_set_timeout(p->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

// After a session's `writable`: carries out what it asked for.
static int settle(struct gw_peer *p)
{
    if (p->finished) {
        bool close = p->finish_close;
        p->finished = false;
        gw_connection_end_sessions(p);
        return close || lws_http_transaction_completed(p->wsi) ? -1 : 0;
    }
    if (!p->closing)
        return 0;
    if (!p->websocket || !p->close_status)
        return -1;
    say_goodbye(p); // `p` may be gone now
    return 0;
}

// Of a request that was admitted: it can be read.
static void read_wish(const struct gw_http_head *head, struct gw_wish *wish)
{
    (void)gw_live_parse(head->path, wish);
    (void)gw_live_parse_join(head->query, &wish->join);
    (void)gw_live_parse_audio(head->query, &wish->audio);
}

static void read_head(struct gw_peer *p, struct gw_request_head *h, bool upgrade)
{
    gw_request_head_read(h, p->wsi, upgrade);
    h->head.plain = p->server->tls && !lws_get_ssl(p->wsi);
    h->head.address =
        lws_get_peer_simple(p->wsi, h->address, sizeof(h->address)) ? h->address : "";
}

static int on_http(struct gw_peer *p)
{
    struct gw_ws *ws = &p->server->ws;
    struct gw_request_head h;
    struct gw_problem problem;
    struct gw_wish wish = { 0 };

    read_head(p, &h, false);
    bool refused = gw_http_admit(ws, &h.head, &problem) < 0 ||
                   gw_http_greet(ws, &h.head, &p->guest, &problem) < 0;
    if (!refused && gw_route_of(h.path) == GW_ROUTE_LIVE) {
        read_wish(&h.head, &wish);
        gw_http_address(ws, &h.head, p->address);
        lws_set_timeout(p->wsi, NO_PENDING_TIMEOUT, 0);
        p->live = gw_live_create(ws, p, &wish, h.head.origin, false);
        return p->live ? 0 : -1;
    }
    p->request = gw_request_begin(ws, p, &h.head, refused ? &problem : NULL);
    if (!p->request)
        return -1;
    if (!gw_request_wants_body(p->request))
        lws_set_timeout(p->wsi, NO_PENDING_TIMEOUT, 0);
    return 0;
}

static int on_body(struct gw_peer *p, const void *data, size_t len)
{
    if (p->request)
        gw_request_body(p->request, data, len);
    return 0;
}

static int on_body_end(struct gw_peer *p)
{
    if (p->request)
        gw_request_body_end(p->request);
    return 0;
}

// A WebSocket is asked for. Returns 0 to go on, nonzero when it was refused.
static int on_upgrade(struct gw_peer *p, const char *protocol)
{
    struct gw_ws *ws = &p->server->ws;
    struct gw_request_head h;
    struct gw_problem problem;

    read_head(p, &h, strcasecmp(protocol, "websocket") == 0);
    bool refused = gw_http_admit(ws, &h.head, &problem) < 0;
    if (!refused && !h.head.upgrade) {
        // HTTP/2 in clear text: no browser speaks it.
        refused = true;
        problem = GW_PROBLEM_NO_WEBSOCKET;
    }
    refused = refused || gw_http_greet(ws, &h.head, &p->guest, &problem) < 0;
    if (!refused && gw_route_of(h.path) == GW_ROUTE_LIVE) {
        p->wish = calloc(1, sizeof(*p->wish));
        if (!p->wish)
            return -1;
        read_wish(&h.head, p->wish);
    }
    if (!refused) {
        gw_http_address(ws, &h.head, p->address);
        p->websocket = true;
        return 0;
    }
    char *out = (char *)ws->scratch;
    size_t len = gw_problem_write(out, GW_WS_PIECE_MAX, &problem,
                                  gw_lang_of_header(h.head.accept_language), true);
    gw_peer_write(p, GW_PEER_RAW, (uint8_t *)out, len);
    return -1;
}

static int on_established(struct gw_peer *p)
{
    struct gw_ws *ws = &p->server->ws;
    if (p->wish) {
        p->live = gw_live_create(ws, p, p->wish, "", true);
        free(p->wish);
        p->wish = NULL;
        return p->live ? 0 : -1;
    }
    p->wall = gw_wall_create(ws, p, gw_clock_unix_us());
    return p->wall ? 0 : -1;
}

static int on_receive(struct gw_peer *p, const void *data, size_t len)
{
    if (p->wall && !p->closing)
        gw_wall_receive(p->wall, data, len, lws_frame_is_binary(p->wsi),
                        lws_is_final_fragment(p->wsi) &&
                            lws_remaining_packet_payload(p->wsi) == 0,
                        gw_clock_unix_us());
    return 0;
}

static int on_writable(struct gw_peer *p)
{
    p->waiting_since_us = 0;
    p->partial = lws_partial_buffered(p->wsi);
    if (!p->closing) {
        if (p->wall)
            gw_wall_writable(p->wall);
        else if (p->live)
            gw_live_writable(p->live);
        else if (p->request)
            gw_request_writable(p->request);
    }
    return settle(p);
}

// The library has made what the vhost's connections are made from.
static int on_tls_context(struct gw_server *s, SSL_CTX *context)
{
    s->tls = context;
    int r = gw_secure_prepare(context);
    return r < 0 ? r : gw_identity_show(s->identity, context);
}

int gw_lws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
                    void *in, size_t len)
{
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
        return on_tls_context(lws_context_user(lws_get_context(wsi)), user);

    struct gw_peer *p = gw_connection_peer(wsi);
    if (!p)
        return 0;
    // Not -Wswitch-enum's business: the library has a hundred reasons.
    switch ((int)reason) {
    case LWS_CALLBACK_HTTP: return on_http(p);
    case LWS_CALLBACK_HTTP_BODY: return on_body(p, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION: return on_body_end(p);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return on_upgrade(p, in);
    case LWS_CALLBACK_ESTABLISHED: return on_established(p);
    case LWS_CALLBACK_RECEIVE: return on_receive(p, in, len);
    case LWS_CALLBACK_HTTP_WRITEABLE:
    case LWS_CALLBACK_SERVER_WRITEABLE: return on_writable(p);
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_WSI_DESTROY: gw_connection_destroy(p); return 0;
    default: return 0;
    }
}
