#include "ws/control.h"

#include "base/clock.h"

#include "ws/json_text.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

// The whole text, one object. Free it. Returns 0, -EBADMSG or -ENOMEM.
static int parse_object(const char *text, size_t len, cJSON **ret_json)
{
    const char *end = NULL;
    if (memchr(text, '\0', len))
        return -EBADMSG;
    errno = 0; // cJSON tells failed and malformed apart by malloc()'s errno alone
    cJSON *json = cJSON_ParseWithLengthOpts(text, len, &end, false);
    if (!json)
        return errno == ENOMEM ? -ENOMEM : -EBADMSG;
    bool whole = end;
    for (; whole && end < text + len; end++)
        whole = strchr(" \t\r\n", *end) != NULL;
    if (!whole || !cJSON_IsObject(json)) {
        cJSON_Delete(json);
        return -EBADMSG;
    }
    *ret_json = json;
    return 0;
}

static bool has(const cJSON *json, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(json, name) != NULL;
}

static const char *string_of(const cJSON *json, const char *name)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    return s ? s : "";
}

// A whole number from 0 to `max`.
static int read_count(const cJSON *json, const char *name, uint32_t max,
                      uint32_t *ret_count)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(json, name);
    if (!cJSON_IsNumber(n) || !(n->valuedouble >= 0) || n->valuedouble > max ||
        n->valuedouble != floor(n->valuedouble))
        return -EBADMSG;
    *ret_count = (uint32_t)n->valuedouble;
    return 0;
}

static int read_ref(const cJSON *json, uint32_t *ret_ref)
{
    return read_count(json, "ref", INT32_MAX, ret_ref);
}

static int read_bool(const cJSON *json, const char *name, bool *ret_value)
{
    const cJSON *b = cJSON_GetObjectItemCaseSensitive(json, name);
    if (!cJSON_IsBool(b))
        return -EBADMSG;
    *ret_value = cJSON_IsTrue(b);
    return 0;
}

// Finds `text` in `words`, ended by NULL. Returns its index or -EBADMSG.
static int index_of(const char *text, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    return -EBADMSG;
}

bool gw_control_is_camera_id(const char *id)
{
    size_t len = strnlen(id, GW_CAMERA_ID_MAX + 1);
    if (len == 0 || len > GW_CAMERA_ID_MAX)
        return false;
    for (const char *c = id; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '/' || *c == '\\')
            return false;
    return true;
}

static int read_wish(const cJSON *json, struct gw_wish *wish)
{
    static const char *const profiles[] = { "main", "sub", NULL };
    static const char *const forms[] = { "avcc", "mp4", NULL };
    static const char *const joins[] = { "gop", "key", NULL };
    const char *camera = string_of(json, "camera");
    int profile = index_of(string_of(json, "profile"), profiles);
    int form = index_of(string_of(json, "form"), forms);
    int join = has(json, "join") ? index_of(string_of(json, "join"), joins) : 0;

    if (!gw_control_is_camera_id(camera) || profile < 0 || form < 0 || join < 0)
        return -EBADMSG;
    memcpy(wish->camera, camera, strlen(camera) + 1);
    wish->profile = profile ? GW_PROFILE_SUB : GW_PROFILE_MAIN;
    wish->form = form ? GW_FORM_WALL_MP4 : GW_FORM_WALL_AVCC;
    wish->join = join ? GW_JOIN_KEY : GW_JOIN_GOP;
    return has(json, "audio") ? read_bool(json, "audio", &wish->audio) : 0;
}

static int read_open(const cJSON *json, struct gw_control *c)
{
    if (read_ref(json, &c->ref) < 0 || read_wish(json, &c->wish) < 0)
        return -EBADMSG;
    if (has(json, "urgent") && read_bool(json, "urgent", &c->urgent) < 0)
        return -EBADMSG;
    c->limited = has(json, "credit");
    return c->limited ? read_count(json, "credit", GW_CREDIT_MAX, &c->frames) : 0;
}

