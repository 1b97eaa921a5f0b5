// Entity tags of what the registry holds: "REVISION-HASH". The revision is that of the
// record (map/snapshot.h); the hash is of the whole answer, where states and counts
// change without anybody writing. A client that writes is asked for the revision alone:
// no state of a camera can be lost under another's change. No I/O; any thread.
#ifndef GW_APP_ENTITY_TAG_H
#define GW_APP_ENTITY_TAG_H

#include "base/buf.h"
#include "map/precondition.h"

#include <stdbool.h>
#include <stdint.h>

enum { GW_ENTITY_TAG_MAX = 48 }; // bytes, quotes and NUL included

void gw_entity_tag_write(int64_t revision, const struct gw_buf *body,
                         char ret_tag[GW_ENTITY_TAG_MAX]);

// How tags are compared (RFC 9110 section 8.8.3.2).
enum gw_tag_comparison {
    GW_TAGS_STRONG, // If-Match: a weak tag matches nothing
    GW_TAGS_WEAK,   // If-None-Match
};

// Reads a header's value: "*", or tags between commas. Tags that are none of ours match
// nothing. An empty text: nothing was said. Returns 0, -EBADMSG when it is no such list
// (RFC 9110 section 8.8.3), or -EMSGSIZE for more than GW_REVISIONS_MAX of ours.
int gw_entity_tags_read(const char *text, enum gw_tag_comparison comparison,
                        struct gw_revisions *ret_revisions);

// The same of If-Match and If-None-Match, by which a write is held to what its client
// saw.
int gw_precondition_read(const char *if_match, const char *if_none_match,
                         struct gw_precondition *ret_when);

// Whether a list as above has `tag`, by the weak comparison; "*" has every one. What
// cannot be read has none.
bool gw_entity_tags_have(const char *text, const char *tag);

#endif
