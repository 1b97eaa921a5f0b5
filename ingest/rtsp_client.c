// State diagram, one arrow per `c->state =` below. Each state of the first line is
// a request under way; 401 repeats it with credentials.
//
//                                +---+ next medium
//                                |   v
//   OPTIONS ----> DESCRIBE ----> SETUP ----> PLAY ----> PLAYING
//                                  |          |            |
//                                  +--close---+------------+--> TEARDOWN --> CLOSED
//   OPTIONS, DESCRIBE, SETUP of the first medium --- close ---> CLOSED
//   any but CLOSED --- error, timeout, refusal ---> FAILED (for good)

#include "ingest/rtsp_client.h"

#include "base/clock.h"
#include "base/rng.h"
#include "ingest/rtp.h"
#include "ingest/rtsp_answer.h"
#include "ingest/rtsp_auth.h"
#include "ingest/rtsp_framer.h"
#include "ingest/rtsp_message.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CNONCE_MAX = 17,    // 64 bits as text, and a zero
    TRANSPORT_MAX = 64, // bytes of the header we send
};

static_assert(2 * GW_RTSP_REQUEST_MAX <= GW_RTSP_OUTPUT_MAX, "a request and a TEARDOWN");

// A medium of the session.
struct medium {
    bool set_up;
    bool sure; // of its channels: a packet came, or the camera named other than ours
    uint8_t payload_type;
    uint8_t rtp_channel;
    uint8_t rtcp_channel;
};

struct gw_rtsp_client {
    struct gw_rtsp_client_config config;
    enum gw_rtsp_client_state state;
    enum gw_cause cause;
    uint16_t status;
    struct gw_rtsp_framer framer;
    struct gw_rtsp_client_stats stats;

    // The request under way.
    uint32_t cseq;
    uint64_t answer_by_us;
    unsigned refused;      // 401s to it that were answered
    bool with_credentials; // it carried some

    struct gw_rtsp_auth *auth; // NULL until a 401
    bool welcome;              // credentials of ours were accepted once
    struct gw_rng rng;

    struct gw_rtsp_description description; // from DESCRIBE
    struct gw_rtsp_setup setup;             // from the latest SETUP
    size_t medium;                          // of the description, at SETUP
    struct medium media[GW_MEDIA_KINDS];    // by kind
    uint64_t keepalive_us;                  // between two

    // While PLAYING.
    uint64_t keepalive_at_us;
    uint64_t media_at_us; // last video packet
    bool ask_options;     // GET_PARAMETER was refused

    char *out; // NULL when nothing waits
    size_t out_len;
};

static void drop_output(struct gw_rtsp_client *c)
{
    free(c->out);
    c->out = NULL;
    c->out_len = 0;
}

// RTP may come before the answer to PLAY, not before those to SETUP.
static bool takes_packets(const struct gw_rtsp_client *c)
{
    return c->state == GW_RTSP_PLAY || c->state == GW_RTSP_PLAYING;
}

// The camera holds a session for us.
static bool is_set_up(const struct gw_rtsp_client *c)
{
    return takes_packets(c) ||
           (c->state == GW_RTSP_SETUP && c->media[GW_MEDIA_VIDEO].set_up);
}

static int append_output(struct gw_rtsp_client *c, const char *data, size_t len)
{
    if (c->out_len + len > GW_RTSP_OUTPUT_MAX)
        return -EMSGSIZE;
    char *out = realloc(c->out, c->out_len + len);
    if (!out)
        return -ENOMEM;
    memcpy(out + c->out_len, data, len);
    c->out = out;
    c->out_len += len;
    return 0;
}

static int authorize(struct gw_rtsp_client *c, const char *method, const char *uri,
                     char *buf, size_t cap)
{
    char cnonce[CNONCE_MAX];
    struct gw_rtsp_auth_request request = {
        .method = method,
        .uri = uri,
        .user = c->config.url->user,
        .password = c->config.url->password,
        .cnonce = cnonce,
    };
    snprintf(cnonce, sizeof(cnonce), "%016" PRIx64, gw_rng_next(&c->rng));
    return gw_rtsp_auth_write(c->auth, &request, buf, cap);
}

static int send_request(struct gw_rtsp_client *c, const char *method, const char *uri,
                        const char *extra)
{
    char authorization[GW_RTSP_AUTHORIZATION_MAX];
    char text[GW_RTSP_REQUEST_MAX];
    size_t len;

    if (c->auth) {
        int r = authorize(c, method, uri, authorization, sizeof(authorization));
        if (r)
            return r;
    }
    struct gw_rtsp_request request = {
        .method = method,
        .uri = uri,
        .cseq = ++c->cseq,
        .session = c->setup.session,
        .authorization = c->auth ? authorization : NULL,
        .extra = extra,
    };
    c->with_credentials = c->auth != NULL;
    int r = gw_rtsp_request_write(&request, text, sizeof(text), &len);
    return r ? r : append_output(c, text, len);
}

