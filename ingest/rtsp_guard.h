// Asks whoever pushes a stream to us for the source's key, and checks the answer:
// the server's side of Basic (RFC 7617) and Digest (RFC 7616 with MD5 and SHA-256,
// RFC 2617 without qop). One connection has one guard. No I/O, no clock.
#ifndef GW_INGEST_RTSP_GUARD_H
#define GW_INGEST_RTSP_GUARD_H

#include "ingest/rtsp_message.h"

#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTSP_GUARD_NONCE_BYTES = 33,         // 128 bits as text, and a zero
    GW_RTSP_GUARD_CHALLENGE_BYTES = 512,    // of the header lines
    GW_RTSP_GUARD_AUTHORIZATION_MAX = 2048, // bytes of an answer; longer: refused
};

struct gw_rtsp_guard {
    char nonce[GW_RTSP_GUARD_NONCE_BYTES];
};

// `random` are 128 bits that nobody can foresee: who knows a nonce may replay an
// answer to it.
void gw_rtsp_guard_init(struct gw_rtsp_guard *g, const uint64_t random[2]);

// Writes the WWW-Authenticate lines of a 401, each with its CRLF, and a zero.
void gw_rtsp_guard_challenge(const struct gw_rtsp_guard *g,
                             char ret_lines[GW_RTSP_GUARD_CHALLENGE_BYTES]);

// Checks a request against the source's key, which is its password; any user name
// will do. Takes the same time for every wrong answer of one scheme.
// Returns 0; -EACCES for no credentials or wrong ones; or -ENOMEM or -ENOTSUP when
// they could not be checked.
int gw_rtsp_guard_check(const struct gw_rtsp_guard *g,
                        const struct gw_rtsp_message *request, const char *key);

#endif
