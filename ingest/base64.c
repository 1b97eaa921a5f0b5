#include "ingest/base64.h"

#include <errno.h>
#include <string.h>

static const char ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void gw_base64_encode(const void *data, size_t len, char *buf)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t v = (uint32_t)p[i] << 16;
        if (n > 1)
            v |= (uint32_t)p[i + 1] << 8;
        if (n > 2)
            v |= p[i + 2];

        *buf++ = ALPHABET[v >> 18];
        *buf++ = ALPHABET[v >> 12 & 63];
        *buf++ = n > 1 ? ALPHABET[v >> 6 & 63] : '=';
        *buf++ = n > 2 ? ALPHABET[v & 63] : '=';
    }
    *buf = '\0';
}

int gw_base64_decode(const char *text, size_t len, uint8_t *buf, size_t *ret_len)
{
    uint32_t bits = 0; // not yet written, in the low `held` bits
    unsigned held = 0;
    size_t out = 0;

    while (len && text[len - 1] == '=')
        len--;
    if (len % 4 == 1)
        return -EBADMSG;

    for (size_t i = 0; i < len; i++) {
        const char *c = memchr(ALPHABET, text[i], sizeof(ALPHABET) - 1);
        if (!c)
            return -EBADMSG;
        bits = (bits & 0xff) << 6 | (uint32_t)(c - ALPHABET);
        held += 6;
        if (held >= 8) {
            held -= 8;
            buf[out++] = (uint8_t)(bits >> held);
        }
    }
    *ret_len = out;
    return 0;
}