static void fail(struct gw_rtsp_client *c, enum gw_cause cause)
{
    // A camera that keeps the session may refuse the next one: quirk 26. Behind
    // half a request there is no point.
    bool farewell = is_set_up(c) && !c->out_len;
    drop_output(c);
    if (farewell)
        (void)send_request(c, "TEARDOWN", c->description.session_uri, NULL);
    c->state = GW_RTSP_FAILED;
    c->cause = cause;
}

static int send_setup(struct gw_rtsp_client *c)
{
    char transport[TRANSPORT_MAX];
    size_t channel = 2 * c->medium;

    snprintf(transport, sizeof(transport),
             "Transport: RTP/AVP/TCP;unicast;interleaved=%zu-%zu\r\n", channel,
             channel + 1);
    return send_request(c, "SETUP", c->description.media[c->medium].uri, transport);
}

// (Re)sends the request of the state.
static void request(struct gw_rtsp_client *c, uint64_t now_us)
{
    const char *uri = c->config.url->uri;
    int r = 0;

    switch (c->state) {
    case GW_RTSP_OPTIONS: r = send_request(c, "OPTIONS", uri, NULL); break;
    case GW_RTSP_DESCRIBE:
        r = send_request(c, "DESCRIBE", uri, "Accept: application/sdp\r\n");
        break;
    case GW_RTSP_SETUP: r = send_setup(c); break;
    case GW_RTSP_PLAY:
        r = send_request(c, "PLAY", c->description.session_uri, "Range: npt=0.000-\r\n");
        break;
    case GW_RTSP_PLAYING:
        // Never SET_PARAMETER: it closes the connection of some (quirk 7).
        r = send_request(c, c->ask_options ? "OPTIONS" : "GET_PARAMETER",
                         c->description.session_uri, NULL);
        break;
    case GW_RTSP_TEARDOWN:
        r = send_request(c, "TEARDOWN", c->description.session_uri, NULL);
        break;
    case GW_RTSP_CLOSED:
    case GW_RTSP_FAILED: break;
    }
    c->answer_by_us =
        now_us + (c->state == GW_RTSP_TEARDOWN ? (uint64_t)GW_RTSP_TEARDOWN_MS * GW_MS
                                               : c->config.answer_timeout_us);
    if (r)
        fail(c, GW_CAUSE_OUR_LIMIT);
}

static void go_on(struct gw_rtsp_client *c, enum gw_rtsp_client_state next,
                  uint64_t now_us)
{
    c->state = next;
    c->refused = 0;
    request(c, now_us);
}

static enum gw_cause cause_of_status(unsigned status)
{
    switch (status) {
    case 403: return GW_CAUSE_FORBIDDEN;
    case 404: return GW_CAUSE_NOT_FOUND;
    case 453: // not enough bandwidth, which cameras say for "too many sessions"
    case 503: return GW_CAUSE_BUSY;
    default: return GW_CAUSE_STATUS;
    }
}

static void fail_with_status(struct gw_rtsp_client *c, unsigned status)
{
    fail(c, cause_of_status(status));
    if (c->cause == GW_CAUSE_STATUS)
        c->status = (uint16_t)status;
}

// May this 401 be answered with (new) credentials? Not when the same ones would
// only be refused again: cameras lock users out.
static bool may_answer(const struct gw_rtsp_client *c, const struct gw_rtsp_auth *auth)
{
    return c->refused < GW_RTSP_401_MAX &&
           (!c->with_credentials || c->welcome || gw_rtsp_auth_is_stale(auth));
}

static void on_unauthorized(struct gw_rtsp_client *c,
                            const struct gw_rtsp_message *message, uint64_t now_us)
{
    struct gw_rtsp_auth *auth = NULL;
    int r = c->config.url->user ? gw_rtsp_auth_create(message, &auth) : 0;

    if (!r && auth && may_answer(c, auth)) {
        gw_rtsp_auth_destroy(c->auth);
        c->auth = auth;
        c->refused++;
        request(c, now_us);
        return;
    }
    gw_rtsp_auth_destroy(auth);

    if (c->state == GW_RTSP_PLAYING)
        return; // pictures come all the same
    if (c->state == GW_RTSP_TEARDOWN)
        c->state = GW_RTSP_CLOSED;
    else if (!r)
        fail(c, GW_CAUSE_PASSWORD);
    else if (r == -ENOTSUP)
        fail_with_status(c, 401);
    else
        fail(c, GW_CAUSE_OUR_LIMIT);
}

