// State diagram, with ',' as the separator:
//
//            '"'                       '"'               '"' (one quote)
//   START ---------> QUOTED ------------------> CLOSING ---------> QUOTED
//     | other          | row over its limit        | ',' START, line end START
//     v                v                           | other: fault
//   PLAIN            SKIP <------------------------+
//     | ','            | line end
//     v                v
//   START            START (of a new row; a line end within PLAIN leads here too)
#include "map/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "map/utf8.h"

static const char MARK[] = "\xef\xbb\xbf"; // UTF-8 byte order mark
enum { MARK_LEN = 3 };

enum csv_state { START, PLAIN, QUOTED, CLOSING, SKIP };

struct gw_csv {
    int (*on_row)(void *arg, const struct gw_csv_row *row);
    void *arg;
    char separator;
    int stopped; // what on_row returned

    enum csv_state state;
    int mark;        // bytes of MARK seen at the beginning; MARK_LEN: past it
    bool after_cr;   // a LF now belongs to the CR before
    size_t line;     // of the next byte
    size_t row_line; // of the row's first byte
    enum gw_csv_fault fault;

    size_t len; // bytes of text
    size_t count;
    size_t starts[GW_CSV_FIELDS_MAX];
    char *fields[GW_CSV_FIELDS_MAX];
    char text[GW_CSV_ROW_MAX + 1];
};

struct gw_csv *gw_csv_create(int (*on_row)(void *arg, const struct gw_csv_row *row),
                             void *arg, char separator)
{
    struct gw_csv *csv = calloc(1, sizeof(*csv));
    if (!csv)
        return NULL;
    csv->on_row = on_row;
    csv->arg = arg;
    csv->separator = separator;
    csv->line = 1;
    csv->row_line = 1;
    return csv;
}

void gw_csv_destroy(struct gw_csv *csv)
{
    free(csv);
}

static void fail(struct gw_csv *csv, enum gw_csv_fault fault)
{
    if (csv->fault == GW_CSV_OK)
        csv->fault = fault;
}

static void put(struct gw_csv *csv, char c)
{
    if (csv->len == GW_CSV_ROW_MAX) {
        fail(csv, GW_CSV_TOO_LONG);
        csv->state = SKIP;
        return;
    }
    csv->text[csv->len++] = c;
}

static void open_field(struct gw_csv *csv)
{
    if (csv->count == GW_CSV_FIELDS_MAX) {
        fail(csv, GW_CSV_TOO_MANY);
        csv->state = SKIP;
        return;
    }
    csv->starts[csv->count++] = csv->len;
}

// Fields end in NUL inside of `text`; a NUL from the file is a fault.
static void close_field(struct gw_csv *csv)
{
    size_t start = csv->starts[csv->count - 1];
    if (!gw_is_utf8(csv->text + start, csv->len - start))
        fail(csv, GW_CSV_NOT_UTF8);
    put(csv, '\0');
}

static void finish_row(struct gw_csv *csv)
{
    bool blank = csv->count == 0 && csv->fault == GW_CSV_OK;
    for (size_t i = 0; i < csv->count; i++)
        csv->fields[i] = csv->text + csv->starts[i];
    struct gw_csv_row row = {
        .line = csv->row_line,
        .fault = csv->fault,
        .fields = csv->fields,
        .count = csv->fault == GW_CSV_OK ? csv->count : 0,
    };
    csv->state = START;
    csv->fault = GW_CSV_OK;
    csv->len = 0;
    csv->count = 0;
    csv->row_line = csv->line;
    if (!blank)
        csv->stopped = csv->on_row(csv->arg, &row);
}

// A line end outside of quotes, or the end of the file.
static void end_row(struct gw_csv *csv)
{
    bool blank = csv->state == START && csv->count == 0;
    if (csv->state == START && !blank)
        open_field(csv); // a comma at the end: one more, empty
    if (csv->state != SKIP && !blank)
        close_field(csv);
    finish_row(csv);
}

static void on_start(struct gw_csv *csv, char c)
{
    csv->state = c == '"' ? QUOTED : PLAIN;
    open_field(csv);
    if (csv->state == PLAIN && c == csv->separator) {
        close_field(csv);
        if (csv->state == PLAIN)
            csv->state = START;
    } else if (csv->state == PLAIN) {
        put(csv, c);
    }
}

static void on_plain(struct gw_csv *csv, char c)
{
    if (c != csv->separator) {
        put(csv, c);
        return;
    }
    csv->state = START;
    close_field(csv);
}

static void on_quoted(struct gw_csv *csv, char c)
{
    if (c == '"')
        csv->state = CLOSING;
    else
        put(csv, c);
}

static void on_closing(struct gw_csv *csv, char c)
{
    if (c == '"') {
        csv->state = QUOTED;
        put(csv, c);
    } else if (c == csv->separator) {
        csv->state = START;
        close_field(csv);
    } else {
        fail(csv, GW_CSV_BAD_QUOTE);
        csv->state = SKIP;
    }
}

// Counts lines; true when `c` needs no more attention.
static bool on_line_end(struct gw_csv *csv, char c)
{
    bool second_half = csv->after_cr && c == '\n';
    csv->after_cr = c == '\r';
    if (!second_half)
        csv->line++;
    if (csv->state == QUOTED)
        return false; // it is text
    if (second_half)
        csv->row_line = csv->line;
    else
        end_row(csv);
    return true;
}

static void step(struct gw_csv *csv, char c)
{
    if (c == '\r' || c == '\n') {
        if (on_line_end(csv, c))
            return;
    } else {
        csv->after_cr = false;
    }
    if (c == '\0')
        fail(csv, GW_CSV_NUL);

    switch (csv->state) {
    case START: on_start(csv, c); return;
    case PLAIN: on_plain(csv, c); return;
    case QUOTED: on_quoted(csv, c); return;
    case CLOSING: on_closing(csv, c); return;
    case SKIP: return;
    }
}

// What looked like a byte order mark, and was none.
static void replay_mark(struct gw_csv *csv)
{
    int seen = csv->mark;
    csv->mark = MARK_LEN;
    for (int i = 0; i < seen && seen < MARK_LEN; i++)
        step(csv, MARK[i]);
}

int gw_csv_feed(struct gw_csv *csv, const char *data, size_t len)
{
    for (size_t i = 0; i < len && !csv->stopped; i++) {
        if (csv->mark < MARK_LEN && data[i] == MARK[csv->mark]) {
            csv->mark++;
            continue;
        }
        if (csv->mark < MARK_LEN)
            replay_mark(csv);
        step(csv, data[i]);
    }
    return csv->stopped;
}

int gw_csv_end(struct gw_csv *csv)
{
    if (csv->stopped)
        return csv->stopped;
    if (csv->mark < MARK_LEN)
        replay_mark(csv);
    if (csv->state == QUOTED)
        fail(csv, GW_CSV_BAD_QUOTE);
    end_row(csv);
    return csv->stopped;
}
