// State diagram:
//
//   READING ---- body is here ----> ASKED ---- gw_request_reply() ----> ANSWERING
//      |                              |                                    |
//      | refused, or a file           | peer leaves                        | all is out
//      +-----------> ANSWERING        +---> ORPHAN --- reply ---> freed    +--> finish

#include "ws/http.h"

#include "ws/request_lines.h"
#include "ws/static_files.h"
#include "ws/upload.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What a page may do: its own scripts, workers and sockets; pictures it makes
// itself (blob:, data:). MapLibre sets styles through the DOM, which needs no
// 'unsafe-inline'.
#define CONTENT_SECURITY_POLICY                                                          \
    "default-src 'self'; script-src 'self'; worker-src 'self' blob:; "                   \
    "child-src 'self' blob:; img-src 'self' data: blob:; media-src 'self' blob:; "       \
    "style-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; "                 \
    "base-uri 'self'; frame-ancestors 'self'"

enum {
    HEAD_MAX = 2048, // bytes of an answer's head without what the hook gives
    // Of GW_WS_PIECE_MAX bytes: a base map's file is large, pictures do not wait for it.
    PIECES_A_TURN = 4,
};

enum request_state { READING, ASKED, ORPHAN, ANSWERING };

struct gw_request {
    struct gw_ws *ws;
    struct gw_peer *peer; // NULL for an ORPHAN
    enum request_state state;
    enum gw_lang lang;
    bool head_only;                       // HEAD: the answer has no body
    bool close;                           // after the answer
    char lines[GW_REQUEST_LINES_MAX + 1]; // of its head, beside what every one has

    struct gw_request_info info; // strings lie in `strings`
    char *strings;
    char *body;
    size_t body_room;         // bytes of body, the NUL included
    struct gw_upload *upload; // in its place, or NULL

    uint8_t *out; // ANSWERING: bytes to send, then the file
    size_t out_len;
    size_t out_sent;
    int file; // or -1
    uint64_t file_left;
};

static const struct gw_problem UNREADABLE = {
    .status = 500,
    .code = "unreadable",
    .why = { "The file cannot be read; see the engine's log.",
             "文件无法读取，请查看引擎日志。" },
};

static const struct gw_problem UPLOADS_FULL = {
    .status = 503,
    .code = "busy",
    .why = { "Other files are being sent right now. Try again in a moment.",
             "正在接收其他文件，请稍后再试。" },
    .last = true,
};
static const struct gw_problem UPLOAD_FAILED = {
    .status = 507,
    .code = "not_kept",
    .why = { "The file could not be kept; check the space on the engine's disk and the "
             "rights of its data directory.",
             "文件无法保存，请检查引擎磁盘空间与数据目录权限。" },
    .last = true,
};

// ---- answers ----

static void answer(struct gw_request *r, uint8_t *out, size_t len)
{
    r->out = out;
    r->out_len = len;
    r->state = ANSWERING;
    gw_peer_want_write(r->peer);
}

// Without memory for an answer, the end of the connection has to do.
static void abandon(struct gw_request *r)
{
    r->state = ANSWERING;
    gw_peer_close(r->peer, 0, "");
}

static void answer_problem(struct gw_request *r, const struct gw_problem *problem)
{
    r->close = r->close || problem->last;
    char *out = malloc(GW_PROBLEM_MAX);
    if (!out) {
        abandon(r);
        return;
    }
    size_t len = gw_problem_write(out, GW_PROBLEM_MAX, problem, r->lang, r->close);
    if (r->head_only)
        len = (size_t)(strstr(out, "\r\n\r\n") + 4 - out);
    answer(r, (uint8_t *)out, len);
}

static int write_file_head(char *out, const struct gw_static_file *f, bool fresh)
{
    return snprintf(out, HEAD_MAX,
                    "HTTP/1.1 %s\r\n"
                    "Content-Type: %s\r\n"
                    "Content-Length: %llu\r\n"
                    "ETag: %s\r\n"
                    "Vary: Accept-Encoding\r\n"
                    "Cache-Control: %s\r\n"
                    "%s%s%s%s" GW_HTTP_SAFE_HEADERS "\r\n",
                    fresh ? "304 Not Modified" : "200 OK", f->content_type,
                    (unsigned long long)f->size_bytes, f->etag,
                    f->immutable ? "public, max-age=31536000, immutable" : "no-cache",
                    f->encoding ? "Content-Encoding: " : "",
                    f->encoding ? f->encoding : "", f->encoding ? "\r\n" : "",
                    f->html ? "Content-Security-Policy: " CONTENT_SECURITY_POLICY "\r\n"
                            : "");
}

static void answer_file(struct gw_request *r, const struct gw_static_file *f,
                        const char *if_none_match)
{
    bool fresh = gw_static_etag_matches(if_none_match, f->etag);
    char *out = malloc(HEAD_MAX);
    if (!out || fresh || r->head_only) {
        close(f->fd);
    } else {
        r->file = f->fd;
        r->file_left = f->size_bytes;
    }
    if (!out) {
        abandon(r);
        return;
    }
    int n = write_file_head(out, f, fresh);
    assert(n > 0 && n < HEAD_MAX);
    answer(r, (uint8_t *)out, (size_t)n);
}

