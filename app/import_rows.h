// What an import found, row by row, in a file without a name that a page is read from: a
// list of a hundred thousand cameras has as many rows. One thread adds; once it is done
// any thread reads. Reference-counted.
#ifndef GW_APP_IMPORT_ROWS_H
#define GW_APP_IMPORT_ROWS_H

#include "map/import.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_IMPORT_ROWS_MAX = 200 * 1000, // more are counted only
    GW_IMPORT_ROW_BYTES = 4096,      // of one row; texts are cut long before
};

enum gw_import_row_kind {
    GW_ROW_REFUSED,
    GW_ROW_NOTE,
    GW_ROW_NEW,
    GW_ROW_CHANGED,
    GW_ROW_GONE,
    GW_ROW_KINDS,
};

// An issue (REFUSED, NOTE) or a change, as map/import.h has them.
struct gw_import_row {
    enum gw_import_row_kind kind;
    union {
        struct gw_import_issue issue;
        struct gw_import_change change;
    };
};

struct gw_import_rows;

// `dir` is where the file lies. Returns 0 or -errno.
int gw_import_rows_create(const char *dir, struct gw_import_rows **ret_rows);
struct gw_import_rows *gw_import_rows_ref(struct gw_import_rows *rows);
void gw_import_rows_unref(struct gw_import_rows **prows);

// Names of files are not kept. Errors of writing are kept for _end().
void gw_import_rows_issue(struct gw_import_rows *rows,
                          const struct gw_import_issue *issue);
void gw_import_rows_change(struct gw_import_rows *rows,
                           const struct gw_import_change *change);

// No row comes any more. Returns 0, or -errno when not all of them are kept.
int gw_import_rows_end(struct gw_import_rows *rows);

// How many there are of these kinds (bit n: kind n), and how many of any kind were too
// many.
size_t gw_import_rows_count(const struct gw_import_rows *rows, unsigned kinds);
size_t gw_import_rows_lost(const struct gw_import_rows *rows);

// The first row of these kinds at or behind place `at`. Returns 0 with the row, whose
// texts lie in `room`, and its place; -ENOENT: there is none; or -EIO.
int gw_import_rows_find(const struct gw_import_rows *rows, unsigned kinds, size_t at,
                        char room[GW_IMPORT_ROW_BYTES], struct gw_import_row *ret_row,
                        size_t *ret_at);

#endif
