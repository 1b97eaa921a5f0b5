// Bounds-checked reading and writing of big-endian fields (network order).
//
// Both keep going after a violation and remember it: a parser reads a whole
// header and asks once. A failed reader yields zeros, a failed writer writes
// nothing. Neither allocates.
#ifndef GW_BASE_BYTES_H
#define GW_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_reader {
    const uint8_t *data; // borrowed
    size_t len;          // bytes of data
    size_t pos;          // next byte to read, <= len
    bool failed;         // something was read past the end
};

struct gw_reader gw_reader_init(const void *data, size_t len);
size_t gw_reader_left(const struct gw_reader *r);
uint8_t gw_read_u8(struct gw_reader *r);
uint16_t gw_read_u16(struct gw_reader *r);
uint32_t gw_read_u24(struct gw_reader *r);
uint32_t gw_read_u32(struct gw_reader *r);
uint64_t gw_read_u64(struct gw_reader *r);

// Borrows the next `len` bytes, or fails and returns NULL. A zero `len` on a
// good reader returns a non-NULL pointer.
const uint8_t *gw_read_bytes(struct gw_reader *r, size_t len);

struct gw_writer {
    uint8_t *data; // borrowed
    size_t cap;    // bytes of room
    size_t pos;    // bytes written
    bool failed;   // something did not fit
};

struct gw_writer gw_writer_init(void *data, size_t cap);
void gw_write_u8(struct gw_writer *w, uint8_t v);
void gw_write_u16(struct gw_writer *w, uint16_t v);
void gw_write_u24(struct gw_writer *w, uint32_t v);
void gw_write_u32(struct gw_writer *w, uint32_t v);
void gw_write_u64(struct gw_writer *w, uint64_t v);
void gw_write_bytes(struct gw_writer *w, const void *data, size_t len);

#endif
