// How a stream is pulled over several connections: by TCP or UDP, what was learnt of
// that before, and whom a camera sends us to. It decides what one connection
// (session.h) cannot. No I/O, no clock.
#ifndef GW_INGEST_PULL_PLAN_H
#define GW_INGEST_PULL_PLAN_H

#include "base/source.h"
#include "base/stream_url.h"
#include "ingest/rtsp_transport.h"
#include "ingest/session.h"

#include <stdbool.h>

enum { GW_PULL_REDIRECTS_MAX = 3 }; // of one attempt

enum gw_pull_transport {
    GW_PULL_AUTO, // TCP, or UDP where the camera refuses that
    GW_PULL_TCP,  // nothing else
    GW_PULL_UDP,  // or TCP where that is refused or nothing arrives
};

// What stands behind the # of a stream's address, joined by &: RTSP never sends that
// part, and main and sub of a camera have their own.
struct gw_pull_options {
    enum gw_pull_transport transport; // "transport=auto|tcp|udp"
    bool any_certificate;             // "tls=any": a self-signed one does
};

// Takes the options off `url`, so that requests do not carry them. A # with
// anything else behind it belongs to the address and stays, all of it.
struct gw_pull_options gw_pull_options_take(struct gw_stream_url *url);

// Embedded by value and all zero at first; the fields are private.
struct gw_pull_plan {
    struct gw_pull_options options;
    bool learnt; // `lower` played, or is what is left
    enum gw_rtsp_lower lower;
    bool secured;       // over TLS: see below
    unsigned redirects; // of this attempt
};

// A new attempt. What was learnt stays while the options do. Over TLS (`secured`)
// media come by TCP alone: by UDP they would come in the clear.
void gw_pull_plan_begin(struct gw_pull_plan *p, struct gw_pull_options options,
                        bool secured);

enum gw_rtsp_lower gw_pull_plan_lower(const struct gw_pull_plan *p);
bool gw_pull_plan_may_switch(const struct gw_pull_plan *p);

// Pictures came this way: the next attempt begins with it.
void gw_pull_plan_on_pictures(struct gw_pull_plan *p, enum gw_rtsp_lower lower);

// A connection that came as `lower` failed. Returns true when another one is to be
// made at once, by TCP.
bool gw_pull_plan_falls_back(struct gw_pull_plan *p, enum gw_cause cause,
                             enum gw_rtsp_lower lower);

// The camera sends us from `from` to `location`. Returns 0 with a URL that the
// caller owns, -ELOOP when that happens too often, -EBADMSG when it is no RTSP
// address or would give TLS up, or -ENOMEM. User and password go along to the same
// host and port alone, and so does the leave to show any certificate to the host.
int gw_pull_plan_redirect(struct gw_pull_plan *p, const struct gw_stream_url *from,
                          const char *location, struct gw_stream_url **ret_url);

// What follows a session that ended: another connection at once, or nothing.
struct gw_pull_next {
    struct gw_stream_url *url; // whither, the caller's; NULL: nothing follows
    bool redirected;           // else it is the same address, now by TCP
    enum gw_cause cause;       // without a URL: why there will be no pictures
};

// `cause` is what is known of it beyond end->cause.
struct gw_pull_next gw_pull_plan_next(struct gw_pull_plan *p, enum gw_cause cause,
                                      const struct gw_session_end *end);

#endif
