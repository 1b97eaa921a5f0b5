// Tables that spreadsheet programs open: CSV in UTF-8 with a byte order mark, CRLF, every
// cell in quotes (RFC 4180). A value that would be taken for a formula gets an apostrophe
// in front.
#ifndef GW_APP_SHEET_H
#define GW_APP_SHEET_H

#include <stddef.h>
#include <stdio.h>

// What comes first. Errors of writing stay in `out`, for the caller to find at the end.
void gw_sheet_begin(FILE *out);
void gw_sheet_line(FILE *out, const char *const *cells, size_t count);

#endif
