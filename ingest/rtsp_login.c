#include "ingest/rtsp_login.h"

#include "ingest/rtsp_auth.h"
#include "ingest/tolerance.h"

#include <errno.h>

void gw_rtsp_login_begin(struct gw_rtsp_login *l)
{
    l->refused = 0;
}

void gw_rtsp_login_accepted(struct gw_rtsp_login *l, const struct gw_rtsp_outbox *out)
{
    if (out->with_credentials)
        l->welcome = true;
}

static bool may_answer(const struct gw_rtsp_login *l, const struct gw_rtsp_outbox *out,
                       const struct gw_rtsp_auth *auth)
{
    return l->refused < GW_RTSP_401_MAX &&
           (!out->with_credentials || l->welcome || gw_rtsp_auth_is_stale(auth));
}

enum gw_cause gw_rtsp_login_answer(struct gw_rtsp_login *l,
                                   const struct gw_rtsp_message *message,
                                   struct gw_rtsp_outbox *out, struct gw_rtsp_peer *peer)
{
    struct gw_rtsp_auth *auth = NULL;
    int r = out->url->user ? gw_rtsp_auth_create(message, &auth) : 0;

    if (!r && auth && may_answer(l, out, auth)) {
        peer->auth = gw_rtsp_auth_name(auth);
        gw_tolerance_note(&peer->tolerated, GW_TOLERATED_NONCE,
                          out->with_credentials && !gw_rtsp_auth_is_stale(auth));
        gw_rtsp_outbox_authorize(out, auth);
        l->refused++;
        return GW_CAUSE_NONE;
    }
    if (auth && !peer->auth)
        peer->auth = gw_rtsp_auth_name(auth);
    gw_rtsp_auth_destroy(auth);
    if (!r)
        return GW_CAUSE_PASSWORD;
    return r == -ENOTSUP ? GW_CAUSE_STATUS : GW_CAUSE_OUR_LIMIT;
}
