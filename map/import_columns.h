// What the columns of camera lists are called. No I/O.
#ifndef GW_MAP_IMPORT_COLUMNS_H
#define GW_MAP_IMPORT_COLUMNS_H

#include "map/camera_record.h"

#include <stdbool.h>
#include <stddef.h>

// GW_COLUMN_VENDOR and GW_COLUMN_IP are for addresses of streams, and details as well.
enum gw_column {
    GW_COLUMN_ID,
    GW_COLUMN_NAME,
    GW_COLUMN_LON,
    GW_COLUMN_LAT,
    GW_COLUMN_DIVISION,
    GW_COLUMN_DEPARTMENT,
    GW_COLUMN_CELL,
    GW_COLUMN_URL_MAIN,
    GW_COLUMN_URL_SUB,
    GW_COLUMN_PULL,
    GW_COLUMN_VENDOR,
    GW_COLUMN_IP,
    GW_COLUMN_PORT,
    GW_COLUMN_CHANNEL,
    GW_COLUMN_USER,
    GW_COLUMN_PASSWORD,
    GW_COLUMN_KIND,
    GW_COLUMN_TAGS,
    GW_COLUMN_GROUPS,
    GW_COLUMN_ADDRESS,
    GW_COLUMN_CLASS,                                    // of a city part
    GW_COLUMN_POSE,                                     // GW_POSE_FIELDS of them
    GW_COLUMN_DETAIL = GW_COLUMN_POSE + GW_POSE_FIELDS, // GW_DETAILS of them
    GW_COLUMNS = GW_COLUMN_DETAIL + GW_DETAILS,         // and: no column that we know
    GW_COLUMN_IGNORED,                                  // somebody said so
};

enum {
    GW_COLUMN_NAME_MAX = 128,  // bytes of a name, NUL included: what is longer is none
    GW_COLUMN_NAMES_MAX = 128, // as many as a row has fields
};

// Names of one list's columns, beside those that we know (map/column_file.h). All zero:
// none.
struct gw_column_names {
    struct gw_column_names_entry {
        char name[GW_COLUMN_NAME_MAX];
        enum gw_column column; // or GW_COLUMN_IGNORED
    } entries[GW_COLUMN_NAMES_MAX];
    size_t count;
    bool mapped[GW_COLUMNS]; // it has a name here, and no other any more
};

// Our own name of a column, as a header and as messages have it.
const char *gw_column_name(enum gw_column column);

// Which column a field of the first line names, in Chinese or English; a remark behind
// the name is no part of it: "经度*", "设备编码（必填）". GW_COLUMNS: none that we know.
enum gw_column gw_column_of(const char *name);

// Whether a column is called so in lists of places and in no others: the names of their
// ids.
bool gw_column_is_of_places(const char *name);

// Likewise, by `names` (or NULL) first, which may say GW_COLUMN_IGNORED.
enum gw_column gw_column_names_find(const struct gw_column_names *names,
                                    const char *name);

#endif
