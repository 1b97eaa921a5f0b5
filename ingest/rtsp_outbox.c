#include "ingest/rtsp_outbox.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CNONCE_MAX = 17 }; // 64 bits as text, and a zero

static_assert(2 * GW_RTSP_REQUEST_MAX <= GW_RTSP_OUTPUT_MAX, "a request and a TEARDOWN");

void gw_rtsp_outbox_init(struct gw_rtsp_outbox *o, const struct gw_stream_url *url,
                         uint64_t seed)
{
    *o = (struct gw_rtsp_outbox) { .url = url };
    gw_rng_init(&o->rng, seed);
}

void gw_rtsp_outbox_finish(struct gw_rtsp_outbox *o)
{
    gw_rtsp_auth_destroy(o->auth);
    free(o->out);
}

void gw_rtsp_outbox_authorize(struct gw_rtsp_outbox *o, struct gw_rtsp_auth *auth)
{
    gw_rtsp_auth_destroy(o->auth);
    o->auth = auth;
}

static int write_authorization(struct gw_rtsp_outbox *o, const char *method,
                               const char *uri, char *buf, size_t cap)
{
    char cnonce[CNONCE_MAX];
    struct gw_rtsp_auth_request request = {
        .method = method,
        .uri = uri,
        .user = o->url->user,
        .password = o->url->password,
        .cnonce = cnonce,
    };
    snprintf(cnonce, sizeof(cnonce), "%016" PRIx64, gw_rng_next(&o->rng));
    return gw_rtsp_auth_write(o->auth, &request, buf, cap);
}

int gw_rtsp_outbox_request(struct gw_rtsp_outbox *o, const char *method, const char *uri,
                           const char *session, const char *extra)
{
    char authorization[GW_RTSP_AUTHORIZATION_MAX];
    char text[GW_RTSP_REQUEST_MAX];
    size_t len;

    if (o->auth) {
        int r = write_authorization(o, method, uri, authorization, sizeof(authorization));
        if (r)
            return r;
    }
    struct gw_rtsp_request request = {
        .method = method,
        .uri = uri,
        .cseq = ++o->cseq,
        .session = session,
        .authorization = o->auth ? authorization : NULL,
        .extra = extra,
    };
    o->with_credentials = o->auth != NULL;
    int r = gw_rtsp_request_write(&request, text, sizeof(text), &len);
    return r ? r : gw_rtsp_outbox_append(o, text, len);
}

bool gw_rtsp_outbox_awaits(const struct gw_rtsp_outbox *o,
                           const struct gw_rtsp_message *response)
{
    struct gw_rtsp_text value;
    uint32_t cseq;

    if (response->status < 200)
        return false;
    if (gw_rtsp_message_header(response, "CSeq", 0, &value) ||
        gw_rtsp_text_number(value, &cseq))
        return true;
    return cseq == o->cseq;
}

int gw_rtsp_outbox_append(struct gw_rtsp_outbox *o, const void *data, size_t len)
{
    if (o->len + len > GW_RTSP_OUTPUT_MAX)
        return -EMSGSIZE;
    char *out = realloc(o->out, o->len + len);
    if (!out)
        return -ENOMEM;
    memcpy(out + o->len, data, len);
    o->out = out;
    o->len += len;
    return 0;
}

void gw_rtsp_outbox_sent(struct gw_rtsp_outbox *o, size_t len)
{
    assert(len <= o->len);
    o->len -= len;
    if (o->len)
        memmove(o->out, o->out + len, o->len);
    else
        gw_rtsp_outbox_drop(o);
}

void gw_rtsp_outbox_drop(struct gw_rtsp_outbox *o)
{
    free(o->out);
    o->out = NULL;
    o->len = 0;
}
