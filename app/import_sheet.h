// What an import found, as a CSV that spreadsheet programs open: one line for each
// thing that was wrong, and for each change.
//
// In the form of app/sheet.h. No passwords, no stream addresses.
#ifndef GW_APP_IMPORT_SHEET_H
#define GW_APP_IMPORT_SHEET_H

#include "map/import.h"

#include <stdio.h>

struct gw_import_sheet;

// Creates FILE, for its owner only, or overwrites it. `config` says what becomes of the
// lines and is copied. Returns 0 or -errno.
int gw_import_sheet_open(const char *path, enum gw_lang lang,
                         const struct gw_import_config *config,
                         struct gw_import_sheet **ret_sheet);

// Likewise, to `out`, which it takes over when it returns 0.
int gw_import_sheet_begin(FILE *out, enum gw_lang lang,
                          const struct gw_import_config *config,
                          struct gw_import_sheet **ret_sheet);

// Errors of writing are kept for _close().
void gw_import_sheet_issue(struct gw_import_sheet *t,
                           const struct gw_import_issue *issue);
void gw_import_sheet_change(struct gw_import_sheet *t,
                            const struct gw_import_change *change);

// A whole file that was left out, and why.
void gw_import_sheet_file(struct gw_import_sheet *t, const char *file, const char *why);

// Returns 0, or -errno when not all of it is written. NULL is allowed.
int gw_import_sheet_close(struct gw_import_sheet *t);

#endif
