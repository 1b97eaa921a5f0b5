// Which line of a table names its columns: lists often have a title above. No I/O.
#ifndef GW_MAP_IMPORT_HEADER_H
#define GW_MAP_IMPORT_HEADER_H

#include "map/import_columns.h"

#include <stdbool.h>
#include <stddef.h>

// The names of the columns are within the first so many lines that are not blank.
enum { GW_HEADER_LINES = 6 };

// Whether no field says anything: a spreadsheet's empty row.
bool gw_header_is_blank(char *const *fields, size_t count);

// Whether these fields name columns, by `names` (or NULL) or by our own names: one of
// them is the camera's id.
bool gw_header_is(const struct gw_column_names *names, char *const *fields, size_t count);

// What stands between the fields of a line, comma, semicolon or tab, if with it the line
// names columns; else NUL. A byte order mark in front is no part of the line.
char gw_header_separator(const struct gw_column_names *names, const char *line,
                         size_t len);

#endif
