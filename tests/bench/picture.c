#include "tests/bench/picture.h"

#include "base/bytes.h"
#include "mux/wall_frame.h"

#include <string.h>

typedef void on_picture_fn(void *arg, const struct picture *picture);

static void tell(bool key, const uint8_t *avcc, size_t len, on_picture_fn *on_picture,
                 void *arg)
{
    struct picture p = { .key = key };
    p.proved = farm_proof_find(avcc, len, &p.proof) == 0;
    on_picture(arg, &p);
}

// The proof is a packet of its own: 4 bytes of framing, 12 of RTP, the NAL unit.
static bool find_rtp(const uint8_t *data, size_t len, on_picture_fn *on_picture,
                     void *arg)
{
    enum { HEAD = 4 + 12 };
    struct gw_reader r = gw_reader_init(data, len);
    struct picture p = { 0 };

    while (gw_reader_left(&r) > 0 && !p.proved) {
        uint8_t avcc[4 + FARM_PROOF_NAL_BYTES] = { 0, 0, 0, FARM_PROOF_NAL_BYTES };
        (void)gw_read_u16(&r);
        size_t packet_len = gw_read_u16(&r);
        const uint8_t *packet = gw_read_bytes(&r, packet_len);
        if (r.failed)
            return false;
        if (packet_len != HEAD - 4 + FARM_PROOF_NAL_BYTES)
            continue;
        memcpy(avcc + 4, packet + HEAD - 4, FARM_PROOF_NAL_BYTES);
        p.proved = farm_proof_find(avcc, sizeof(avcc), &p.proof) == 0;
    }
    on_picture(arg, &p);
    return true;
}

// One message: the file's header, or one tag (and the length of it behind).
static bool find_flv(const uint8_t *data, size_t len, on_picture_fn *on_picture,
                     void *arg)
{
    enum { TAG = 11, VIDEO_HEAD = 5, TAIL = 4, VIDEO = 9, NALUS = 1, KEY = 1 };

    if (len >= 3 && memcmp(data, "FLV", 3) == 0)
        return true;
    if (len < TAG + VIDEO_HEAD + TAIL)
        return false;
    if (data[0] == VIDEO && data[TAG + 1] == NALUS)
        tell(data[TAG] >> 4 == KEY, data + TAG + VIDEO_HEAD,
             len - TAG - VIDEO_HEAD - TAIL, on_picture, arg);
    return true;
}

// `moof` and `mdat` with one sample. Where a moof says "key frame" is the muxer's
// business; the engine begins with one in any case.
static bool find_mp4(const uint8_t *data, size_t len, on_picture_fn *on_picture,
                     void *arg)
{
    struct gw_reader r = gw_reader_init(data, len);

    while (gw_reader_left(&r) > 0) {
        size_t box_len = gw_read_u32(&r);
        const uint8_t *name = gw_read_bytes(&r, 4);
        if (r.failed || box_len < 8)
            return false;
        const uint8_t *box = gw_read_bytes(&r, box_len - 8);
        if (r.failed)
            return false;
        if (memcmp(name, "mdat", 4) == 0)
            tell(false, box, box_len - 8, on_picture, arg);
    }
    return true;
}

static bool find_wall(const uint8_t *data, size_t len, on_picture_fn *on_picture,
                      void *arg)
{
    struct gw_wall_frame h;

    for (size_t pos = 0; pos < len;) {
        if (gw_wall_frame_read(data + pos, len - pos, &h) < 0 ||
            (size_t)h.header_bytes + h.payload_bytes > len - pos)
            return false;
        if (h.kind == GW_WALL_MEDIA)
            tell(h.key, data + pos + h.header_bytes, h.payload_bytes, on_picture, arg);
        pos += (size_t)h.header_bytes + h.payload_bytes;
    }
    return true;
}

bool picture_find(enum picture_form form, const uint8_t *data, size_t len,
                  on_picture_fn *on_picture, void *arg)
{
    switch (form) {
    case PICTURE_RTP: return find_rtp(data, len, on_picture, arg);
    case PICTURE_FLV: return find_flv(data, len, on_picture, arg);
    case PICTURE_MP4: return find_mp4(data, len, on_picture, arg);
    case PICTURE_WALL: return find_wall(data, len, on_picture, arg);
    }
    return false;
}
