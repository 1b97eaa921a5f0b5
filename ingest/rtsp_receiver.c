// State diagram, one arrow per `r->state =` below:
//
//   WAITING --- ANNOUNCE, key ---> ANNOUNCED --- RECORD ---> RECORDING
//      |                               |                        |
//      +-------------------------------+--- TEARDOWN, EOF ------+--> CLOSED
//      |
//      +--- a path of another owner ---> ELSEWHERE (for good)
//
//   any of the three --- refused too often, silent, not RTSP ---> FAILED (for good)

#include "ingest/rtsp_receiver.h"

#include "base/clock.h"
#include "ingest/rtsp_answer.h"
#include "ingest/rtsp_framer.h"
#include "ingest/rtsp_guard.h"
#include "ingest/rtsp_liveness.h"
#include "ingest/rtsp_media.h"
#include "ingest/rtsp_transport.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    ANSWER_MAX = 1024, // bytes of one answer, a challenge included
    URI_MAX = 2048,    // bytes
    SESSION_BYTES = 17,
};

static const char PUBLIC[] = "Public: OPTIONS, ANNOUNCE, SETUP, RECORD, TEARDOWN, "
                             "GET_PARAMETER, SET_PARAMETER\r\n";

struct gw_rtsp_receiver {
    struct gw_rtsp_receiver_config config;
    enum gw_rtsp_receiver_state state;
    enum gw_cause cause;
    struct gw_rtsp_framer framer;
    struct gw_rtsp_guard guard;
    char session[SESSION_BYTES];
    unsigned refused;    // requests without the key
    uint64_t step_by_us; // not yet RECORDING: when the next step must be done

    struct gw_rtsp_description description; // from ANNOUNCE
    struct gw_rtsp_media media;             // that were set up
    struct gw_rtsp_liveness liveness;       // RECORDING

    char *out; // NULL when nothing waits
    size_t out_len;

    void *handover; // ELSEWHERE
    size_t handover_len;
};

static bool is_over(const struct gw_rtsp_receiver *r)
{
    return r->state == GW_RTSP_RECEIVER_CLOSED || r->state == GW_RTSP_RECEIVER_FAILED ||
           r->state == GW_RTSP_RECEIVER_ELSEWHERE;
}

static void fail(struct gw_rtsp_receiver *r, enum gw_cause cause)
{
    r->state = GW_RTSP_RECEIVER_FAILED;
    r->cause = cause;
}

static void append_output(struct gw_rtsp_receiver *r, const char *data, size_t len)
{
    char *out = NULL;
    if (r->out_len + len <= GW_RTSP_RECEIVER_OUTPUT_MAX)
        out = realloc(r->out, r->out_len + len);
    if (!out) {
        fail(r, GW_CAUSE_OUR_LIMIT);
        return;
    }
    memcpy(out + r->out_len, data, len);
    r->out = out;
    r->out_len += len;
}

// `extra` are further header lines, each with its CRLF.
static void answer(struct gw_rtsp_receiver *r, const struct gw_rtsp_message *request,
                   const char *status, const char *extra)
{
    const struct gw_rtsp_response response = {
        .status = status,
        .session = r->state != GW_RTSP_RECEIVER_WAITING ? r->session : NULL,
        .extra = extra,
    };
    char text[ANSWER_MAX];
    size_t len;

    int failed = gw_rtsp_response_write(request, &response, text, sizeof(text), &len);
    assert(!failed);
    (void)failed;
    append_output(r, text, len);
}

// "rtsp://host:554/push/1/main?x" is the path "/push/1/main"; "*" is none.
static struct gw_rtsp_text path_of(struct gw_rtsp_text uri)
{
    const char *authority = memmem(uri.s, uri.len, "://", 3);
    struct gw_rtsp_text path = uri;

    if (authority) {
        path.s = authority + 3;
        path.len = uri.len - (size_t)(path.s - uri.s);
    }
    const char *slash = path.len ? memchr(path.s, '/', path.len) : NULL;
    if (!slash)
        return (struct gw_rtsp_text) { "", 0 };
    path.len -= (size_t)(slash - path.s);
    path.s = slash;
    const char *query = memchr(path.s, '?', path.len);
    if (query)
        path.len = (size_t)(query - path.s);
    return path;
}

