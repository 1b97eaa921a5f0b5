// Writes JSON into a buffer of fixed size: for the few short messages of this
// folder, which are the same every time. Keeps going after an overflow and
// remembers it: ask once at the end. Allocates nothing.
#ifndef GW_WS_JSON_TEXT_H
#define GW_WS_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct gw_json_text {
    char *data;    // borrowed; always ends in NUL
    size_t cap;    // bytes of room, the NUL included
    size_t len;    // bytes written, without the NUL
    bool overflow; // something did not fit; `data` is then useless
};

// `cap` is at least 1.
struct gw_json_text gw_json_text_init(char *data, size_t cap);

// Adds text as it is: braces, names, numbers.
void gw_json_text_add(struct gw_json_text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Adds a string value with its quotes, escaped (RFC 8259 section 7). `value` is
// UTF-8.
void gw_json_text_add_string(struct gw_json_text *t, const char *value);

#endif
