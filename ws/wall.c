#include "ws/wall_state.h"

#include "ws/control.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct gw_text BAD_MESSAGE = {
    "This message does not follow docs/wire.md; it was ignored.",
    "该消息不符合 docs/wire.md 的规定，已忽略。",
};
static const struct gw_text REF_IN_USE = {
    "This ref is already open on this socket; choose another number.",
    "该 ref 已在本连接上使用，请换一个编号。",
};
static const struct gw_text NO_SUCH_REF = {
    "No subscription with this ref is open on this socket.",
    "本连接上没有此 ref 的订阅。",
};
static const struct gw_text TOO_MANY = {
    "This socket has as many subscriptions as it may have; close one first.",
    "本连接的订阅数已达上限，请先关闭一个。",
};
static const struct gw_text NO_MEMORY = {
    "The engine is out of memory; try again later.",
    "引擎内存不足，请稍后再试。",
};

// ---- subscriptions ----

static struct gw_viewer **find(struct gw_wall *w, uint32_t ref)
{
    struct gw_viewer **pv = &w->viewers;
    while (*pv && (*pv)->ref != ref)
        pv = &(*pv)->next;
    return pv;
}

// Takes a viewer off the list and ends it.
static void remove_viewer(struct gw_wall *w, struct gw_viewer **pv)
{
    struct gw_viewer *v = *pv;
    *pv = v->next;
    w->viewer_count--;
    if (v->accepted) {
        w->ws->stats.viewers--;
        w->ws->hooks.on_close(w->ws->hooks.arg, v);
    }
    gw_viewer_queue_remove_lane(&w->queue, &v->lane);
    free(v);
}

void gw_wall_accepted(struct gw_wall *w, struct gw_viewer *v,
                      const struct gw_source_status *status, uint64_t now_us)
{
    char out[GW_CONTROL_OUT_MAX];
    struct gw_source_status own = *status;
    own.stream = v->stream;
    w->ws->stats.viewers++;
    gw_wall_send_text(w, out, gw_control_opened(out, v->ref, &own, now_us));
}

void gw_wall_refused(struct gw_wall *w, struct gw_viewer *v, const char *code,
                     struct gw_text why)
{
    gw_wall_send_error(w, &v->ref, code, why);
    w->refused = true;
}

void gw_wall_cannot_carry(struct gw_wall *w, struct gw_viewer *v, enum gw_codec codec,
                          struct gw_text why)
{
    char out[GW_CONTROL_OUT_MAX];
    gw_wall_send_text(w, out, gw_control_cannot_carry(out, v->ref, codec, why));
}

static void open_viewer(struct gw_wall *w, const struct gw_control *c)
{
    if (*find(w, c->ref)) {
        gw_wall_send_error(w, &c->ref, "ref_in_use", REF_IN_USE);
        return;
    }
    if (w->viewer_count == GW_WALL_OPEN_MAX) {
        gw_wall_send_error(w, &c->ref, "too_many", TOO_MANY);
        return;
    }
    struct gw_viewer *v = calloc(1, sizeof(*v));
    if (!v) {
        gw_wall_send_error(w, &c->ref, "busy", NO_MEMORY);
        return;
    }
    v->wall = w;
    v->ref = c->ref;
    v->urgent = c->urgent;
    if (c->limited)
        gw_viewer_queue_grant(&w->queue, &v->lane, c->frames);
    v->next = w->viewers;
    w->viewers = v;
    w->viewer_count++;

    w->refused = false;
    w->ws->hooks.on_open(w->ws->hooks.arg, v, &c->wish);
    assert(w->refused || v->accepted);
    if (w->refused)
        remove_viewer(w, find(w, c->ref));
}

// NULL, and the page was told, when it has no such subscription.
static struct gw_viewer **need(struct gw_wall *w, uint32_t ref)
{
    struct gw_viewer **pv = find(w, ref);
    if (*pv)
        return pv;
    gw_wall_send_error(w, &ref, "no_such_ref", NO_SUCH_REF);
    return NULL;
}

