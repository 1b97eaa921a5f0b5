// Digest authentication, the server's side (RFC 2617; SHA-256: RFC 7616).
//
// MD5 is offered without qop, as most cameras do; SHA-256 with qop="auth", as
// those do that offer it at all.
#ifndef GW_TESTS_FARM_AUTH_H
#define GW_TESTS_FARM_AUTH_H

#include <stdbool.h>

enum { FARM_CHALLENGE_MAX = 256, FARM_NONCE_MAX = 33 }; // bytes with the final zero

struct farm_auth {
    const char *user; // borrowed; NULL: everybody may watch
    const char *password;
    bool sha256;
};

// Writes the value of a WWW-Authenticate header.
void farm_auth_challenge(const struct farm_auth *auth, const char *nonce,
                         char ret_value[FARM_CHALLENGE_MAX]);

// Whether `header`, the value of an Authorization header, proves the password for
// this request.
bool farm_auth_check(const struct farm_auth *auth, const char *nonce, const char *method,
                     const char *uri, const char *header);

#endif
