#include "map/stream_url.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// Borrowed parts of an address: scheme "://" [login "@"] host rest.
struct parts {
    size_t scheme_len; // with "://"
    const char *login; // with '@'; NULL when there is none
    size_t login_len;
    const char *host; // with port
    size_t host_len;
    const char *rest; // path and query, or ""
};

static size_t scheme_len(const char *url)
{
    if (strncasecmp(url, "rtsp://", 7) == 0)
        return 7;
    return strncasecmp(url, "rtsps://", 8) == 0 ? 8 : 0;
}

static bool split(const char *url, struct parts *ret_parts)
{
    size_t scheme = scheme_len(url);
    if (!scheme)
        return false;
    const char *start = url + scheme;
    // '/', '?' or '#' end the authority (RFC 3986 section 3.2); a raw one in a
    // password is taken in where an '@' follows before the next '/'.
    size_t len = strcspn(start, "/");
    const char *at = memrchr(start, '@', len);
    const char *host = at ? at + 1 : start;
    *ret_parts = (struct parts) {
        .scheme_len = scheme,
        .login = at ? start : NULL,
        .login_len = (size_t)(host - start),
        .host = host,
        .host_len = strcspn(host, "/?#"),
    };
    ret_parts->rest = host + ret_parts->host_len;
    return true;
}

bool gw_stream_url_valid(const char *url)
{
    struct parts parts;
    size_t len = strnlen(url, GW_STREAM_URL_MAX + 1);
    if (len > GW_STREAM_URL_MAX || !split(url, &parts))
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)url[i] <= ' ' || url[i] == 0x7f)
            return false;
    return parts.host_len > 0 && parts.host[0] != ':';
}

int gw_stream_url_keep_login(const char *url, const char *stored,
                             char ret_url[GW_STREAM_URL_MAX + 1])
{
    struct parts now, was;
    const char *login = "";
    size_t login_len = 0;
    size_t scheme = 0;

    if (split(url, &now)) {
        scheme = now.scheme_len;
        if (!now.login && split(stored, &was) && was.login &&
            now.host_len == was.host_len &&
            strncasecmp(now.host, was.host, now.host_len) == 0) {
            login = was.login;
            login_len = was.login_len;
        }
    }
    if (strlen(url) + login_len > GW_STREAM_URL_MAX)
        return -EMSGSIZE;
    snprintf(ret_url, GW_STREAM_URL_MAX + 1, "%.*s%.*s%s", (int)scheme, url,
             (int)login_len, login, url + scheme);
    return 0;
}
