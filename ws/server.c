// Where the engine meets libwebsockets: it turns the library's callbacks into
// calls on sessions (wall.h, live.h, http.h), and their writes into the library's.
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

#include "ws/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "ws/door.h"
#include "ws/http.h"
#include "ws/live.h"
#include "ws/peer.h"
#include "ws/request_head.h"
#include "ws/secure.h"
#include "ws/socket_state.h"
#include "ws/wall.h"
#include "ws/ws.h"

#include <assert.h>
#include <errno.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(GW_PACKET_HEADROOM >= LWS_PRE, "the library needs more headroom");

enum {
    WSI_BYTES = 832,         // of the library's connection, in Debian 12's build: a hint
    CONNECTIONS_MAX = 16384, // of one shard; more are closed at the door

    // The library sends at most this much of a message with one system call.
    SEND_MAX = 32 * 1024 * 1024, // bytes
    SERVICE_BUFFER = 64 * 1024,  // bytes, one a shard: what one read can bring
    CONTROL_READ = 512,          // bytes of receive buffer each wall socket owns
    NOTHING_READ = 128,          // likewise each live one, which has nothing to say
    TIMEOUT_S = 15,              // for a handshake, a head or a piece of a body to come
    KEEP_ALIVE_S = 60,           // for the next request on an idle connection
    TICK_MS = 250,               // how often peers are looked at
    CLOSE_TURNS = 4,             // of the loop, until the library's handles are gone
};

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
    bool shaken;          // TLS: the handshake is through
    struct gw_wish *wish; // of an upgrade, until it is done

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

// Closes from outside the library's callbacks: on the loop's next turn, which the
// library has to be woken for.
static void kill_peer(struct gw_peer *p)
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
        kill_peer(p);
        return;
    }
    p->partial = lws_partial_buffered(p->wsi);
    if (p->partial && p->waiting_since_us == 0)
        p->waiting_since_us = gw_clock_now_us();
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

static struct gw_peer *peer_of(struct lws *wsi)
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

static void end_sessions(struct gw_peer *p)
{
    gw_request_release(p->request);
    gw_live_destroy(p->live);
    gw_wall_destroy(p->wall);
    free(p->wish);
    p->request = NULL;
    p->live = NULL;
    p->wall = NULL;
    p->wish = NULL;
}

static void destroy_peer(struct gw_peer *p)
{
    if (!p)
        return;
    if (p->wsi)
        lws_set_opaque_user_data(p->wsi, NULL);
    if (p->wsi && lws_get_ssl(p->wsi))
        gw_secure_watch(lws_get_ssl(p->wsi), NULL);
    if (p->server->tls && !p->shaken)
        p->server->ws.stats.handshakes_failed++;
    end_sessions(p);
    if (p->prev)
        p->prev->next = p->next;
    else
        p->server->peers = p->next;
    if (p->next)
        p->next->prev = p->prev;
    p->server->peer_count--;
    free(p);
}

static void refuse(const struct gw_server *s, int fd)
{
    gw_log(GW_LOG_WARN, "connection_refused", "connections=%u", s->peer_count);
    close(fd);
}

static void enter(void *arg, int fd)
{
    struct gw_server *s = arg;
    struct gw_peer *p = create_peer(s);
    if (!p) {
        refuse(s, fd);
        return;
    }
    // On failure the library closes the socket.
    struct lws *wsi = lws_adopt_socket_vhost(s->vhost, fd);
    if (!wsi) {
        destroy_peer(p);
        return;
    }
    p->wsi = wsi;
    lws_set_opaque_user_data(wsi, p);
    if (lws_get_ssl(wsi))
        gw_secure_watch(lws_get_ssl(wsi), &p->shaken);
}

static uint32_t waiting(const struct gw_server *s)
{
    return s->door ? gw_door_waiting(s->door) : 0;
}

void gw_server_adopt(struct gw_server *s, int fd)
{
    if (s->peer_count + waiting(s) >= CONNECTIONS_MAX)
        refuse(s, fd);
    else if (!s->door)
        enter(s, fd);
    else if (gw_door_come(s->door, fd, gw_clock_now_us()) < 0)
        refuse(s, fd);
}

// ---- what the library calls: each returns nonzero to have the peer closed ----

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
        end_sessions(p);
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
}

