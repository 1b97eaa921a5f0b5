#include "app/sheet.h"

#include <stdbool.h>
#include <string.h>

// OWASP, "CSV injection": what begins with one of these is run as a formula.
static bool is_formula(const char *value)
{
    return *value && strchr("=+-@\t\r", *value);
}

static void write_cell(FILE *out, const char *value)
{
    fputc('"', out);
    if (is_formula(value))
        fputc('\'', out);
    for (; *value; value++) {
        if (*value == '"')
            fputc('"', out);
        fputc(*value, out);
    }
    fputc('"', out);
}

void gw_sheet_begin(FILE *out)
{
    fputs("\xef\xbb\xbf", out);
}

void gw_sheet_line(FILE *out, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', out);
        write_cell(out, cells[i]);
    }
    fputs("\r\n", out);
}