// The source belongs to somebody else: this request goes there whole. A source
// waits for its answer, so nothing has been sent behind it.
static void hand_over(struct gw_rtsp_receiver *r, const struct gw_rtsp_unit *unit)
{
    r->handover = malloc(unit->len);
    if (!r->handover) {
        fail(r, GW_CAUSE_OUR_LIMIT);
        return;
    }
    memcpy(r->handover, unit->data, unit->len);
    r->handover_len = unit->len;
    r->state = GW_RTSP_RECEIVER_ELSEWHERE;
}

static void refuse(struct gw_rtsp_receiver *r, const struct gw_rtsp_message *request)
{
    char challenge[GW_RTSP_GUARD_CHALLENGE_BYTES];

    gw_rtsp_guard_challenge(&r->guard, challenge);
    answer(r, request, "401 Unauthorized", challenge);
    if (++r->refused >= GW_RTSP_RECEIVER_REFUSED_MAX)
        fail(r, GW_CAUSE_PASSWORD);
}

// An unknown source is refused as a wrong key is: nobody learns which there are.
static bool may_announce(struct gw_rtsp_receiver *r,
                         const struct gw_rtsp_message *request,
                         enum gw_rtsp_source source, const char *key)
{
    if (source == GW_RTSP_SOURCE_HERE &&
        (!key || (*key && !gw_rtsp_guard_check(&r->guard, request, key))))
        return true;
    refuse(r, request);
    return false;
}

static const char *status_of(enum gw_cause cause)
{
    switch ((int)cause) {
    case GW_CAUSE_NO_VIDEO:
    case GW_CAUSE_CODEC: return "415 Unsupported Media Type";
    case GW_CAUSE_OUR_LIMIT: return "500 Internal Server Error";
    default: return "400 Bad Request";
    }
}

static void on_announce(struct gw_rtsp_receiver *r, const struct gw_rtsp_message *request,
                        struct gw_rtsp_text body)
{
    char uri[URI_MAX + 1];
    if (request->uri.len > URI_MAX) {
        answer(r, request, "414 Request-URI Too Long", "");
        fail(r, GW_CAUSE_OUR_LIMIT);
        return;
    }
    memcpy(uri, request->uri.s, request->uri.len);
    uri[request->uri.len] = '\0';

    enum gw_cause cause =
        gw_rtsp_describe(request, body, uri, r->config.audio, &r->description);
    if (cause) {
        answer(r, request, status_of(cause), "");
        fail(r, cause);
        return;
    }
    r->state = GW_RTSP_RECEIVER_ANNOUNCED;
    answer(r, request, "200 OK", "");
}

// The medium that a SETUP means, or NULL for one that we do not take. Sources write
// the control URL with host and query or without: the last segment tells.
static const struct gw_media_format *find_medium(const struct gw_rtsp_receiver *r,
                                                 struct gw_rtsp_text uri)
{
    for (size_t i = 0; i < r->description.count; i++) {
        const char *control = r->description.media[i].uri;
        const char *slash = strrchr(control, '/');
        const char *tail = slash ? slash : control;
        size_t len = strlen(tail);
        if (uri.len >= len && memcmp(uri.s + uri.len - len, tail, len) == 0)
            return &r->description.media[i].format;
    }
    return NULL;
}

static void on_setup(struct gw_rtsp_receiver *r, const struct gw_rtsp_message *request)
{
    struct gw_rtsp_text header = { 0 };
    char extra[128];

    (void)gw_rtsp_message_header(request, "Transport", 0, &header);
    struct gw_rtsp_transport transport = gw_rtsp_transport_parse(header);
    if (!transport.interleaved) {
        answer(r, request, "461 Unsupported Transport", "");
        return;
    }
    // FFmpeg gives up where one of its media is refused: what we do not take is
    // accepted all the same, and its packets are passed over.
    const struct gw_media_format *medium = find_medium(r, request->uri);
    if (medium && gw_rtsp_media_add(&r->media, medium, GW_RTSP_TCP, &transport, true)) {
        answer(r, request, "461 Unsupported Transport", ""); // another one's channels
        return;
    }
    snprintf(extra, sizeof(extra),
             "Transport: RTP/AVP/TCP;unicast;interleaved=%u-%u;mode=record\r\n",
             transport.rtp_channel, transport.rtcp_channel);
    answer(r, request, "200 OK", extra);
}

