#include "ingest/rtsp_url.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool ends_authority(char c)
{
    return c == '\0' || c == '/' || c == '?' || c == '#';
}

// Of "rtsp://" or "rtsps://" in front, or 0.
static size_t scheme_len(const char *s, size_t len)
{
    static const char *const schemes[] = { "rtsp://", "rtsps://" };
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
        size_t n = strlen(schemes[i]);
        if (len >= n && !strncasecmp(s, schemes[i], n))
            return n;
    }
    return 0;
}

static bool is_broken(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (iscntrl((unsigned char)s[i]) || s[i] == ' ')
            return true;
    }
    return false;
}

// How much of `base` is scheme and authority.
static size_t origin_len(const char *base, size_t len)
{
    size_t i = scheme_len(base, len);
    while (i < len && !ends_authority(base[i]))
        i++;
    return i;
}

int gw_rtsp_url_resolve(const char *base, size_t base_len, const char *control,
                        size_t control_len, char *buf, size_t cap)
{
    const char *slash = "";

    if (!control_len)
        control = "*";
    if (scheme_len(control, control_len))
        base_len = 0;
    else if (!control_len || (control_len == 1 && *control == '*'))
        control_len = 0;
    else if (*control == '/')
        base_len = origin_len(base, base_len);
    else if (base_len && base[base_len - 1] != '/')
        slash = "/";

    if (base_len + 1 + control_len >= cap)
        return -EMSGSIZE;
    if (is_broken(base, base_len) || is_broken(control, control_len))
        return -EBADMSG;
    snprintf(buf, cap, "%.*s%s%.*s", (int)base_len, base, slash, (int)control_len,
             control);
    return 0;
}
