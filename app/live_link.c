#include "app/live_link.h"

#include "ws/origin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNED_MAX = GW_CAMERA_ID_MAX + GW_ORIGIN_MAX + 128 };

// No field has a line end in it, so no two links have one text. The first line is there
// so that nothing else that the key might sign is taken for a link.
static int sign(const struct gw_live_link *link, const uint8_t key[GW_SECRET_BYTES],
                char ret_signature[GW_SECRET_TEXT])
{
    char text[SIGNED_MAX];
    int len = snprintf(text, sizeof(text),
                       "gridwall live link 1\n%s\n%d\n%" PRIu64 "\n%" PRIu32 "\n%" PRIu64
                       "\n%s",
                       link->camera, (int)link->profile, link->until_ms, link->account,
                       link->generation, link->origin);
    if (len < 0 || len >= SIGNED_MAX)
        return -EBADMSG;
    uint8_t signature[GW_SECRET_BYTES];
    int r = gw_secret_sign(key, text, (size_t)len, signature);
    if (r == 0)
        gw_secret_hex(signature, ret_signature);
    return r;
}

int gw_live_link_write(const struct gw_live_link *link,
                       const uint8_t key[GW_SECRET_BYTES],
                       char ret_text[GW_LIVE_LINK_TEXT])
{
    char signature[GW_SECRET_TEXT];
    int r = sign(link, key, signature);
    if (r < 0)
        return r;
    snprintf(ret_text, GW_LIVE_LINK_TEXT, "%" PRIx64 ".%" PRIx32 ".%" PRIx64 ".%c.%s",
             link->until_ms, link->account, link->generation, *link->origin ? 'o' : 'a',
             signature);
    return 0;
}

// Reads a number as it is written above, in one way only, up to its dot.
static int read_number(const char **at, uint64_t max, uint64_t *ret_number)
{
    size_t digits = strspn(*at, "0123456789abcdef");
    if (digits == 0 || digits > 16 || (*at)[digits] != '.' || (**at == '0' && digits > 1))
        return -EBADMSG;
    uint64_t number = strtoull(*at, NULL, 16);
    if (number > max)
        return -EBADMSG;
    *ret_number = number;
    *at += digits + 1;
    return 0;
}

int gw_live_link_read(const char *text, struct gw_live_link *link,
                      char ret_signature[GW_SECRET_TEXT])
{
    uint64_t until_ms, account, generation;
    uint8_t bytes[GW_SECRET_BYTES];
    const char *at = text;
    if (read_number(&at, UINT64_MAX, &until_ms) < 0 ||
        read_number(&at, UINT32_MAX, &account) < 0 ||
        read_number(&at, UINT64_MAX, &generation) < 0)
        return -EBADMSG;
    bool bound = *at == 'o';
    if ((!bound && *at != 'a') || at[1] != '.' || gw_secret_unhex(at + 2, bytes) < 0)
        return -EBADMSG;
    link->until_ms = until_ms;
    link->account = (uint32_t)account;
    link->generation = generation;
    if (!bound)
        link->origin = "";
    else if (!*link->origin) // signed it could be as one for any
        return -EBADMSG;
    memcpy(ret_signature, at + 2, GW_SECRET_TEXT);
    return 0;
}

bool gw_live_link_check(const struct gw_live_link *link, const char *signature,
                        const uint8_t key[GW_SECRET_BYTES])
{
    char right[GW_SECRET_TEXT];
    return sign(link, key, right) == 0 && gw_secret_equal(right, signature);
}

bool gw_live_link_find(const char *query, char ret_text[GW_LIVE_LINK_TEXT])
{
    static const char name[] = "link=";
    for (const char *part = query; *part;) {
        size_t len = strcspn(part, "&");
        if (strncmp(part, name, sizeof(name) - 1) == 0) {
            snprintf(ret_text, GW_LIVE_LINK_TEXT, "%.*s", (int)(len - sizeof(name) + 1),
                     part + sizeof(name) - 1);
            return true;
        }
        part += part[len] ? len + 1 : len;
    }
    return false;
}
