// State diagram:
//
//          SETUP           PLAY
//   INIT --------> READY --------> PLAYING
//    ^               |  <---------    |
//    |               |     PAUSE      |
//    +--- TEARDOWN --+----------------+

#include "tests/farm/rtsp.h"

#include "base/rng.h"
#include "tests/farm/sdp.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum status {
    OK = 200,
    UNAUTHORIZED = 401,
    NOT_FOUND = 404,
    NO_SESSION = 454,
    BAD_STATE = 455,
    BAD_TRANSPORT = 461,
    NOT_IMPLEMENTED = 501,
    UNAVAILABLE = 503,
};

struct target {
    uint32_t camera;
    enum farm_profile profile;
};

static const char *reason(enum status status)
{
    switch (status) {
    case OK: return "OK";
    case UNAUTHORIZED: return "Unauthorized";
    case NOT_FOUND: return "Not Found";
    case NO_SESSION: return "Session Not Found";
    case BAD_STATE: return "Method Not Valid in This State";
    case BAD_TRANSPORT: return "Unsupported Transport";
    case NOT_IMPLEMENTED: return "Not Implemented";
    case UNAVAILABLE: return "Service Unavailable";
    }
    assert(false);
    return "";
}

__attribute__((format(printf, 2, 3))) static void put(struct farm_reply *reply,
                                                      const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n =
        vsnprintf(reply->text + reply->len, FARM_REPLY_MAX - reply->len, format, args);
    va_end(args);
    assert(n >= 0 && (size_t)n < FARM_REPLY_MAX - reply->len); // parts are bounded
    reply->len += (size_t)n;
}

static void begin(struct farm_reply *reply, const struct farm_request *req,
                  enum status status)
{
    reply->len = 0;
    put(reply, "RTSP/1.0 %d %s\r\nCSeq: %s\r\n", status, reason(status), req->cseq);
}

// A reply that has a status and nothing else.
static void answer(struct farm_reply *reply, const struct farm_request *req,
                   enum status status)
{
    begin(reply, req, status);
    put(reply, "\r\n");
}

// Reads rtsp://HOST/cam/NUMBER/PROFILE, with a track, query or '/' behind.
static bool find_target(const struct farm_rtsp *rtsp, const char *uri,
                        struct target *ret_target)
{
    const char *path = strstr(uri, "/cam/");
    uint32_t camera;
    char profile[8];
    int used = 0;

    if (!path || sscanf(path, "/cam/%" SCNu32 "/%7[a-z]%n", &camera, profile, &used) != 2)
        return false;
    if (camera < 1 || camera > rtsp->site->cameras || !strchr("/?", path[used]))
        return false;
    if (strcmp(profile, "main") && strcmp(profile, "sub"))
        return false;
    *ret_target =
        (struct target) { camera, strcmp(profile, "main") ? FARM_SUB : FARM_MAIN };
    return true;
}

void farm_rtsp_init(struct farm_rtsp *rtsp, const struct farm_site *site,
                    uint64_t entropy)
{
    struct gw_rng rng;

    gw_rng_init(&rng, entropy);
    *rtsp = (struct farm_rtsp) { .state = FARM_INIT, .site = site };
    (void)snprintf(rtsp->nonce, sizeof(rtsp->nonce), "%016" PRIx64, gw_rng_next(&rng));
    (void)snprintf(rtsp->session, sizeof(rtsp->session), "%016" PRIx64,
                   gw_rng_next(&rng));
}

const struct farm_clip *farm_site_clip(const struct farm_site *site, uint32_t camera,
                                       enum farm_profile profile)
{
    return site->clips[profile][(camera - 1) % site->clip_count[profile]];
}

static void on_options(struct farm_reply *reply, const struct farm_request *req)
{
    begin(reply, req, OK);
    put(reply,
        "Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN\r\n\r\n");
}

static void on_describe(struct farm_rtsp *rtsp, const struct farm_request *req,
                        const struct target *target, struct farm_reply *reply)
{
    char sdp[FARM_SDP_MAX];
    size_t len =
        farm_sdp_write(farm_site_clip(rtsp->site, target->camera, target->profile), sdp);
    size_t uri_len = strlen(req->uri);
    bool slash = uri_len > 0 && req->uri[uri_len - 1] == '/';

    begin(reply, req, OK);
    put(reply, "Content-Base: %s%s\r\nContent-Type: application/sdp\r\n", req->uri,
        slash ? "" : "/");
    put(reply, "Content-Length: %zu\r\n\r\n%s", len, sdp);
}

