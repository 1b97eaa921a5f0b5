// Requests of one RTSP connection on their way out: numbered, with credentials once
// the camera has asked for them, and kept until they are sent. No I/O, no clock.
#ifndef GW_INGEST_RTSP_OUTBOX_H
#define GW_INGEST_RTSP_OUTBOX_H

#include "base/rng.h"
#include "base/stream_url.h"
#include "ingest/rtsp_auth.h"
#include "ingest/rtsp_message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTSP_OUTPUT_MAX = 12 * 1024, // bytes that wait to be sent: two requests
};

// Embedded by value. Read cseq, with_credentials and auth.
struct gw_rtsp_outbox {
    const struct gw_stream_url *url; // whose credentials; borrowed
    struct gw_rng rng;               // of client nonces
    struct gw_rtsp_auth *auth;       // what the camera asked for; NULL: nothing yet
    uint32_t cseq;                   // of the latest request
    bool with_credentials;           // it carried some
    char *out;                       // NULL when nothing waits
    size_t len;                      // bytes of it
};

void gw_rtsp_outbox_init(struct gw_rtsp_outbox *o, const struct gw_stream_url *url,
                         uint64_t seed);

// All zero is allowed.
void gw_rtsp_outbox_finish(struct gw_rtsp_outbox *o);

// From now on requests answer this challenge. Takes `auth` over.
void gw_rtsp_outbox_authorize(struct gw_rtsp_outbox *o, struct gw_rtsp_auth *auth);

// Writes a request; `session` and `extra` as in struct gw_rtsp_request. Returns 0,
// -EMSGSIZE above GW_RTSP_OUTPUT_MAX or -ENOMEM; then nothing was added.
int gw_rtsp_outbox_request(struct gw_rtsp_outbox *o, const char *method, const char *uri,
                           const char *session, const char *extra);

// Is that response the answer to the latest request? One without a CSeq is; 1xx is none.
bool gw_rtsp_outbox_awaits(const struct gw_rtsp_outbox *o,
                           const struct gw_rtsp_message *response);

// Adds bytes as they are. Returns as above.
int gw_rtsp_outbox_append(struct gw_rtsp_outbox *o, const void *data, size_t len);

// The first `len` bytes were sent.
void gw_rtsp_outbox_sent(struct gw_rtsp_outbox *o, size_t len);

// Forgets what waits.
void gw_rtsp_outbox_drop(struct gw_rtsp_outbox *o);

#endif