static void on_describe(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                        struct gw_rtsp_text body, uint64_t now_us)
{
    enum gw_cause cause = gw_rtsp_describe(message, body, c->config.url->uri,
                                           c->config.audio, &c->description);
    if (cause)
        fail(c, cause);
    else
        go_on(c, GW_RTSP_SETUP, now_us);
}

// The medium at SETUP is done with, set up or not: on to the next one, or to PLAY.
static void next_medium(struct gw_rtsp_client *c, uint64_t now_us)
{
    struct gw_media_format formats[GW_MEDIA_KINDS];
    size_t count = 0;

    if (++c->medium < c->description.count) {
        go_on(c, GW_RTSP_SETUP, now_us);
        return;
    }
    for (size_t i = 0; i < c->description.count; i++) {
        if (c->media[c->description.media[i].format.kind].set_up)
            formats[count++] = c->description.media[i].format;
    }
    enum gw_cause cause = c->config.on_setup(c->config.arg, formats, count);
    if (cause)
        fail(c, cause);
    else
        go_on(c, GW_RTSP_PLAY, now_us);
}

// Takes over what a SETUP was answered with; the latest session counts, for it may
// change from one to the next (quirk 18). Returns the cause when it is of no use.
static enum gw_cause take_setup(struct gw_rtsp_client *c,
                                const struct gw_rtsp_message *message)
{
    struct gw_rtsp_setup setup;
    enum gw_cause cause = gw_rtsp_setup(message, &setup);
    if (cause)
        return cause;
    if (!setup.session) {
        setup.session = c->setup.session;
        c->setup.session = NULL;
    }
    gw_rtsp_setup_finish(&c->setup);
    c->setup = setup;

    // Half of it, so that one lost answer does no harm: quirk 9.
    uint64_t half_us = (uint64_t)c->setup.timeout_s * GW_SECOND / 2;
    uint64_t max_us = (uint64_t)GW_RTSP_KEEPALIVE_MAX_S * GW_SECOND;
    c->keepalive_us = half_us < max_us ? half_us : max_us;
    return GW_CAUSE_NONE;
}

// Whose RTP comes on that channel, or NULL.
static const struct medium *medium_on(const struct gw_rtsp_client *c, uint8_t channel)
{
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        if (c->media[i].set_up && c->media[i].rtp_channel == channel)
            return &c->media[i];
    }
    return NULL;
}

static void on_setup(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                     uint64_t now_us)
{
    struct medium medium = {
        .set_up = true,
        .payload_type = c->description.media[c->medium].format.payload_type,
        .rtp_channel = (uint8_t)(2 * c->medium), // without a word: what we asked for
        .rtcp_channel = (uint8_t)(2 * c->medium + 1),
    };
    enum gw_cause cause = take_setup(c, message);
    if (cause && !c->medium) {
        fail(c, cause);
        return;
    }
    if (!cause && c->setup.transport.interleaved) {
        medium.sure = c->setup.transport.rtp_channel != medium.rtp_channel;
        medium.rtp_channel = c->setup.transport.rtp_channel;
        medium.rtcp_channel = c->setup.transport.rtcp_channel;
    }
    // Two media on one channel cannot be told apart: the video stays.
    if (!cause && !medium_on(c, medium.rtp_channel))
        c->media[c->description.media[c->medium].format.kind] = medium;
    next_medium(c, now_us);
}

static void on_play(struct gw_rtsp_client *c, uint64_t now_us)
{
    c->state = GW_RTSP_PLAYING;
    c->media_at_us = now_us;
    c->keepalive_at_us = now_us + c->keepalive_us;
}

// The answer to a keep-alive; quirk 5: often there is none.
static void on_keepalive(struct gw_rtsp_client *c, unsigned status, uint64_t now_us)
{
    if (status < 400 || c->ask_options)
        return;
    c->ask_options = true;
    c->refused = 0;
    request(c, now_us);
}

