// Property: where a file is cut must not change the rows. The first byte picks
// the cut; the rest is the file.
#include "map/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct digest {
    uint64_t hash;
    size_t rows;
    size_t line;
};

static void mix(struct digest *d, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        d->hash = (d->hash ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
}

static int on_row(void *arg, const struct gw_csv_row *row)
{
    struct digest *d = arg;
    // Lines ascend, and a faulty row shows nothing.
    if (row->line <= d->line || (row->fault != GW_CSV_OK) != (row->count == 0))
        abort();
    d->line = row->line;
    d->rows++;
    mix(d, (const char *)&row->line, sizeof(row->line));
    mix(d, (const char *)&row->fault, sizeof(row->fault));
    for (size_t i = 0; i < row->count; i++)
        mix(d, row->fields[i], strlen(row->fields[i]) + 1);
    return 0;
}

static struct digest run(const char *data, size_t len, size_t chunk)
{
    struct digest d = { .hash = 1 };
    struct gw_csv *csv = gw_csv_create(on_row, &d, ',');
    if (!csv)
        abort();
    for (size_t at = 0; at < len; at += chunk)
        gw_csv_feed(csv, data + at, len - at < chunk ? len - at : chunk);
    gw_csv_end(csv);
    gw_csv_destroy(csv);
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *file = (const char *)data + 1;
    struct digest whole = run(file, size - 1, size);
    struct digest cut = run(file, size - 1, (size_t)data[0] + 1);
    if (whole.hash != cut.hash || whole.rows != cut.rows)
        abort();
    return 0;
}
