// What a camera asks of us in the midst of a session (RFC 2326 section 10, server to
// client), and what it is told. What its REDIRECT and TEARDOWN lead to is the client's
// (rtsp_client.h). No I/O, no clock.
#ifndef GW_INGEST_RTSP_ASKED_H
#define GW_INGEST_RTSP_ASKED_H

#include "ingest/rtsp_message.h"
#include "ingest/rtsp_outbox.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    // A camera that asks more is broken or hostile: the client fails with
    // CAUSE_OUR_LIMIT.
    GW_RTSP_ASKED_MAX = 32,      // requests
    GW_RTSP_ASKED_WITHIN_S = 10, // of each such time
    GW_RTSP_ASKED_WAITING_MAX =
        GW_RTSP_OUTPUT_MAX - GW_RTSP_REQUEST_MAX, // bytes, answers
};

// Embedded by value; all zero at first.
struct gw_rtsp_asked {
    uint64_t since_us;
    unsigned count; // since then
};

// One more request came. Returns false when it is one too many.
bool gw_rtsp_asked_count(struct gw_rtsp_asked *a, uint64_t now_us);

// Puts the answer to `request` into the outbox; `session` is our session's id, or NULL.
// Returns 0, -EMSGSIZE (the camera does not take what waits) or -ENOMEM.
int gw_rtsp_asked_answer(const struct gw_rtsp_message *request, const char *session,
                         struct gw_rtsp_outbox *out);

#endif
