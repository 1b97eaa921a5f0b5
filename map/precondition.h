// What a client says of the record that it is about to change, so that nobody's change is
// lost under another's (RFC 9110 section 13.1). Judged inside the store's transaction.
#ifndef GW_MAP_PRECONDITION_H
#define GW_MAP_PRECONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_REVISIONS_MAX = 16 }; // that one list may name

// A list of revisions; not `given`: nothing was said.
struct gw_revisions {
    bool given;
    bool any; // "*": whatever there is
    size_t count;
    int64_t list[GW_REVISIONS_MAX];
};

struct gw_precondition {
    struct gw_revisions match; // If-Match: the record is there and is one of these
    struct gw_revisions none;  // If-None-Match: it is not, or is none of these
};

// `revision` counts only where the record exists.
bool gw_precondition_holds(const struct gw_precondition *p, bool exists,
                           int64_t revision);

#endif