static void on_record(struct gw_rtsp_receiver *r, const struct gw_rtsp_message *request,
                      uint64_t now_us)
{
    struct gw_media_format media[GW_MEDIA_KINDS];
    size_t count = 0;

    for (size_t i = 0; i < r->description.count; i++) {
        const struct gw_media_format *format = &r->description.media[i].format;
        if (gw_rtsp_media_has(&r->media, format->kind))
            media[count++] = *format;
    }
    if (!gw_rtsp_media_has(&r->media, GW_MEDIA_VIDEO)) {
        answer(r, request, "455 Method Not Valid in This State", PUBLIC);
        return;
    }
    if (r->config.on_setup(r->config.arg, media, count)) {
        answer(r, request, "500 Internal Server Error", "");
        fail(r, GW_CAUSE_OUR_LIMIT);
        return;
    }
    r->state = GW_RTSP_RECEIVER_RECORDING;
    gw_rtsp_media_begin(&r->media, now_us);
    gw_rtsp_liveness_begin(&r->liveness, UINT32_MAX, r->config.stall_us, now_us);
    answer(r, request, "200 OK", "");
}

// Returns whether the request goes on here. Every request that names a source
// decides it, so that a challenge comes from whom the answer to it will reach.
static bool is_here(struct gw_rtsp_receiver *r, const struct gw_rtsp_message *request,
                    const struct gw_rtsp_unit *unit, enum gw_rtsp_source *ret_source,
                    const char **ret_key)
{
    struct gw_rtsp_text path = path_of(request->uri);

    *ret_source = GW_RTSP_SOURCE_UNKNOWN;
    if (r->state != GW_RTSP_RECEIVER_WAITING || !path.len)
        return true;
    *ret_source = r->config.on_source(r->config.arg, path, ret_key);
    if (*ret_source != GW_RTSP_SOURCE_ELSEWHERE)
        return true;
    hand_over(r, unit);
    return false;
}

static bool is_method(const struct gw_rtsp_message *request, const char *method)
{
    return gw_rtsp_text_is(request->method, method);
}

static void on_request(struct gw_rtsp_receiver *r, const struct gw_rtsp_message *request,
                       const struct gw_rtsp_unit *unit, uint64_t now_us)
{
    struct gw_rtsp_text body = { (const char *)unit->data + unit->head_len,
                                 unit->len - unit->head_len };
    enum gw_rtsp_source source;
    const char *key = NULL;

    if (!is_here(r, request, unit, &source, &key))
        return;
    if (is_method(request, "OPTIONS")) {
        answer(r, request, "200 OK", PUBLIC);
    } else if (is_method(request, "GET_PARAMETER") ||
               is_method(request, "SET_PARAMETER")) {
        answer(r, request, "200 OK", "");
    } else if (is_method(request, "TEARDOWN")) {
        r->state = GW_RTSP_RECEIVER_CLOSED;
        answer(r, request, "200 OK", "");
    } else if (is_method(request, "ANNOUNCE") && r->state == GW_RTSP_RECEIVER_WAITING) {
        if (may_announce(r, request, source, key))
            on_announce(r, request, body);
    } else if (is_method(request, "SETUP") && r->state == GW_RTSP_RECEIVER_ANNOUNCED) {
        on_setup(r, request);
    } else if (is_method(request, "RECORD") && r->state == GW_RTSP_RECEIVER_ANNOUNCED) {
        on_record(r, request, now_us);
    } else {
        answer(r, request, "455 Method Not Valid in This State", PUBLIC);
    }
}

static void on_message(struct gw_rtsp_receiver *r, const struct gw_rtsp_unit *unit,
                       uint64_t now_us)
{
    struct gw_rtsp_message message;

    if (gw_rtsp_message_parse(unit->data, unit->head_len, &message)) {
        fail(r, GW_CAUSE_NOT_RTSP);
        return;
    }
    if (message.response)
        return; // we asked nothing
    enum gw_rtsp_receiver_state before = r->state;
    on_request(r, &message, unit, now_us);
    if (r->state != before)
        r->step_by_us = now_us + r->config.timeout_us;
}

static void on_packet(struct gw_rtsp_receiver *r, const struct gw_rtsp_unit *unit,
                      uint64_t now_us)
{
    // Of other channels are media that we do not take.
    if (r->state == GW_RTSP_RECEIVER_RECORDING)
        (void)gw_rtsp_media_interleaved(&r->media, unit->channel, unit->data, unit->len,
                                        now_us);
}

