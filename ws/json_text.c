#include "ws/json_text.h"

#include <stdarg.h>
#include <stdio.h>

struct gw_json_text gw_json_text_init(char *data, size_t cap)
{
    data[0] = '\0';
    return (struct gw_json_text) { .data = data, .cap = cap };
}

void gw_json_text_add(struct gw_json_text *t, const char *format, ...)
{
    if (t->overflow)
        return;

    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->data + t->len, t->cap - t->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= t->cap - t->len)
        t->overflow = true;
    else
        t->len += (size_t)n;
}

void gw_json_text_add_string(struct gw_json_text *t, const char *value)
{
    gw_json_text_add(t, "\"");
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            gw_json_text_add(t, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            gw_json_text_add(t, "\\u%04x", (unsigned)*c);
        else
            gw_json_text_add(t, "%c", *c);
    }
    gw_json_text_add(t, "\"");
}