static int read_urgent(const cJSON *json, struct gw_control *c)
{
    int r = read_ref(json, &c->ref);
    return r < 0 ? r : read_bool(json, "urgent", &c->urgent);
}

static int read_credit(const cJSON *json, struct gw_control *c)
{
    int r = read_ref(json, &c->ref);
    return r < 0 ? r : read_count(json, "frames", GW_CREDIT_MAX, &c->frames);
}

static int read_audio(const cJSON *json, struct gw_control *c)
{
    int r = read_ref(json, &c->ref);
    return r < 0 ? r : read_bool(json, "audio", &c->wish.audio);
}

static int read_ping(const cJSON *json, struct gw_control *c)
{
    const cJSON *t = cJSON_GetObjectItemCaseSensitive(json, "t");
    if (!cJSON_IsNumber(t) || !isfinite(t->valuedouble))
        return -EBADMSG;
    c->t = t->valuedouble;
    return 0;
}

static int read_message(const cJSON *json, struct gw_control *c)
{
    const char *type = string_of(json, "type");

    if (strcmp(type, "open") == 0) {
        c->type = GW_CONTROL_OPEN;
        return read_open(json, c);
    }
    if (strcmp(type, "close") == 0) {
        c->type = GW_CONTROL_CLOSE;
        return read_ref(json, &c->ref);
    }
    if (strcmp(type, "urgent") == 0) {
        c->type = GW_CONTROL_URGENT;
        return read_urgent(json, c);
    }
    if (strcmp(type, "credit") == 0) {
        c->type = GW_CONTROL_CREDIT;
        return read_credit(json, c);
    }
    if (strcmp(type, "audio") == 0) {
        c->type = GW_CONTROL_AUDIO;
        return read_audio(json, c);
    }
    if (strcmp(type, "ping") == 0) {
        c->type = GW_CONTROL_PING;
        return read_ping(json, c);
    }
    return -EBADMSG;
}

int gw_control_parse(const char *text, size_t len, struct gw_control *ret_control)
{
    if (len > GW_CONTROL_IN_MAX)
        return -EMSGSIZE;

    cJSON *json;
    struct gw_control c = { 0 };
    int r = parse_object(text, len, &json);
    if (r < 0)
        return r;

    r = read_message(json, &c);
    cJSON_Delete(json);
    if (r == 0)
        *ret_control = c;
    return r;
}

int gw_control_parse_ref(const char *text, size_t len, uint32_t *ret_ref)
{
    cJSON *json = NULL;
    int r = len <= GW_CONTROL_IN_MAX ? parse_object(text, len, &json) : -EMSGSIZE;
    if (r == 0)
        r = read_ref(json, ret_ref);
    cJSON_Delete(json);
    return r;
}

// All that is written here is ours and bounded: running out of room is our bug.
static size_t finished(const struct gw_json_text *t)
{
    assert(!t->overflow);
    return t->len;
}

size_t gw_control_hello(char *out, uint64_t unix_us, bool audio)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t, "{\"type\":\"hello\",\"version\":\"" GW_VERSION "\"");
    gw_json_text_add(&t, ",\"now_us\":%" PRIu64 ",\"max_open\":%d,\"audio\":%s}", unix_us,
                     GW_WALL_OPEN_MAX, audio ? "true" : "false");
    return finished(&t);
}

