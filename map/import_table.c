// A spreadsheet's text: how it is coded and cut into fields is not said in it, and
// seldom as one would wish.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map/encoding.h"
#include "map/import_header.h"
#include "map/import_internal.h"

static const char separators[] = { ',', ';', '\t' };
enum { SEPARATORS = sizeof(separators) };

struct table {
    struct gw_import *im;
    int (*on_row)(void *arg, const struct gw_csv_row *row);
    void *arg;
    struct gw_csv *csv; // NULL until it is known what stands between fields
    size_t line_start;  // in `first`, of the line that comes in
    size_t lines;       // of `first`, without blank ones
    size_t first_len;
    char first[GW_CSV_ROW_MAX]; // lines, in UTF-8
};

// What occurs most often, outside of quotes.
static char separator_of(const char *line, size_t len)
{
    size_t counts[SEPARATORS] = { 0 };
    bool quoted = false;
    int best = 0;

    for (size_t i = 0; i < len; i++) {
        if (line[i] == '"')
            quoted = !quoted;
        for (int k = 0; k < SEPARATORS && !quoted; k++)
            counts[k] += line[i] == separators[k];
    }
    for (int k = 1; k < SEPARATORS; k++)
        if (counts[k] > counts[best])
            best = k;
    return separators[best];
}

static int begin_rows(struct table *t, char separator)
{
    t->csv = gw_csv_create(t->on_row, t->arg, separator);
    return t->csv ? gw_csv_feed(t->csv, t->first, t->first_len) : -ENOMEM;
}

// No line names columns as we know them: the fields of all of them decide.
static int begin_rows_blindly(struct table *t)
{
    return begin_rows(t, separator_of(t->first, t->first_len));
}

// A line of the first ones is whole. The one that names the columns says what stands
// between fields.
static int end_first_line(struct table *t)
{
    const char *line = t->first + t->line_start;
    size_t len = t->first_len - t->line_start;
    char separator = gw_header_separator(t->im->config->columns, line, len);

    t->line_start = t->first_len;
    t->lines += len > 1; // more than its end
    if (separator)
        return begin_rows(t, separator);
    bool enough = t->lines == GW_HEADER_LINES || t->first_len == sizeof(t->first);
    return enough ? begin_rows_blindly(t) : 0;
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

static int on_text(void *arg, const char *text, size_t len)
{
    struct table *t = arg;
    size_t i = 0;
    int r = 0;

    while (i < len && !t->csv && !r) {
        t->first[t->first_len++] = text[i];
        if (ends_line(text[i++]) || t->first_len == sizeof(t->first))
            r = end_first_line(t);
    }
    return r || !t->csv ? r : gw_csv_feed(t->csv, text + i, len - i);
}

// Reads the file to its end and goes back to where it was. What cannot be read twice, a
// pipe, is judged by its beginning.
static int guess(struct gw_import *im, const char *head, size_t head_len,
                 enum gw_encoding *ret_encoding)
{
    char buf[GW_IMPORT_CHUNK];
    long n = 0;
    if (im->reader) {
        *ret_encoding = GW_ENCODING_UTF8;
        return 0;
    }
    off_t at = lseek(im->fd, 0, SEEK_CUR);
    struct gw_encoding_guess *g = calloc(1, sizeof(*g));
    if (!g)
        return -ENOMEM;

    gw_encoding_guess_feed(g, head, head_len);
    while (at >= 0 && (n = gw_import_read(im, buf, sizeof(buf))) > 0)
        gw_encoding_guess_feed(g, buf, (size_t)n);
    if (n == 0 && at >= 0 && lseek(im->fd, at, SEEK_SET) < 0)
        n = -errno;
    *ret_encoding = gw_encoding_guess_end(g);
    free(g);
    return (int)n;
}

static void tell_encoding(struct gw_import *im, enum gw_encoding encoding)
{
    if (encoding == GW_ENCODING_UTF8)
        return;
    gw_import_tell(im,
                   &(struct gw_import_issue) {
                       .line = 1,
                       .column = "",
                       .value = "",
                       .kept = true,
                       .what = encoding == GW_ENCODING_GB18030
                                   ? (struct gw_text) { "the file is not UTF-8 and is "
                                                        "read as GB18030 (GBK)",
                                                        "文件不是 UTF-8，按 "
                                                        "GB18030（GBK）读取" }
                                   : (struct gw_text) { "the file is read as UTF-16",
                                                        "文件按 UTF-16 读取" },
                   });
    im->report.warned++;
}

static int feed(struct table *t, struct gw_decoder *d, const char *head, size_t head_len)
{
    const struct gw_import_config *config = t->im->config;
    char buf[GW_IMPORT_CHUNK];
    size_t done = head_len;
    long n = 0;
    int r = gw_decoder_feed(d, head, head_len);

    while (r == 0 && (n = gw_import_read(t->im, buf, sizeof(buf))) > 0) {
        r = gw_decoder_feed(d, buf, (size_t)n);
        done += (size_t)n;
        if (config->on_progress)
            config->on_progress(config->arg, t->im->file, done, t->im->total_bytes);
    }
    if (r == 0 && n < 0)
        r = (int)n;
    return r == 0 ? gw_decoder_end(d) : r;
}

int gw_import_table(struct gw_import *im, const char *head, size_t head_len,
                    int (*on_row)(void *arg, const struct gw_csv_row *row), void *arg)
{
    enum gw_encoding encoding;
    struct gw_decoder *decoder = NULL;
    struct table *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->im = im;
    t->on_row = on_row;
    t->arg = arg;

    int r = guess(im, head, head_len, &encoding);
    if (r == 0) {
        tell_encoding(im, encoding);
        decoder = gw_decoder_create(encoding, on_text, t);
        r = decoder ? feed(t, decoder, head, head_len) : -ENOMEM;
    }
    if (r == 0 && !t->csv)
        r = end_first_line(t); // a file of few lines, the last without an end
    if (r == 0 && !t->csv)
        r = begin_rows_blindly(t);
    if (r == 0)
        r = gw_csv_end(t->csv);
    gw_decoder_destroy(decoder);
    gw_csv_destroy(t->csv);
    free(t);
    return r;
}
