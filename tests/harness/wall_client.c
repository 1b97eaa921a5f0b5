#include "tests/harness/wall_client.h"

#include "base/clock.h"
#include "mux/wall_frame.h"
#include "tests/farm/proof.h"
#include "tests/harness/media.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60 * 1000 };

static struct wall_stream *by_ref(struct wall_client *w, int ref)
{
    for (int i = 0; i < w->count; i++)
        if (w->streams[i].ref == ref)
            return &w->streams[i];
    return NULL;
}

static struct wall_stream *by_stream(struct wall_client *w, uint32_t stream)
{
    for (int i = 0; i < w->count; i++)
        if (w->streams[i].stream == stream)
            return &w->streams[i];
    return NULL;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
    return text ? text : "";
}

static void take_state(struct wall_stream *s, const cJSON *state)
{
    if (!s || !state)
        return;
    snprintf(s->state, sizeof(s->state), "%s", text_of(state, "name"));
    snprintf(s->cause, sizeof(s->cause), "%s", text_of(state, "cause"));
}

static void on_control(struct wall_client *w, const struct ws_message *m)
{
    cJSON_Delete(w->last);
    w->last = cJSON_ParseWithLength((const char *)m->data, m->len);
    assert_non_null(w->last);

    const char *type = wall_last_type(w);
    const cJSON *number = cJSON_GetObjectItem(w->last, "stream");
    uint32_t stream = number ? (uint32_t)number->valuedouble : 0;
    const cJSON *state = cJSON_GetObjectItem(w->last, "state");

    if (strcmp(type, "opened") == 0) {
        struct wall_stream *s = by_ref(w, cJSON_GetObjectItem(w->last, "ref")->valueint);
        assert_non_null(s);
        s->stream = stream;
        take_state(s, state);
    } else if (strcmp(type, "state") == 0) {
        take_state(by_stream(w, stream), state);
    } else if (strcmp(type, "dropped") == 0) {
        struct wall_stream *s = by_stream(w, stream);
        if (s)
            s->told_dropped +=
                (uint64_t)cJSON_GetObjectItem(w->last, "frames")->valuedouble;
    }
}

static void check_seq(struct wall_stream *s, const struct gw_wall_frame *h)
{
    if (s->started && h->seq != s->seq + 1) {
        s->jumps++;
        s->silent_jumps += !h->gap;
        s->delta_jumps += !h->key;
    }
    s->seq = h->seq;
}

static void check_proof(struct wall_stream *s, const uint8_t *payload, size_t len)
{
    struct farm_proof proof;

    bool marked = farm_proof_find(payload, len, &proof) == 0;
    if (!marked || proof.camera != s->camera || proof.profile != s->profile) {
        s->wrong++;
        s->unmarked += !marked;
        return;
    }
    if (s->frames > 1 && proof.frame <= s->last_frame)
        s->disorder++;
    else if (s->frames > 1)
        s->lost += proof.frame - s->last_frame - 1;
    s->last_frame = proof.frame;
    s->age_us = gw_clock_unix_us() - proof.sent_unix_us;
    if (s->age_us > s->age_max_us)
        s->age_max_us = s->age_us;
}

static void on_frame(struct wall_client *w, const struct gw_wall_frame *h,
                     const uint8_t *payload)
{
    struct wall_stream *s = by_stream(w, h->stream);
    if (!s)
        return; // closed meanwhile
    if (h->kind == GW_WALL_CONFIG) {
        s->configs++;
        return;
    }
    if (s->configs == 0 || (!s->started && !h->key))
        s->first_bad++;
    check_seq(s, h);
    s->started = true;
    s->gap = h->gap;
    s->frames++;
    s->keys += h->key;
    size_t len = h->payload_bytes;
    if (h->form == GW_WALL_FORM_MP4)
        payload = media_mdat(payload, len, &len);
    check_proof(s, payload, len);
}

static void on_media(struct wall_client *w, const struct ws_message *m)
{
    struct gw_wall_frame h;
    size_t pos = 0;

    w->media_messages++;
    while (pos < m->len) {
        assert_int_equal(gw_wall_frame_read(m->data + pos, m->len - pos, &h), 0);
        assert_true(m->len - pos >= (size_t)h.header_bytes + h.payload_bytes);
        on_frame(w, &h, m->data + pos + h.header_bytes);
        pos += (size_t)h.header_bytes + h.payload_bytes;
    }
}

