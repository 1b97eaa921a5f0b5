// Properties: what is found lies within the header; channels that are not named are
// the defaults; blanks around the separators change nothing.

#include "ingest/rtsp_transport.h"

#include <stdlib.h>
#include <string.h>

static struct gw_rtsp_transport parse(const char *s, size_t len)
{
    struct gw_rtsp_text header = { s, len };
    struct gw_rtsp_transport t = gw_rtsp_transport_parse(header);

    if (!t.interleaved && (t.rtp_channel != 0 || t.rtcp_channel != 1))
        abort();
    if (t.source.len && (t.source.s < s || t.source.s + t.source.len > s + len))
        abort();
    return t;
}

// A copy of exactly that size, or one with blanks around each separator.
static char *copy(const uint8_t *data, size_t size, bool blanks, size_t *ret_len)
{
    char *s = malloc(3 * size + 1);
    size_t len = 0;

    if (!s)
        abort();
    for (size_t i = 0; i < size; i++) {
        bool wide = blanks && strchr(";=,", data[i] ? data[i] : 'x');
        if (wide)
            s[len++] = ' ';
        s[len++] = (char)data[i];
        if (wide)
            s[len++] = ' ';
    }
    s = realloc(s, len ? len : 1);
    if (!s)
        abort();
    *ret_len = len;
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len;
    size_t wide_len;
    char *s = copy(data, size, false, &len);
    char *wide = copy(data, size, true, &wide_len);
    struct gw_rtsp_transport a = parse(s, len);
    struct gw_rtsp_transport b = parse(wide, wide_len);

    if (a.interleaved != b.interleaved || a.rtp_channel != b.rtp_channel ||
        a.rtcp_channel != b.rtcp_channel || a.rtp_port != b.rtp_port ||
        a.rtcp_port != b.rtcp_port || (a.source.len == 0) != (b.source.len == 0))
        abort();
    free(s);
    free(wide);
    return 0;
}
