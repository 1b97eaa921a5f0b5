// What is said and answered of who may come in, as JSON: live links.
#ifndef GW_APP_JSON_ACCESS_H
#define GW_APP_JSON_ACCESS_H

#include "app/live_link.h"
#include "base/buf.h"
#include "ws/origin.h"

#include <stddef.h>
#include <stdint.h>

// What a body asks of a live link.
struct gw_link_wish {
    char camera[GW_CAMERA_ID_MAX + 1];
    enum gw_profile profile;
    uint32_t seconds;
    char origin[GW_ORIGIN_MAX + 1]; // "": any page
};

// Returns 0, -EBADMSG when it is no JSON object, or -EINVAL with the name (static) of the
// field that is missing or not good.
int gw_json_read_link(const char *text, size_t len, struct gw_link_wish *ret_wish,
                      const char **ret_field);

// The addresses of a link; `text` NULL: bare ones, good as long as nobody signs in. Owned
// by the caller; NULL: out of memory.
struct gw_buf *gw_json_link(const struct gw_live_link *link, const char *text);

#endif
