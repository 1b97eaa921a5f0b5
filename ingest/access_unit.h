// Puts the access units of a video stream together from RTP payloads: what all
// payload formats have in common. No I/O, reads no clock.
//
// An access unit ends at the marker bit or, where a camera does not set it, at
// the next timestamp; never before it has a part of the picture: some cameras set
// the marker on the SEI ahead of the picture, or stamp parameter sets with the time
// before.
//
// After a loss the damaged access unit is dropped, and what follows is passed on
// at once, although its references are missing. A viewer then sees smear that
// fades with motion and is gone at the next key frame. Holding everything back
// until then would be clean and blind: one lost packet would cost the usual
// camera's viewers 2 s and a "smart codec" camera's 40 s of a picture that may be
// needed just now. Who cannot bear it (a decoder that fails on missing
// references) sees the gap in `seq` and waits by itself.
#ifndef GW_INGEST_ACCESS_UNIT_H
#define GW_INGEST_ACCESS_UNIT_H

#include "base/buf.h"
#include "base/frame.h"
#include "ingest/rtp.h"
#include "ingest/tolerance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_access_unit;
struct gw_nal_syntax;
struct gw_param_syntax;

// What differs between payload formats. The functions return 0 or an error of
// gw_access_unit_packet(): then the access unit is given up.
struct gw_payload_format {
    enum gw_codec codec;
    size_t state_bytes; // of gw_access_unit_state(), all zero at first

    // Takes a payload of at least one byte.
    int (*take)(struct gw_access_unit *u, const struct gw_rtp_packet *p);

    // The access unit may end here: completes what packets left open.
    int (*end)(struct gw_access_unit *u);

    // What was begun is no more: the access unit was given up, or it left.
    void (*reset)(struct gw_access_unit *u);

    // Of formats that consist of NAL units (nal_units.h), else NULL.
    const struct gw_nal_syntax *nal;
    const struct gw_param_syntax *params;
};

struct gw_access_unit_config {
    // An access unit is whole. codec, key, params and data are set; the callee
    // sets the rest. Borrowed for the call; nobody else holds it yet.
    void (*on_frame)(void *arg, struct gw_frame *frame, uint32_t timestamp);
    void *arg;
};

// Returns NULL when out of memory. `format` must outlive it; `config` is copied.
struct gw_access_unit *gw_access_unit_create(const struct gw_payload_format *format,
                                             const struct gw_access_unit_config *config);

// NULL is allowed. What is unfinished is dropped.
void gw_access_unit_destroy(struct gw_access_unit *u);

// Packets are missing between the last one and the next, or the stream begins.
void gw_access_unit_gap(struct gw_access_unit *u);

// Takes the next packet. on_frame comes from within the call, at most twice.
// Returns 0, or
//   -EBADMSG   malformed; the access unit it belongs to is given up
//   -EPROTO    lacks what was lost right before it; likewise
//   -ENOTSUP   a payload structure that we do not take; likewise
//   -EMSGSIZE  the access unit outgrew GW_FRAME_MAX, or a parameter set
//              GW_PARAM_SET_BYTES_MAX; likewise
//   -ENOMEM    likewise
int gw_access_unit_packet(struct gw_access_unit *u, const struct gw_rtp_packet *p);

// Access units given up so far, and at least one for each gap between them.
uint64_t gw_access_unit_dropped(const struct gw_access_unit *u);

// Has it all parameter sets that a picture needs?
bool gw_access_unit_is_decodable(const struct gw_access_unit *u);

// What was put up with so far in how pictures are packed.
gw_tolerances gw_access_unit_tolerated(const struct gw_access_unit *u);

// For payload formats only, while an access unit is open.

void gw_access_unit_tolerate(struct gw_access_unit *u, enum gw_tolerance t);

void *gw_access_unit_state(struct gw_access_unit *u);
const struct gw_payload_format *gw_access_unit_format(const struct gw_access_unit *u);

// The bytes so far; NULL while there are none. Others may move them: ask again.
struct gw_frame *gw_access_unit_frame(struct gw_access_unit *u);

// Adds bytes. Returns 0, -EMSGSIZE or -ENOMEM.
int gw_access_unit_append(struct gw_access_unit *u, const void *data, size_t len);

// The access unit has a part of the picture now, the beginning of it when `begins`;
// a decoder can start with the picture when `key`. Returns 0, or -EBADMSG: packets
// were lost ahead of this part, so that the picture may lack its beginning.
int gw_access_unit_picture(struct gw_access_unit *u, bool begins, bool key);

// Takes one parameter set; for formats that have some. Returns as
// gw_param_sets_take().
int gw_access_unit_param_set(struct gw_access_unit *u, const uint8_t *nal, size_t len);

#endif