static void serve_file(struct gw_request *r, const struct gw_http_head *head)
{
    static const char basemap[] = "/basemap/";
    const char *dir = r->ws->config.www_dir;
    const char *path = head->path;
    char name[GW_STATIC_PATH_MAX + 1];
    struct gw_static_file file;

    if (strncmp(path, basemap, sizeof(basemap) - 1) == 0) {
        dir = r->ws->config.basemap_dir;
        path += sizeof(basemap) - 2; // its slash stays
    }
    int found = dir ? gw_static_resolve(path, name) : -ENOENT;
    if (found == 0)
        found = gw_static_open(dir, name, head->accept_encoding, &file);
    if (found == 0)
        answer_file(r, &file, head->if_none_match);
    else
        answer_problem(r, found == -ENOENT ? &GW_PROBLEM_NOT_FOUND : &UNREADABLE);
}

void gw_request_writable(struct gw_request *r)
{
    if (r->state != ANSWERING)
        return;

    for (int i = 0; i < PIECES_A_TURN && gw_peer_can_write(r->peer); i++) {
        // The first piece of a file leaves together with the head.
        uint8_t *piece = r->ws->scratch;
        size_t len = r->out_len - r->out_sent;
        if (len > GW_WS_PIECE_MAX)
            len = GW_WS_PIECE_MAX;
        if (len)
            memcpy(piece, r->out + r->out_sent, len);
        r->out_sent += len;

        size_t room = GW_WS_PIECE_MAX - len;
        if (room > r->file_left)
            room = (size_t)r->file_left;
        ssize_t got = room ? read(r->file, piece + len, room) : 0;
        if (room && got <= 0) {
            // Shorter than promised: only the end of the connection tells.
            gw_peer_finish(r->peer, true);
            return;
        }
        r->file_left -= (uint64_t)got;
        gw_peer_write(r->peer, GW_PEER_RAW, piece, len + (size_t)got);
        if (r->out_sent == r->out_len && r->file_left == 0) {
            gw_peer_finish(r->peer, r->close);
            return;
        }
    }
    gw_peer_want_write(r->peer);
}

size_t gw_request_queued(const struct gw_request *r)
{
    return r->state == ANSWERING ? r->out_len - r->out_sent + (size_t)r->file_left : 0;
}

// ---- life ----

static void destroy(struct gw_request *r)
{
    if (r->file >= 0)
        close(r->file);
    r->ws->uploads -= r->upload != NULL;
    gw_upload_destroy(r->upload);
    free(r->out);
    free(r->body);
    free(r->strings);
    free(r);
}

static const char *keep(char **pos, const char *s)
{
    size_t len = strlen(s) + 1;
    char *kept = memcpy(*pos, s, len);
    *pos += len;
    return kept;
}

static void keep_arrival(struct gw_request_info *info, char **pos)
{
    struct gw_arrival *a = &info->arrival;
    a->method = info->method;
    a->path = info->path;
    a->query = info->query;
    a->host = keep(pos, a->host);
    a->origin = keep(pos, a->origin);
    a->cookie = keep(pos, a->cookie);
    a->authorization = keep(pos, a->authorization);
    a->forwarded_for = keep(pos, a->forwarded_for);
    a->address = keep(pos, a->address);
}

static int keep_info(struct gw_request *r, const struct gw_http_head *head)
{
    char *pos = malloc(strlen(head->method) + strlen(head->path) + strlen(head->query) +
                       strlen(head->content_type) + strlen(head->if_match) +
                       strlen(head->if_none_match) + strlen(head->idempotency_key) +
                       strlen(head->host) + strlen(head->origin) + strlen(head->cookie) +
                       strlen(head->authorization) + strlen(head->forwarded_for) +
                       strlen(head->address) + 13);
    if (!pos)
        return -ENOMEM;
    r->strings = pos;
    r->info = (struct gw_request_info) {
        .method = keep(&pos, head->method),
        .path = keep(&pos, head->path),
        .query = keep(&pos, head->query),
        .content_type = keep(&pos, head->content_type),
        .if_match = keep(&pos, head->if_match),
        .if_none_match = keep(&pos, head->if_none_match),
        .idempotency_key = keep(&pos, head->idempotency_key),
        .lang = r->lang,
        .arrival = gw_http_arrival(head),
    };
    keep_arrival(&r->info, &pos);
    bool upload = gw_http_is_upload(r->ws, head->method, head->path);
    r->body_room = upload ? 1 : (size_t)head->content_length + 1;
    r->body = calloc(1, r->body_room);
    return r->body ? 0 : -ENOMEM;
}

static void ask(struct gw_request *r)
{
    r->state = ASKED;
    r->info.body = r->body;
    r->info.guest = gw_peer_guest(r->peer);
    r->ws->hooks.on_request(r->ws->hooks.arg, r, &r->info);
}

