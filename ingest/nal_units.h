// NAL units in an access unit, each behind its length: what the payload formats of
// H.264 (RFC 6184) and H.265 (RFC 7798) have in common. For rtp_h264.c, rtp_h265.c.
#ifndef GW_INGEST_NAL_UNITS_H
#define GW_INGEST_NAL_UNITS_H

#include "ingest/access_unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_NAL_HEADER_MAX = 2, // bytes

    // Flags of a fragmentation unit's header.
    GW_NAL_FU_START = 0x80,
    GW_NAL_FU_END = 0x40,
};

enum gw_nal_role {
    GW_NAL_MALFORMED,
    GW_NAL_PARAMS,    // a parameter set: kept aside
    GW_NAL_NEEDLESS,  // has no place in a frame (delimiters), or serves nobody (filler)
    GW_NAL_SLICE,     // a part of the picture
    GW_NAL_KEY_SLICE, // a part of a picture that decoding can start with
    GW_NAL_OTHER,     // belongs to the frame, as SEI does
};

struct gw_nal_syntax {
    size_t header_bytes; // at most GW_NAL_HEADER_MAX

    // `nal` has at least the header.
    enum gw_nal_role (*role)(const uint8_t *nal);

    // Whether a slice is the first of its picture.
    bool (*begins_picture)(const uint8_t *nal, size_t len);
};

// The state of a payload format that consists of NAL units; private.
struct gw_nal_units {
    bool in_unit;     // one is being put together, at unit_at
    bool start_codes; // this camera puts several NAL units into one
    size_t unit_at;   // of the length field, in the frame's data
};

// Takes a whole NAL unit; an empty one is ignored. These functions return 0 or an
// error as struct gw_payload_format's do.
int gw_nal_units_take(struct gw_access_unit *u, const uint8_t *data, size_t len);

// Takes NAL units behind 16-bit lengths: STAP-A (RFC 6184 section 5.7.1), AP
// without DONL (RFC 7798 section 4.4.2).
int gw_nal_units_take_aggregate(struct gw_access_unit *u, const uint8_t *data,
                                size_t len);

// Takes a fragment: FU-A (RFC 6184 section 5.8), FU without DONL (RFC 7798 section
// 4.4.3). `flags` are those of GW_NAL_FU_..., other bits are ignored; `header` is
// the one of the whole unit.
int gw_nal_units_take_fragment(struct gw_access_unit *u, uint8_t flags,
                               const uint8_t *header, const uint8_t *data, size_t len);

// Completes the unit that fragments have built, if there is one.
int gw_nal_units_end(struct gw_access_unit *u);

void gw_nal_units_reset(struct gw_access_unit *u);

// Takes parameter sets from outside the stream, one or several behind start codes
// (some cameras put them into sprop-parameter-sets). What else is in it is
// ignored. Returns 0, or as gw_param_sets_take() for the first that was refused.
int gw_nal_units_take_params(struct gw_access_unit *u, const uint8_t *data, size_t len);

#endif
