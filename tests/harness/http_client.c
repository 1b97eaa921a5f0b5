#include "tests/harness/http_client.h"

#include "base/clock.h"
#include "tests/harness/socket.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60 * 1000, ASK_AGAIN_MS = 20 };

// The value of Content-Length, or SIZE_MAX: up to the end of the stream.
static size_t content_length(const char *head)
{
    const char *p = strcasestr(head, "\r\ncontent-length:");
    return p ? strtoul(p + 17, NULL, 10) : SIZE_MAX;
}

void http_exchange(uint16_t port, const char *bytes, size_t bytes_len,
                   struct http_answer *ret_answer)
{
    size_t cap = 1 << 16, len = 0, wanted = SIZE_MAX;
    char *text = malloc(cap + 1);
    char *blank = NULL;
    int fd = socket_connect(port);

    assert_true(fd >= 0);
    socket_write(fd, bytes, bytes_len);
    while (len < wanted) {
        if (len == cap) {
            text = realloc(text, (cap *= 2) + 1);
            blank = NULL;
        }
        long n = socket_read(fd, text + len, cap - len, PATIENCE_MS);
        assert_true(n >= 0);
        if (n == 0)
            break;
        len += (size_t)n;
        text[len] = '\0';
        blank = strstr(text, "\r\n\r\n");
        if (blank && wanted == SIZE_MAX && content_length(text) != SIZE_MAX)
            wanted = (size_t)(blank + 4 - text) + content_length(text);
    }
    close(fd);
    blank = strstr(text, "\r\n\r\n");
    assert_non_null(blank);
    blank[2] = '\0';
    *ret_answer = (struct http_answer) {
        .status = atoi(text + strlen("HTTP/1.1 ")),
        .head = text,
        .body = blank + 4,
        .body_len = len - (size_t)(blank + 4 - text),
    };
}

void http_request(uint16_t port, const char *method, const char *path, const char *body,
                  struct http_answer *ret_answer)
{
    char *text;
    int len = asprintf(&text,
                       "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       method, path, body ? strlen(body) : 0, body ? body : "");
    assert_true(len > 0);
    http_exchange(port, text, (size_t)len, ret_answer);
    free(text);
}

void http_answer_free(struct http_answer *answer)
{
    free(answer->head);
    *answer = (struct http_answer) { 0 };
}

cJSON *http_get_json(uint16_t port, const char *path)
{
    struct http_answer answer;
    http_request(port, "GET", path, NULL, &answer);
    if (answer.status != 200)
        fail_msg("GET %s: %d %s", path, answer.status, answer.body);
    cJSON *root = cJSON_ParseWithLength(answer.body, answer.body_len);
    assert_non_null(root);
    http_answer_free(&answer);
    return root;
}

double http_get_metric(uint16_t port, const char *name)
{
    struct http_answer answer;
    double sum = 0;
    char start[128];

    http_request(port, "GET", "/metrics", NULL, &answer);
    assert_int_equal(answer.status, 200);
    int len = snprintf(start, sizeof(start), "\n%s", name);
    for (const char *p = answer.body; (p = strstr(p, start));) {
        p += len;
        if (*p == '{' || *p == ' ') // not the beginning of a longer name
            sum += strtod(*p == '{' ? strchr(p, '}') + 1 : p, NULL);
    }
    http_answer_free(&answer);
    return sum;
}

void http_await_metric(uint16_t port, const char *name, double low, double high)
{
    uint64_t end_us = gw_clock_now_us() + (uint64_t)PATIENCE_MS * GW_MS;
    double v;

    while ((v = http_get_metric(port, name)) < low || v > high) {
        if (gw_clock_now_us() > end_us)
            fail_msg("%s stays at %g, not %g to %g", name, v, low, high);
        poll(NULL, 0, ASK_AGAIN_MS); // a figure tells nobody when it changes
    }
}
