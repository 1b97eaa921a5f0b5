#include "ingest/rtsp_message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool gw_rtsp_text_is(struct gw_rtsp_text text, const char *literal)
{
    // An empty text may have no address at all.
    return text.len == strlen(literal) &&
           (!text.len || !strncasecmp(text.s, literal, text.len));
}

char *gw_rtsp_text_copy(struct gw_rtsp_text text)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.s, text.len);
    copy[text.len] = '\0';
    return copy;
}

struct gw_rtsp_text gw_rtsp_text_trim(struct gw_rtsp_text text)
{
    while (text.len && is_blank(text.s[0])) {
        text.s++;
        text.len--;
    }
    while (text.len && is_blank(text.s[text.len - 1]))
        text.len--;
    return text;
}

bool gw_rtsp_text_cut(struct gw_rtsp_text *rest, char separator,
                      struct gw_rtsp_text *ret_part)
{
    if (!rest->len)
        return false;

    const char *end = memchr(rest->s, separator, rest->len);
    size_t len = end ? (size_t)(end - rest->s) : rest->len;
    size_t used = end ? len + 1 : len;
    *ret_part = gw_rtsp_text_trim((struct gw_rtsp_text) { rest->s, len });
    rest->s += used;
    rest->len -= used;
    return true;
}

bool gw_rtsp_text_line(struct gw_rtsp_text *rest, struct gw_rtsp_text *ret_line)
{
    if (!rest->len)
        return false;

    size_t len = 0;
    while (len < rest->len && rest->s[len] != '\r' && rest->s[len] != '\n')
        len++;
    size_t used = len;
    if (used < rest->len && rest->s[used++] == '\r')
        used += used < rest->len && rest->s[used] == '\n';

    *ret_line = (struct gw_rtsp_text) { rest->s, len };
    rest->s += used;
    rest->len -= used;
    return true;
}

int gw_rtsp_text_number(struct gw_rtsp_text text, uint32_t *ret_number)
{
    uint64_t number = 0;
    size_t i = 0;

    for (; i < text.len && text.s[i] >= '0' && text.s[i] <= '9'; i++) {
        number = number * 10 + (uint64_t)(text.s[i] - '0');
        if (number > UINT32_MAX)
            return -EMSGSIZE;
    }
    if (!i)
        return -EBADMSG;
    *ret_number = (uint32_t)number;
    return 0;
}

// "RTSP/1.0 200 OK"; the reason is for people and may be missing.
static int parse_status_line(struct gw_rtsp_text line, struct gw_rtsp_message *message)
{
    struct gw_rtsp_text version;
    uint32_t status;

    gw_rtsp_text_cut(&line, ' ', &version);
    int r = gw_rtsp_text_number(gw_rtsp_text_trim(line), &status);
    if (r || status < 100 || status > 999)
        return -EBADMSG;
    message->response = true;
    message->status = (uint16_t)status;
    return 0;
}

// "OPTIONS rtsp://... RTSP/1.0".
static int parse_request_line(struct gw_rtsp_text line, struct gw_rtsp_message *message)
{
    line = gw_rtsp_text_trim(line);
    const char *version = memmem(line.s, line.len, " RTSP/", 6);
    if (!version)
        return -EBADMSG;
    line.len = (size_t)(version - line.s);
    if (!gw_rtsp_text_cut(&line, ' ', &message->method) || !message->method.len)
        return -EBADMSG;
    message->uri = gw_rtsp_text_trim(line);
    return 0;
}

int gw_rtsp_message_parse(const void *head, size_t len,
                          struct gw_rtsp_message *ret_message)
{
    struct gw_rtsp_text rest = { head, len };
    struct gw_rtsp_message message = { 0 };
    struct gw_rtsp_text line;

    if (!gw_rtsp_text_line(&rest, &line))
        return -EBADMSG;

    int r = line.len >= 5 && !strncasecmp(line.s, "RTSP/", 5)
                ? parse_status_line(line, &message)
                : parse_request_line(line, &message);
    if (r)
        return r;
    message.headers = rest;
    *ret_message = message;
    return 0;
}

// Takes a header with the lines folded behind it, which begin with a blank.
static bool cut_header(struct gw_rtsp_text *rest, struct gw_rtsp_text *ret_header)
{
    struct gw_rtsp_text header;
    struct gw_rtsp_text line;

    if (!gw_rtsp_text_line(rest, &header))
        return false;
    while (header.len && rest->len && (rest->s[0] == ' ' || rest->s[0] == '\t')) {
        gw_rtsp_text_line(rest, &line);
        header.len = (size_t)(line.s + line.len - header.s);
    }
    *ret_header = header;
    return true;
}

int gw_rtsp_message_header(const struct gw_rtsp_message *message, const char *name,
                           unsigned nth, struct gw_rtsp_text *ret_value)
{
    struct gw_rtsp_text rest = message->headers;
    struct gw_rtsp_text header;

    while (cut_header(&rest, &header)) {
        struct gw_rtsp_text found;

        if (!memchr(header.s, ':', header.len))
            continue;
        gw_rtsp_text_cut(&header, ':', &found);
        if (!gw_rtsp_text_is(found, name) || nth--)
            continue;
        *ret_value = gw_rtsp_text_trim(header);
        return 0;
    }
    return -ENOENT;
}

int gw_rtsp_request_write(const struct gw_rtsp_request *request, char *buf, size_t cap,
                          size_t *ret_len)
{
    const char *session = request->session;
    const char *authorization = request->authorization;

    int len = snprintf(buf, cap,
                       "%s %s RTSP/1.0\r\n"
                       "CSeq: %u\r\n"
                       "User-Agent: gridwall/" GW_VERSION "\r\n"
                       "%s%s%s%s%s%s%s\r\n",
                       request->method, request->uri, request->cseq,
                       session ? "Session: " : "", session ? session : "",
                       session ? "\r\n" : "", authorization ? "Authorization: " : "",
                       authorization ? authorization : "", authorization ? "\r\n" : "",
                       request->extra ? request->extra : "");
    if (len < 0 || (size_t)len >= cap)
        return -EMSGSIZE;
    *ret_len = (size_t)len;
    return 0;
}

int gw_rtsp_response_write(const struct gw_rtsp_message *request,
                           const struct gw_rtsp_response *response, char *buf, size_t cap,
                           size_t *ret_len)
{
    const char *session = response->session;
    struct gw_rtsp_text value;
    char cseq[sizeof("CSeq: \r\n") + 10] = "";
    uint32_t number;

    if (!gw_rtsp_message_header(request, "CSeq", 0, &value) &&
        !gw_rtsp_text_number(value, &number))
        (void)snprintf(cseq, sizeof(cseq), "CSeq: %" PRIu32 "\r\n", number);
    int len = snprintf(buf, cap, "RTSP/1.0 %s\r\n%s%s%s%s%s\r\n", response->status, cseq,
                       session ? "Session: " : "", session ? session : "",
                       session ? "\r\n" : "", response->extra ? response->extra : "");
    if (len < 0 || (size_t)len >= cap)
        return -EMSGSIZE;
    *ret_len = (size_t)len;
    return 0;
}
