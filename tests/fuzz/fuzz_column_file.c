// Properties: what is read of a mapping of columns, written down again, reads the same;
// and each name in it is found, as the column that it was said to be.

#include "map/column_file.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t write_names(const struct gw_column_names *names, char *text, size_t room)
{
    size_t len = 0;
    for (size_t i = 0; i < names->count; i++) {
        enum gw_column column = names->entries[i].column;
        len += (size_t)snprintf(text + len, room - len, "%s = %s\n",
                                column == GW_COLUMN_IGNORED ? "ignore"
                                                            : gw_column_name(column),
                                names->entries[i].name);
    }
    return len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gw_column_names names, again;
    static char text[GW_COLUMN_NAMES_MAX * (GW_COLUMN_NAME_MAX + 64)];
    struct gw_column_file_problem problem;

    names = again = (struct gw_column_names) { 0 };
    if (gw_column_file_parse((const char *)data, size, &names, &problem))
        return 0;
    for (size_t i = 0; i < names.count; i++)
        if (gw_column_names_find(&names, names.entries[i].name) !=
            names.entries[i].column)
            abort();
    size_t len = write_names(&names, text, sizeof(text));
    if (gw_column_file_parse(text, len, &again, &problem) || again.count != names.count)
        abort();
    for (size_t i = 0; i < names.count; i++)
        if (again.entries[i].column != names.entries[i].column ||
            strcmp(again.entries[i].name, names.entries[i].name) != 0)
            abort();
    return 0;
}
