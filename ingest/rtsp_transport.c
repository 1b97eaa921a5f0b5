#include "ingest/rtsp_transport.h"

#include <assert.h>
#include <stdio.h>

// "8-9", or "8" alone for 8 and 9. Returns whether both are at most `max`.
static bool parse_pair(struct gw_rtsp_text text, uint32_t max, uint32_t ret_pair[2])
{
    struct gw_rtsp_text first;
    uint32_t pair[2];

    if (!gw_rtsp_text_cut(&text, '-', &first) || gw_rtsp_text_number(first, &pair[0]))
        return false;
    if (gw_rtsp_text_number(gw_rtsp_text_trim(text), &pair[1]))
        pair[1] = pair[0] < max ? pair[0] + 1 : pair[0];
    if (pair[0] > max || pair[1] > max)
        return false;
    ret_pair[0] = pair[0];
    ret_pair[1] = pair[1];
    return true;
}

static void parse_parameter(struct gw_rtsp_text key, struct gw_rtsp_text value,
                            struct gw_rtsp_transport *t)
{
    uint32_t pair[2];

    if (gw_rtsp_text_is(key, "interleaved") && parse_pair(value, UINT8_MAX, pair)) {
        t->interleaved = true;
        t->rtp_channel = (uint8_t)pair[0];
        t->rtcp_channel = (uint8_t)pair[1];
    } else if (gw_rtsp_text_is(key, "server_port") &&
               parse_pair(value, UINT16_MAX, pair)) {
        t->rtp_port = (uint16_t)pair[0];
        t->rtcp_port = (uint16_t)pair[1];
    } else if (gw_rtsp_text_is(key, "source")) {
        t->source = value;
    }
}

struct gw_rtsp_transport gw_rtsp_transport_parse(struct gw_rtsp_text header)
{
    struct gw_rtsp_transport t = { .rtcp_channel = 1 };
    struct gw_rtsp_text one;
    struct gw_rtsp_text part;
    struct gw_rtsp_text key;

    if (!gw_rtsp_text_cut(&header, ',', &one))
        return t;
    while (gw_rtsp_text_cut(&one, ';', &part)) {
        if (gw_rtsp_text_cut(&part, '=', &key))
            parse_parameter(key, gw_rtsp_text_trim(part), &t);
    }
    return t;
}

void gw_rtsp_transport_write(enum gw_rtsp_lower lower, uint16_t number,
                             char buf[GW_RTSP_TRANSPORT_MAX])
{
    const char *form = lower == GW_RTSP_TCP
                           ? "Transport: RTP/AVP/TCP;unicast;interleaved=%u-%u\r\n"
                           : "Transport: RTP/AVP;unicast;client_port=%u-%u\r\n";

    assert(number < UINT16_MAX);
    int len = snprintf(buf, GW_RTSP_TRANSPORT_MAX, form, number, number + 1u);
    assert(len > 0 && len < GW_RTSP_TRANSPORT_MAX);
    (void)len;
}
