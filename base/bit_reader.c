#include "base/bit_reader.h"

#include <assert.h>

enum { GOLOMB_ZEROS_MAX = 31 }; // leading zeros of the longest legal code

struct gw_bit_reader gw_bit_reader_init(const void *data, size_t len)
{
    return (struct gw_bit_reader) { .data = data, .len = len };
}

struct gw_bit_reader gw_bit_reader_init_plain(const void *data, size_t len)
{
    return (struct gw_bit_reader) { .data = data, .len = len, .plain = true };
}

static void next_byte(struct gw_bit_reader *r)
{
    // 00 00 03: the 3 only keeps a start code from arising.
    if (!r->plain && r->zeros >= 2 && r->pos < r->len && r->data[r->pos] == 3) {
        r->pos++;
        r->zeros = 0;
    }
    if (r->pos == r->len) {
        r->failed = true;
        return;
    }
    r->byte = r->data[r->pos++];
    r->left = 8;
    r->zeros = r->byte ? 0 : r->zeros + 1;
}

bool gw_bit_read_flag(struct gw_bit_reader *r)
{
    if (r->left == 0 && !r->failed)
        next_byte(r);
    if (r->failed)
        return false;
    r->left--;
    return r->byte >> r->left & 1;
}

uint32_t gw_bit_read(struct gw_bit_reader *r, unsigned bits)
{
    assert(bits <= 32);
    uint32_t v = 0;
    for (unsigned i = 0; i < bits; i++)
        v = v << 1 | gw_bit_read_flag(r);
    return r->failed ? 0 : v;
}

uint32_t gw_bit_read_ue(struct gw_bit_reader *r)
{
    unsigned zeros = 0;
    while (!gw_bit_read_flag(r)) {
        if (r->failed || ++zeros > GOLOMB_ZEROS_MAX) {
            r->failed = true;
            return 0;
        }
    }
    uint32_t rest = gw_bit_read(r, zeros);
    return r->failed ? 0 : (UINT32_C(1) << zeros) - 1 + rest;
}

int32_t gw_bit_read_se(struct gw_bit_reader *r)
{
    uint32_t code = gw_bit_read_ue(r);
    int32_t half = (int32_t)(code / 2);
    return code & 1 ? half + 1 : -half;
}
