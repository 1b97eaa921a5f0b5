#include "ingest/rtp.h"

#include <errno.h>

#include "base/bytes.h"

enum {
    VERSION = 2,
    HAS_PADDING = 0x20,
    HAS_EXTENSION = 0x10,
    SOURCES = 0x0f, // how many contributing sources follow, 4 bytes each
    MARKER = 0x80,
};

int gw_rtp_parse(const void *data, size_t len, struct gw_rtp_packet *ret_packet)
{
    struct gw_reader r = gw_reader_init(data, len);

    uint8_t flags = gw_read_u8(&r);
    uint8_t type = gw_read_u8(&r);
    uint16_t seq = gw_read_u16(&r);
    uint32_t timestamp = gw_read_u32(&r);
    uint32_t ssrc = gw_read_u32(&r);

    uint16_t profile = 0;
    size_t extension_len = 0;
    const uint8_t *extension = NULL;

    gw_read_bytes(&r, (size_t)(flags & SOURCES) * 4);
    if (flags & HAS_EXTENSION) {
        profile = gw_read_u16(&r);
        extension_len = (size_t)gw_read_u16(&r) * 4;
        extension = gw_read_bytes(&r, extension_len);
    }
    if (r.failed || flags >> 6 != VERSION)
        return -EBADMSG;

    size_t left = gw_reader_left(&r);
    if (flags & HAS_PADDING) {
        // The last byte counts the padding, itself included.
        uint8_t padding = left ? r.data[len - 1] : 0;
        if (padding == 0 || padding > left)
            return -EBADMSG;
        left -= padding;
    }

    *ret_packet = (struct gw_rtp_packet) {
        .payload_type = type & (uint8_t)~MARKER,
        .marker = type & MARKER,
        .seq = seq,
        .timestamp = timestamp,
        .ssrc = ssrc,
        .payload = gw_read_bytes(&r, left),
        .len = left,
        .extension = extension,
        .extension_len = extension_len,
        .extension_profile = profile,
    };
    return 0;
}
