#include "ingest/annex_b.h"

#include <string.h>

enum { START_CODE = 3 }; // bytes: 00 00 01; a zero ahead of it ends the unit before

size_t gw_annex_b_find(const uint8_t *data, size_t len, size_t from)
{
    for (size_t at = from + 2; at < len; at++) {
        const uint8_t *one = memchr(data + at, 1, len - at);
        if (!one)
            break;
        at = (size_t)(one - data);
        if (data[at - 1] == 0 && data[at - 2] == 0)
            return at - 2;
    }
    return len;
}

static size_t without_zeros(const uint8_t *data, size_t begin, size_t end)
{
    while (end > begin && data[end - 1] == 0)
        end--;
    return end;
}

bool gw_annex_b_next(const uint8_t *data, size_t len, size_t *pos,
                     const uint8_t **ret_nal, size_t *ret_nal_len)
{
    while (*pos < len) {
        size_t begin = *pos;
        size_t code = gw_annex_b_find(data, len, begin);
        size_t end = without_zeros(data, begin, code);

        *pos = code < len ? code + START_CODE : len;
        if (end > begin) {
            *ret_nal = data + begin;
            *ret_nal_len = end - begin;
            return true;
        }
    }
    return false;
}
