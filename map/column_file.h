// What the columns of a foreign list are called, written down by whoever knows: a text of
// lines `ours = theirs`. `ours` is any name that map/import_columns.h knows, in English
// or Chinese, or "ignore"; `theirs` the name as it stands in the list. `#` begins a
// comment.
//
//     id       = 点位唯一标识
//     设备名称 = CAM_NAME
//     ignore   = 设备编码
#ifndef GW_MAP_COLUMN_FILE_H
#define GW_MAP_COLUMN_FILE_H

#include "base/text.h"
#include "map/import_columns.h"

#include <stddef.h>

enum { GW_COLUMN_FILE_MAX = 64 * 1024 }; // bytes

// What is wrong with such a text. `line` 0: with all of it.
struct gw_column_file_problem {
    size_t line;
    char value[GW_COLUMN_NAME_MAX]; // that it is about, cut; ""
    struct gw_text what;
};

// Reads a text of `len` bytes, UTF-8. Returns 0, or -EBADMSG with the first problem. No
// I/O.
int gw_column_file_parse(const char *text, size_t len, struct gw_column_names *ret_names,
                         struct gw_column_file_problem *ret_problem);

// Reads the file. Returns likewise, or another negative errno when it cannot be read.
int gw_column_file_read(const char *path, struct gw_column_names *ret_names,
                        struct gw_column_file_problem *ret_problem);

#endif
