// Reads bit fields: those of H.264 and H.265 parameter sets (ISO/IEC 14496-10 and
// 23008-2, sections 7.2, 7.3.1 and 9.1 or 9.2), taking emulation prevention bytes
// out on the way, and plain ones.
//
// It keeps going after a violation and remembers it: a parser reads on and asks
// once. A failed reader yields zeros. It does not allocate.
#ifndef GW_BASE_BIT_READER_H
#define GW_BASE_BIT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_bit_reader {
    const uint8_t *data; // borrowed
    size_t len;          // bytes of data
    size_t pos;          // next byte to take, <= len
    bool plain;          // has no emulation prevention bytes
    unsigned zeros;      // zero bytes right before pos
    uint8_t byte;        // the byte being read
    unsigned left;       // its bits not yet read
    bool failed;         // read past the end, or an Exp-Golomb code too long
};

// Of a NAL unit's bytes.
struct gw_bit_reader gw_bit_reader_init(const void *data, size_t len);

// Of any other bytes: each bit is read as it stands.
struct gw_bit_reader gw_bit_reader_init_plain(const void *data, size_t len);

// u(n): the next `bits` bits, at most 32.
uint32_t gw_bit_read(struct gw_bit_reader *r, unsigned bits);

// u(1).
bool gw_bit_read_flag(struct gw_bit_reader *r);

// ue(v): 0 to 2^32 - 2.
uint32_t gw_bit_read_ue(struct gw_bit_reader *r);

// se(v): -(2^31 - 1) to 2^31 - 1.
int32_t gw_bit_read_se(struct gw_bit_reader *r);

#endif
