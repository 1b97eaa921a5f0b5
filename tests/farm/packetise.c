#include "tests/farm/packetise.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { STAP_A = 24, FU_A = 28 };
enum { FU_START = 0x80, FU_END = 0x40 };
enum { NRI_MASK = 0x60, TYPE_MASK = 0x1f };
enum { FU_HEAD = 2 }; // FU indicator and FU header

void farm_store_finish(struct farm_store *s)
{
    free(s->bytes);
    free(s->payloads);
    *s = (struct farm_store) { 0 };
}

static int reserve_bytes(struct farm_store *s, size_t len)
{
    if (s->len + len > FARM_STORE_MAX)
        return -EMSGSIZE;
    if (s->len + len <= s->cap)
        return 0;

    size_t cap = 2 * (s->cap + len);
    uint8_t *bytes = realloc(s->bytes, cap);
    if (!bytes)
        return -ENOMEM;
    s->bytes = bytes;
    s->cap = cap;
    return 0;
}

static int reserve_payload(struct farm_store *s)
{
    if (s->count < s->payload_cap)
        return 0;

    size_t cap = s->payload_cap ? 2 * s->payload_cap : 64;
    struct farm_payload *payloads = reallocarray(s->payloads, cap, sizeof(*payloads));
    if (!payloads)
        return -ENOMEM;
    s->payloads = payloads;
    s->payload_cap = cap;
    return 0;
}

// Opens a payload of `len` bytes, to be filled through *ret_fill.
static int open_payload(struct farm_store *s, size_t len, uint8_t **ret_fill)
{
    assert(len <= FARM_PAYLOAD_MAX);

    int r = reserve_bytes(s, len);
    if (!r)
        r = reserve_payload(s);
    if (r)
        return r;

    s->payloads[s->count++] = (struct farm_payload) { (uint32_t)s->len, (uint32_t)len };
    *ret_fill = s->bytes + s->len;
    s->len += len;
    return 0;
}

static int fragment(struct farm_store *s, struct farm_nal nal)
{
    const uint8_t *rest = nal.data + 1; // the NAL header travels in the FU headers
    size_t left = nal.len - 1;

    for (bool first = true; left > 0; first = false) {
        size_t take =
            left < FARM_PAYLOAD_MAX - FU_HEAD ? left : FARM_PAYLOAD_MAX - FU_HEAD;
        uint8_t *p;
        int r = open_payload(s, FU_HEAD + take, &p);
        if (r)
            return r;

        p[0] = (uint8_t)((nal.data[0] & NRI_MASK) | FU_A);
        p[1] = (uint8_t)((first ? FU_START : 0) | (take == left ? FU_END : 0) |
                         (nal.data[0] & TYPE_MASK));
        memcpy(p + FU_HEAD, rest, take);
        rest += take;
        left -= take;
    }
    return 0;
}

int farm_packetise_nal(struct farm_store *s, struct farm_nal nal)
{
    assert(nal.len > 0);
    if (nal.len > FARM_PAYLOAD_MAX)
        return fragment(s, nal);

    uint8_t *p;
    int r = open_payload(s, nal.len, &p);
    if (r)
        return r;
    memcpy(p, nal.data, nal.len);
    return 0;
}

static int one_by_one(struct farm_store *s, const struct farm_nal *nals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int r = farm_packetise_nal(s, nals[i]);
        if (r)
            return r;
    }
    return 0;
}

int farm_packetise_stap(struct farm_store *s, const struct farm_nal *nals, size_t count)
{
    size_t len = 1;
    uint8_t nri = 0;

    for (size_t i = 0; i < count; i++) {
        len += 2 + nals[i].len;
        if ((nals[i].data[0] & NRI_MASK) > nri)
            nri = nals[i].data[0] & NRI_MASK;
    }
    if (count < 2 || len > FARM_PAYLOAD_MAX)
        return one_by_one(s, nals, count);

    uint8_t *p;
    int r = open_payload(s, len, &p);
    if (r)
        return r;
    *p++ = nri | STAP_A; // the highest NRI of its units: RFC 6184 section 5.7
    for (size_t i = 0; i < count; i++) {
        *p++ = (uint8_t)(nals[i].len >> 8);
        *p++ = (uint8_t)nals[i].len;
        memcpy(p, nals[i].data, nals[i].len);
        p += nals[i].len;
    }
    return 0;
}
