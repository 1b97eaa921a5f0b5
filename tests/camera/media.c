#include "tests/camera/media.h"

#include <string.h>

enum {
    MARKER = 0x80,
    FU_A = 28,
    FU_START = 0x80,
    FU_END = 0x40,
    SLICE_LEN = 12, // bytes
};

// 320x180 at 25 pictures a second, baseline.
static const uint8_t SPS[] = {
    0x67, 0x42, 0xc0, 0x0d, 0xda, 0x05, 0x06, 0x6e, 0xe0, 0x1e, 0x11, 0x08, 0xd4,
};
static const uint8_t PPS[] = { 0x68, 0xce, 0x3c, 0x80 };

void camera_media_init(struct camera_media *m)
{
    *m = (struct camera_media) {
        .pt = 96,
        .ssrc = 0x0badcafe,
        .seq = 1000,
        .time = 900000,
        .step = 3600,
        .params = 1,
    };
}

bool camera_media_set(struct camera_media *m, const char *name, uint32_t value)
{
    const struct {
        const char *name;
        uint32_t *field;
    } fields[] = {
        { "channel", &m->channel }, { "pt", &m->pt },         { "ssrc", &m->ssrc },
        { "seq", &m->seq },         { "time", &m->time },     { "step", &m->step },
        { "fu", &m->fu },           { "params", &m->params },
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (strcmp(fields[i].name, name) == 0) {
            *fields[i].field = value;
            return true;
        }
    }
    return false;
}

static uint8_t *put(uint8_t *to, uint32_t value, unsigned bytes)
{
    while (bytes--)
        *to++ = (uint8_t)(value >> 8 * bytes);
    return to;
}

size_t camera_media_packet(struct camera_media *m, bool marker, const void *payload,
                           size_t len, uint8_t *buf)
{
    uint8_t *to = buf;

    *to++ = '$';
    *to++ = (uint8_t)m->channel;
    to = put(to, (uint32_t)(12 + len), 2);
    *to++ = 0x80; // version 2, nothing else
    *to++ = (uint8_t)((marker ? MARKER : 0) | m->pt);
    to = put(to, m->seq++, 2);
    to = put(to, m->time, 4);
    to = put(to, m->ssrc, 4);
    memcpy(to, payload, len);
    return (size_t)(to - buf) + len;
}

// The slice in fragments of m->fu bytes (RFC 6184 section 5.8).
static size_t put_fragments(struct camera_media *m, const uint8_t *slice, uint8_t *buf)
{
    uint8_t fragment[2 + SLICE_LEN];
    size_t written = 0;

    for (size_t at = 1; at < SLICE_LEN;) {
        size_t len = SLICE_LEN - at < m->fu ? SLICE_LEN - at : m->fu;
        bool last = at + len == SLICE_LEN;
        fragment[0] = (uint8_t)((slice[0] & 0xe0) | FU_A);
        fragment[1] =
            (uint8_t)((slice[0] & 0x1f) | (at == 1 ? FU_START : 0) | (last ? FU_END : 0));
        memcpy(fragment + 2, slice + at, len);
        written += camera_media_packet(m, last, fragment, 2 + len, buf + written);
        at += len;
    }
    return written;
}

size_t camera_media_picture(struct camera_media *m, bool key,
                            uint8_t buf[CAMERA_PICTURE_MAX])
{
    uint8_t slice[SLICE_LEN] = { key ? 0x65 : 0x41, key ? 0x88 : 0x9a };
    size_t len = 0;

    // 0x80: no run of zeros, so no start code.
    memset(slice + 2, 0x80 | (m->number++ & 0x7f), sizeof(slice) - 2);
    if (key && m->params) {
        len += camera_media_packet(m, false, SPS, sizeof(SPS), buf + len);
        len += camera_media_packet(m, false, PPS, sizeof(PPS), buf + len);
    }
    len += m->fu ? put_fragments(m, slice, buf + len)
                 : camera_media_packet(m, true, slice, sizeof(slice), buf + len);
    m->time += m->step;
    return len;
}
