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
#include "ingest/rtsp_answer.h"
#include "ingest/rtsp_asked.h"
#include "ingest/rtsp_framer.h"
#include "ingest/rtsp_liveness.h"
#include "ingest/rtsp_login.h"
#include "ingest/rtsp_media.h"
#include "ingest/rtsp_message.h"

#include <errno.h>
#include <stdlib.h>

struct gw_rtsp_client {
    struct gw_rtsp_client_config config;
    enum gw_rtsp_client_state state;
    enum gw_cause cause;
    uint16_t status;
    char *location; // with CAUSE_REDIRECT
    struct gw_rtsp_framer framer;
    struct gw_rtsp_client_stats stats;
    struct gw_rtsp_peer peer;

    // The request under way.
    struct gw_rtsp_outbox out;
    uint64_t answer_by_us;
    struct gw_rtsp_login login;

    struct gw_rtsp_asked asked; // by the camera
    struct gw_rtsp_setup setup;
    struct gw_rtsp_media media; // that were set up

    // While PLAYING.
    struct gw_rtsp_liveness liveness;
    bool ask_options; // GET_PARAMETER was refused
    bool unanswered;  // the keep-alive before
};

// RTP may come before the answer to PLAY, not before those to SETUP.
static bool takes_packets(const struct gw_rtsp_client *c)
{
    return c->state == GW_RTSP_PLAY || c->state == GW_RTSP_PLAYING;
}

// The camera holds a session for us.
static bool is_set_up(const struct gw_rtsp_client *c)
{
    return takes_packets(c) ||
           (c->state == GW_RTSP_SETUP && gw_rtsp_media_has(&c->media, GW_MEDIA_VIDEO));
}

static int send_request(struct gw_rtsp_client *c, const char *method, const char *uri,
                        const char *extra)
{
    return gw_rtsp_outbox_request(&c->out, method, uri, c->setup.session, extra);
}

// Without a word to the camera.
static void give_up(struct gw_rtsp_client *c, enum gw_cause cause)
{
    gw_rtsp_outbox_drop(&c->out);
    c->state = GW_RTSP_FAILED;
    c->cause = cause;
}

static void fail(struct gw_rtsp_client *c, enum gw_cause cause)
{
    // A camera that keeps the session may refuse the next one: quirk 26. Behind
    // half a request there is no point.
    bool farewell = is_set_up(c) && !c->out.len;
    give_up(c, cause);
    if (farewell)
        (void)send_request(c, "TEARDOWN", c->setup.description.session_uri, NULL);
}

static int send_setup(struct gw_rtsp_client *c)
{
    const struct gw_rtsp_setup *s = &c->setup;
    char transport[GW_RTSP_TRANSPORT_MAX];

    int r = gw_rtsp_setup_write(&c->setup, transport);
    if (r)
        return r;
    return send_request(c, "SETUP", s->description.media[s->medium].uri, transport);
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
        r = send_request(c, "PLAY", c->setup.description.session_uri,
                         "Range: npt=0.000-\r\n");
        break;
    case GW_RTSP_PLAYING:
        // Never SET_PARAMETER: it closes the connection of some (quirk 7).
        r = send_request(c, c->ask_options ? "OPTIONS" : "GET_PARAMETER",
                         c->setup.description.session_uri, NULL);
        break;
    case GW_RTSP_TEARDOWN:
        r = send_request(c, "TEARDOWN", c->setup.description.session_uri, NULL);
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
    gw_rtsp_login_begin(&c->login);
    request(c, now_us);
}

static void fail_with_status(struct gw_rtsp_client *c, unsigned status)
{
    fail(c, gw_rtsp_status_cause(status));
    if (c->cause == GW_CAUSE_STATUS)
        c->status = (uint16_t)status;
}

static void on_unauthorized(struct gw_rtsp_client *c,
                            const struct gw_rtsp_message *message, uint64_t now_us)
{
    enum gw_cause cause = gw_rtsp_login_answer(&c->login, message, &c->out, &c->peer);

    if (!cause)
        request(c, now_us);
    else if (c->state == GW_RTSP_PLAYING)
        return; // pictures come all the same
    else if (c->state == GW_RTSP_TEARDOWN)
        c->state = GW_RTSP_CLOSED;
    else if (cause == GW_CAUSE_STATUS)
        fail_with_status(c, message->status);
    else
        fail(c, cause);
}

