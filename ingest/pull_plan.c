#include "ingest/pull_plan.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool take_option(const char *text, size_t len, struct gw_pull_options *options)
{
    static const struct {
        const char *text;
        enum gw_pull_transport transport;
    } transports[] = {
        { "transport=auto", GW_PULL_AUTO },
        { "transport=tcp", GW_PULL_TCP },
        { "transport=udp", GW_PULL_UDP },
    };
    static const char any[] = "tls=any";

    if (len == sizeof(any) - 1 && !memcmp(text, any, len)) {
        options->any_certificate = true;
        return true;
    }
    for (size_t i = 0; i < sizeof(transports) / sizeof(*transports); i++) {
        if (len != strlen(transports[i].text) || memcmp(text, transports[i].text, len))
            continue;
        options->transport = transports[i].transport;
        return true;
    }
    return false;
}

struct gw_pull_options gw_pull_options_take(struct gw_stream_url *url)
{
    struct gw_pull_options options = { .transport = GW_PULL_AUTO };
    const char *mark = strrchr(url->uri, '#');

    for (const char *at = mark; at && *at;) {
        size_t len = strcspn(++at, "&");
        if (!take_option(at, len, &options))
            return (struct gw_pull_options) { .transport = GW_PULL_AUTO };
        at += len;
    }
    if (mark)
        url->bytes[mark - url->bytes] = '\0'; // uri lies in there
    return options;
}

void gw_pull_plan_begin(struct gw_pull_plan *p, struct gw_pull_options options,
                        bool secured)
{
    bool same = p->options.transport == options.transport && p->secured == secured;

    if (!same || !p->learnt) {
        p->learnt = false;
        p->lower =
            options.transport == GW_PULL_UDP && !secured ? GW_RTSP_UDP : GW_RTSP_TCP;
    }
    p->options = options;
    p->secured = secured;
    p->redirects = 0;
}

enum gw_rtsp_lower gw_pull_plan_lower(const struct gw_pull_plan *p)
{
    return p->lower;
}

bool gw_pull_plan_may_switch(const struct gw_pull_plan *p)
{
    return p->options.transport != GW_PULL_TCP && !p->secured;
}

void gw_pull_plan_on_pictures(struct gw_pull_plan *p, enum gw_rtsp_lower lower)
{
    p->learnt = true;
    p->lower = lower;
}

bool gw_pull_plan_falls_back(struct gw_pull_plan *p, enum gw_cause cause,
                             enum gw_rtsp_lower lower)
{
    // One that began by TCP came to UDP because the camera refuses TCP.
    if (cause != GW_CAUSE_UDP_SILENT || lower != GW_RTSP_UDP || p->lower != GW_RTSP_UDP)
        return false;
    p->learnt = true;
    p->lower = GW_RTSP_TCP;
    return true;
}

// With the credentials of `from`.
static int add_credentials(const struct gw_stream_url *from, struct gw_stream_url **url)
{
    struct gw_stream_url *with;

    int r = gw_stream_url_with(*url, from->user, from->password, &with);
    if (r)
        return r == -ENOMEM ? r : -EBADMSG;
    gw_stream_url_destroy(*url);
    *url = with;
    return 0;
}

static bool is_allowed(const struct gw_stream_url *from, const struct gw_stream_url *to)
{
    return to->scheme == GW_SCHEME_RTSPS ||
           (to->scheme == GW_SCHEME_RTSP && from->scheme != GW_SCHEME_RTSPS);
}

int gw_pull_plan_redirect(struct gw_pull_plan *p, const struct gw_stream_url *from,
                          const char *location, struct gw_stream_url **ret_url)
{
    struct gw_stream_url *url;

    if (p->redirects >= GW_PULL_REDIRECTS_MAX)
        return -ELOOP;
    int r = gw_stream_url_parse(location, &url);
    if (r)
        return r == -ENOMEM ? r : -EBADMSG;
    bool same_host = !strcasecmp(from->host, url->host);
    if (!is_allowed(from, url))
        r = -EBADMSG;
    else if (from->user && !url->user && same_host && from->port == url->port)
        r = add_credentials(from, &url);
    if (r) {
        gw_stream_url_destroy(url);
        return r;
    }
    p->redirects++;
    p->options.any_certificate = p->options.any_certificate && same_host;
    if (url->scheme == GW_SCHEME_RTSPS) {
        p->secured = true;
        p->lower = GW_RTSP_TCP;
    }
    *ret_url = url;
    return 0;
}

static struct gw_pull_next follow(struct gw_pull_plan *p,
                                  const struct gw_session_end *end)
{
    struct gw_pull_next next = { .redirected = true };
    int r = gw_pull_plan_redirect(p, end->url, end->location, &next.url);
    if (r)
        next.cause = r == -ENOMEM ? GW_CAUSE_OUR_LIMIT : GW_CAUSE_REDIRECT;
    return next;
}

static struct gw_pull_next fall_back(const struct gw_session_end *end)
{
    struct gw_pull_next next = { 0 };
    const struct gw_stream_url *url = end->url;
    if (gw_stream_url_with(url, url->user, url->password, &next.url))
        next.cause = GW_CAUSE_OUR_LIMIT;
    return next;
}

struct gw_pull_next gw_pull_plan_next(struct gw_pull_plan *p, enum gw_cause cause,
                                      const struct gw_session_end *end)
{
    if (end->location)
        return follow(p, end);
    if (gw_pull_plan_falls_back(p, cause, end->lower))
        return fall_back(end);
    return (struct gw_pull_next) { .cause = cause };
}
