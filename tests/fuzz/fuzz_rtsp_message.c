// Properties: what is found lies within the head, without blanks around it; the
// nth header of a name exists only behind the one before; and a second blank line
// at the end changes nothing.

#include "ingest/rtsp_message.h"

#include <stdlib.h>
#include <string.h>

static const char *const NAMES[] = { "CSeq", "Session", "Transport", "A" };

static void check_inside(struct gw_rtsp_text text, const uint8_t *data, size_t size)
{
    const uint8_t *s = (const uint8_t *)text.s;
    if (s < data || text.len > size || (size_t)(s - data) > size - text.len)
        abort();
    struct gw_rtsp_text trimmed = gw_rtsp_text_trim(text);
    if (trimmed.len != text.len)
        abort();
}

static unsigned count_headers(const struct gw_rtsp_message *m, const char *name,
                              const uint8_t *data, size_t size)
{
    struct gw_rtsp_text value;
    unsigned n = 0;

    while (!gw_rtsp_message_header(m, name, n, &value)) {
        check_inside(value, data, size);
        n++;
    }
    if (!gw_rtsp_message_header(m, name, n + 1, &value))
        abort();
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_rtsp_message m;
    struct gw_rtsp_message longer;
    uint8_t *copy = malloc(size + 4);

    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    memcpy(copy + size, "\r\n\r\n", 4);

    int r = gw_rtsp_message_parse(data, size, &m);
    if (!r) {
        if (gw_rtsp_message_parse(copy, size + 4, &longer) ||
            m.response != longer.response || m.status != longer.status)
            abort();
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
            if (count_headers(&m, NAMES[i], data, size) !=
                count_headers(&longer, NAMES[i], copy, size + 4))
                abort();
        }
    }
    free(copy);
    return 0;
}
