// Growing bytes in the wire format of protocol buffers: the few kinds of fields that
// vector tiles are made of (map/mvt.h).
//
// A writer keeps going after a failure, writes nothing any more and remembers it: whoever
// writes a message asks once. No I/O; one thread.
#ifndef GW_MAP_PROTOBUF_H
#define GW_MAP_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

enum { GW_PROTOBUF_MAX = 32 * 1024 * 1024 }; // bytes

// All zero is empty. The bytes are the writer's until gw_protobuf_finish().
struct gw_protobuf {
    uint8_t *data;
    size_t len, cap;
    int error; // 0, -ENOMEM, or -EMSGSIZE: more than GW_PROTOBUF_MAX
};

void gw_protobuf_finish(struct gw_protobuf *p);

// Forgets what was written and a failure, and keeps the room.
void gw_protobuf_clear(struct gw_protobuf *p);

// Bytes as they are.
void gw_protobuf_put(struct gw_protobuf *p, const void *data, size_t len);

// A number without a field, as packed fields hold them; the second one may be negative.
void gw_protobuf_varint(struct gw_protobuf *p, uint64_t v);
void gw_protobuf_zigzag(struct gw_protobuf *p, int32_t v);

// Fields; `data` may be NULL where `len` is 0.
void gw_protobuf_uint_field(struct gw_protobuf *p, uint32_t field, uint64_t v);
void gw_protobuf_double_field(struct gw_protobuf *p, uint32_t field, double v);
void gw_protobuf_bytes_field(struct gw_protobuf *p, uint32_t field, const void *data,
                             size_t len);

#endif
