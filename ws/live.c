// State diagram:
//
//            on_open: accept              (WebSocket: at once)
//   ASKING ------------------> GREETING --- head is out ---> STREAMING
//      |     on_open: refuse
//      +-----------------> REFUSED  (the reason goes out, then the peer closes)
//   GREETING --- it cannot be carried, or its camera goes ---> REFUSED

#include "ws/live.h"

#include "ws/control.h"
#include "ws/origin.h"
#include "ws/problem.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLOSE_HTTP = 4000, // private use, RFC 6455 section 7.4.2: HTTP's status behind it
    CLOSE_TRY_LATER = 1013,
};

enum live_state { ASKING, GREETING, STREAMING, REFUSED };

struct gw_live {
    struct gw_ws *ws;
    struct gw_peer *peer;
    bool websocket;
    enum gw_form form;
    enum live_state state;
    struct gw_viewer viewer;
    struct gw_viewer_queue queue;
    struct gw_problem problem;      // REFUSED
    char reader[GW_ORIGIN_MAX + 1]; // whose page may read it; "": none
};

// ---- the address ----

struct suffix {
    const char *text;
    enum gw_profile profile;
    enum gw_form form;
};

// "/sub.flv" before ".flv": the longer one wins.
static const struct suffix SUFFIXES[] = {
    { "/sub.flv", GW_PROFILE_SUB, GW_FORM_FLV },
    { "/sub.mp4", GW_PROFILE_SUB, GW_FORM_MP4 },
    { ".flv", GW_PROFILE_MAIN, GW_FORM_FLV },
    { ".mp4", GW_PROFILE_MAIN, GW_FORM_MP4 },
};

int gw_live_parse(const char *path, struct gw_wish *ret_wish)
{
    static const char prefix[] = "/live/";
    if (strncmp(path, prefix, sizeof(prefix) - 1) != 0)
        return -EBADMSG;
    const char *id = path + sizeof(prefix) - 1;
    size_t len = strlen(id);

    for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(*SUFFIXES); i++) {
        const struct suffix *s = &SUFFIXES[i];
        size_t tail = strlen(s->text);
        if (len <= tail || strcmp(id + len - tail, s->text) != 0)
            continue;
        if (len - tail > GW_CAMERA_ID_MAX)
            return -EBADMSG;

        struct gw_wish w = { .profile = s->profile, .form = s->form };
        memcpy(w.camera, id, len - tail);
        if (!gw_control_is_camera_id(w.camera))
            return -EBADMSG;
        *ret_wish = w;
        return 0;
    }
    return -EBADMSG;
}

// The next value of `name` ("join=") from *at on, not ended; NULL: there is none.
static const char *next_value(const char **at, const char *name, size_t *ret_len)
{
    while (**at) {
        const char *part = *at;
        size_t len = strcspn(part, "&");
        *at += part[len] ? len + 1 : len;
        if (strncmp(part, name, strlen(name)) == 0) {
            *ret_len = len - strlen(name);
            return part + strlen(name);
        }
    }
    return NULL;
}

static bool is(const char *value, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(value, word, len) == 0;
}

int gw_live_parse_join(const char *query, enum gw_join *ret_join)
{
    enum gw_join join = GW_JOIN_GOP;
    const char *value;
    size_t len;

    while ((value = next_value(&query, "join=", &len))) {
        if (!is(value, len, "gop") && !is(value, len, "key"))
            return -EBADMSG;
        join = is(value, len, "key") ? GW_JOIN_KEY : GW_JOIN_GOP;
    }
    *ret_join = join;
    return 0;
}

int gw_live_parse_audio(const char *query, bool *ret_audio)
{
    bool audio = false;
    const char *value;
    size_t len;

    while ((value = next_value(&query, "audio=", &len))) {
        if (!is(value, len, "0") && !is(value, len, "1"))
            return -EBADMSG;
        audio = is(value, len, "1");
    }
    *ret_audio = audio;
    return 0;
}

// ---- out ----

static void write_packet(struct gw_live *l, struct gw_packet *packet)
{
    l->ws->stats.messages_out++;
    l->ws->stats.bytes_out += packet->len;
    gw_peer_write(l->peer, l->websocket ? GW_PEER_BINARY : GW_PEER_RAW,
                  gw_packet_payload(packet), packet->len);
}

static void write_head(struct gw_live *l)
{
    char *head = (char *)l->ws->scratch;
    // No length and no chunks: the body ends with the connection (RFC 9112
    // section 6.3), which every player understands.
    int n = snprintf(head, GW_WS_PIECE_MAX,
                     "HTTP/1.1 200 OK\r\n"
                     "Content-Type: %s\r\n"
                     "Cache-Control: no-store\r\n"
                     "Connection: close\r\n"
                     "X-Content-Type-Options: nosniff\r\n"
                     "Vary: Origin\r\n"
                     "%s%s%s\r\n",
                     l->form == GW_FORM_FLV ? "video/x-flv" : "video/mp4",
                     *l->reader ? "Access-Control-Allow-Origin: " : "", l->reader,
                     *l->reader ? "\r\n" : "");
    gw_peer_write(l->peer, GW_PEER_RAW, (uint8_t *)head, (size_t)n);
    l->state = STREAMING;
}

static void write_refusal(struct gw_live *l)
{
    char *out = (char *)l->ws->scratch;
    size_t len = gw_problem_write(out, GW_WS_PIECE_MAX, &l->problem, GW_LANG_EN, false);
    gw_peer_write(l->peer, GW_PEER_RAW, (uint8_t *)out, len);
    gw_peer_finish(l->peer, false);
}

