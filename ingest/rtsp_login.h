// Which of a camera's 401s are answered with credentials, on one connection: none that
// would only be refused again, for cameras lock users out (quirk 3). No I/O, no clock.
#ifndef GW_INGEST_RTSP_LOGIN_H
#define GW_INGEST_RTSP_LOGIN_H

#include "base/source.h"
#include "ingest/rtsp_message.h"
#include "ingest/rtsp_outbox.h"
#include "ingest/rtsp_peer.h"

#include <stdbool.h>

enum { GW_RTSP_401_MAX = 2 }; // answers to a 401 for one request

// Embedded by value; all zero at first.
struct gw_rtsp_login {
    unsigned refused; // 401s to the request under way that were answered
    bool welcome;     // credentials of ours were accepted once
};

// Another request is under way.
void gw_rtsp_login_begin(struct gw_rtsp_login *l);

// The latest request was taken.
void gw_rtsp_login_accepted(struct gw_rtsp_login *l, const struct gw_rtsp_outbox *out);

// The latest request got a 401, and what it showed of the camera goes to `peer`. Returns
// GW_CAUSE_NONE when the outbox now has what it asks for: repeat the request. Else why
// that is of no use: PASSWORD, STATUS (it wants what we do not know) or OUR_LIMIT.
enum gw_cause gw_rtsp_login_answer(struct gw_rtsp_login *l,
                                   const struct gw_rtsp_message *message,
                                   struct gw_rtsp_outbox *out, struct gw_rtsp_peer *peer);

#endif
