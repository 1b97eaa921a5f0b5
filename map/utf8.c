#include "map/utf8.h"

#include <string.h>

// How many bytes the sequence at `s` has, 0 when it is not UTF-8: no surrogates,
// nothing longer than need be, nothing beyond U+10FFFF (RFC 3629 section 4).
static size_t sequence(const uint8_t *s, size_t left)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < len)
        return 0;
    uint8_t low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    uint8_t high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

bool gw_is_utf8(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = sequence((const uint8_t *)text + i, len - i);
        if (!n)
            return false;
        i += n;
    }
    return true;
}

bool gw_is_plain_text(const char *text, size_t max)
{
    size_t len = strnlen(text, max + 1);
    if (len > max)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    return gw_is_utf8(text, len);
}

uint32_t gw_utf8_next(const char **ptext)
{
    const uint8_t *s = (const uint8_t *)*ptext;
    size_t len = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    uint32_t code = len == 1 ? s[0] : s[0] & (0x7fu >> len);
    // A text that was not checked ends where it ends.
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            *ptext += i;
            return 0xfffd;
        }
        code = code << 6 | (s[i] & 0x3f);
    }
    *ptext += len;
    return code;
}
