#include "ingest/rtsp_asked.h"

#include "base/clock.h"

#include <errno.h>
#include <stddef.h>

enum { ANSWER_MAX = 1024 }; // bytes of one

static const char PUBLIC[] =
    "Public: OPTIONS, GET_PARAMETER, SET_PARAMETER, REDIRECT, TEARDOWN\r\n";

bool gw_rtsp_asked_count(struct gw_rtsp_asked *a, uint64_t now_us)
{
    if (now_us - a->since_us >= GW_RTSP_ASKED_WITHIN_S * GW_SECOND)
        *a = (struct gw_rtsp_asked) { .since_us = now_us };
    return ++a->count <= GW_RTSP_ASKED_MAX;
}

static bool is(const struct gw_rtsp_message *request, const char *method)
{
    return gw_rtsp_text_is(request->method, method);
}

// The parameters are pings: there are none that we know. A description (ANNOUNCE) is not
// taken: what matters of it comes in band.
static const char *status_for(const struct gw_rtsp_message *request)
{
    struct gw_rtsp_text where = { 0 };

    if (is(request, "OPTIONS") || is(request, "GET_PARAMETER") ||
        is(request, "SET_PARAMETER") || is(request, "TEARDOWN"))
        return "200 OK";
    if (!is(request, "REDIRECT"))
        return "501 Not Implemented";
    (void)gw_rtsp_message_header(request, "Location", 0, &where);
    return where.len ? "200 OK" : "400 Bad Request";
}

int gw_rtsp_asked_answer(const struct gw_rtsp_message *request, const char *session,
                         struct gw_rtsp_outbox *out)
{
    const struct gw_rtsp_response response = {
        .status = status_for(request),
        .session = session,
        .extra = is(request, "OPTIONS") ? PUBLIC : NULL,
    };
    char text[ANSWER_MAX];
    size_t len;

    int r = gw_rtsp_response_write(request, &response, text, sizeof(text), &len);
    if (r)
        return r;
    if (out->len + len > GW_RTSP_ASKED_WAITING_MAX)
        return -EMSGSIZE;
    return gw_rtsp_outbox_append(out, text, len);
}
