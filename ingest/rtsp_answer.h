// What a camera's answers to DESCRIBE and SETUP say, as a client needs it
// (rtsp_client.h). No I/O, no clock.
//
// The functions return GW_CAUSE_NONE, or why there will be no picture; then
// nothing was set.
#ifndef GW_INGEST_RTSP_ANSWER_H
#define GW_INGEST_RTSP_ANSWER_H

#include "base/source.h"
#include "ingest/media.h"
#include "ingest/rtsp_message.h"
#include "ingest/rtsp_transport.h"
#include "ingest/tolerance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTSP_SESSION_ID_MAX = 256,   // bytes; longer: CAUSE_OUR_LIMIT
    GW_RTSP_SESSION_TIMEOUT_S = 60, // when the camera names none (RFC 2326 12.37)
};

// What an error status means. GW_CAUSE_STATUS: nothing in particular.
enum gw_cause gw_rtsp_status_cause(unsigned status);

struct gw_rtsp_medium {
    struct gw_media_format format; // its texts and params are owned
    char *uri;                     // owned; for SETUP
};

struct gw_rtsp_description {
    char *session_uri; // owned; for PLAY, keep-alive, TEARDOWN
    gw_tolerances tolerated;
    size_t count; // of media, at least 1: the video comes first
    struct gw_rtsp_medium media[GW_MEDIA_KINDS];
};

// Finds the first video that we can carry and, where `audio` is wanted, the first
// audio; one that is broken is left out. `uri` is that of the request.
enum gw_cause gw_rtsp_describe(const struct gw_rtsp_message *answer,
                               struct gw_rtsp_text body, const char *uri, bool audio,
                               struct gw_rtsp_description *ret_description);

// Frees what it owns. All zero is allowed.
void gw_rtsp_description_finish(struct gw_rtsp_description *d);

struct gw_rtsp_setup_answer {
    char *session;      // owned; NULL when the camera gave no id
    uint32_t timeout_s; // of the session, > 0
    struct gw_rtsp_transport transport;
};

enum gw_cause gw_rtsp_setup_answer(const struct gw_rtsp_message *answer,
                                   struct gw_rtsp_setup_answer *ret_setup);

// Frees what it owns. All zero is allowed.
void gw_rtsp_setup_answer_finish(struct gw_rtsp_setup_answer *s);

#endif
