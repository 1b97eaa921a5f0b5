#include "mux/wall_frame.h"

#include "base/bytes.h"

#include <assert.h>
#include <errno.h>

enum {
    FLAG_KEY = 1 << 0,
    FLAG_GAP = 1 << 1,
};

void gw_wall_frame_write(const struct gw_wall_frame *h, uint8_t *out)
{
    struct gw_writer w = gw_writer_init(out, GW_WALL_HEADER_BYTES);

    gw_write_u8(&w, GW_WALL_HEADER_BYTES);
    gw_write_u8(&w, (uint8_t)h->kind);
    gw_write_u8(&w, (uint8_t)((h->key ? FLAG_KEY : 0) | (h->gap ? FLAG_GAP : 0)));
    gw_write_u8(&w, (uint8_t)h->codec);
    gw_write_u8(&w, (uint8_t)h->form);
    gw_write_u24(&w, 0);
    gw_write_u32(&w, h->stream);
    gw_write_u32(&w, h->seq);
    gw_write_u64(&w, h->arrived_unix_us);
    gw_write_u32(&w, h->pts_90k);
    gw_write_u32(&w, h->payload_bytes);
    assert(!w.failed && w.pos == GW_WALL_HEADER_BYTES);
}

int gw_wall_frame_read(const void *data, size_t len, struct gw_wall_frame *ret_header)
{
    struct gw_reader r = gw_reader_init(data, len);
    struct gw_wall_frame h = { .header_bytes = gw_read_u8(&r) };

    if (r.failed)
        return -EAGAIN;
    if (h.header_bytes < GW_WALL_HEADER_BYTES)
        return -EBADMSG;
    h.kind = gw_read_u8(&r);
    uint8_t flags = gw_read_u8(&r);
    h.key = flags & FLAG_KEY;
    h.gap = flags & FLAG_GAP;
    h.codec = gw_read_u8(&r);
    h.form = gw_read_u8(&r);
    (void)gw_read_u24(&r);
    h.stream = gw_read_u32(&r);
    h.seq = gw_read_u32(&r);
    h.arrived_unix_us = gw_read_u64(&r);
    h.pts_90k = gw_read_u32(&r);
    h.payload_bytes = gw_read_u32(&r);
    (void)gw_read_bytes(&r, (size_t)h.header_bytes - GW_WALL_HEADER_BYTES);
    if (r.failed)
        return -EAGAIN;
    if (h.payload_bytes > GW_WALL_PAYLOAD_MAX)
        return -EMSGSIZE;
    *ret_header = h;
    return 0;
}
