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
#include "map/scope_view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    GW_IMPORT_GONE,    // the registry has the camera, the file does not
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
    size_t gone; // of the departments in the file; counted when they are asked for
    size_t refused;
    size_t warned;
    // What the degrees of the cameras seem to be, if not what the config says: the
    // positions then fit better to the divisions. As the config says: no suspicion.
    enum gw_coordinates suspected;
    // Of all that was found and would be written. The same file, config and registry
    // give the same; so does a registry that changed in nothing that matters here.
    uint64_t fingerprint;
};

// What the file names its columns, and what each was taken for: a column of ours,
// GW_COLUMN_IGNORED, or GW_COLUMNS where it is not known. Borrowed for the call.
struct gw_import_header {
    size_t line; // 1-based
    size_t count;
    char *const *names;
    const enum gw_column *means;
};

// Why a file could not be imported: a sentence with its name.
enum { GW_IMPORT_ERROR_MAX = 512 };
struct gw_import_error {
    char en[GW_IMPORT_ERROR_MAX];
    char zh[GW_IMPORT_ERROR_MAX];
};

struct gw_import_config {
    const char *dir;      // data directory
    const char *key_file; // of stream addresses; NULL: the directory's
    const char *name;     // what the file is called in messages; NULL: its path
    const char *author;   // who brings it, for the list of changes; NULL: the command
    bool dry_run;         // check and report, write nothing and hold up no writer
    bool places;          // lists are of places, whatever their columns are called
    bool all_or_nothing;  // a refused line leaves its whole file out
    // What the registry has and the file does not is removed, if no line was refused:
    // one that cannot be read may be the camera's.
    bool remove_gone;
    // Whose cameras may be touched; NULL: any. Areas are for who may touch any.
    const struct gw_scope_view *seen;
    const uint64_t *expected; // fingerprint of a dry run; only that is written. NULL: any
    enum gw_coordinates coordinates; // of the cameras in CSV; areas are WGS-84
    // What this list calls its columns, and the file that says so; NULL: nobody does.
    const struct gw_column_names *columns;
    const char *columns_file;
    const char *reader; // path of gridwall-table; NULL: what it reads is refused
    void (*on_issue)(void *arg, const struct gw_import_issue *issue);
    // NULL: nobody asks. Not called where a file has no header, but also where none of
    // its columns is known as the id: then with its likeliest line, before the error.
    void (*on_header)(void *arg, const struct gw_import_header *header);
    // NULL: nothing is compared. Cameras and places.
    void (*on_change)(void *arg, const struct gw_import_change *change);
    void (*on_progress)(void *arg, const char *file, size_t done, size_t total_bytes);
    bool (*is_over)(void *arg); // asked between pieces of the file; NULL: it never is
    void *arg;
};

// Imports one file. Returns 0 even when lines were refused (see the report; with
// all_or_nothing the registry is then as it was), -ESTALE when another report than the
// expected one would come of it, -ECANCELED when it is over, or another negative errno
// when the file could not be read or written at all; with the words in `ret_error`.
// Nothing is then written.
int gw_import_file(const struct gw_import_config *config, const char *file,
                   struct gw_import_report *ret_report,
                   struct gw_import_error *ret_error);

#endif