static void on_setup(struct farm_rtsp *rtsp, const struct farm_request *req,
                     const struct target *target, struct farm_reply *reply)
{
    const char *channels = strstr(req->transport, "interleaved=");
    unsigned channel = 0;

    if (rtsp->state != FARM_INIT) {
        answer(reply, req, BAD_STATE);
        return;
    }
    if (!strstr(req->transport, "RTP/AVP/TCP") ||
        (channels &&
         (sscanf(channels, "interleaved=%3u", &channel) != 1 || channel > 254))) {
        answer(reply, req, BAD_TRANSPORT);
        return;
    }

    rtsp->state = FARM_READY;
    rtsp->camera = target->camera;
    rtsp->profile = target->profile;
    rtsp->channel = (uint8_t)channel;
    begin(reply, req, OK);
    put(reply, "Transport: RTP/AVP/TCP;unicast;interleaved=%u-%u\r\n", channel,
        channel + 1);
    put(reply, "Session: %s;timeout=%u\r\n\r\n", rtsp->session, rtsp->site->timeout_s);
}

static bool names_session(const struct farm_rtsp *rtsp, const struct farm_request *req)
{
    return rtsp->state != FARM_INIT && !strcmp(req->session, rtsp->session);
}

// PLAY, PAUSE and TEARDOWN: all they do is to change the state.
static void on_session(struct farm_rtsp *rtsp, const struct farm_request *req,
                       enum farm_rtsp_state next, struct farm_reply *reply)
{
    if (!names_session(rtsp, req)) {
        answer(reply, req, NO_SESSION);
        return;
    }
    rtsp->state = next;
    begin(reply, req, OK);
    put(reply, "Session: %s\r\n", rtsp->session);
    if (next == FARM_PLAYING)
        put(reply, "Range: npt=0.000-\r\n");
    put(reply, "\r\n");
}

static void on_get_parameter(struct farm_rtsp *rtsp, const struct farm_request *req,
                             struct farm_reply *reply)
{
    answer(reply, req, names_session(rtsp, req) ? OK : NO_SESSION);
}

static void on_unauthorized(struct farm_rtsp *rtsp, const struct farm_request *req,
                            struct farm_reply *reply)
{
    char challenge[FARM_CHALLENGE_MAX];

    farm_auth_challenge(&rtsp->site->auth, rtsp->nonce, challenge);
    begin(reply, req, UNAUTHORIZED);
    put(reply, "WWW-Authenticate: %s\r\n\r\n", challenge);
}

void farm_rtsp_handle(struct farm_rtsp *rtsp, const struct farm_request *req,
                      struct farm_reply *reply)
{
    const char *method = req->method;
    struct target target = { 0 };
    bool found = find_target(rtsp, req->uri, &target);

    if (found && !rtsp->asked)
        rtsp->asked = target.camera;
    // Cameras answer this one to everybody.
    if (!strcmp(method, "OPTIONS"))
        on_options(reply, req);
    else if (!farm_auth_check(&rtsp->site->auth, rtsp->nonce, method, req->uri,
                              req->authorization))
        on_unauthorized(rtsp, req, reply);
    else if (!found)
        answer(reply, req, NOT_FOUND);
    else if (rtsp->state == FARM_INIT &&
             farm_faults_of(&rtsp->site->faults, target.camera)->refuse)
        answer(reply, req, UNAVAILABLE);
    else if (!strcmp(method, "DESCRIBE"))
        on_describe(rtsp, req, &target, reply);
    else if (!strcmp(method, "SETUP"))
        on_setup(rtsp, req, &target, reply);
    else if (!strcmp(method, "PLAY"))
        on_session(rtsp, req, FARM_PLAYING, reply);
    else if (!strcmp(method, "PAUSE"))
        on_session(rtsp, req, FARM_READY, reply);
    else if (!strcmp(method, "TEARDOWN"))
        on_session(rtsp, req, FARM_INIT, reply);
    else if (!strcmp(method, "GET_PARAMETER"))
        on_get_parameter(rtsp, req, reply);
    else
        answer(reply, req, NOT_IMPLEMENTED);
}
