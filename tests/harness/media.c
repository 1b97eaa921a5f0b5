#include "tests/harness/media.h"

#include <string.h>

enum {
    BOX_HEAD = 8,
    FLV_PREVIOUS = 4, // PreviousTagSize, in front of each tag
    FLV_HEAD = 11,
    FLV_VIDEO = 9,
    FLV_AVC_HEAD = 5, // frame and codec, packet type, composition time
};

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool is_box(const uint8_t *data, const char type[5])
{
    return memcmp(data + 4, type, 4) == 0;
}

const uint8_t *media_mdat(const uint8_t *data, size_t len, size_t *ret_len)
{
    size_t pos = 0;
    while (len - pos >= BOX_HEAD) {
        size_t box = u32(data + pos);
        if (box < BOX_HEAD || box > len - pos)
            break;
        if (is_box(data + pos, "mdat")) {
            *ret_len = box - BOX_HEAD;
            return data + pos + BOX_HEAD;
        }
        pos += box;
    }
    *ret_len = 0;
    return NULL;
}

size_t media_mp4_next(const uint8_t *data, size_t len, struct media_unit *ret_unit)
{
    if (len < BOX_HEAD)
        return 0;
    size_t box = u32(data);
    if (len < box)
        return 0;
    *ret_unit = (struct media_unit) { .config = is_box(data, "moov") };
    if (is_box(data, "mdat")) {
        ret_unit->data = data + BOX_HEAD;
        ret_unit->len = box - BOX_HEAD;
    }
    return box;
}

size_t media_flv_next(const uint8_t *data, size_t len, struct media_unit *ret_unit)
{
    if (len < FLV_PREVIOUS + FLV_HEAD)
        return 0;
    const uint8_t *tag = data + FLV_PREVIOUS;
    size_t body = u32(tag) & 0xffffff;
    size_t whole = FLV_PREVIOUS + FLV_HEAD + body;
    if (len < whole)
        return 0;

    const uint8_t *video = tag + FLV_HEAD;
    *ret_unit = (struct media_unit) { 0 };
    if (tag[0] == FLV_VIDEO && body > FLV_AVC_HEAD) {
        ret_unit->config = video[1] == 0;
        ret_unit->key = video[0] >> 4 == 1;
        if (!ret_unit->config) {
            ret_unit->data = video + FLV_AVC_HEAD;
            ret_unit->len = body - FLV_AVC_HEAD;
        }
    }
    return whole;
}