// An answer other than 1xx and 401 to the request under way.
static void on_answer(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                      struct gw_rtsp_text body, uint64_t now_us)
{
    bool good = message->status >= 200 && message->status < 300;
    if (good && c->with_credentials)
        c->welcome = true;

    switch (c->state) {
    case GW_RTSP_OPTIONS: // some do not know it: the next answer tells
        go_on(c, GW_RTSP_DESCRIBE, now_us);
        return;
    case GW_RTSP_PLAYING: on_keepalive(c, message->status, now_us); return;
    case GW_RTSP_TEARDOWN: c->state = GW_RTSP_CLOSED; return;
    case GW_RTSP_DESCRIBE:
    case GW_RTSP_SETUP:
    case GW_RTSP_PLAY: break;
    case GW_RTSP_CLOSED:
    case GW_RTSP_FAILED: return;
    }
    if (!good && c->state == GW_RTSP_SETUP && c->medium)
        next_medium(c, now_us); // an audio never costs the video
    else if (!good)
        fail_with_status(c, message->status);
    else if (c->state == GW_RTSP_DESCRIBE)
        on_describe(c, message, body, now_us);
    else if (c->state == GW_RTSP_SETUP)
        on_setup(c, message, now_us);
    else
        on_play(c, now_us);
}

// Does it answer the request under way? One without a CSeq does.
static bool is_answer(const struct gw_rtsp_client *c,
                      const struct gw_rtsp_message *message)
{
    struct gw_rtsp_text value;
    uint32_t cseq;

    if (!message->response || message->status < 200)
        return false;
    if (gw_rtsp_message_header(message, "CSeq", 0, &value) ||
        gw_rtsp_text_number(value, &cseq))
        return true;
    return cseq == c->cseq;
}

static void on_message(struct gw_rtsp_client *c, const struct gw_rtsp_unit *unit,
                       uint64_t now_us)
{
    struct gw_rtsp_message message;
    struct gw_rtsp_text body = {
        (const char *)unit->data + unit->head_len,
        unit->len - unit->head_len,
    };

    if (gw_rtsp_message_parse(unit->data, unit->head_len, &message)) {
        fail(c, GW_CAUSE_NOT_RTSP);
        return;
    }
    if (!is_answer(c, &message))
        c->stats.unexpected++;
    else if (message.status == 401)
        on_unauthorized(c, &message, now_us);
    else
        on_answer(c, &message, body, now_us);
}

static void on_rtp(struct gw_rtsp_client *c, enum gw_media_kind kind,
                   const struct gw_rtsp_unit *unit, uint64_t now_us)
{
    c->stats.packets++;
    c->media[kind].sure = true;
    if (kind == GW_MEDIA_VIDEO)
        c->media_at_us = now_us; // media counts as alive, answered or not: quirk 8
    c->config.on_packet(c->config.arg, kind, unit->data, unit->len);
}

static void on_rtcp(struct gw_rtsp_client *c, enum gw_media_kind kind,
                    const struct gw_rtsp_unit *unit)
{
    c->stats.rtcp++;
    if (c->config.on_rtcp)
        c->config.on_rtcp(c->config.arg, kind, unit->data, unit->len);
}

// Quirk 23: a camera that agreed to our channels, or named none, may send on others.
// A medium of which nothing came yet is then known by its payload type.
static void find_medium(struct gw_rtsp_client *c, const struct gw_rtsp_unit *unit)
{
    struct gw_rtp_packet p;

    if (gw_rtp_parse(unit->data, unit->len, &p))
        return;
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        struct medium *m = &c->media[i];
        if (!m->set_up || m->sure || m->payload_type != p.payload_type)
            continue;
        m->rtp_channel = unit->channel;
        m->rtcp_channel = (uint8_t)(unit->channel + 1);
        return;
    }
}

// Returns false for a packet of none of the media.
static bool on_media_packet(struct gw_rtsp_client *c, const struct gw_rtsp_unit *unit,
                            uint64_t now_us)
{
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        const struct medium *m = &c->media[i];
        if (m->set_up && unit->channel == m->rtp_channel) {
            on_rtp(c, (enum gw_media_kind)i, unit, now_us);
            return true;
        }
        if (m->set_up && unit->channel == m->rtcp_channel) {
            on_rtcp(c, (enum gw_media_kind)i, unit);
            return true;
        }
    }
    return false;
}

static void on_packet(struct gw_rtsp_client *c, const struct gw_rtsp_unit *unit,
                      uint64_t now_us)
{
    if (takes_packets(c)) {
        if (on_media_packet(c, unit, now_us))
            return;
        find_medium(c, unit);
        if (on_media_packet(c, unit, now_us))
            return;
    }
    c->stats.packets_other++;
}

static bool is_over(const struct gw_rtsp_client *c)
{
    return c->state == GW_RTSP_CLOSED || c->state == GW_RTSP_FAILED;
}