static void close_viewer(struct gw_wall *w, uint32_t ref)
{
    struct gw_viewer **pv = need(w, ref);
    if (!pv)
        return;
    remove_viewer(w, pv);

    char out[GW_CONTROL_OUT_MAX];
    gw_wall_send_text(w, out, gw_control_closed(out, ref));
}

void gw_wall_end_stream(struct gw_wall *w, uint32_t stream, const char *code,
                        struct gw_text why)
{
    for (struct gw_viewer **pv = &w->viewers; *pv;) {
        if ((*pv)->stream != stream) {
            pv = &(*pv)->next;
            continue;
        }
        gw_wall_send_error(w, &(*pv)->ref, code, why);
        remove_viewer(w, pv);
    }
}

struct gw_guest *gw_wall_guest(const struct gw_wall *w)
{
    return gw_peer_guest(w->peer);
}

const char *gw_wall_address(const struct gw_wall *w)
{
    return gw_peer_address(w->peer);
}

void gw_wall_judge(struct gw_wall *w, const char *code, struct gw_text why)
{
    const struct gw_server_hooks *hooks = &w->ws->hooks;
    for (struct gw_viewer **pv = &w->viewers; *pv;) {
        if (hooks->guests.may_watch(hooks->arg, gw_wall_guest(w), (*pv)->stream)) {
            pv = &(*pv)->next;
            continue;
        }
        gw_wall_send_error(w, &(*pv)->ref, code, why);
        remove_viewer(w, pv);
    }
}

// What waits of a tile that comes into focus leaves with its next frame.
static void set_urgent(struct gw_wall *w, uint32_t ref, bool urgent)
{
    struct gw_viewer **pv = need(w, ref);
    if (pv)
        (*pv)->urgent = urgent;
}

static void set_audio(struct gw_wall *w, uint32_t ref, bool audio)
{
    struct gw_viewer **pv = need(w, ref);
    if (pv)
        w->ws->hooks.on_audio(w->ws->hooks.arg, *pv, audio);
}

static void grant(struct gw_wall *w, uint32_t ref, uint32_t frames)
{
    struct gw_viewer **pv = need(w, ref);
    if (!pv)
        return;
    bool held = (*pv)->lane.held;
    gw_viewer_queue_grant(&w->queue, &(*pv)->lane, frames);
    if (held)
        gw_wall_writable(w); // it has waited long enough
}

void gw_wall_send_status(struct gw_wall *w, const struct gw_source_status *status,
                         uint64_t now_us)
{
    for (const struct gw_viewer *v = w->viewers; v; v = v->next) {
        if (v->accepted && v->stream == status->stream) {
            char out[GW_CONTROL_OUT_MAX];
            gw_wall_send_text(w, out, gw_control_state(out, status, now_us));
            return;
        }
    }
}

// ---- in ----

static void end(struct gw_wall *w, uint16_t status, const char *reason)
{
    w->ended = true;
    gw_peer_close(w->peer, status, reason);
}

static void refuse_message(struct gw_wall *w, const uint32_t *ref)
{
    w->ws->stats.bad_messages++;
    gw_wall_send_error(w, ref, "bad_message", BAD_MESSAGE);
    if (++w->bad_messages == GW_WALL_BAD_MESSAGES_MAX)
        end(w, GW_WALL_CLOSE_POLICY, "too many messages against docs/wire.md");
}

static void misread(struct gw_wall *w, const char *text, size_t len, int error)
{
    uint32_t ref;

    // Which subscription it is about is not known: the page shall ask for all again.
    if (error == -ENOMEM) {
        end(w, GW_WALL_CLOSE_TRY_LATER, "out of memory");
        return;
    }
    bool named = gw_control_parse_ref(text, len, &ref) == 0;
    refuse_message(w, named ? &ref : NULL);
}