static void write_queued(struct gw_live *l)
{
    struct gw_viewer_item item;
    while (gw_peer_can_write(l->peer) && gw_viewer_queue_pop(&l->queue, &item)) {
        write_packet(l, item.packet);
        gw_packet_unref(&item.packet);
    }
    if (gw_viewer_queue_peek(&l->queue))
        gw_peer_want_write(l->peer);
}

void gw_live_writable(struct gw_live *l)
{
    switch (l->state) {
    case ASKING: break;
    case GREETING:
        write_head(l);
        write_queued(l);
        break;
    case STREAMING: write_queued(l); break;
    case REFUSED: write_refusal(l); break;
    }
}

void gw_live_send(struct gw_live *l, struct gw_packet *packet, uint64_t now_us)
{
    if (l->state == STREAMING && gw_peer_can_write(l->peer) &&
        gw_viewer_queue_bypass(&l->queue, &l->viewer.lane, packet)) {
        write_packet(l, packet);
        return;
    }

    uint64_t dropped = l->queue.dropped;
    if (gw_viewer_queue_push(&l->queue, &l->viewer.lane, packet, now_us) < 0)
        gw_peer_close(l->peer, CLOSE_TRY_LATER, "too much waits for this viewer");
    l->ws->stats.packets_dropped += l->queue.dropped - dropped;
    if (l->state == STREAMING)
        write_queued(l);
    else
        gw_peer_want_write(l->peer);
}

void gw_live_hot(const struct gw_live *l, struct gw_hot *hot)
{
    gw_hot_add(hot, l, sizeof(*l));
    gw_peer_hot(l->peer, hot);
}

// ---- the answers of on_open ----

void gw_live_accepted(struct gw_live *l)
{
    assert(l->state == ASKING);
    l->state = l->websocket ? STREAMING : GREETING;
    l->ws->stats.viewers++;
    gw_peer_want_write(l->peer);
}

static int status_of(const char *code)
{
    return strncmp(code, "no_such", 7) == 0 ? 404 : 503;
}

void gw_live_refused(struct gw_live *l, const char *code, struct gw_text why)
{
    assert(l->state == ASKING);
    l->state = REFUSED;
    l->problem = (struct gw_problem) {
        .status = status_of(code),
        .code = code,
        .why = why,
    };
    if (l->websocket)
        gw_peer_close(l->peer, (uint16_t)(CLOSE_HTTP + l->problem.status), code);
    else
        gw_peer_want_write(l->peer);
}

// Ends what was accepted.
static void end(struct gw_live *l, int status, const char *code, struct gw_text why)
{
    if (l->state != GREETING) { // over HTTP it is too late for a word
        gw_peer_close(l->peer, (uint16_t)(CLOSE_HTTP + status), code);
        return;
    }
    l->state = REFUSED;
    l->problem = (struct gw_problem) { .status = status, .code = code, .why = why };
    gw_peer_want_write(l->peer);
}

void gw_live_cannot_carry(struct gw_live *l, struct gw_text why)
{
    end(l, 415, "cannot_carry", why);
}

void gw_live_end_stream(struct gw_live *l, uint32_t stream, const char *code,
                        struct gw_text why)
{
    if (l->viewer.accepted && l->viewer.stream == stream && l->state != REFUSED)
        end(l, status_of(code), code, why);
}

struct gw_guest *gw_live_guest(const struct gw_live *l)
{
    return gw_peer_guest(l->peer);
}

const char *gw_live_address(const struct gw_live *l)
{
    return gw_peer_address(l->peer);
}

void gw_live_judge(struct gw_live *l, const char *code, struct gw_text why)
{
    const struct gw_server_hooks *hooks = &l->ws->hooks;
    if (l->viewer.accepted && l->state != REFUSED &&
        !hooks->guests.may_watch(hooks->arg, gw_live_guest(l), l->viewer.stream))
        end(l, status_of(code), code, why);
}

// ---- life ----

struct gw_live *gw_live_create(struct gw_ws *ws, struct gw_peer *peer,
                               const struct gw_wish *wish, const char *origin,
                               bool websocket)
{
    const char *reader = gw_origin_allowed(ws->config.allow_origin, origin);
    struct gw_live *l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    l->ws = ws;
    l->peer = peer;
    l->websocket = websocket;
    l->form = wish->form;
    l->viewer.live = l;
    snprintf(l->reader, sizeof(l->reader), "%s", reader ? reader : "");
    gw_viewer_queue_init(&l->queue, &(struct gw_viewer_limits) {
                                        .lane_bytes = ws->config.viewer_queue_bytes,
                                        .lane_age_us = GW_WS_LANE_AGE_US,
                                    });
    ws->hooks.on_open(ws->hooks.arg, &l->viewer, wish);
    assert(l->state != ASKING);
    return l;
}

void gw_live_destroy(struct gw_live *l)
{
    if (!l)
        return;
    if (l->viewer.accepted) {
        l->ws->stats.viewers--;
        l->ws->hooks.on_close(l->ws->hooks.arg, &l->viewer);
    }
    gw_viewer_queue_finish(&l->queue);
    free(l);
}

void gw_live_tell(const struct gw_live *l, const struct gw_viewer_visitor *to)
{
    if (l)
        gw_viewer_tell(&l->viewer, to);
}

size_t gw_live_queued(const struct gw_live *l)
{
    return l->queue.bytes;
}
