#include "map/table/output.h"

#include <stdio.h>

void gw_output_field(const char *value, bool first)
{
    if (!first)
        putchar(',');
    putchar('"');
    for (; *value; value++) {
        if (*value == '"')
            putchar('"');
        putchar(*value == '\r' || *value == '\n' ? ' ' : *value);
    }
    putchar('"');
}

void gw_output_end_row(void)
{
    putchar('\n');
}

void gw_output_json(const char *value)
{
    putchar('"');
    for (; *value; value++) {
        unsigned char c = (unsigned char)*value;
        if (c < 0x20)
            printf("\\u%04x", c);
        else if (c == '"' || c == '\\')
            printf("\\%c", c);
        else
            putchar(c);
    }
    putchar('"');
}
