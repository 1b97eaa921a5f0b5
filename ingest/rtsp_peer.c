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

void gw_rtsp_peer_answer(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer,
                         const void *head, size_t len)
{
    take_server(peer, answer);
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_NO_CSEQ, !has(answer, "CSeq"));
    gw_tolerance_note(&peer->tolerated, GW_TOLERATED_LINE_ENDS,
                      has_bare_line_end(head, len));
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
