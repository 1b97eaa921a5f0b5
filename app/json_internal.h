// What the json*.c share; nobody else includes it.
#ifndef GW_APP_JSON_INTERNAL_H
#define GW_APP_JSON_INTERNAL_H

#include "base/buf.h"
#include "base/stream_url.h"
#include "map/labels.h"
#include "map/registry.h"

#include <stdint.h>

struct cJSON;

// Takes `root`; a NULL one, or one that ran out of memory, gives NULL.
struct gw_buf *gw_json_print(struct cJSON *root);

// Adds a time to an object: RFC 3339, in UTC, to the millisecond.
void gw_json_add_time(struct cJSON *object, const char *name, uint64_t unix_ms);

// The object that `text` is. Returns 0, -ENOMEM, or -EBADMSG when it is none.
int gw_json_parse(const char *text, size_t len, struct cJSON **ret_root);

// What an edit has that is not in the text as it stands.
struct gw_json_edit_room {
    struct gw_camera_pose pose;
    char tags[GW_LABELS_BYTES];
    char groups[GW_LABELS_BYTES];
    // Of its `device`, where it has one.
    char url_main[GW_STREAM_URL_MAX + 1];
    char url_sub[GW_STREAM_URL_MAX + 1];
};

// A camera as a client writes it, out of an object; borrows from it and from `room`.
// Returns 0, or -EINVAL with the field that has the wrong type.
int gw_json_read_camera(const struct cJSON *root, struct gw_json_edit_room *room,
                        struct gw_camera_edit *ret_edit, const char **ret_field);

#endif
