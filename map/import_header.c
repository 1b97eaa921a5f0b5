#include "map/import_header.h"

#include <string.h>

bool gw_header_is_blank(char *const *fields, size_t count)
{
    size_t i = 0;
    while (i < count && !*fields[i])
        i++;
    return i == count;
}

bool gw_header_is(const struct gw_column_names *names, char *const *fields, size_t count)
{
    size_t i = 0;
    while (i < count && gw_column_names_find(names, fields[i]) != GW_COLUMN_ID)
        i++;
    return i < count;
}

static bool is_id(const struct gw_column_names *names, const char *field, size_t len)
{
    char name[GW_COLUMN_NAME_MAX];

    while (len > 0 && strchr(" \t\"", field[0])) {
        field++;
        len--;
    }
    while (len > 0 && strchr(" \t\r\n\"", field[len - 1]))
        len--;
    if (len >= sizeof(name) || memchr(field, '\0', len))
        return false;
    memcpy(name, field, len);
    name[len] = '\0';
    return gw_column_names_find(names, name) == GW_COLUMN_ID;
}

static bool has_id(const struct gw_column_names *names, const char *line, size_t len,
                   char separator)
{
    bool quoted = false;
    size_t start = 0;

    for (size_t i = 0; i < len; i++) {
        if (line[i] == '"')
            quoted = !quoted;
        if (line[i] != separator || quoted)
            continue;
        if (is_id(names, line + start, i - start))
            return true;
        start = i + 1;
    }
    return is_id(names, line + start, len - start);
}

char gw_header_separator(const struct gw_column_names *names, const char *line,
                         size_t len)
{
    if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        len -= 3;
    }
    for (const char *s = ",;\t"; *s; s++)
        if (has_id(names, line, len, *s))
            return *s;
    return '\0';
}