// Whether its body is taken; if not, that is answered.
static bool begin_upload(struct gw_request *r)
{
    const struct gw_server_hooks *hooks = &r->ws->hooks;
    struct gw_problem problem = UPLOADS_FULL;
    r->info.guest = gw_peer_guest(r->peer);
    bool taken =
        r->ws->uploads < GW_UPLOADS_MAX &&
        (!hooks->on_upload || hooks->on_upload(hooks->arg, &r->info, &problem) == 0);
    if (taken && gw_upload_create(r->ws->config.upload_dir, &r->upload) < 0) {
        taken = false;
        problem = UPLOAD_FAILED;
    }
    if (!taken) {
        problem.last = true; // what is not wanted is not read
        answer_problem(r, &problem);
        return false;
    }
    r->ws->uploads++;
    r->info.upload = gw_upload_path(r->upload);
    return true;
}

struct gw_request *gw_request_begin(struct gw_ws *ws, struct gw_peer *peer,
                                    const struct gw_http_head *head,
                                    const struct gw_problem *problem)
{
    struct gw_request *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->ws = ws;
    r->peer = peer;
    r->file = -1;
    r->lang = gw_lang_of_header(head->accept_language);
    r->head_only = strcmp(head->method, "HEAD") == 0;

    if (problem) {
        answer_problem(r, problem);
    } else if (gw_route_of(head->path) == GW_ROUTE_FILE) {
        serve_file(r, head);
    } else if (keep_info(r, head) < 0) {
        destroy(r);
        return NULL;
    } else if (gw_http_is_upload(ws, head->method, head->path) && !begin_upload(r)) {
        return r;
    }
    if (r->state == READING && head->content_length == 0)
        ask(r);
    return r;
}

bool gw_request_wants_body(const struct gw_request *r)
{
    return r->state == READING;
}

void gw_request_body(struct gw_request *r, const void *data, size_t len)
{
    if (r->state == READING && r->upload) {
        r->info.upload_bytes += len;
        if (gw_upload_add(r->upload, data, len) < 0)
            answer_problem(r, &UPLOAD_FAILED);
        return;
    }
    // The library hands out no more than Content-Length.
    if (r->state != READING || len >= r->body_room - r->info.body_len)
        return;
    memcpy(r->body + r->info.body_len, data, len);
    r->info.body_len += len;
}

void gw_request_body_end(struct gw_request *r)
{
    if (r->state == READING)
        ask(r);
}

void gw_request_release(struct gw_request *r)
{
    if (!r)
        return;
    if (r->state == ASKED) {
        r->state = ORPHAN;
        r->peer = NULL;
    } else {
        destroy(r);
    }
}

void gw_request_add_lines(struct gw_request *request, const char *lines)
{
    size_t len = strlen(request->lines);
    assert(len + strlen(lines) < sizeof(request->lines));
    snprintf(request->lines + len, sizeof(request->lines) - len, "%s", lines);
}

static uint8_t *write_reply(const struct gw_request *r, const struct gw_reply *reply,
                            size_t *ret_len)
{
    const char *type = reply->content_type;
    size_t room = HEAD_MAX + reply->body_len + (type ? strlen(type) : 0) +
                  (reply->etag ? strlen(reply->etag) : 0) +
                  (reply->location ? strlen(reply->location) : 0) +
                  (reply->cookie ? strlen(reply->cookie) : 0);
    char *out = malloc(room);
    if (!out)
        return NULL;
    bool bodiless = reply->status == 204 || reply->status == 304;
    char length[48] = "", retry[48] = "";
    if (reply->retry_after_s)
        snprintf(retry, sizeof(retry), "Retry-After: %u\r\n", reply->retry_after_s);
    if (!bodiless)
        snprintf(length, sizeof(length), "Content-Length: %zu\r\n", reply->body_len);
    int n = snprintf(out, room,
                     "HTTP/1.1 %d %s\r\n"
                     "%s%s%s"
                     "%s"
                     "Cache-Control: no-cache\r\n"
                     "%s%s%s%s%s%s%s%s%s%s%s%s" GW_HTTP_SAFE_HEADERS "\r\n",
                     reply->status, gw_http_reason(reply->status),
                     type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "",
                     length, reply->etag ? "ETag: " : "", reply->etag ? reply->etag : "",
                     reply->etag ? "\r\n" : "", reply->location ? "Location: " : "",
                     reply->location ? reply->location : "",
                     reply->location ? "\r\n" : "", reply->cookie ? "Set-Cookie: " : "",
                     reply->cookie ? reply->cookie : "", reply->cookie ? "\r\n" : "",
                     retry, reply->status == 401 ? GW_HTTP_CHALLENGE : "", r->lines);
    assert(n > 0 && (size_t)n < room);
    size_t len = (size_t)n;
    if (!r->head_only && !bodiless && reply->body_len) {
        memcpy(out + len, reply->body, reply->body_len);
        len += reply->body_len;
    }
    *ret_len = len;
    return (uint8_t *)out;
}

void gw_request_reply(struct gw_request *request, const struct gw_reply *reply)
{
    if (request->state == ORPHAN) {
        destroy(request);
        return;
    }
    assert(request->state == ASKED);

    size_t len = 0;
    uint8_t *out = write_reply(request, reply, &len);
    if (out)
        answer(request, out, len);
    else
        abandon(request);
}