static void on_message(struct gw_wall *w, const char *text, size_t len, uint64_t unix_us)
{
    struct gw_control c;
    char out[GW_CONTROL_OUT_MAX];

    int r = gw_control_parse(text, len, &c);
    if (r < 0) {
        misread(w, text, len, r);
        return;
    }
    switch (c.type) {
    case GW_CONTROL_OPEN: open_viewer(w, &c); break;
    case GW_CONTROL_CLOSE: close_viewer(w, c.ref); break;
    case GW_CONTROL_URGENT: set_urgent(w, c.ref, c.urgent); break;
    case GW_CONTROL_AUDIO: set_audio(w, c.ref, c.wish.audio); break;
    case GW_CONTROL_CREDIT: grant(w, c.ref, c.frames); break;
    case GW_CONTROL_PING:
        gw_wall_send_text(w, out, gw_control_pong(out, c.t, unix_us));
        break;
    }
}

// Keeps a piece. Most messages come whole: the room exists only while needed.
static void keep_piece(struct gw_wall *w, const void *data, size_t len)
{
    if (!w->partial)
        w->partial = malloc(GW_CONTROL_IN_MAX);
    if (!w->partial) {
        end(w, GW_WALL_CLOSE_TRY_LATER, "out of memory");
        return;
    }
    if (len > GW_CONTROL_IN_MAX - w->partial_len) {
        w->too_long = true;
        return;
    }
    memcpy(w->partial + w->partial_len, data, len);
    w->partial_len += len;
}

void gw_wall_receive(struct gw_wall *w, const void *data, size_t len, bool binary,
                     bool last, uint64_t unix_us)
{
    if (w->ended)
        return;

    bool whole = last && !w->partial && !w->too_long;
    if (!whole && len)
        keep_piece(w, data, len);
    if (!last || w->ended)
        return;

    if (binary || w->too_long)
        refuse_message(w, NULL);
    else if (whole)
        on_message(w, data, len, unix_us);
    else
        on_message(w, w->partial, w->partial_len, unix_us);
    free(w->partial);
    w->partial = NULL;
    w->partial_len = 0;
    w->too_long = false;
}

// ---- life ----

struct gw_wall *gw_wall_create(struct gw_ws *ws, struct gw_peer *peer, uint64_t unix_us)
{
    struct gw_wall *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->ws = ws;
    w->peer = peer;
    gw_viewer_queue_init(&w->queue, &(struct gw_viewer_limits) {
                                        .lane_bytes = ws->config.viewer_queue_bytes,
                                        .lane_age_us = GW_WS_LANE_AGE_US,
                                        .held_age_us = GW_WS_HELD_AGE_US,
                                    });
    gw_wall_hot(w, &w->place.hot);
    w->next = ws->walls;
    if (ws->walls)
        ws->walls->prev = w;
    ws->walls = w;
    ws->stats.wall_sockets++;

    char out[GW_CONTROL_OUT_MAX];
    gw_wall_send_text(w, out, gw_control_hello(out, unix_us, ws->config.audio));
    return w;
}

void gw_wall_destroy(struct gw_wall *w)
{
    if (!w)
        return;
    while (w->viewers)
        remove_viewer(w, &w->viewers);
    gw_batch_timer_leave(w->ws->batch, &w->place);
    gw_viewer_queue_finish(&w->queue);

    if (w->prev)
        w->prev->next = w->next;
    else
        w->ws->walls = w->next;
    if (w->next)
        w->next->prev = w->prev;
    w->ws->stats.wall_sockets--;
    free(w->partial);
    free(w);
}

void gw_wall_tell(const struct gw_wall *w, const struct gw_viewer_visitor *to)
{
    for (const struct gw_viewer *v = w ? w->viewers : NULL; v; v = v->next)
        gw_viewer_tell(v, to);
}

size_t gw_wall_queued(const struct gw_wall *w)
{
    return w->queue.bytes;
}

struct gw_wall *gw_wall_next(const struct gw_wall *w)
{
    return w->next;
}
