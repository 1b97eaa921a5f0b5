// Answers a camera's 401: Basic (RFC 7617) and Digest (RFC 7616 with MD5 and
// SHA-256, qop "auth" or none as in RFC 2617).
//
// Of several challenges the strongest is taken: SHA-256, MD5, Basic. No I/O, no
// clock; the caller brings the randomness.
#ifndef GW_INGEST_RTSP_AUTH_H
#define GW_INGEST_RTSP_AUTH_H

#include "ingest/rtsp_message.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    GW_RTSP_CHALLENGE_MAX = 1024,     // bytes of realm, nonce and opaque together
    GW_RTSP_AUTHORIZATION_MAX = 3072, // bytes of the header value that answers it
};

struct gw_rtsp_auth; // one challenge, and how often it was answered

// Reads the WWW-Authenticate headers of a 401. Returns 0 with an object that the
// caller owns, -ENOTSUP when there is no challenge that we can answer, -EMSGSIZE
// above CHALLENGE_MAX, or -ENOMEM.
int gw_rtsp_auth_create(const struct gw_rtsp_message *response,
                        struct gw_rtsp_auth **ret_auth);

// NULL is allowed.
void gw_rtsp_auth_destroy(struct gw_rtsp_auth *auth);

// The camera says that only the nonce was too old, not the password wrong.
bool gw_rtsp_auth_is_stale(const struct gw_rtsp_auth *auth);

// What it is, for people: "Digest MD5". Static.
const char *gw_rtsp_auth_name(const struct gw_rtsp_auth *auth);

struct gw_rtsp_auth_request {
    const char *method;
    const char *uri; // as in the request line
    const char *user;
    const char *password;
    const char *cnonce; // random text without '"' and '\\'; used with qop only
};

// Writes the value of an Authorization header and a zero into `buf`. Each request
// needs a value of its own. Returns 0, -EMSGSIZE when `cap` is too small,
// -ENOTSUP when the crypto library refuses the hash, or -ENOMEM.
int gw_rtsp_auth_write(struct gw_rtsp_auth *auth,
                       const struct gw_rtsp_auth_request *request, char *buf, size_t cap);

#endif