static int on_http(struct gw_peer *p)
{
    struct gw_ws *ws = &p->server->ws;
    struct gw_request_head h;
    struct gw_problem problem;
    struct gw_wish wish = { 0 };

    read_head(p, &h, false);
    bool refused = gw_http_admit(ws, &h.head, &problem) < 0;
    if (!refused && gw_route_of(h.path) == GW_ROUTE_LIVE) {
        read_wish(&h.head, &wish);
        lws_set_timeout(p->wsi, NO_PENDING_TIMEOUT, 0);
        p->live = gw_live_create(ws, p, &wish, false);
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
    if (!refused && gw_route_of(h.path) == GW_ROUTE_LIVE) {
        p->wish = calloc(1, sizeof(*p->wish));
        if (!p->wish)
            return -1;
        read_wish(&h.head, p->wish);
    }
    if (!refused) {
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
        p->live = gw_live_create(ws, p, p->wish, true);
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

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                  size_t len)
{
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
        return on_tls_context(lws_context_user(lws_get_context(wsi)), user);

    struct gw_peer *p = peer_of(wsi);
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
    case LWS_CALLBACK_WSI_DESTROY: destroy_peer(p); return 0;
    default: return 0;
    }
}

// ---- the tick: peers that take nothing, and live ones that left ----

static bool is_stuck(struct gw_peer *p, uint64_t now_us)
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
static bool has_left(struct gw_peer *p)
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

static void on_tick(uv_timer_t *tick)
{
    struct gw_server *s = tick->data;
    uint64_t now_us = gw_clock_now_us();

    if (s->door)
        gw_door_expire(s->door, now_us);
    for (struct gw_peer *p = s->peers; p; p = p->next) {
        if (p->killed)
            continue;
        if (is_stuck(p, now_us)) {
            s->ws.stats.viewers_stuck += p->wall || p->live;
            kill_peer(p);
        } else if (has_left(p)) {
            kill_peer(p);
        }
    }
}

// ---- the server ----

static void on_lws_log(int level, const char *line)
{
    int len = (int)strcspn(line, "\n");
    gw_log(level & LLL_ERR ? GW_LOG_ERROR : GW_LOG_WARN, "lws", "text=\"%.*s\"", len,
           line);
}

// The context of TLS is ours to fill (on_tls_context), so that one set of files serves
// all shards and can be replaced. A plain request gets through the handshake, to be told.
static const uint64_t TLS_OPTIONS =
    LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX |
    LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS | LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT |
    LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER;

static struct lws_context *create_context(uv_loop_t *loop, struct gw_server *s)
{
    // The first one is also for plain HTTP and for WebSockets without subprotocol.
    static const struct lws_protocols protocols[] = {
        { "http", on_lws, 0, NOTHING_READ, 0, NULL, SEND_MAX },
        { "gridwall.v1", on_lws, 0, CONTROL_READ, 0, NULL, SEND_MAX },
        { 0 },
    };
    void *loops[] = { loop };
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = loops,
        .pcontext = &s->context,
        .protocols = protocols,
        .pt_serv_buf_size = SERVICE_BUFFER,
        .max_http_header_data2 = GW_REQUEST_HEAD_MAX,
        .max_http_header_data = GW_REQUEST_HEAD_MAX,
        .timeout_secs = TIMEOUT_S,
        .timeout_secs_ah_idle = TIMEOUT_S,
        .keepalive_timeout = KEEP_ALIVE_S,
        .server_string = "gridwall",
        .user = s,
        .alpn = "http/1.1", // with HTTP/2, connections would not be what sessions are
                            // made for
    };
    if (s->identity) {
        info.options |= TLS_OPTIONS;
        info.provided_client_ssl_ctx = s->no_client;
    }
    lws_set_log_level(LLL_ERR | LLL_WARN, on_lws_log);
    struct lws_context *context = lws_create_context(&info);
    if (context)
        s->vhost = lws_create_vhost(context, &info);
    return context;
}

struct gw_server_config gw_server_config_default(void)
{
    return (struct gw_server_config) {
        .viewer_queue_bytes = 4 * 1024 * 1024,
        .viewer_stuck_us = 10 * GW_SECOND,
    };
}

static void on_closed(uv_handle_t *handle)
{
    struct gw_server *s = handle->data;
    // Both handles close in one turn; the tick was closed last and comes first.
    if (handle != (uv_handle_t *)&s->ending)
        return;
    gw_secure_free(s->no_client);
    free(s->ws.scratch);
    free(s);
}

