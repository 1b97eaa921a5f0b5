#include "ws/request_head.h"

#include <ctype.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

static const char *read_header(struct gw_request_head *h, struct lws *wsi, char *room,
                               int cap, enum lws_token_indexes token)
{
    room[0] = '\0';
    if (lws_hdr_copy(wsi, room, cap, token) < 0) {
        h->head.too_long = true;
        room[0] = '\0';
    }
    return room;
}

// A header that the library has no token for; `name` in small letters, with its colon.
static char *read_custom(struct gw_request_head *h, struct lws *wsi, char *room, int cap,
                         const char *name)
{
    int len = lws_hdr_custom_length(wsi, name, (int)strlen(name));
    room[0] = '\0';
    if (len >= cap ||
        (len > 0 && lws_hdr_custom_copy(wsi, room, cap, name, (int)strlen(name)) < 0)) {
        h->head.too_long = true;
        room[0] = '\0';
    }
    return room;
}

static bool is_plain_in_query(char c)
{
    return isalnum((unsigned char)c) || strchr("-._~!$'()*,;:@/?=", c);
}

// The library hands out the query decoded and cut at each '&': it is put together
// again, encoded, as those who read it expect.
static void read_query(struct gw_request_head *h, struct lws *wsi)
{
    static const char hex[] = "0123456789ABCDEF";
    char piece[GW_REQUEST_HEAD_MAX];
    size_t len = 0;

    for (int i = 0;
         lws_hdr_copy_fragment(wsi, piece, sizeof(piece), WSI_TOKEN_HTTP_URI_ARGS, i) > 0;
         i++) {
        if (len + strlen(piece) * 3 + 2 > sizeof(h->query)) {
            h->head.too_long = true;
            break;
        }
        if (i)
            h->query[len++] = '&';
        for (const char *c = piece; *c; c++) {
            if (is_plain_in_query(*c)) {
                h->query[len++] = *c;
                continue;
            }
            h->query[len++] = '%';
            h->query[len++] = hex[(unsigned char)*c >> 4];
            h->query[len++] = hex[(unsigned char)*c & 15];
        }
    }
    h->query[len] = '\0';
    h->head.query = h->query;
}

static void read_length(struct gw_request_head *h, struct lws *wsi)
{
    char text[24];
    int n = lws_hdr_copy(wsi, text, sizeof(text), WSI_TOKEN_HTTP_CONTENT_LENGTH);
    if (n == 0)
        return;
    h->head.has_length = n > 0 && strspn(text, "0123456789") == (size_t)n;
    if (h->head.has_length)
        h->head.content_length = strtoull(text, NULL, 10);
    else
        h->head.chunked = true; // no length that could be believed
}

void gw_request_head_read(struct gw_request_head *h, struct lws *wsi, bool upgrade)
{
    static const char *const methods[] = {
        [LWSHUMETH_GET] = "GET",         [LWSHUMETH_POST] = "POST",
        [LWSHUMETH_OPTIONS] = "OPTIONS", [LWSHUMETH_PUT] = "PUT",
        [LWSHUMETH_PATCH] = "PATCH",     [LWSHUMETH_DELETE] = "DELETE",
        [LWSHUMETH_CONNECT] = "CONNECT", [LWSHUMETH_HEAD] = "HEAD",
    };
    char *uri = NULL;
    int uri_len = 0;
    int method = lws_http_get_uri_and_method(wsi, &uri, &uri_len);

    h->head = (struct gw_http_head) { .upgrade = upgrade };
    bool known = method >= 0 && method < (int)LWS_ARRAY_SIZE(methods);
    h->head.method = known ? methods[method] : "";
    h->head.path = h->path;
    h->path[0] = '\0';
    if (uri_len >= (int)sizeof(h->path))
        h->head.too_long = true;
    else if (uri)
        lws_strncpy(h->path, uri, sizeof(h->path));

    read_query(h, wsi);
    read_length(h, wsi);
    struct gw_http_head *d = &h->head;
    d->chunked |= lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
    d->host = read_header(h, wsi, h->host, sizeof(h->host), WSI_TOKEN_HOST);
    d->origin = read_header(h, wsi, h->origin, sizeof(h->origin), WSI_TOKEN_ORIGIN);
    d->content_type = read_header(h, wsi, h->content_type, sizeof(h->content_type),
                                  WSI_TOKEN_HTTP_CONTENT_TYPE);
    d->if_match =
        read_header(h, wsi, h->if_match, sizeof(h->if_match), WSI_TOKEN_HTTP_IF_MATCH);
    d->if_none_match = read_header(h, wsi, h->if_none_match, sizeof(h->if_none_match),
                                   WSI_TOKEN_HTTP_IF_NONE_MATCH);
    d->idempotency_key = read_custom(h, wsi, h->idempotency_key,
                                     sizeof(h->idempotency_key), "idempotency-key:");
    d->accept_encoding =
        read_header(h, wsi, h->accept_encoding, sizeof(h->accept_encoding),
                    WSI_TOKEN_HTTP_ACCEPT_ENCODING);
    d->accept_language =
        read_header(h, wsi, h->accept_language, sizeof(h->accept_language),
                    WSI_TOKEN_HTTP_ACCEPT_LANGUAGE);
    d->cookie = read_header(h, wsi, h->cookie, sizeof(h->cookie), WSI_TOKEN_HTTP_COOKIE);
    d->authorization = read_header(h, wsi, h->authorization, sizeof(h->authorization),
                                   WSI_TOKEN_HTTP_AUTHORIZATION);
    d->forwarded_for = read_header(h, wsi, h->forwarded_for, sizeof(h->forwarded_for),
                                   WSI_TOKEN_X_FORWARDED_FOR);
    d->subprotocol =
        read_header(h, wsi, h->subprotocol, sizeof(h->subprotocol), WSI_TOKEN_PROTOCOL);
}
