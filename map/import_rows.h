// A table as rows of named columns, whatever it is a list of: what stands above its
// header, what its columns are called, fields, and what can be wrong with any row.
#ifndef GW_MAP_IMPORT_ROWS_H
#define GW_MAP_IMPORT_ROWS_H

#include "map/import_columns.h"
#include "map/import_internal.h"
#include "map/locate.h"

struct gw_import_taker;

// The table in hand. `line` and `warned` are of the row in hand.
struct gw_import_rows {
    struct gw_import *im;
    const struct gw_import_taker *taker; // NULL until the header was read
    void *arg;                           // the taker's
    size_t titles;                       // lines above the header
    size_t title_width;                  // columns of the widest of them
    size_t title_line;
    char title[GW_IMPORT_SHOWN_MAX]; // the first of them
    size_t width;                    // columns of the header
    size_t where[GW_COLUMNS];        // + 1; 0: the file does not have it
    size_t line;
    bool warned;
};

// Who takes the rows. All but finish() return 0 or a negative errno; `arg` is begin()'s.
struct gw_import_taker {
    // The header was found. *ret_arg goes to finish(), also after a failure.
    int (*begin)(struct gw_import_rows *rows, void **ret_arg);
    // Whether the column `i`, of that name, is of use; GW_COLUMNS: its name is not known.
    bool (*column)(void *arg, size_t i, const char *name, enum gw_column column);
    // A row with as many fields as the header.
    int (*row)(void *arg, char *const *fields);
    int (*end)(void *arg);
    void (*finish)(void *arg); // NULL is allowed
};

extern const struct gw_import_taker gw_import_cameras;
extern const struct gw_import_taker gw_import_places;

// A field, or NULL when it is empty or not there: an import fills in and changes, and
// never erases.
const char *gw_import_field(const struct gw_import_rows *rows, char *const *fields,
                            enum gw_column column);

// Tells of the row in hand.
void gw_import_tell_row(struct gw_import_rows *rows, const char *column,
                        const char *value, bool kept, struct gw_text what);

// Reads degrees, NAN where there are none. False: they are none, which is told.
bool gw_import_degrees(struct gw_import_rows *rows, char *const *fields,
                       enum gw_column column, double *ret_degrees);

// Whether a code was kept as a number that lost its last digits, which is told.
bool gw_import_refuse_rounded(struct gw_import_rows *rows, char *const *fields);

// Whether no earlier line has this id; else that is told. Returns 0 or -ENOMEM.
int gw_import_take_id(struct gw_import_rows *rows, const char *id, bool *ret_fresh);

// Tells of a position that lies in no cell.
void gw_import_warn_of_position(struct gw_import_rows *rows,
                                const struct gw_locator *locator, double lon, double lat);

#endif