int gw_rtsp_client_create(const struct gw_rtsp_client_config *config, uint64_t now_us,
                          struct gw_rtsp_client **ret_client)
{
    struct gw_rtsp_client *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
    gw_rtsp_framer_init(&c->framer);
    gw_rng_init(&c->rng, config->seed);
    go_on(c, GW_RTSP_OPTIONS, now_us);
    *ret_client = c;
    return 0;
}

void gw_rtsp_client_destroy(struct gw_rtsp_client *c)
{
    if (!c)
        return;
    gw_rtsp_framer_finish(&c->framer);
    gw_rtsp_auth_destroy(c->auth);
    gw_rtsp_description_finish(&c->description);
    gw_rtsp_setup_finish(&c->setup);
    free(c->out);
    free(c);
}

void gw_rtsp_client_receive(struct gw_rtsp_client *c, const void *data, size_t len,
                            uint64_t now_us)
{
    struct gw_rtsp_unit unit;
    int r = 0;

    if (is_over(c))
        return;
    gw_rtsp_framer_feed(&c->framer, data, len);
    while (!is_over(c) && !(r = gw_rtsp_framer_next(&c->framer, &unit))) {
        if (unit.type == GW_RTSP_PACKET)
            on_packet(c, &unit, now_us);
        else
            on_message(c, &unit, now_us);
    }
    c->stats.garbage = c->framer.garbage;
    if (r && r != -EAGAIN)
        fail(c, r == -EBADMSG ? GW_CAUSE_NOT_RTSP : GW_CAUSE_OUR_LIMIT);
}

void gw_rtsp_client_disconnected(struct gw_rtsp_client *c)
{
    if (c->state == GW_RTSP_TEARDOWN)
        c->state = GW_RTSP_CLOSED;
    if (!is_over(c))
        fail(c, GW_CAUSE_CLOSED);
    drop_output(c);
}

static void tick_playing(struct gw_rtsp_client *c, uint64_t now_us)
{
    if (now_us >= c->media_at_us + c->config.stall_us) {
        fail(c, GW_CAUSE_STALLED);
        return;
    }
    if (now_us < c->keepalive_at_us)
        return;
    c->keepalive_at_us = now_us + c->keepalive_us;
    c->refused = 0;
    if (!c->out_len) // else the camera has not even taken the last one
        request(c, now_us);
}

void gw_rtsp_client_tick(struct gw_rtsp_client *c, uint64_t now_us)
{
    if (is_over(c))
        return;
    if (c->state == GW_RTSP_PLAYING) {
        tick_playing(c, now_us);
        return;
    }
    if (now_us < c->answer_by_us)
        return;
    if (c->state == GW_RTSP_TEARDOWN)
        c->state = GW_RTSP_CLOSED;
    else if (c->state == GW_RTSP_SETUP && c->medium)
        next_medium(c, now_us); // the audio's
    else
        fail(c, GW_CAUSE_TIMEOUT);
}

uint64_t gw_rtsp_client_deadline_us(const struct gw_rtsp_client *c)
{
    if (is_over(c))
        return UINT64_MAX;
    if (c->state != GW_RTSP_PLAYING)
        return c->answer_by_us;
    uint64_t stalled_us = c->media_at_us + c->config.stall_us;
    return stalled_us < c->keepalive_at_us ? stalled_us : c->keepalive_at_us;
}

void gw_rtsp_client_close(struct gw_rtsp_client *c, uint64_t now_us)
{
    if (is_over(c) || c->state == GW_RTSP_TEARDOWN)
        return;
    if (!is_set_up(c)) {
        c->state = GW_RTSP_CLOSED;
        drop_output(c);
        return;
    }
    go_on(c, GW_RTSP_TEARDOWN, now_us);
}

const void *gw_rtsp_client_output(const struct gw_rtsp_client *c, size_t *ret_len)
{
    *ret_len = c->out_len;
    return c->out;
}

void gw_rtsp_client_sent(struct gw_rtsp_client *c, size_t len)
{
    assert(len <= c->out_len);
    c->out_len -= len;
    if (c->out_len)
        memmove(c->out, c->out + len, c->out_len);
    else
        drop_output(c);
}

enum gw_rtsp_client_state gw_rtsp_client_state(const struct gw_rtsp_client *c)
{
    return c->state;
}

enum gw_cause gw_rtsp_client_cause(const struct gw_rtsp_client *c)
{
    return c->cause;
}

uint16_t gw_rtsp_client_status(const struct gw_rtsp_client *c)
{
    return c->status;
}

void gw_rtsp_client_stats(const struct gw_rtsp_client *c,
                          struct gw_rtsp_client_stats *ret_stats)
{
    *ret_stats = c->stats;
}
