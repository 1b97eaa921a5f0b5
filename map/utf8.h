// What is UTF-8 and what is not (RFC 3629 section 4).
#ifndef GW_MAP_UTF8_H
#define GW_MAP_UTF8_H

#include <stdbool.h>
#include <stddef.h>

// Whole characters only: a text that was cut within one is not UTF-8. NUL is allowed.
bool gw_is_utf8(const char *text, size_t len);

#endif
