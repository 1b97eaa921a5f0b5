// The query part of a request target: key=value pairs, percent-encoded (WHATWG
// URL Standard, application/x-www-form-urlencoded). No I/O.
#ifndef GW_APP_QUERY_STRING_H
#define GW_APP_QUERY_STRING_H

#include <stddef.h>

enum {
    GW_QUERY_MAX = 16 * 1024, // bytes of a query; polygons are long
    GW_QUERY_PAIRS_MAX = 64,
};

struct gw_query_pair {
    const char *key; // decoded
    const char *value;
};

struct gw_query_string {
    struct gw_query_pair pairs[GW_QUERY_PAIRS_MAX];
    size_t count;
    char *text; // owns the decoded bytes
};

// Decodes `query`, "a=1&b=%20". Returns 0, -EMSGSIZE over a limit above,
// -EBADMSG for a broken escape or an encoded NUL, or -ENOMEM.
int gw_query_string_parse(const char *query, struct gw_query_string *ret_query);
void gw_query_string_finish(struct gw_query_string *q);

// The first value of `key`, or NULL.
const char *gw_query_string_get(const struct gw_query_string *q, const char *key);

#endif
