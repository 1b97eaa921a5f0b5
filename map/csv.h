// Rows from CSV (RFC 4180). Bytes in, rows out; no I/O.
//
// Taken as well: CR or LF alone as the end of a line, a UTF-8 byte order mark, a
// last line without an end, quotes inside of an unquoted field (passwords have
// them). Blank lines are passed over.
#ifndef GW_MAP_CSV_H
#define GW_MAP_CSV_H

#include <stddef.h>

enum {
    GW_CSV_ROW_MAX = 64 * 1024, // bytes of all fields of a row
    GW_CSV_FIELDS_MAX = 128,    // the widest camera record in use has 73
};

// Why a row could not be read. The reader goes on with the next line.
enum gw_csv_fault {
    GW_CSV_OK,
    GW_CSV_NUL,       // a zero byte: UTF-16, or not text at all
    GW_CSV_NOT_UTF8,  // bytes that are no characters
    GW_CSV_TOO_LONG,  // over GW_CSV_ROW_MAX: often a quote that is never closed
    GW_CSV_TOO_MANY,  // over GW_CSV_FIELDS_MAX
    GW_CSV_BAD_QUOTE, // text after a closing quote, or the file ends inside quotes
};

struct gw_csv_row {
    size_t line; // where it begins, 1-based; line breaks within quotes count
    enum gw_csv_fault fault;
    char *const
        *fields; // borrowed for the call, which may change them; none with a fault
    size_t count;
};

struct gw_csv;

// `on_row` returns 0 to go on; anything else stops the reader for good and is
// handed on. `separator` stands between fields: comma, semicolon or tab. Returns NULL
// when out of memory.
struct gw_csv *gw_csv_create(int (*on_row)(void *arg, const struct gw_csv_row *row),
                             void *arg, char separator);

// NULL is allowed.
void gw_csv_destroy(struct gw_csv *csv);

// Reads `len` more bytes; where the file is cut makes no difference. Returns 0 or
// what on_row returned.
int gw_csv_feed(struct gw_csv *csv, const char *data, size_t len);

// The file ends here: the last row comes out. Likewise.
int gw_csv_end(struct gw_csv *csv);

#endif
