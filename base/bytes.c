#include "base/bytes.h"

#include <string.h>

struct gw_reader gw_reader_init(const void *data, size_t len)
{
    return (struct gw_reader) { .data = data, .len = len };
}

size_t gw_reader_left(const struct gw_reader *r)
{
    return r->failed ? 0 : r->len - r->pos;
}

const uint8_t *gw_read_bytes(struct gw_reader *r, size_t len)
{
    static const uint8_t nothing;

    if (r->failed || len > r->len - r->pos) {
        r->failed = true;
        return NULL;
    }
    if (len == 0)
        return &nothing;
    const uint8_t *p = r->data + r->pos;
    r->pos += len;
    return p;
}

static uint64_t read_be(struct gw_reader *r, size_t len)
{
    const uint8_t *p = gw_read_bytes(r, len);
    uint64_t v = 0;
    for (size_t i = 0; p && i < len; i++)
        v = v << 8 | p[i];
    return v;
}

uint8_t gw_read_u8(struct gw_reader *r)
{
    return (uint8_t)read_be(r, 1);
}

uint16_t gw_read_u16(struct gw_reader *r)
{
    return (uint16_t)read_be(r, 2);
}

uint32_t gw_read_u24(struct gw_reader *r)
{
    return (uint32_t)read_be(r, 3);
}

uint32_t gw_read_u32(struct gw_reader *r)
{
    return (uint32_t)read_be(r, 4);
}

uint64_t gw_read_u64(struct gw_reader *r)
{
    return read_be(r, 8);
}

struct gw_writer gw_writer_init(void *data, size_t cap)
{
    return (struct gw_writer) { .data = data, .cap = cap };
}

void gw_write_bytes(struct gw_writer *w, const void *data, size_t len)
{
    if (w->failed || len > w->cap - w->pos) {
        w->failed = true;
        return;
    }
    if (len)
        memcpy(w->data + w->pos, data, len);
    w->pos += len;
}

static void write_be(struct gw_writer *w, uint64_t v, size_t len)
{
    uint8_t be[8];
    for (size_t i = 0; i < len; i++)
        be[i] = (uint8_t)(v >> (8 * (len - 1 - i)));
    gw_write_bytes(w, be, len);
}

void gw_write_u8(struct gw_writer *w, uint8_t v)
{
    write_be(w, v, 1);
}

void gw_write_u16(struct gw_writer *w, uint16_t v)
{
    write_be(w, v, 2);
}

void gw_write_u24(struct gw_writer *w, uint32_t v)
{
    write_be(w, v, 3);
}

void gw_write_u32(struct gw_writer *w, uint32_t v)
{
    write_be(w, v, 4);
}

void gw_write_u64(struct gw_writer *w, uint64_t v)
{
    write_be(w, v, 8);
}
