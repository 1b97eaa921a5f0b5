#include "mux/opus.h"

#include <errno.h>
#include <string.h>

enum {
    HEAD_BYTES = 19,
    VERSION_MAX = 15,         // the upper four bits are the version that matters
    DURATION_MAX_90K = 10800, // 120 ms
};

static uint16_t le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

int gw_opus_head_parse(const void *data, size_t len, struct gw_opus_head *ret_head)
{
    const uint8_t *p = data;

    if (len < HEAD_BYTES || memcmp(p, "OpusHead", 8) != 0)
        return -EBADMSG;
    if (p[8] > VERSION_MAX || p[18] != 0 || p[9] < 1 || p[9] > 2)
        return -ENOTSUP;
    *ret_head = (struct gw_opus_head) {
        .channels = p[9],
        .pre_skip = le16(p + 10),
        .input_rate = le16(p + 12) | (uint32_t)le16(p + 14) << 16,
        .gain = (int16_t)le16(p + 16),
    };
    return 0;
}

// Of one frame, by the configuration in the upper five bits.
static uint32_t frame_90k(uint8_t toc)
{
    static const uint32_t silk[4] = { 900, 1800, 3600, 5400 }; // 10, 20, 40, 60 ms
    static const uint32_t celt[4] = { 225, 450, 900, 1800 };   // 2.5, 5, 10, 20 ms
    unsigned config = toc >> 3;

    if (config < 12)
        return silk[config & 3];
    if (config < 16)
        return silk[config & 1]; // hybrid
    return celt[config & 3];
}

uint32_t gw_opus_duration_90k(const void *data, size_t len)
{
    const uint8_t *p = data;

    if (!len)
        return 0;
    unsigned code = p[0] & 3;
    unsigned frames = code == 0 ? 1 : 2;
    if (code == 3)
        frames = len > 1 ? p[1] & 0x3f : 0;
    uint32_t ticks = frames * frame_90k(p[0]);
    return ticks <= DURATION_MAX_90K ? ticks : 0;
}
