#include "ingest/rtsp_setup.h"

#include <stdlib.h>
#include <string.h>

enum { UNSUPPORTED_TRANSPORT = 461 }; // RFC 2326 section 11.3.13

void gw_rtsp_setup_finish(struct gw_rtsp_setup *s)
{
    gw_rtsp_description_finish(&s->description);
    free(s->session);
}

static const struct gw_media_format *format_of(const struct gw_rtsp_setup *s)
{
    return &s->description.media[s->medium].format;
}

// Of the medium, interleaved: that of its RTCP is the next one.
static uint8_t channel_of(const struct gw_rtsp_setup *s)
{
    return (uint8_t)(2 * s->medium);
}

int gw_rtsp_setup_write(struct gw_rtsp_setup *s, char ret_header[GW_RTSP_TRANSPORT_MAX])
{
    uint16_t number = channel_of(s);

    if (s->lower == GW_RTSP_UDP) {
        if (!s->port) {
            int r = s->udp->open(s->arg, format_of(s)->kind, &s->port);
            if (r)
                return r;
        }
        number = s->port;
    }
    gw_rtsp_transport_write(s->lower, number, ret_header);
    return 0;
}

// The latest session counts, for it may change from one to the next (quirk 18). Takes
// `id` over.
static void take_session(struct gw_rtsp_setup *s, char *id, uint32_t timeout_s)
{
    s->timeout_s = timeout_s;
    if (!id)
        return;
    gw_tolerance_note(&s->tolerated, GW_TOLERATED_SESSION_CHANGED,
                      s->session && strcmp(s->session, id) != 0);
    free(s->session);
    s->session = id;
}

// Adds the medium as the camera answered it. Returns 0 or -errno.
static int add_medium(struct gw_rtsp_setup *s, struct gw_rtsp_transport transport)
{
    const struct gw_media_format *format = format_of(s);
    enum gw_rtsp_lower lower = transport.interleaved ? GW_RTSP_TCP : s->lower;
    uint8_t channel = channel_of(s);

    if (!transport.interleaved) { // without a word: what we asked for
        transport.rtp_channel = channel;
        transport.rtcp_channel = channel + 1;
    }
    gw_tolerance_note(&s->tolerated, GW_TOLERATED_OTHER_TRANSPORT, lower != s->lower);
    gw_tolerance_note(&s->tolerated, GW_TOLERATED_CHANNELS,
                      transport.interleaved && transport.rtp_channel != channel);
    int r = gw_rtsp_media_add(s->media, format, lower, &transport,
                              transport.rtp_channel != channel);
    if (!r && lower == GW_RTSP_UDP)
        s->udp->peer(s->arg, format->kind, &transport);
    return r;
}

enum gw_cause gw_rtsp_setup_take(struct gw_rtsp_setup *s,
                                 const struct gw_rtsp_message *message)
{
    struct gw_rtsp_setup_answer answer;

    enum gw_cause cause = gw_rtsp_setup_answer(message, &answer);
    if (cause)
        return cause;
    take_session(s, answer.session, answer.timeout_s);
    return add_medium(s, answer.transport) ? GW_CAUSE_OUR_LIMIT : GW_CAUSE_NONE;
}

bool gw_rtsp_setup_is_optional(const struct gw_rtsp_setup *s)
{
    return s->medium > 0;
}

bool gw_rtsp_setup_again(struct gw_rtsp_setup *s, unsigned status)
{
    if (status != UNSUPPORTED_TRANSPORT || !s->may_switch || s->switched || !s->udp ||
        gw_rtsp_setup_is_optional(s))
        return false;
    s->switched = true;
    s->lower = s->lower == GW_RTSP_TCP ? GW_RTSP_UDP : GW_RTSP_TCP;
    return true;
}

bool gw_rtsp_setup_next(struct gw_rtsp_setup *s)
{
    s->port = 0;
    return ++s->medium < s->description.count;
}

size_t gw_rtsp_setup_formats(const struct gw_rtsp_setup *s,
                             struct gw_media_format ret_formats[GW_MEDIA_KINDS])
{
    size_t count = 0;

    for (size_t i = 0; i < s->description.count; i++) {
        if (gw_rtsp_media_has(s->media, s->description.media[i].format.kind))
            ret_formats[count++] = s->description.media[i].format;
    }
    return count;
}
