// What is UTF-8 and what is not (RFC 3629 section 4).
#ifndef GW_MAP_UTF8_H
#define GW_MAP_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whole characters only: a text that was cut within one is not UTF-8. NUL is allowed.
bool gw_is_utf8(const char *text, size_t len);

// Whether `text` is UTF-8 of at most `max` bytes, without line breaks and other control
// characters.
bool gw_is_plain_text(const char *text, size_t max);

// The code point at `*ptext`, which is UTF-8 and not at its end; moves behind it.
uint32_t gw_utf8_next(const char **ptext);

#endif
