#include "app/camera_status.h"

#include "app/api_answer.h"
#include "app/api_words.h"
#include "app/gather.h"
#include "app/rights.h"
#include "app/router.h"
#include "base/clock.h"
#include "map/snapshot.h"
#include "ws/json_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROFILES = 2,          // main, sub
    ANSWER_MAX = 8 * 1024, // bytes
};

static const char prefix[] = "cameras/";
static const char suffix[] = "/status";

static const struct gw_text no_such_camera = {
    "There is no camera with this id.",
    "没有该编码的摄像机。",
};

struct question {
    struct gw_request *request;
    uint32_t num; // of the camera
    bool has_sub;
    enum gw_camera_state state;
    char id[GW_CAMERA_ID_MAX + 1];
};

struct part {
    struct gw_router_stream streams[PROFILES];
};

bool gw_is_camera_status(const char *path)
{
    size_t len = strlen(path);
    size_t ends = sizeof(prefix) + sizeof(suffix) - 2;
    return len > ends && strncmp(path, prefix, sizeof(prefix) - 1) == 0 &&
           strcmp(path + len - (sizeof(suffix) - 1), suffix) == 0;
}

static void refuse(struct gw_request *request, int status, const char *code,
                   struct gw_text why, enum gw_lang lang)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, lang);
    gw_answer_send(&answer, request);
}

// On the shard that owns the camera.
static void on_shard(struct gw_shard *shard, void *arg, void *part)
{
    const struct question *q = arg;
    struct part *p = part;
    for (int sub = 0; sub < PROFILES; sub++)
        gw_router_stream(gw_shard_router(shard), gw_stream_of(q->num, sub),
                         &p->streams[sub]);
}

static void add_source(struct gw_json_text *t, const struct gw_source_status *s,
                       uint64_t now_us)
{
    uint64_t age_us = s->since_us && now_us > s->since_us ? now_us - s->since_us : 0;

    gw_json_text_add(t, "\"state\":\"%s\",\"age_ms\":%" PRIu64 ",\"attempt\":%" PRIu32,
                     gw_source_state_name(s->state), age_us / GW_MS, s->attempt);
    if (s->state != GW_SOURCE_RETRYING)
        return;
    struct gw_text why = gw_cause_text(s->cause);
    uint64_t left_us = s->retry_at_us > now_us ? s->retry_at_us - now_us : 0;
    gw_json_text_add(t, ",\"cause\":\"%s\",\"retry_ms\":%" PRIu64 ",\"rtsp_status\":%u",
                     gw_cause_name(s->cause), left_us / GW_MS, s->rtsp_status);
    gw_json_text_add(t, ",\"en\":");
    gw_json_text_add_string(t, why.en);
    gw_json_text_add(t, ",\"zh\":");
    gw_json_text_add_string(t, why.zh);
}

// A figure that is not known yet is null.
static void add_ms(struct gw_json_text *t, const char *name, uint64_t us)
{
    if (us)
        gw_json_text_add(t, ",\"%s\":%.1f", name, (double)us / GW_MS);
    else
        gw_json_text_add(t, ",\"%s\":null", name);
}

static void add_audio(struct gw_json_text *t, const struct gw_audio_track_stats *a)
{
    gw_json_text_add(t,
                     ",\"audio\":{\"bytes\":%" PRIu64 ",\"frames\":%" PRIu64
                     ",\"frames_dropped\":%" PRIu64 ",\"packets\":%" PRIu64
                     ",\"packets_lost\":%" PRIu64 ",\"packets_malformed\":%" PRIu64 "}",
                     a->bytes, a->frames, a->frames_dropped, a->packets, a->packets_lost,
                     a->packets_malformed);
}

