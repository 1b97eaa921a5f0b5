#include "ingest/rtsp_peer.h"

#include <stdbool.h>
#include <strings.h>

static bool has(const struct gw_rtsp_message *message, const char *name)
{
    struct gw_rtsp_text value;
    return !gw_rtsp_message_header(message, name, 0, &value);
}

// It goes to terminals: nothing that steers them.
static void take_server(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer)
{
    struct gw_rtsp_text value;
    size_t n = 0;

    if (*peer->server || gw_rtsp_message_header(answer, "Server", 0, &value))
        return;
    for (; n < value.len && n < sizeof(peer->server) - 1; n++)
        peer->server[n] = value.s[n] >= ' ' && value.s[n] <= '~' ? value.s[n] : '?';
    peer->server[n] = '\0';
}

static bool has_bare_line_end(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r'))
            return true;
        if (s[i] == '\r' && i + 1 < len && s[i + 1] != '\n')
            return true;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// A blank ahead of a line end, or at the beginning of a line.
static bool has_line_blank(const char *s, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        bool ends = s[i] == '\r' || (s[i] == '\n' && s[i - 1] != '\r');
        if ((ends && is_blank(s[i - 1])) || (s[i - 1] == '\n' && is_blank(s[i])))
            return true;
    }
    return false;
}

void gw_rtsp_peer_answer(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer,
                         const void *head, size_t len)
{
    take_server(peer, answer);
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_NO_CSEQ, !has(answer, "CSeq"));
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_LINE_ENDS,
                      has_bare_line_end(head, len));
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_HEADER_BLANKS,
                      has_line_blank(head, len));
}

void gw_rtsp_peer_options(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer)
{
    struct gw_rtsp_text methods;
    struct gw_rtsp_text method;
    bool known = false;

    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_NO_OPTIONS, answer->status >= 300);
    if (gw_rtsp_message_header(answer, "Public", 0, &methods))
        return;
    while (gw_rtsp_text_cut(&methods, ',', &method))
        known = known || gw_rtsp_text_is(method, "GET_PARAMETER");
    peer->no_get_parameter = !known;
}

void gw_rtsp_peer_description(struct gw_rtsp_peer *peer,
                              const struct gw_rtsp_message *answer)
{
    struct gw_rtsp_text base;
    bool strange = !gw_rtsp_message_header(answer, "Content-Base", 0, &base) &&
                   (base.len < 7 || strncasecmp(base.s, "rtsp", 4) != 0);

    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_CONTENT_BASE, strange);
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_NO_CONTENT_TYPE,
                      !has(answer, "Content-Type"));
}

// Blanks are only between the transports of a list.
static bool has_inner_blank(struct gw_rtsp_text transport)
{
    for (size_t i = 1; i < transport.len; i++) {
        if (is_blank(transport.s[i]) && transport.s[i - 1] != ',')
            return true;
    }
    return false;
}

void gw_rtsp_peer_setup(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer)
{
    struct gw_rtsp_text transport = { 0 };

    (void)gw_rtsp_message_header(answer, "Transport", 0, &transport);
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_NO_TRANSPORT, !transport.len);
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_TRANSPORT_BLANKS,
                      has_inner_blank(transport));
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_NO_SESSION, !has(answer, "Session"));
}

// "url=…;seq=45102;rtptime=12345678": RFC 2326 section 12.33.
static bool is_stream_info(struct gw_rtsp_text one)
{
    struct gw_rtsp_text part;
    struct gw_rtsp_text key;
    uint32_t number;
    bool url = false;

    if (!one.len || one.s[one.len - 1] == ';')
        return false;
    while (gw_rtsp_text_cut(&one, ';', &part)) {
        if (!gw_rtsp_text_cut(&part, '=', &key))
            return false;
        url = url || gw_rtsp_text_is(key, "url");
        bool counts = gw_rtsp_text_is(key, "seq") || gw_rtsp_text_is(key, "rtptime");
        if (counts && gw_rtsp_text_number(gw_rtsp_text_trim(part), &number))
            return false;
    }
    return url;
}

void gw_rtsp_peer_play(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer)
{
    struct gw_rtsp_text info;
    struct gw_rtsp_text one;

    if (gw_rtsp_message_header(answer, "RTP-Info", 0, &info))
        return;
    while (gw_rtsp_text_cut(&info, ',', &one))
        gw_tolerance_note(&peer->tolerated, GW_TOLERATED_RTP_INFO, !is_stream_info(one));
}