static void on_describe(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                        struct gw_rtsp_text body, uint64_t now_us)
{
    gw_rtsp_peer_description(&c->peer, message);
    enum gw_cause cause = gw_rtsp_describe(message, body, c->config.url->uri,
                                           c->config.audio, &c->setup.description);
    if (cause)
        fail(c, cause);
    else
        go_on(c, c->config.describe_only ? GW_RTSP_CLOSED : GW_RTSP_SETUP, now_us);
}

// The medium at SETUP is done with, set up or not: on to the next one, or to PLAY.
static void next_medium(struct gw_rtsp_client *c, uint64_t now_us)
{
    struct gw_media_format formats[GW_MEDIA_KINDS];

    if (gw_rtsp_setup_next(&c->setup)) {
        go_on(c, GW_RTSP_SETUP, now_us);
        return;
    }
    size_t count = gw_rtsp_setup_formats(&c->setup, formats);
    enum gw_cause cause = c->config.on_setup(c->config.arg, formats, count);
    if (cause) {
        fail(c, cause);
        return;
    }
    gw_rtsp_media_begin(&c->media, now_us);
    go_on(c, GW_RTSP_PLAY, now_us);
}

static void on_setup(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                     uint64_t now_us)
{
    enum gw_cause cause = gw_rtsp_setup_take(&c->setup, message);

    gw_rtsp_peer_setup(&c->peer, message);
    if (cause && !gw_rtsp_setup_is_optional(&c->setup))
        fail(c, cause);
    else
        next_medium(c, now_us);
}

static void on_setup_refused(struct gw_rtsp_client *c, unsigned status, uint64_t now_us)
{
    if (gw_rtsp_setup_again(&c->setup, status))
        go_on(c, GW_RTSP_SETUP, now_us);
    else if (gw_rtsp_setup_is_optional(&c->setup))
        next_medium(c, now_us);
    else
        fail_with_status(c, status);
}

static void on_play(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                    uint64_t now_us)
{
    gw_rtsp_peer_play(&c->peer, message);
    c->state = GW_RTSP_PLAYING;
    gw_rtsp_liveness_begin(&c->liveness, c->setup.timeout_s, c->config.stall_us, now_us);
    if (c->config.on_playing)
        c->config.on_playing(c->config.arg);
}

// The answer to a keep-alive; quirk 5: often there is none.
static void on_keepalive(struct gw_rtsp_client *c, unsigned status, uint64_t now_us)
{
    c->unanswered = false;
    gw_tolerance_note(&c->peer.tolerated, GW_TOLERATED_UNSAID_ALIVE,
                      status < 400 && !c->ask_options && c->peer.no_get_parameter);
    if (status < 400 || c->ask_options)
        return;
    c->ask_options = true;
    gw_rtsp_login_begin(&c->login);
    request(c, now_us);
}

// The camera sends us elsewhere (RFC 2326 sections 10.10 and 11.3). Returns false
// when it does not say where to.
static bool on_redirect(struct gw_rtsp_client *c, const struct gw_rtsp_message *message)
{
    struct gw_rtsp_text value;

    if (gw_rtsp_message_header(message, "Location", 0, &value) || !value.len)
        return false;
    c->location = gw_rtsp_text_copy(value);
    fail(c, c->location ? GW_CAUSE_REDIRECT : GW_CAUSE_OUR_LIMIT);
    return true;
}

static bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 305;
}

