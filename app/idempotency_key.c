#include "app/idempotency_key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// RFC 8941 section 3.3.3: printable ASCII.
static bool is_printable(char c)
{
    return c >= 0x20 && c <= 0x7e;
}

int gw_idempotency_key_read(const char *text, char ret_key[GW_ONCE_KEY_MAX + 1])
{
    char key[GW_ONCE_KEY_MAX + 1];
    size_t len = 0;
    bool quoted = *text == '"';
    const char *p = text + quoted;
    for (; *p && !(quoted && *p == '"'); p++) {
        if (quoted && *p == '\\' && *++p != '"' && *p != '\\')
            return -EBADMSG;
        if (!is_printable(*p) || (!quoted && strchr(" \"\\,;", *p)) ||
            len == GW_ONCE_KEY_MAX)
            return -EBADMSG;
        key[len++] = *p;
    }
    if (len == 0 || (quoted && strcmp(p, "\"") != 0))
        return -EBADMSG;
    key[len] = '\0';
    memcpy(ret_key, key, len + 1);
    return 0;
}

// A NUL behind each, so that no two requests run into the same bytes.
static int digest(const struct gw_request_info *info, char ret_digest[GW_SECRET_TEXT])
{
    size_t path = strlen(info->path) + 1, query = strlen(info->query) + 1;
    char *all = malloc(path + query + info->body_len);
    if (!all)
        return -ENOMEM;
    memcpy(all, info->path, path);
    memcpy(all + path, info->query, query);
    if (info->body_len)
        memcpy(all + path + query, info->body, info->body_len);
    int r = gw_secret_digest(all, path + query + info->body_len, ret_digest);
    free(all);
    return r;
}

int gw_request_once_read(const struct gw_request_info *info, struct gw_request_once *ret)
{
    *ret = (struct gw_request_once) { 0 };
    if (!*info->idempotency_key || strcmp(info->method, "POST") != 0)
        return 0;
    int r = gw_idempotency_key_read(info->idempotency_key, ret->key);
    if (r == 0)
        r = digest(info, ret->digest);
    if (r == 0)
        ret->once = (struct gw_once) { ret->key, ret->digest };
    return r;
}
