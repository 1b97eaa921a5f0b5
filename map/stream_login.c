#include "map/stream_login.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

bool gw_stream_login_valid(const char *text)
{
    struct gw_stream_url *url;

    if (gw_stream_url_parse(text, &url))
        return false;
    bool valid = url->scheme != GW_SCHEME_PUSH || !url->password ||
                 strlen(url->password) >= GW_PUSH_KEY_MIN;
    gw_stream_url_destroy(url);
    return valid;
}

static bool same_place(const struct gw_stream_url *a, const struct gw_stream_url *b)
{
    return a->scheme == b->scheme && a->port == b->port &&
           strcasecmp(a->host, b->host) == 0;
}

static int parse(const char *text, struct gw_stream_url **ret_url)
{
    int r = gw_stream_url_parse(text, ret_url);
    return r == -EBADMSG ? 0 : r; // none, or one that an older version took
}

int gw_stream_login_keep(const char *text, const char *stored_text,
                         char ret_url[GW_STREAM_URL_MAX + 1])
{
    struct gw_stream_url *url = NULL;
    struct gw_stream_url *stored = NULL;

    int r = parse(text, &url);
    if (!r)
        r = parse(stored_text, &stored);
    if (!r && url && !url->user && stored && stored->user && same_place(url, stored))
        r = gw_stream_url_write(url, stored->user, stored->password, ret_url);
    else if (!r && strlen(text) > GW_STREAM_URL_MAX)
        r = -EMSGSIZE;
    else if (!r)
        strcpy(ret_url, text);
    gw_stream_url_destroy(url);
    gw_stream_url_destroy(stored);
    return r;
}