int wall_step(struct wall_client *w, int timeout_ms)
{
    struct ws_message m;
    int r = ws_receive(&w->ws, &m, timeout_ms);
    if (r < 0)
        return r;
    if (m.opcode == WS_TEXT)
        on_control(w, &m);
    else if (m.opcode == WS_BINARY)
        on_media(w, &m);
    else if (m.opcode == WS_CLOSE)
        return -EPIPE;
    return 0;
}

int wall_connect(struct wall_client *w, uint16_t port)
{
    *w = (struct wall_client) { 0 };
    int r = ws_connect(&w->ws, port, "/ws/v1", "gridwall.v1");
    if (r == 0)
        r = wall_step(w, PATIENCE_MS);
    if (r < 0) {
        wall_close(w);
        return r;
    }
    assert_string_equal(wall_last_type(w), "hello");
    return 0;
}

void wall_close(struct wall_client *w)
{
    ws_close(&w->ws);
    cJSON_Delete(w->last);
    w->last = NULL;
}

struct wall_stream *wall_open(struct wall_client *w, const char *camera,
                              const char *profile, uint32_t farm_camera)
{
    return wall_open_form(w, camera, profile, "avcc", farm_camera);
}

struct wall_stream *wall_open_form(struct wall_client *w, const char *camera,
                                   const char *profile, const char *form,
                                   uint32_t farm_camera)
{
    char text[256];
    assert_true(w->count < WALL_STREAMS_MAX);
    struct wall_stream *s = &w->streams[w->count];

    *s = (struct wall_stream) {
        .ref = ++w->count,
        .camera = farm_camera,
        .profile = strcmp(profile, "sub") == 0 ? FARM_SUB : FARM_MAIN,
    };
    snprintf(text, sizeof(text),
             "{\"type\":\"open\",\"ref\":%d,\"camera\":\"%s\",\"profile\":\"%s\","
             "\"form\":\"%s\"}",
             s->ref, camera, profile, form);
    ws_send_text(&w->ws, text);
    return s;
}

void wall_until(struct wall_client *w, bool (*done)(struct wall_client *w, void *arg),
                void *arg)
{
    uint64_t end_us = gw_clock_now_us() + (uint64_t)PATIENCE_MS * GW_MS;
    while (!done(w, arg)) {
        if (gw_clock_now_us() > end_us)
            fail_msg("what was waited for did not come");
        int r = wall_step(w, PATIENCE_MS);
        if (r < 0)
            fail_msg("the wall's socket: %s", strerror(-r));
    }
}

bool wall_has_frames(struct wall_client *w, void *arg)
{
    for (int i = 0; i < w->count; i++)
        if (w->streams[i].frames < *(uint64_t *)arg)
            return false;
    return true;
}

bool wall_in_state(struct wall_client *w, void *arg)
{
    for (int i = 0; i < w->count; i++) {
        const struct wall_stream *s = &w->streams[i];
        char both[64];
        snprintf(both, sizeof(both), "%s %s", s->state, s->cause);
        if (strcmp(s->state, arg) != 0 && strcmp(both, arg) != 0)
            return false;
    }
    return true;
}

void wall_check_whole(const struct wall_client *w)
{
    for (int i = 0; i < w->count; i++) {
        const struct wall_stream *s = &w->streams[i];
        if (s->configs == 0 || s->wrong || s->disorder || s->lost || s->first_bad ||
            s->jumps || s->told_dropped)
            fail_msg("stream %u of camera %u: %lu configs, %lu frames, %lu wrong, %lu "
                     "out of order, %lu lost, %lu early, %lu jumps, %lu told dropped",
                     s->stream, s->camera, s->configs, s->frames, s->wrong, s->disorder,
                     s->lost, s->first_bad, s->jumps, s->told_dropped);
    }
}

const char *wall_last_type(const struct wall_client *w)
{
    return text_of(w->last, "type");
}
