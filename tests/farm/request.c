#include "tests/farm/request.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PACKET_HEAD = 4 };

struct field {
    const char *name;
    char *value;
    size_t cap;
};

// Copies `len` bytes as a string without the blanks around them.
static int copy(char *to, size_t cap, const char *from, size_t len)
{
    while (len > 0 && isspace((unsigned char)*from)) {
        from++;
        len--;
    }
    while (len > 0 && isspace((unsigned char)from[len - 1]))
        len--;
    if (len >= cap)
        return -EMSGSIZE;
    memcpy(to, from, len);
    to[len] = '\0';
    return 0;
}

static int parse_start(const char *line, size_t len, struct farm_request *req)
{
    const char *gap = memchr(line, ' ', len);
    if (!gap)
        return -EBADMSG;
    const char *uri = gap + 1;
    size_t left = len - (size_t)(uri - line);
    const char *version = memchr(uri, ' ', left);
    if (!version || left - (size_t)(version - uri) < strlen(" RTSP/1.0") ||
        strncmp(version, " RTSP/1.", 8))
        return -EBADMSG;

    int r = copy(req->method, sizeof(req->method), line, (size_t)(gap - line));
    return r ? r : copy(req->uri, sizeof(req->uri), uri, (size_t)(version - uri));
}

static int parse_field(const char *line, size_t len, const struct field *fields)
{
    const char *colon = memchr(line, ':', len);
    if (!colon)
        return -EBADMSG;

    size_t name_len = (size_t)(colon - line);
    for (const struct field *f = fields; f->name; f++) {
        if (strlen(f->name) == name_len && !strncasecmp(f->name, line, name_len))
            return copy(f->value, f->cap, colon + 1, len - name_len - 1);
    }
    return 0;
}

static int parse_head(const char *head, size_t len, struct farm_request *req,
                      size_t *ret_body)
{
    char body[16] = "0";
    const struct field fields[] = {
        { "CSeq", req->cseq, sizeof(req->cseq) },
        { "Transport", req->transport, sizeof(req->transport) },
        { "Session", req->session, sizeof(req->session) },
        { "Authorization", req->authorization, sizeof(req->authorization) },
        { "Content-Length", body, sizeof(body) },
        { NULL, NULL, 0 },
    };
    const char *end = head + len;
    bool first = true;

    for (const char *line = head; line < end; first = false) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t line_len = (size_t)(stop - line);
        int r = first ? parse_start(line, line_len, req)
                      : parse_field(line, line_len, fields);
        if (r)
            return r;
        line = stop + 1;
    }
    if (strspn(body, "0123456789") != strlen(body))
        return -EBADMSG;
    *ret_body = strtoul(body, NULL, 10);
    return 0;
}

// Bytes up to the end of the last header line, of the blank line in *ret_blank;
// 0 when it is still to come.
static size_t head_len(const char *data, size_t len, size_t *ret_blank)
{
    for (size_t i = 0; i + 1 < len; i++) {
        if (data[i] != '\n')
            continue;
        if (data[i + 1] == '\n') {
            *ret_blank = 1;
            return i + 1;
        }
        if (data[i + 1] == '\r' && i + 2 < len && data[i + 2] == '\n') {
            *ret_blank = 2;
            return i + 1;
        }
    }
    return 0;
}

static int parse_packet(const char *data, size_t len, size_t *ret_used)
{
    if (len < PACKET_HEAD)
        return -EAGAIN;
    *ret_used = PACKET_HEAD + ((size_t)(uint8_t)data[2] << 8 | (uint8_t)data[3]);
    return -ENOMSG;
}

int farm_request_parse(const char *data, size_t len, struct farm_request *ret_request,
                       size_t *ret_used)
{
    struct farm_request req = { 0 };
    size_t blank = 0;
    size_t body = 0;

    *ret_used = 0;
    if (len == 0)
        return -EAGAIN;
    if (*data == '$')
        return parse_packet(data, len, ret_used);
    if (*data == '\r' || *data == '\n') {
        *ret_used = 1;
        return -ENOMSG;
    }
    if (!isalpha((unsigned char)*data))
        return -EBADMSG;

    size_t head = head_len(data, len, &blank);
    if (head == 0)
        return len >= FARM_REQUEST_MAX ? -EMSGSIZE : -EAGAIN;
    int r = parse_head(data, head, &req, &body);
    if (r)
        return r;
    if (body > FARM_REQUEST_MAX - head - blank)
        return -EMSGSIZE;
    if (len < head + blank + body)
        return -EAGAIN;
    *ret_used = head + blank + body;
    *ret_request = req;
    return 0;
}
