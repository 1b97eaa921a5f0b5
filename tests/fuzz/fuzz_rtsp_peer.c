// Any answer, looked at in each way.
//
// Properties: what is noted is known and has words; notes are never taken back; the
// name that goes to terminals is printable; a head that is written well again (each
// line trimmed, unfolded ones ended by CR LF) shows no strange line ends and blanks.
#include "ingest/rtsp_peer.h"

#include <stdlib.h>
#include <string.h>

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static struct gw_rtsp_peer look(const char *head, size_t len)
{
    struct gw_rtsp_peer peer = { 0 };
    struct gw_rtsp_message message;
    gw_tolerances before;

    if (gw_rtsp_message_parse(head, len, &message) || !message.response)
        return peer;
    gw_rtsp_peer_answer(&peer, &message, head, len);
    before = peer.tolerated;
    gw_rtsp_peer_options(&peer, &message);
    gw_rtsp_peer_description(&peer, &message);
    gw_rtsp_peer_setup(&peer, &message);
    gw_rtsp_peer_play(&peer, &message);
    demand((peer.tolerated & before) == before);
    return peer;
}

// Every line trimmed and ended by CR LF; empty ones are left out.
static size_t write_well(const char *head, size_t len, char *out)
{
    struct gw_rtsp_text rest = { head, len };
    struct gw_rtsp_text line;
    size_t at = 0;

    while (gw_rtsp_text_line(&rest, &line)) {
        line = gw_rtsp_text_trim(line);
        if (!line.len)
            continue;
        memcpy(out + at, line.s, line.len);
        memcpy(out + at + line.len, "\r\n", 2);
        at += line.len + 2;
    }
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gw_tolerances form = gw_tolerance_bit(GW_TOLERATED_LINE_ENDS) |
                         gw_tolerance_bit(GW_TOLERATED_HEADER_BLANKS);
    char *head = malloc(size + 1); // exact but for malloc(0): reads behind it are seen
    char *well = malloc(3 * size + 1);

    demand(head && well);
    if (size)
        memcpy(head, data, size);
    struct gw_rtsp_peer peer = look(head, size);
    demand(peer.tolerated < gw_tolerance_bit(GW_TOLERANCES));
    for (const char *s = peer.server; *s; s++)
        demand(*s >= ' ' && *s <= '~');

    peer = look(well, write_well(head, size, well));
    demand(!(peer.tolerated & form));
    free(head);
    free(well);
    return 0;
}
