// What the import_*.c share; nobody else includes it.
#ifndef GW_MAP_IMPORT_INTERNAL_H
#define GW_MAP_IMPORT_INTERNAL_H

#include "map/csv.h"
#include "map/id_set.h"
#include "map/import.h"
#include "map/places.h"
#include "map/registry.h"
#include "map/secret.h"
#include "map/store.h"
#include "map/table_reader.h"

enum {
    GW_IMPORT_CHUNK = 64 * 1024,                   // bytes read at once
    GW_IMPORT_HEAD = 4096,                         // by which the kind of file is told
    GW_IMPORT_VALUE_MAX = 80,                      // bytes of a value that is shown
    GW_IMPORT_SHOWN_MAX = GW_IMPORT_VALUE_MAX + 4, // with the sign that it was cut
};

// One file on its way in. The store is inside a write transaction.
struct gw_import {
    const struct gw_import_config *config;
    const char *file;
    int fd;
    size_t total_bytes;             // 0: not known
    char sha256[GW_SECRET_TEXT];    // of the file; "": of a dry run, or what is no file
    struct gw_table_reader *reader; // in place of `fd`; its text is UTF-8
    struct gw_store *store;
    // With a list of places, and where places follow cells that changed. Of a list of
    // places the store is not in a transaction: it takes minutes.
    struct gw_places *places;
    bool store_released;
    bool cells_changed;
    uint64_t now_ms;
    struct gw_id_set ids;
    struct gw_import_report report;
    struct gw_import_error *error; // for what ends the import
};

// Cuts a value to what is shown, between characters of UTF-8.
void gw_import_shorten(const char *value, char ret_shown[GW_IMPORT_SHOWN_MAX]);

// Whether a column's values may hold passwords: they are never shown.
bool gw_import_secret(const char *column);

// Tells the caller of a line or feature. Refused ones are counted here; lines with
// warnings are counted by who knows when a line ends.
void gw_import_tell(struct gw_import *im, const struct gw_import_issue *issue);

// What the file is called in messages.
const char *gw_import_name(const struct gw_import *im);

// Who writes what it brings; the name is written to `room`.
struct gw_author gw_import_author(const struct gw_import *im,
                                  char room[GW_AUTHOR_MAX + 1]);

// Adds a text to the fingerprint of the report.
void gw_import_mark(struct gw_import *im, const char *text);

// Whether the file is compared with the registry.
bool gw_import_compares(const struct gw_import *im);

// Writes `what` as the words for a failed import. Returns -EBADMSG.
int gw_import_give_up(struct gw_import *im, struct gw_text what);

// Up to `size` bytes of the file. Returns how many, 0 at the end, or -errno.
long gw_import_read(struct gw_import *im, char *buf, size_t size);

// Reads the rest of the file as a table, row by row, as gw_csv_create() tells. `head` is
// what was read of it already. How it is coded and what stands between its fields is
// seen from the file; where it is not UTF-8 the caller is told. Returns 0, what `on_row`
// returned, or another negative errno.
int gw_import_table(struct gw_import *im, const char *head, size_t head_len,
                    int (*on_row)(void *arg, const struct gw_csv_row *row), void *arg);

// Whether these first bytes are an object of JSON.
bool gw_import_is_json(const char *head, size_t len);

// Whether they are of a file that only GDAL reads, and the reading of it from the
// beginning. Returns as the two below.
bool gw_import_is_foreign(const char *head, size_t len);
int gw_import_foreign(struct gw_import *im);

// Tells of cells of the file that do not fit together, or to others of the registry.
// Returns 0 or a negative errno.
int gw_import_fit(struct gw_import *im);

// Puts the places into the cells of now, inside of a transaction of theirs that is left
// open. Returns 0 or a negative errno.
int gw_import_settle_places(struct gw_import *im);

// Both read the rest of the file; `head` is what was read of it already. Return 0,
// -EBADMSG with words in im->error, or another negative errno without.
int gw_import_list(struct gw_import *im, const char *head, size_t head_len);
int gw_import_areas(struct gw_import *im, const char *head, size_t head_len);

#endif
