// Puts H.264 access units together from RTP payloads (RFC 6184, packetization
// modes 0 and 1: single NAL unit, STAP-A, FU-A). No I/O, reads no clock.
//
// An access unit ends at the marker bit or, where a camera does not set it, at
// the next timestamp; never before it has a slice: some cameras set the marker on
// the SEI ahead of the picture, or stamp parameter sets with the time before.
//
// After a loss the damaged access unit is dropped, and what follows is passed on
// at once, although its references are missing. A viewer then sees smear that
// fades with motion and is gone at the next key frame. Holding everything back
// until then would be clean and blind: one lost packet would cost the usual
// camera's viewers 2 s and a "smart codec" camera's 40 s of a picture that may be
// needed just now. Who cannot bear it (a decoder that fails on missing
// references) sees the gap in `seq` and waits by itself.
#ifndef GW_INGEST_RTP_H264_H
#define GW_INGEST_RTP_H264_H

#include "base/buf.h"
#include "base/frame.h"
#include "ingest/rtp.h"

#include <stddef.h>
#include <stdint.h>

struct gw_rtp_h264;

struct gw_rtp_h264_config {
    // An access unit is whole. codec, key, params and data are set; the callee
    // sets the rest. Borrowed for the call; nobody else holds it yet.
    void (*on_frame)(void *arg, struct gw_frame *frame, uint32_t timestamp);
    void *arg;
};

// Returns NULL when out of memory. `config` is copied.
struct gw_rtp_h264 *gw_rtp_h264_create(const struct gw_rtp_h264_config *config);

// NULL is allowed. What is unfinished is dropped.
void gw_rtp_h264_destroy(struct gw_rtp_h264 *d);

// Takes parameter sets from outside the stream, one or several behind start codes
// (some cameras put them into sprop-parameter-sets). What else is in it is
// ignored. Returns 0, or as gw_h264_params_take() for the first that was refused.
int gw_rtp_h264_take_params(struct gw_rtp_h264 *d, const uint8_t *data, size_t len);

// Packets are missing between the last one and the next, or the stream begins.
void gw_rtp_h264_gap(struct gw_rtp_h264 *d);

// Takes the payload of the next packet. on_frame comes from within the call, at
// most twice.
// Returns 0, or
//   -EBADMSG   malformed; the access unit it belongs to is given up
//   -ENOTSUP   a payload structure of interleaved mode; likewise
//   -EMSGSIZE  the access unit outgrew GW_FRAME_MAX, or a parameter set
//              GW_H264_SET_BYTES_MAX; likewise
//   -ENOMEM    likewise
int gw_rtp_h264_packet(struct gw_rtp_h264 *d, const struct gw_rtp_packet *p);

// Access units given up so far, and at least one for each gap between them.
uint64_t gw_rtp_h264_dropped(const struct gw_rtp_h264 *d);

#endif
