// Brings files of cameras, divisions and cells into a registry.
//
// Tables of text: cameras, whatever their encoding, separator and order of columns
// (map/encoding.h, map/import_columns.h). GeoJSON (RFC 7946): features with a
// `code`; polygons with a `division` are cells, the others divisions.
//
// Good lines are kept, bad ones reported one by one. A file is one transaction: a
// crash leaves all of it or nothing. Importing again changes nothing.
#ifndef GW_MAP_IMPORT_H
#define GW_MAP_IMPORT_H

#include "base/text.h"
#include "map/coordinates.h"

#include <stdbool.h>
#include <stddef.h>

// One line or feature that could not be taken, or was taken with a doubt.
struct gw_import_issue {
    const char *file;
    size_t line;         // 1-based; of a GeoJSON feature its index, 1-based
    const char *column;  // "" when it concerns the whole line
    const char *value;   // shortened; "" for stream addresses and passwords
    bool kept;           // a warning: the line was taken
    size_t first_line;   // where the same was before; 0: it is not about that
    struct gw_text what; // what is wrong and how to mend it
};

struct gw_import_report {
    size_t read; // lines or features
    size_t added;
    size_t changed;
    size_t same;
    size_t refused;
    size_t warned;
};

struct gw_import_config {
    const char *dir;                 // data directory
    bool dry_run;                    // check and report, write nothing
    enum gw_coordinates coordinates; // of the cameras in CSV; areas are WGS-84
    void (*on_issue)(void *arg, const struct gw_import_issue *issue);
    void (*on_progress)(void *arg, const char *file, size_t done, size_t total_bytes);
    void *arg;
};

enum { GW_IMPORT_ERROR_MAX = 512 };

// Imports one file. Returns 0 even when lines were refused (see the report), or
// negative errno when the file could not be read or written at all, with the
// words in `ret_error`.
int gw_import_file(const struct gw_import_config *config, const char *file,
                   struct gw_import_report *ret_report,
                   char ret_error[GW_IMPORT_ERROR_MAX]);

#endif
