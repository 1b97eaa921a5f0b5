// The header in front of each media frame on the wall's socket: docs/wire.md.
// docs/wire-golden.json has examples that the page's parser is tested with too.
#ifndef GW_MUX_WALL_FRAME_H
#define GW_MUX_WALL_FRAME_H

#include "base/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_WALL_HEADER_BYTES = 32,
    GW_WALL_PAYLOAD_MAX = 16 * 1024 * 1024, // bytes
};

enum gw_wall_kind {
    GW_WALL_CONFIG = 1,
    GW_WALL_MEDIA = 2,
};

enum gw_wall_form {
    GW_WALL_FORM_AVCC = 1,
    GW_WALL_FORM_MP4 = 2,
};

struct gw_wall_frame {
    uint8_t header_bytes; // where the payload starts; set by the reader
    enum gw_wall_kind kind;
    bool key;
    bool gap; // access units are missing right before this one
    enum gw_codec codec;
    enum gw_wall_form form;
    uint32_t stream;
    uint32_t seq;
    uint64_t arrived_unix_us;
    uint32_t pts_90k; // modulo 2^32
    uint32_t payload_bytes;
};

// Writes the GW_WALL_HEADER_BYTES of a header to `out`.
void gw_wall_frame_write(const struct gw_wall_frame *h, uint8_t *out);

// Reads the header at the start of `data`, for clients and tests. Kinds, codecs
// and forms that are not known yet come out as their numbers.
// Returns 0, -EAGAIN (the header ends past `len`), -EBADMSG (header_bytes is
// under 32) or -EMSGSIZE (the payload is over GW_WALL_PAYLOAD_MAX).
// *ret_header is touched on success only.
int gw_wall_frame_read(const void *data, size_t len, struct gw_wall_frame *ret_header);

#endif