static void add_stream(struct gw_json_text *t, const struct gw_router_stream *s,
                       uint64_t now_us)
{
    const struct gw_video_track_stats *v = &s->source.video;
    const struct gw_delivery_figures *d = &s->source.delivery;

    gw_json_text_add(t, "{");
    add_source(t, &s->status, now_us);
    gw_json_text_add(t,
                     ",\"connections\":%" PRIu32 ",\"bytes\":%" PRIu64
                     ",\"frames\":%" PRIu64 ",\"frames_dropped\":%" PRIu64
                     ",\"packets\":%" PRIu64 ",\"packets_lost\":%" PRIu64
                     ",\"packets_malformed\":%" PRIu64,
                     d->connections, v->bytes, v->frames, v->frames_dropped, v->packets,
                     v->packets_lost, v->packets_malformed);
    add_audio(t, &s->source.audio);
    add_ms(t, "jitter_ms", d->jitter_us);
    gw_json_text_add(t, ",\"lag_ms\":%.1f", (double)d->lag_us / GW_MS);
    add_ms(t, "key_frame_interval_ms", d->key_interval_us);
    gw_json_text_add(t, ",\"long_gop\":%s",
                     d->key_interval_us >= GW_SOURCE_LONG_GOP_US ? "true" : "false");
    add_ms(t, "signalling_delay_ms", d->signalling_us);
    add_ms(t, "stream_delay_ms", d->first_packet_us);
    add_ms(t, "key_frame_delay_ms", d->key_frame_us);
    gw_json_text_add(t, ",\"cached_frames\":%" PRIu32 ",\"cached_bytes\":%" PRIu64 "}",
                     s->cached.gop_frames, s->cached.gop_bytes);
}

static void on_answers(struct gw_shard *home, void *arg, void *parts, uint32_t count)
{
    struct question *q = arg;
    const struct part *p = parts;
    uint64_t now_us = gw_clock_now_us();
    char text[ANSWER_MAX];
    struct gw_json_text t = gw_json_text_init(text, sizeof(text));
    (void)home;
    (void)count;

    gw_json_text_add(&t, "{\"id\":");
    gw_json_text_add_string(&t, q->id);
    gw_json_text_add(
        &t, ",\"state\":\"%s\",\"streams\":{\"main\":", gw_camera_state_name(q->state));
    add_stream(&t, &p->streams[0], now_us);
    if (q->has_sub) {
        gw_json_text_add(&t, ",\"sub\":");
        add_stream(&t, &p->streams[1], now_us);
    }
    gw_json_text_add(&t, "}}\n");
    const struct gw_reply reply = {
        .status = 200,
        .content_type = "application/json",
        .body = text,
        .body_len = t.len,
    };
    gw_request_reply(q->request, &reply);
    free(q);
}

// Finds the camera named in `path`. Returns NULL when there is none for this guest, or
// out of memory.
static struct question *question_of(struct gw_engine *engine,
                                    const struct gw_guest *guest, const char *path)
{
    size_t len = strlen(path) - (sizeof(prefix) - 1) - (sizeof(suffix) - 1);
    struct question *q = len <= GW_CAMERA_ID_MAX ? calloc(1, sizeof(*q)) : NULL;
    if (!q)
        return NULL;
    memcpy(q->id, path + sizeof(prefix) - 1, len);

    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    const struct gw_camera *camera = gw_snapshot_camera(snapshot, q->id);
    if (camera && !gw_rights_may(guest, GW_MAY_SEE, snapshot, camera))
        camera = NULL;
    if (camera) {
        q->num = camera->num;
        q->has_sub = *camera->url_sub != '\0';
        q->state = gw_states_get(gw_engine_states(engine), camera->num).state;
    }
    gw_snapshot_unref(&snapshot);
    if (camera)
        return q;
    free(q);
    return NULL;
}

void gw_camera_status_reply(struct gw_shard *shard, struct gw_request *request,
                            const struct gw_request_info *info, const char *path)
{
    enum gw_lang lang = info->lang;
    struct gw_engine *engine = gw_shard_engine(shard);
    struct question *q = question_of(engine, info->guest, path);
    if (!q) {
        refuse(request, 404, "no_such_camera", no_such_camera, lang);
        return;
    }
    q->request = request;
    const struct gw_gather_question question = {
        .only = gw_engine_owner(engine, gw_stream_of(q->num, 0)),
        .part_bytes = sizeof(struct part),
        .on_shard = on_shard,
        .on_answers = on_answers,
        .arg = q,
    };
    if (gw_gather(shard, &question) < 0) {
        free(q);
        refuse(request, 503, "busy", gw_words_out_of_memory, lang);
    }
}