int gw_server_create(uv_loop_t *loop, const struct gw_server_config *config,
                     const struct gw_server_hooks *hooks, struct gw_server **ret_server)
{
    struct gw_server *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->ws.config = *config;
    s->identity = config->identity;
    s->ws.config.identity = NULL;
    s->ws.hooks = *hooks;
    s->ws.scratch = malloc(GW_PACKET_HEADROOM + GW_WS_PIECE_MAX);
    s->ws.batch = gw_batch_timer_create(loop, gw_wall_due);
    s->tick.data = s;
    s->ending.data = s;
    uv_timer_init(loop, &s->tick);
    uv_idle_init(loop, &s->ending);

    bool memory = s->ws.scratch && s->ws.batch;
    if (s->identity) {
        s->no_client = gw_secure_no_client();
        s->door = gw_door_create(loop, enter, s);
        memory = memory && s->no_client && s->door;
    }
    if (memory)
        s->context = create_context(loop, s);
    if (!memory || !s->context || !s->vhost) {
        int r = memory ? -EIO : -ENOMEM;
        gw_server_destroy(s);
        return r;
    }
    s->identity = NULL;
    uv_timer_start(&s->tick, on_tick, TICK_MS, TICK_MS);
    *ret_server = s;
    return 0;
}

// The library's handles lie in its context, which may go once the loop has closed
// them: they take a turn or two to close, and nothing tells when.
static void on_ending(uv_idle_t *ending)
{
    struct gw_server *s = ending->data;
    if (s->context && ++s->close_turns < CLOSE_TURNS)
        return;
    if (s->context)
        lws_context_destroy(s->context);
    gw_batch_timer_destroy(s->ws.batch);
    uv_close((uv_handle_t *)&s->ending, on_closed);
    uv_close((uv_handle_t *)&s->tick, on_closed);
}

void gw_server_destroy(struct gw_server *s)
{
    if (!s)
        return;
    gw_door_destroy(s->door);
    s->door = NULL;
    if (s->context)
        lws_context_destroy(s->context);
    uv_timer_stop(&s->tick);
    uv_idle_start(&s->ending, on_ending);
}

int gw_server_show(struct gw_server *s, const struct gw_identity *identity)
{
    assert(s->tls);
    return gw_identity_show(identity, s->tls);
}

void gw_server_send_status(struct gw_server *s, const struct gw_source_status *status)
{
    uint64_t now_us = gw_clock_now_us();
    for (struct gw_wall *w = s->ws.walls; w; w = gw_wall_next(w))
        gw_wall_send_status(w, status, now_us);
}

void gw_server_broadcast(struct gw_server *s, const char *json, size_t len)
{
    struct gw_packet *message = gw_packet_create(len);
    if (!message)
        return;
    memcpy(gw_packet_payload(message), json, len);
    for (struct gw_wall *w = s->ws.walls; w; w = gw_wall_next(w))
        gw_wall_send_control(w, message);
    gw_packet_unref(&message);
}

void gw_server_end_stream(struct gw_server *s, uint32_t stream, const char *code,
                          struct gw_text why)
{
    for (struct gw_peer *p = s->peers; p; p = p->next) {
        if (p->live)
            gw_live_end_stream(p->live, stream, code, why);
        if (p->wall)
            gw_wall_end_stream(p->wall, stream, code, why);
    }
}

void gw_server_each_viewer(const struct gw_server *s, const struct gw_viewer_visitor *to)
{
    for (const struct gw_peer *p = s->peers; p; p = p->next) {
        gw_live_tell(p->live, to);
        gw_wall_tell(p->wall, to);
    }
}

void gw_server_stats(const struct gw_server *s, struct gw_server_stats *ret_stats)
{
    struct gw_server_stats stats = s->ws.stats;
    stats.connections = s->peer_count + waiting(s);
    stats.handshakes = waiting(s);
    stats.handshakes_failed += s->door ? gw_door_expired(s->door) : 0;
    for (const struct gw_peer *p = s->peers; p; p = p->next) {
        stats.handshakes += s->tls && !p->shaken;
        if (p->wall)
            stats.queued_bytes += gw_wall_queued(p->wall);
        else if (p->live)
            stats.queued_bytes += gw_live_queued(p->live);
        else if (p->request)
            stats.queued_bytes += gw_request_queued(p->request);
    }
    *ret_stats = stats;
}
