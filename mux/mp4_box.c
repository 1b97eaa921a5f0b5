#include "mux/mp4_box.h"

size_t gw_mp4_box(struct gw_writer *w, const char *type)
{
    size_t start = w->pos;
    gw_write_u32(w, 0); // its size comes with gw_mp4_box_end()
    gw_write_bytes(w, type, 4);
    return start;
}

size_t gw_mp4_full_box(struct gw_writer *w, const char *type, uint8_t version,
                       uint32_t flags)
{
    size_t start = gw_mp4_box(w, type);
    gw_write_u8(w, version);
    gw_write_u24(w, flags);
    return start;
}

void gw_mp4_box_end(struct gw_writer *w, size_t start)
{
    if (w->failed)
        return;
    struct gw_writer size = gw_writer_init(w->data + start, 4);
    gw_write_u32(&size, (uint32_t)(w->pos - start));
}

void gw_mp4_zeros(struct gw_writer *w, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gw_write_u8(w, 0);
}
