#include "ingest/auth_params.h"

#include <string.h>

void gw_auth_skip(struct gw_rtsp_text *rest, size_t len)
{
    rest->s += len;
    rest->len -= len;
}

void gw_auth_skip_any(struct gw_rtsp_text *rest, const char *chars)
{
    while (rest->len && *rest->s && strchr(chars, *rest->s))
        gw_auth_skip(rest, 1);
}

struct gw_rtsp_text gw_auth_cut_token(struct gw_rtsp_text *rest)
{
    struct gw_rtsp_text token = { rest->s, 0 };
    while (rest->len && !(*rest->s && strchr(" \t\r\n,=", *rest->s))) {
        gw_auth_skip(rest, 1);
        token.len++;
    }
    return token;
}

struct gw_rtsp_text gw_auth_cut_value(struct gw_rtsp_text *rest)
{
    gw_auth_skip_any(rest, " \t\r\n");
    if (!rest->len || *rest->s != '"')
        return gw_auth_cut_token(rest);

    gw_auth_skip(rest, 1);
    struct gw_rtsp_text value = { rest->s, 0 };
    while (value.len < rest->len && rest->s[value.len] != '"')
        value.len += rest->s[value.len] == '\\' && value.len + 1 < rest->len ? 2 : 1;
    gw_auth_skip(rest, value.len);
    gw_auth_skip_any(rest, "\"");
    return value;
}
