#include "map/protobuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/room.h"

// How a field's value is written.
enum wire { WIRE_VARINT, WIRE_DOUBLE, WIRE_BYTES };

void gw_protobuf_finish(struct gw_protobuf *p)
{
    free(p->data);
    *p = (struct gw_protobuf) { 0 };
}

void gw_protobuf_clear(struct gw_protobuf *p)
{
    p->len = 0;
    p->error = 0;
}

void gw_protobuf_put(struct gw_protobuf *p, const void *data, size_t len)
{
    if (p->error == 0 && len > GW_PROTOBUF_MAX - p->len)
        p->error = -EMSGSIZE;
    if (p->error == 0)
        p->error = gw_room_make(&p->data, &p->cap, p->len, len, 1);
    if (p->error || !len)
        return;
    memcpy(p->data + p->len, data, len);
    p->len += len;
}

void gw_protobuf_varint(struct gw_protobuf *p, uint64_t v)
{
    uint8_t bytes[10];
    size_t n = 0;
    for (; v > 0x7f; v >>= 7)
        bytes[n++] = (uint8_t)(v | 0x80);
    bytes[n++] = (uint8_t)v;
    gw_protobuf_put(p, bytes, n);
}

void gw_protobuf_zigzag(struct gw_protobuf *p, int32_t v)
{
    gw_protobuf_varint(p, (uint32_t)v << 1 ^ (v < 0 ? UINT32_MAX : 0));
}

static void key(struct gw_protobuf *p, uint32_t field, enum wire wire)
{
    gw_protobuf_varint(p, (uint64_t)field << 3 | (uint64_t)wire);
}

void gw_protobuf_uint_field(struct gw_protobuf *p, uint32_t field, uint64_t v)
{
    key(p, field, WIRE_VARINT);
    gw_protobuf_varint(p, v);
}

void gw_protobuf_double_field(struct gw_protobuf *p, uint32_t field, double v)
{
    uint64_t bits;
    uint8_t bytes[sizeof(bits)];
    memcpy(&bits, &v, sizeof(bits));
    for (size_t i = 0; i < sizeof(bytes); i++) // little-endian, whatever we run on
        bytes[i] = (uint8_t)(bits >> 8 * i);
    key(p, field, WIRE_DOUBLE);
    gw_protobuf_put(p, bytes, sizeof(bytes));
}

void gw_protobuf_bytes_field(struct gw_protobuf *p, uint32_t field, const void *data,
                             size_t len)
{
    key(p, field, WIRE_BYTES);
    gw_protobuf_varint(p, len);
    gw_protobuf_put(p, data, len);
}
