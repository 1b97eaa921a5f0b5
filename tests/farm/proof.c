#include "tests/farm/proof.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

enum { SEI_NAL = 6, USER_DATA_UNREGISTERED = 5, STOP_BIT = 0x80 };
enum { HEAD_BYTES = 3 + FARM_PROOF_UUID_BYTES }; // all that comes before the digits

// NAL header, payload type, payload size, UUID f5d1c2a7-6e84-4b39-9d53-a1e7b8c46d92.
static const uint8_t head[HEAD_BYTES] = {
    SEI_NAL,
    USER_DATA_UNREGISTERED,
    FARM_PROOF_UUID_BYTES + FARM_PROOF_TEXT_BYTES,
    0xf5,
    0xd1,
    0xc2,
    0xa7,
    0x6e,
    0x84,
    0x4b,
    0x39,
    0x9d,
    0x53,
    0xa1,
    0xe7,
    0xb8,
    0xc4,
    0x6d,
    0x92,
};

static uint8_t *put_hex(uint8_t *p, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--)
        *p++ = (uint8_t) "0123456789abcdef"[value >> (4 * i) & 15];
    return p;
}

void farm_proof_write(const struct farm_proof *proof, uint8_t nal[FARM_PROOF_NAL_BYTES])
{
    memcpy(nal, head, HEAD_BYTES);
    uint8_t *p = nal + HEAD_BYTES;
    p = put_hex(p, proof->camera, 8);
    p = put_hex(p, proof->profile, 2);
    p = put_hex(p, proof->frame, 16);
    p = put_hex(p, proof->sent_unix_us, 16);
    *p = STOP_BIT;
}

static uint64_t get_hex(struct gw_reader *r, int digits)
{
    uint64_t value = 0;

    for (int i = 0; i < digits; i++) {
        uint8_t c = gw_read_u8(r);
        if (c >= '0' && c <= '9')
            value = value << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (uint64_t)(c - 'a' + 10);
        else
            r->failed = true;
    }
    return value;
}

static int parse(const uint8_t *text, struct farm_proof *ret_proof)
{
    struct gw_reader r = gw_reader_init(text, FARM_PROOF_TEXT_BYTES);
    struct farm_proof proof;

    proof.camera = (uint32_t)get_hex(&r, 8);
    proof.profile = (uint8_t)get_hex(&r, 2);
    proof.frame = get_hex(&r, 16);
    proof.sent_unix_us = get_hex(&r, 16);
    if (r.failed)
        return -EBADMSG;
    *ret_proof = proof;
    return 0;
}

int farm_proof_find(const uint8_t *avcc, size_t len, struct farm_proof *ret_proof)
{
    struct gw_reader r = gw_reader_init(avcc, len);

    while (gw_reader_left(&r) > 0) {
        size_t nal_len = gw_read_u32(&r);
        const uint8_t *nal = gw_read_bytes(&r, nal_len);
        if (r.failed)
            return -EBADMSG;
        if (nal_len == FARM_PROOF_NAL_BYTES && !memcmp(nal, head, HEAD_BYTES))
            return parse(nal + HEAD_BYTES, ret_proof);
    }
    return -ENOENT;
}
