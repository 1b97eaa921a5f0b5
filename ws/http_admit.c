#include "ws/http_admit.h"

#include "ws/live.h"
#include "ws/origin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct gw_problem FOREIGN_HOST = {
    .status = 403,
    .code = "foreign_host",
    .why = { "This engine runs without sign-in and answers to localhost only; the Host "
             "of "
             "the request is another. Open it as http://localhost.",
             "本引擎未启用登录，只接受以 localhost 访问；请改用 http://localhost "
             "打开。" },
};
static const struct gw_problem FOREIGN_ORIGIN = {
    .status = 403,
    .code = "foreign_origin",
    .why = { "This engine runs without sign-in and does not answer pages of other "
             "origins.",
             "本引擎未启用登录，不接受来自其他来源页面的请求。" },
};
static const struct gw_problem PLAIN_HTTP = {
    .status = 400,
    .code = "plain_http",
    .why = { "This port speaks TLS only: open the address with https:// (wss:// for a "
             "socket).",
             "该端口只接受 TLS 连接：请改用 https:// 打开（套接字用 wss://）。" },
    .last = true,
};
static const struct gw_problem HEAD_TOO_LONG = {
    .status = 431,
    .code = "head_too_long",
    .why = { "A header of the request is too long.", "请求头过长。" },
};
static const struct gw_problem NO_LENGTH = {
    .status = 411,
    .code = "length_required",
    .why = { "Send the body with a Content-Length.", "请求体必须带有 Content-Length。" },
    .last = true,
};
static const struct gw_problem BODY_TOO_LARGE = {
    .status = 413,
    .code = "body_too_large",
    .why = { "The body is larger than 1 MiB; send less at once.",
             "请求体超过 1 MiB，请分批发送。" },
};
static const struct gw_problem UPLOAD_TOO_LARGE = {
    .status = 413,
    .code = "body_too_large",
    .why = { "The file is larger than 256 MiB; split it.", "文件超过 256 MiB，请拆分。" },
    .last = true, // or all of it would still be read
};
static const struct gw_problem BAD_METHOD = {
    .status = 405,
    .code = "bad_method",
    .why = { "This address does not know that method.", "该地址不支持此方法。" },
};
const struct gw_problem GW_PROBLEM_NOT_FOUND = {
    .status = 404,
    .code = "not_found",
    .why = { "There is nothing at this address.", "该地址不存在。" },
};
static const struct gw_problem BAD_JOIN = {
    .status = 400,
    .code = "bad_join",
    .why = { "`join` is `gop` (what is cached comes at once) or `key` (the next key "
             "frame).",
             "join 只能是 gop（立即发送缓存画面）或 key（从下一关键帧开始）。" },
};
static const struct gw_problem BAD_AUDIO = {
    .status = 400,
    .code = "bad_audio",
    .why = { "`audio` is `1` (the camera's sound too) or `0`.",
             "audio 只能是 1（同时播放声音）或 0。" },
};
static const struct gw_problem UPGRADE_REQUIRED = {
    .status = 426,
    .code = "upgrade_required",
    .why = { "This address speaks WebSocket only, see docs/wire.md.",
             "该地址只支持 WebSocket，参见 docs/wire.md。" },
};
const struct gw_problem GW_PROBLEM_NO_WEBSOCKET = {
    .status = 404,
    .code = "not_found",
    .why = { "There is no WebSocket at this address, or not with this subprotocol.",
             "该地址没有此子协议的 WebSocket 服务。" },
};
static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

enum gw_route gw_route_of(const char *path)
{
    if (strcmp(path, "/ws/v1") == 0)
        return GW_ROUTE_WALL;
    if (starts_with(path, "/live/"))
        return GW_ROUTE_LIVE;
    if (starts_with(path, "/api/") || strcmp(path, "/healthz") == 0 ||
        strcmp(path, "/metrics") == 0)
        return GW_ROUTE_API;
    return GW_ROUTE_FILE;
}