static void add_state(struct gw_json_text *t, const struct gw_source_status *s,
                      uint64_t now_us)
{
    uint64_t age_us = now_us > s->since_us ? now_us - s->since_us : 0;

    gw_json_text_add(
        t, "\"state\":{\"name\":\"%s\",\"attempt\":%" PRIu32 ",\"age_ms\":%" PRIu64,
        gw_source_state_name(s->state), s->attempt, age_us / 1000);
    if (s->state == GW_SOURCE_RETRYING) {
        struct gw_text text = gw_cause_text(s->cause);
        uint64_t left_us = s->retry_at_us > now_us ? s->retry_at_us - now_us : 0;
        gw_json_text_add(t, ",\"cause\":\"%s\",\"retry_ms\":%" PRIu64 ",\"en\":",
                         gw_cause_name(s->cause), left_us / 1000);
        gw_json_text_add_string(t, text.en);
        gw_json_text_add(t, ",\"zh\":");
        gw_json_text_add_string(t, text.zh);
    } else if (s->key_interval_us >= GW_SOURCE_LONG_GOP_US) {
        uint64_t seconds = (s->key_interval_us + GW_SECOND / 2) / GW_SECOND;
        gw_json_text_add(t,
                         ",\"key_frame_s\":%" PRIu64
                         ",\"en\":\"This camera sends a key frame every %" PRIu64
                         " s; a picture may take as long to appear.\""
                         ",\"zh\":\"该摄像机每 %" PRIu64
                         " 秒才发送一个关键帧，画面最长需等待同样时间。\"",
                         seconds, seconds, seconds);
    }
    gw_json_text_add(t, "}");
}

size_t gw_control_opened(char *out, uint32_t ref, const struct gw_source_status *status,
                         uint64_t now_us)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t,
                     "{\"type\":\"opened\",\"ref\":%" PRIu32 ",\"stream\":%" PRIu32 ",",
                     ref, status->stream);
    add_state(&t, status, now_us);
    gw_json_text_add(&t, "}");
    return finished(&t);
}

size_t gw_control_state(char *out, const struct gw_source_status *status, uint64_t now_us)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t, "{\"type\":\"state\",\"stream\":%" PRIu32 ",", status->stream);
    add_state(&t, status, now_us);
    gw_json_text_add(&t, "}");
    return finished(&t);
}

size_t gw_control_dropped(char *out, uint32_t stream, uint64_t frames,
                          enum gw_drop_reason reason)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t,
                     "{\"type\":\"dropped\",\"stream\":%" PRIu32 ",\"frames\":%" PRIu64
                     ",\"reason\":\"%s\"}",
                     stream, frames, reason == GW_DROP_CREDIT ? "credit" : "slow");
    return finished(&t);
}

size_t gw_control_closed(char *out, uint32_t ref)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t, "{\"type\":\"closed\",\"ref\":%" PRIu32 "}", ref);
    return finished(&t);
}

size_t gw_control_pong(char *out, double t_page, uint64_t unix_us)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t, "{\"type\":\"pong\",\"t\":%.17g,\"now_us\":%" PRIu64 "}", t_page,
                     unix_us);
    return finished(&t);
}

static size_t finished_with(struct gw_json_text *t, struct gw_text why)
{
    gw_json_text_add(t, ",\"en\":");
    gw_json_text_add_string(t, why.en);
    gw_json_text_add(t, ",\"zh\":");
    gw_json_text_add_string(t, why.zh);
    gw_json_text_add(t, "}");
    return finished(t);
}

size_t gw_control_error(char *out, const uint32_t *ref, const char *code,
                        struct gw_text why)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t, "{\"type\":\"error\"");
    if (ref)
        gw_json_text_add(&t, ",\"ref\":%" PRIu32, *ref);
    gw_json_text_add(&t, ",\"code\":\"%s\"", code);
    return finished_with(&t, why);
}

size_t gw_control_cannot_carry(char *out, uint32_t ref, enum gw_codec codec,
                               struct gw_text why)
{
    struct gw_json_text t = gw_json_text_init(out, GW_CONTROL_OUT_MAX);
    gw_json_text_add(&t,
                     "{\"type\":\"error\",\"ref\":%" PRIu32
                     ",\"code\":\"cannot_carry\",\"codec\":%d",
                     ref, (int)codec);
    return finished_with(&t, why);
}