// An answer other than 1xx and 401 to the request under way.
static void on_answer(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                      struct gw_rtsp_text body, uint64_t now_us)
{
    bool good = message->status >= 200 && message->status < 300;
    if (good)
        gw_rtsp_login_accepted(&c->login, &c->out);
    if (is_redirect(message->status) && c->state < GW_RTSP_PLAYING &&
        on_redirect(c, message))
        return;

    switch (c->state) {
    case GW_RTSP_OPTIONS: // some do not know it: the next answer tells
        gw_rtsp_peer_options(&c->peer, message);
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
    if (!good && c->state == GW_RTSP_SETUP)
        on_setup_refused(c, message->status, now_us);
    else if (!good)
        fail_with_status(c, message->status);
    else if (c->state == GW_RTSP_DESCRIBE)
        on_describe(c, message, body, now_us);
    else if (c->state == GW_RTSP_SETUP)
        on_setup(c, message, now_us);
    else
        on_play(c, message, now_us);
}

static bool is_over(const struct gw_rtsp_client *c)
{
    return c->state == GW_RTSP_CLOSED || c->state == GW_RTSP_FAILED;
}

// The camera asks: it is told, and it may end the session.
static void on_request(struct gw_rtsp_client *c, const struct gw_rtsp_message *message,
                       uint64_t now_us)
{
    bool runs = c->state < GW_RTSP_TEARDOWN;
    bool clean = !c->out.len; // behind half a request of ours there is no point

    if (!gw_rtsp_asked_count(&c->asked, now_us)) {
        fail(c, GW_CAUSE_OUR_LIMIT);
        return;
    }
    if (runs && gw_rtsp_text_is(message->method, "REDIRECT"))
        (void)on_redirect(c, message);
    else if (runs && gw_rtsp_text_is(message->method, "TEARDOWN"))
        give_up(c, GW_CAUSE_CLOSED);
    if (is_over(c) && !clean)
        return;
    if (gw_rtsp_asked_answer(message, c->setup.session, &c->out) && !is_over(c))
        fail(c, GW_CAUSE_OUR_LIMIT);
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
    if (!message.response) {
        on_request(c, &message, now_us);
        return;
    }
    gw_rtsp_peer_answer(&c->peer, &message, unit->data, unit->head_len);
    if (!gw_rtsp_outbox_awaits(&c->out, &message))
        c->stats.unexpected++;
    else if (message.status == 401)
        on_unauthorized(c, &message, now_us);
    else
        on_answer(c, &message, body, now_us);
}

static void on_packet(struct gw_rtsp_client *c, const struct gw_rtsp_unit *unit,
                      uint64_t now_us)
{
    gw_tolerance_note(&c->peer.tolerated, GW_TOLERATED_EARLY_MEDIA,
                      c->state == GW_RTSP_PLAY);
    bool ours =
        takes_packets(c) && gw_rtsp_media_interleaved(&c->media, unit->channel,
                                                      unit->data, unit->len, now_us);
    c->stats.packets_other += !ours;
    gw_tolerance_note(&c->peer.tolerated, GW_TOLERATED_OTHER_CHANNELS,
                      takes_packets(c) && !ours);
}

int gw_rtsp_client_create(const struct gw_rtsp_client_config *config, uint64_t now_us,
                          struct gw_rtsp_client **ret_client)
{
    struct gw_rtsp_client *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
    gw_rtsp_framer_init(&c->framer);
    gw_rtsp_outbox_init(&c->out, config->url, config->seed);
    struct gw_rtsp_media_config media = {
        .on_packet = config->on_packet,
        .on_report = config->on_report,
        .send = config->udp ? config->udp->send : NULL,
        .arg = config->arg,
    };
    gw_rtsp_media_init(&c->media, &media, gw_rng_next(&c->out.rng));
    c->setup = (struct gw_rtsp_setup) {
        .lower = config->lower,
        .may_switch = config->may_switch,
        .udp = config->udp,
        .arg = config->arg,
        .media = &c->media,
    };
    go_on(c, GW_RTSP_OPTIONS, now_us);
    *ret_client = c;
    return 0;
}

void gw_rtsp_client_destroy(struct gw_rtsp_client *c)
{
    if (!c)
        return;
    gw_rtsp_framer_finish(&c->framer);
    gw_rtsp_setup_finish(&c->setup);
    gw_rtsp_media_finish(&c->media);
    free(c->location);
    gw_rtsp_outbox_finish(&c->out);
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

void gw_rtsp_client_datagram(struct gw_rtsp_client *c, enum gw_media_kind kind, bool rtcp,
                             const void *data, size_t len, uint64_t now_us)
{
    if (takes_packets(c))
        gw_rtsp_media_datagram(&c->media, kind, rtcp, data, len, now_us);
}

void gw_rtsp_client_disconnected(struct gw_rtsp_client *c)
{
    if (c->state == GW_RTSP_TEARDOWN)
        c->state = GW_RTSP_CLOSED;
    if (!is_over(c))
        fail(c, GW_CAUSE_CLOSED);
    gw_rtsp_outbox_drop(&c->out);
}

// Receiver reports go with the keep-alive: no more packets on the wire for them.
static void append_reports(struct gw_rtsp_client *c, uint64_t now_us)
{
    uint8_t report[GW_RTSP_FRAMED_REPORT_MAX];

    for (size_t i = 0; i < GW_MEDIA_KINDS; i++) {
        size_t len =
            gw_rtsp_media_write_report(&c->media, (enum gw_media_kind)i, now_us, report);
        if (len)
            (void)gw_rtsp_outbox_append(&c->out, report, len);
    }
}

static void keep_alive(struct gw_rtsp_client *c, uint64_t now_us)
{
    gw_rtsp_login_begin(&c->login);
    gw_tolerance_note(&c->peer.tolerated, GW_TOLERATED_SILENT_ALIVE, c->unanswered);
    c->unanswered = true;
    if (c->out.len) // the camera has not even taken the last one
        return;
    request(c, now_us);
    append_reports(c, now_us);
}

static void tick_playing(struct gw_rtsp_client *c, uint64_t now_us)
{
    bool ping;

    gw_rtsp_media_tick(&c->media, now_us);
    enum gw_cause cause = gw_rtsp_liveness_check(&c->liveness, &c->media, now_us, &ping);
    if (cause)
        fail(c, cause);
    else if (ping)
        keep_alive(c, now_us);
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
    else if (c->state == GW_RTSP_SETUP && gw_rtsp_setup_is_optional(&c->setup))
        next_medium(c, now_us);
    else
        fail(c, GW_CAUSE_TIMEOUT);
}

uint64_t gw_rtsp_client_deadline_us(const struct gw_rtsp_client *c)
{
    if (is_over(c))
        return UINT64_MAX;
    if (c->state != GW_RTSP_PLAYING)
        return c->answer_by_us;
    uint64_t lives_us = gw_rtsp_liveness_deadline_us(&c->liveness, &c->media);
    uint64_t media_us = gw_rtsp_media_deadline_us(&c->media);
    return lives_us < media_us ? lives_us : media_us;
}

void gw_rtsp_client_close(struct gw_rtsp_client *c, uint64_t now_us)
{
    if (is_over(c) || c->state == GW_RTSP_TEARDOWN)
        return;
    if (!is_set_up(c)) {
        c->state = GW_RTSP_CLOSED;
        gw_rtsp_outbox_drop(&c->out);
        return;
    }
    go_on(c, GW_RTSP_TEARDOWN, now_us);
}

const void *gw_rtsp_client_output(const struct gw_rtsp_client *c, size_t *ret_len)
{
    *ret_len = c->out.len;
    return c->out.out;
}

void gw_rtsp_client_sent(struct gw_rtsp_client *c, size_t len)
{
    gw_rtsp_outbox_sent(&c->out, len);
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
    struct gw_inlet_stats media;

    gw_rtsp_media_stats(&c->media, &media);
    *ret_stats = c->stats;
    ret_stats->packets = media.packets;
    ret_stats->packets_malformed = media.malformed;
    ret_stats->packets_reordered = media.order.reordered;
    ret_stats->packets_late = media.order.late + media.order.duplicates;
    ret_stats->rtcp = media.rtcp;
    ret_stats->reports = c->media.reports;
    ret_stats->switched = c->setup.switched;
}

static bool lacks_params(const struct gw_rtsp_client *c)
{
    const struct gw_media_format *video = &c->setup.description.media[0].format;
    return c->setup.description.count && !video->params && video->codec != GW_CODEC_JPEG;
}

static bool has_short_session(const struct gw_rtsp_client *c)
{
    return c->setup.timeout_s && c->setup.timeout_s < GW_RTSP_KEEPALIVE_MAX_S;
}

struct gw_rtsp_peer gw_rtsp_client_peer(const struct gw_rtsp_client *c)
{
    struct gw_rtsp_peer peer = c->peer;
    struct gw_inlet_stats media;

    gw_rtsp_media_stats(&c->media, &media);
    const bool seen[GW_TOLERANCES] = {
        [GW_TOLERATED_STRAY] = c->stats.unexpected > 0,
        [GW_TOLERATED_NO_PARAMS] = lacks_params(c),
        [GW_TOLERATED_OTHER_TRANSPORT] = c->setup.switched,
        [GW_TOLERATED_KEEP_ALIVE] = c->ask_options,
        [GW_TOLERATED_SHORT_SESSION] = has_short_session(c),
        [GW_TOLERATED_BYE] = media.byes && !gw_rtsp_media_left(&c->media),
        [GW_TOLERATED_CHANNELS] = c->media.guessed,
        [GW_TOLERATED_GARBAGE] = c->framer.garbage > 0,
        [GW_TOLERATED_MALFORMED] = media.malformed > 0,
    };
    peer.tolerated |= c->setup.tolerated | c->setup.description.tolerated;
    for (unsigned i = 0; i < GW_TOLERANCES; i++)
        gw_tolerance_note(&peer.tolerated, (enum gw_tolerance)i, seen[i]);
    return peer;
}

const char *gw_rtsp_client_location(const struct gw_rtsp_client *c)
{
    return c->location;
}

enum gw_rtsp_lower gw_rtsp_client_lower(const struct gw_rtsp_client *c)
{
    return c->setup.lower;
}
