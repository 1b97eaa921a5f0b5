// Refusals as HTTP answers: application/problem+json (RFC 9457), docs/api.md.
#ifndef GW_WS_PROBLEM_H
#define GW_WS_PROBLEM_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

// Security headers that every answer carries.
#define GW_HTTP_SAFE_HEADERS                                                             \
    "X-Content-Type-Options: nosniff\r\n"                                                \
    "Referrer-Policy: same-origin\r\n"

// What a 401 must say (RFC 9110 section 11.6.1). Not "Basic": browsers would ask.
#define GW_HTTP_CHALLENGE "WWW-Authenticate: Bearer\r\n"

enum { GW_PROBLEM_MAX = 4096 }; // bytes that suffice for any answer written here

struct gw_problem {
    int status;       // HTTP
    const char *code; // stable identifier, static
    struct gw_text why;
    bool last; // no request follows on its connection: where this one ends is not known
};

// The reason phrase of a status, "OK" for 200.
const char *gw_http_reason(int status);

// Writes a whole answer, head and body, with the language of `detail` as asked;
// `close` adds "Connection: close". `cap` is at least GW_PROBLEM_MAX. Returns its
// length.
size_t gw_problem_write(char *out, size_t cap, const struct gw_problem *problem,
                        enum gw_lang lang, bool close);

#endif
