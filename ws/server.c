// The server of one shard: it starts the library, and looks after all connections
// together.

#include "ws/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "ws/connection.h"
#include "ws/http.h"
#include "ws/live.h"
#include "ws/request_head.h"
#include "ws/secure.h"
#include "ws/wall.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static_assert(GW_PACKET_HEADROOM >= LWS_PRE, "the library needs more headroom");

enum {
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

void gw_server_adopt(struct gw_server *s, int fd)
{
    if (s->peer_count + gw_server_waiting(s) >= CONNECTIONS_MAX)
        gw_connection_refuse(s, fd);
    else if (!s->door)
        gw_connection_enter(s, fd);
    else if (gw_door_come(s->door, fd, gw_clock_now_us()) < 0)
        gw_connection_refuse(s, fd);
}

// ---- the tick: peers that take nothing, and live ones that left ----

static void on_tick(uv_timer_t *tick)
{
    struct gw_server *s = tick->data;
    uint64_t now_us = gw_clock_now_us();

    if (s->door)
        gw_door_expire(s->door, now_us);
    for (struct gw_peer *p = s->peers; p; p = p->next) {
        if (p->killed)
            continue;
        if (gw_connection_is_stuck(p, now_us)) {
            s->ws.stats.viewers_stuck += p->wall || p->live;
            gw_connection_kill(p);
        } else if (gw_connection_has_left(p) || !gw_connection_is_welcome(p)) {
            gw_connection_kill(p);
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
        { "http", gw_lws_callback, 0, NOTHING_READ, 0, NULL, SEND_MAX },
        { "gridwall.v1", gw_lws_callback, 0, CONTROL_READ, 0, NULL, SEND_MAX },
        { 0 },
    };
    void *loops[] = { loop };
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_VALIDATE_UTF8,
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
        s->door = gw_door_create(loop, gw_connection_enter, s);
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
