#include "ws/problem.h"

#include "ws/json_text.h"

#include <assert.h>

struct reason {
    int status;
    const char *text;
};

static const struct reason REASONS[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 304, "Not Modified" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 409, "Conflict" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 426, "Upgrade Required" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 503, "Service Unavailable" },
    { 507, "Insufficient Storage" },
};

const char *gw_http_reason(int status)
{
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(*REASONS); i++)
        if (REASONS[i].status == status)
            return REASONS[i].text;
    return "";
}

static size_t write_body(char *out, size_t cap, const struct gw_problem *p,
                         enum gw_lang lang)
{
    struct gw_json_text t = gw_json_text_init(out, cap);
    gw_json_text_add(&t, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d",
                     gw_http_reason(p->status), p->status);
    gw_json_text_add(&t, ",\"code\":\"%s\",\"detail\":", p->code);
    gw_json_text_add_string(&t, gw_text_in(p->why, lang));
    gw_json_text_add(&t, ",\"en\":");
    gw_json_text_add_string(&t, p->why.en);
    gw_json_text_add(&t, ",\"zh\":");
    gw_json_text_add_string(&t, p->why.zh);
    gw_json_text_add(&t, "}");
    assert(!t.overflow); // all of it is ours
    return t.len;
}

size_t gw_problem_write(char *out, size_t cap, const struct gw_problem *problem,
                        enum gw_lang lang, bool close)
{
    char body[GW_PROBLEM_MAX / 2];
    size_t len = write_body(body, sizeof(body), problem, lang);

    struct gw_json_text t = gw_json_text_init(out, cap);
    gw_json_text_add(&t,
                     "HTTP/1.1 %d %s\r\n"
                     "Content-Type: application/problem+json\r\n"
                     "Content-Length: %zu\r\n"
                     "Cache-Control: no-store\r\n"
                     "%s%s" GW_HTTP_SAFE_HEADERS "\r\n",
                     problem->status, gw_http_reason(problem->status), len,
                     problem->status == 401 ? GW_HTTP_CHALLENGE : "",
                     close ? "Connection: close\r\n" : "");
    gw_json_text_add(&t, "%s", body);
    assert(!t.overflow);
    return t.len;
}
