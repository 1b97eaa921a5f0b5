// Brings files of cameras, divisions and cells into a registry.
//
// Tables of text: cameras, whatever their encoding, separator and order of columns
// (map/encoding.h, map/import_columns.h). GeoJSON (RFC 7946): features with a
// `code`; polygons with a `division` are cells, the others divisions. XLSX, GeoPackage,
// Shapefile, and GeoJSON of points: by gridwall-table (map/table_reader.h), as either.
//
// Good lines are kept, bad ones reported one by one. A file is one transaction: a
// crash leaves all of it or nothing. Importing again changes nothing.
#ifndef GW_MAP_IMPORT_H
#define GW_MAP_IMPORT_H

#include "base/text.h"
#include "map/coordinates.h"
#include "map/import_columns.h"

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

enum gw_import_change_kind {
    GW_IMPORT_ADDED,
    GW_IMPORT_CHANGED, // one field; each that differs is told by itself
    GW_IMPORT_GONE,    // the registry has the camera, the file does not; it stays
};

// How a file's cameras differ from the registry.
struct gw_import_change {
    enum gw_import_change_kind kind;
    const char *file;
    size_t line; // 1-based; GONE: 0
    const char *id;
    const char *field;  // CHANGED: our name of the column; else ""
    const char *before; // CHANGED: the value; GONE: the name. Shortened; "" for stream
    const char *after;  // addresses. CHANGED: the value; ADDED: the name
};

struct gw_import_report {
    size_t read; // lines or features
    size_t added;
    size_t changed;
    size_t same;
    size_t gone; // of the departments in the file; counted with on_change only
    size_t refused;
    size_t warned;
};

struct gw_import_config {
    const char *dir;                 // data directory
    bool dry_run;                    // check and report, write nothing
    bool all_or_nothing;             // a refused line leaves its whole file out
    enum gw_coordinates coordinates; // of the cameras in CSV; areas are WGS-84
    // What this list calls its columns, and the file that says so; NULL: nobody does.
    const struct gw_column_names *columns;
    const char *columns_file;
    const char *reader; // path of gridwall-table; NULL: what it reads is refused
    void (*on_issue)(void *arg, const struct gw_import_issue *issue);
    // NULL: nothing is compared. Cameras only.
    void (*on_change)(void *arg, const struct gw_import_change *change);
    void (*on_progress)(void *arg, const char *file, size_t done, size_t total_bytes);
    void *arg;
};

enum { GW_IMPORT_ERROR_MAX = 512 };

// Imports one file. Returns 0 even when lines were refused (see the report; with
// all_or_nothing the registry is then as it was), or
// negative errno when the file could not be read or written at all, with the
// words in `ret_error`.
int gw_import_file(const struct gw_import_config *config, const char *file,
                   struct gw_import_report *ret_report,
                   char ret_error[GW_IMPORT_ERROR_MAX]);

#endif