static bool is_read(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static bool has_body(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
           strcmp(method, "PATCH") == 0;
}

static const struct gw_problem *check_loopback(const struct gw_http_head *head)
{
    if (!gw_host_is_loopback(head->host))
        return &FOREIGN_HOST;
    if (!*head->origin)
        return NULL;
    if (!gw_origin_is_loopback(head->origin))
        return &FOREIGN_ORIGIN;
    // Another port of this machine is another application.
    bool harmless = is_read(head->method) && !head->upgrade;
    return harmless || gw_origin_is_host(head->origin, head->host) ? NULL
                                                                   : &FOREIGN_ORIGIN;
}

// `missing` is what to say where no pictures are.
static const struct gw_problem *check_live(const struct gw_http_head *head,
                                           const struct gw_problem *missing)
{
    struct gw_wish wish;
    if (gw_live_parse(head->path, &wish) < 0)
        return missing;
    if (gw_live_parse_join(head->query, &wish.join) < 0)
        return &BAD_JOIN;
    return gw_live_parse_audio(head->query, &wish.audio) < 0 ? &BAD_AUDIO : NULL;
}

// Whether `token` is in a list as RFC 6455 section 11.3.4 has it.
static bool lists(const char *list, const char *token)
{
    for (const char *p = list + strspn(list, ", \t"); *p; p += strspn(p, ", \t")) {
        size_t len = strcspn(p, ", \t");
        if (len == strlen(token) && memcmp(p, token, len) == 0)
            return true;
        p += len;
    }
    return false;
}

static const struct gw_problem *check_websocket(const struct gw_http_head *head)
{
    switch (gw_route_of(head->path)) {
    case GW_ROUTE_WALL:
        return lists(head->subprotocol, "gridwall.v1") ? NULL : &GW_PROBLEM_NO_WEBSOCKET;
    case GW_ROUTE_LIVE:
        if (*head->subprotocol)
            return &GW_PROBLEM_NO_WEBSOCKET;
        return check_live(head, &GW_PROBLEM_NO_WEBSOCKET);
    case GW_ROUTE_API:
    case GW_ROUTE_FILE: break;
    }
    return &GW_PROBLEM_NO_WEBSOCKET;
}

bool gw_http_is_upload(const struct gw_ws *ws, const char *method, const char *path)
{
    return ws->config.upload_path && strcmp(method, "POST") == 0 &&
           strcmp(path, ws->config.upload_path) == 0;
}

static const struct gw_problem *check_length(const struct gw_ws *ws,
                                             const struct gw_http_head *head)
{
    if (gw_http_is_upload(ws, head->method, head->path))
        return head->content_length > GW_UPLOAD_MAX ? &UPLOAD_TOO_LARGE : NULL;
    return head->content_length > GW_REQUEST_BODY_MAX ? &BODY_TOO_LARGE : NULL;
}

static const struct gw_problem *check_request(const struct gw_ws *ws,
                                              const struct gw_http_head *head)
{
    if (head->chunked || (has_body(head->method) && !head->has_length))
        return &NO_LENGTH;
    const struct gw_problem *length = check_length(ws, head);
    if (length)
        return length;

    switch (gw_route_of(head->path)) {
    case GW_ROUTE_WALL: return &UPGRADE_REQUIRED;
    case GW_ROUTE_LIVE:
        if (strcmp(head->method, "GET") != 0)
            return &BAD_METHOD;
        return check_live(head, &GW_PROBLEM_NOT_FOUND);
    case GW_ROUTE_FILE: return is_read(head->method) ? NULL : &BAD_METHOD;
    case GW_ROUTE_API: break;
    }
    bool known = is_read(head->method) || has_body(head->method) ||
                 strcmp(head->method, "DELETE") == 0;
    return known ? NULL : &BAD_METHOD;
}

int gw_http_admit(const struct gw_ws *ws, const struct gw_http_head *head,
                  struct gw_problem *ret_problem)
{
    const struct gw_problem *p = head->plain ? &PLAIN_HTTP : NULL;
    if (!p && head->too_long)
        p = &HEAD_TOO_LONG;
    if (!p && ws->config.loopback_only)
        p = check_loopback(head);
    if (!p)
        p = head->upgrade ? check_websocket(head) : check_request(ws, head);
    if (!p)
        return 0;
    *ret_problem = *p;
    return -EACCES;
}

struct gw_arrival gw_http_arrival(const struct gw_http_head *head)
{
    return (struct gw_arrival) {
        .method = head->method,
        .path = head->path,
        .query = head->query,
        .host = head->host,
        .origin = head->origin,
        .cookie = head->cookie,
        .authorization = head->authorization,
        .forwarded_for = head->forwarded_for,
        .address = head->address,
        .upgrade = head->upgrade,
    };
}

void gw_http_address(const struct gw_ws *ws, const struct gw_http_head *head,
                     char ret_address[GW_ADDRESS_MAX])
{
    const struct gw_arrival arrival = gw_http_arrival(head);
    const struct gw_server_hooks *hooks = &ws->hooks;
    const char *address =
        hooks->guests.address_of ? hooks->guests.address_of(hooks->arg, &arrival) : "";
    snprintf(ret_address, GW_ADDRESS_MAX, "%s", address);
}

int gw_http_greet(const struct gw_ws *ws, const struct gw_http_head *head,
                  struct gw_guest **ret_guest, struct gw_problem *ret_problem)
{
    const struct gw_arrival arrival = gw_http_arrival(head);
    const struct gw_server_hooks *hooks = &ws->hooks;
    if (!hooks->guests.on_arrival)
        return 0;
    return hooks->guests.on_arrival(hooks->arg, &arrival, ret_guest, ret_problem);
}