int gw_rtsp_receiver_create(const struct gw_rtsp_receiver_config *config, uint64_t now_us,
                            struct gw_rtsp_receiver **ret_receiver)
{
    struct gw_rtsp_receiver *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->config = *config;
    r->step_by_us = now_us + config->timeout_us;
    gw_rtsp_framer_init(&r->framer);
    gw_rtsp_guard_init(&r->guard, config->random);
    snprintf(r->session, sizeof(r->session), "%016" PRIx64, config->random[2]);
    const struct gw_rtsp_media_config media = {
        .on_packet = config->on_packet,
        .on_report = config->on_report,
        .arg = config->arg,
    };
    gw_rtsp_media_init(&r->media, &media, 0); // it reports nothing: no name of ours
    *ret_receiver = r;
    return 0;
}

void gw_rtsp_receiver_destroy(struct gw_rtsp_receiver *r)
{
    if (!r)
        return;
    gw_rtsp_framer_finish(&r->framer);
    gw_rtsp_description_finish(&r->description);
    gw_rtsp_media_finish(&r->media);
    free(r->out);
    free(r->handover);
    free(r);
}

void gw_rtsp_receiver_receive(struct gw_rtsp_receiver *r, const void *data, size_t len,
                              uint64_t now_us)
{
    struct gw_rtsp_unit unit;
    int error = 0;

    if (is_over(r))
        return;
    gw_rtsp_framer_feed(&r->framer, data, len);
    while (!is_over(r) && !(error = gw_rtsp_framer_next(&r->framer, &unit))) {
        if (unit.type == GW_RTSP_PACKET)
            on_packet(r, &unit, now_us);
        else
            on_message(r, &unit, now_us);
    }
    if (!is_over(r) && error != -EAGAIN)
        fail(r, error == -EBADMSG ? GW_CAUSE_NOT_RTSP : GW_CAUSE_OUR_LIMIT);
}

void gw_rtsp_receiver_disconnected(struct gw_rtsp_receiver *r)
{
    if (r->state == GW_RTSP_RECEIVER_WAITING && r->refused)
        fail(r, GW_CAUSE_PASSWORD); // it had no other key to try
    if (!is_over(r))
        r->state = GW_RTSP_RECEIVER_CLOSED;
    gw_rtsp_receiver_sent(r, r->out_len); // nobody is there to read it
}

void gw_rtsp_receiver_tick(struct gw_rtsp_receiver *r, uint64_t now_us)
{
    enum gw_cause cause = GW_CAUSE_TIMEOUT;
    bool ping; // the source keeps its session alive

    if (now_us < gw_rtsp_receiver_deadline_us(r))
        return;
    if (r->state == GW_RTSP_RECEIVER_RECORDING)
        cause = gw_rtsp_liveness_check(&r->liveness, &r->media, now_us, &ping);
    if (cause)
        fail(r, cause);
}

uint64_t gw_rtsp_receiver_deadline_us(const struct gw_rtsp_receiver *r)
{
    if (is_over(r))
        return UINT64_MAX;
    return r->state == GW_RTSP_RECEIVER_RECORDING
               ? gw_rtsp_liveness_deadline_us(&r->liveness, &r->media)
               : r->step_by_us;
}

const void *gw_rtsp_receiver_output(const struct gw_rtsp_receiver *r, size_t *ret_len)
{
    *ret_len = r->out_len;
    return r->out;
}

void gw_rtsp_receiver_sent(struct gw_rtsp_receiver *r, size_t len)
{
    assert(len <= r->out_len);
    r->out_len -= len;
    if (r->out_len) {
        memmove(r->out, r->out + len, r->out_len);
        return;
    }
    free(r->out);
    r->out = NULL;
}

const void *gw_rtsp_receiver_handover(const struct gw_rtsp_receiver *r, size_t *ret_len)
{
    *ret_len = r->handover_len;
    return r->handover;
}

enum gw_rtsp_receiver_state gw_rtsp_receiver_state(const struct gw_rtsp_receiver *r)
{
    return r->state;
}

void gw_rtsp_receiver_stats(const struct gw_rtsp_receiver *r,
                            struct gw_inlet_stats *ret_stats)
{
    gw_rtsp_media_stats(&r->media, ret_stats);
}

enum gw_cause gw_rtsp_receiver_cause(const struct gw_rtsp_receiver *r)
{
    return r->cause;
}
