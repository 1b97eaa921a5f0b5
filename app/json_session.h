// What signing in says and is answered, as JSON.
#ifndef GW_APP_JSON_SESSION_H
#define GW_APP_JSON_SESSION_H

#include "app/guest.h"
#include "base/buf.h"

#include <stddef.h>

// A text that a body must hold: its name, and where it goes.
struct gw_json_text_field {
    const char *name;
    char *ret;
    size_t room; // bytes, NUL included
};

// Reads the fields of an object; all must be there. Returns 0, -EBADMSG when it is no
// JSON object, or -EINVAL with the index of the field that is missing, no text, or too
// long.
int gw_json_read_texts(const char *text, size_t len,
                       const struct gw_json_text_field *fields, size_t n,
                       size_t *ret_field);

// Who is signed in and what they may do. Owned by the caller; NULL: out of memory.
struct gw_buf *gw_json_session(const struct gw_guest *guest);

#endif
