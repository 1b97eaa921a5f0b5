// What a camera record may hold, and how an edit changes one. The importer and
// the API go by the same rules. No I/O.
#ifndef GW_MAP_CAMERA_EDIT_H
#define GW_MAP_CAMERA_EDIT_H

#include "base/text.h"
#include "map/labels.h"
#include "map/pinyin.h"
#include "map/registry.h"
#include "map/store.h"
#include "map/stream_login.h"

enum {
    GW_CAMERA_ID_MAX = 64,    // bytes, of [A-Za-z0-9._-]: ids stand in URLs
    GW_CAMERA_NAME_MAX = 256, // bytes of UTF-8
    GW_DEPARTMENT_MAX = 128,  // bytes of UTF-8
    GW_ADDRESS_MAX = 512,     // bytes of UTF-8
};

// What is wrong, and how to mend it; `field` is a name of the plain CSV header.
struct gw_camera_problem {
    const char *field;
    struct gw_text what;
};

// Finds the first problem of the fields that are given. `id` is always required.
bool gw_camera_edit_check(const struct gw_camera_edit *edit,
                          struct gw_camera_problem *ret_problem);

// Room for the strings that an edited record has of its own.
struct gw_camera_scratch {
    char url_main[GW_STREAM_URL_MAX + 1];
    char url_sub[GW_STREAM_URL_MAX + 1];
    char tags[GW_LABELS_BYTES];
    char groups[GW_LABELS_BYTES];
    char initials[GW_INITIALS_MAX + 1];
    const char *details[GW_DETAILS];
};

// Makes the new record: what `edit` gives, and for the rest what `old` has (NULL:
// nothing). An empty string clears a field. Addresses without user and password
// take those of `stored` while host and port stay (NULL: nothing is stored). The
// cell is left to the caller unless it is given (cell_fixed).
// `edit` was checked. `ret_row` borrows from all arguments. Returns 0, -EMSGSIZE (an
// address), or -ENOMEM or -ENOTSUP (map/pinyin.h).
int gw_camera_edit_apply(const struct gw_camera_edit *edit,
                         const struct gw_camera_row *old,
                         const struct gw_camera_row *stored,
                         struct gw_camera_scratch *scratch,
                         struct gw_camera_row *ret_row);

// Whether both hold the same, `num` aside.
bool gw_camera_row_equal(const struct gw_camera_row *a, const struct gw_camera_row *b);

#endif
