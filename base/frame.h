// One coded access unit on its way from a camera to its viewers.
//
// Ingest fills a frame, publishes it, and nobody writes it again: any thread
// may read one it holds a reference to.
#ifndef GW_BASE_FRAME_H
#define GW_BASE_FRAME_H

#include "base/buf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Numbers are on the wire: docs/wire.md.
enum gw_codec {
    GW_CODEC_NONE = 0,
    GW_CODEC_H264 = 1,
    GW_CODEC_H265 = 2,
    GW_CODEC_JPEG = 3, // Motion JPEG: each frame is a JPEG file, and a key frame

    // Audio.
    GW_CODEC_AAC = 16,
    GW_CODEC_PCMA = 17, // G.711 A-law
    GW_CODEC_PCMU = 18, // G.711 u-law
    GW_CODEC_OPUS = 19,
};

// Whether it is one of the audio's.
bool gw_codec_is_audio(enum gw_codec codec);

struct gw_frame {
    atomic_uint refs; // for gw_frame_ref() and gw_frame_unref() only
    enum gw_codec codec;
    bool key; // decoding can start here, `params` are known

    // Key frames of a video: the sound that its session has beside it, an enum gw_codec,
    // and `audio_params`. Who must name all tracks ahead of the first sample (MP4) knows
    // it from here. NONE: there is none, or what was promised did not come.
    uint8_t audio_codec;

    // Frames of this stream since it was created, +1 each; its audio counts for itself. A
    // gap means that access units were lost before this one (network, camera, malformed).
    uint32_t seq;

    // Presentation time, 90 kHz ticks. It starts near 0 when the stream is
    // created, never wraps, and jumps of the camera's clock and reconnects do
    // not show in it. With B-frames it is not monotonic: order is decode order.
    int64_t pts_90k;

    uint64_t arrived_us;      // last packet was here, gw_clock_now_us()
    uint64_t arrived_unix_us; // the same moment, for what leaves the process

    // When the camera took it, by the camera's own clock where that is sane: never
    // behind its arrival, and steps of that clock do not show. 0: not known.
    uint64_t taken_unix_us;

    // Parameter sets in force, AVCC form: for each set a 32-bit big-endian
    // length and the NAL unit (VPS where there is one, SPS, PPS). AAC: its
    // AudioSpecificConfig; Opus: an OpusHead. The same object as long
    // as they do not change: compare pointers. Owned; NULL while not known.
    struct gw_buf *params;
    struct gw_buf *audio_params; // the same object as in the sound's frames; likewise

    // H.264 and H.265: AVCC form, 32-bit big-endian length, NAL unit, and so on (ISO/IEC
    // 14496-15 section 5.3.2). No parameter sets and no access unit
    // delimiters; SEI is kept.
    size_t len; // bytes of data
    size_t cap; // bytes of room
    uint8_t data[];
};

enum { GW_FRAME_MAX = 8 * 1024 * 1024 }; // bytes; larger is broken or hostile

// Returns an empty frame with one reference and `cap` bytes of room, all fields
// zero, or NULL when out of memory.
struct gw_frame *gw_frame_create(size_t cap);

// Returns a frame with the fields of `head`, one reference, room for its `len` bytes,
// which the caller fills in, and references of its own to both parameters; or NULL when
// out of memory. `head` may be a copy of a frame without its bytes.
struct gw_frame *gw_frame_create_like(const struct gw_frame *head);

// Changes the room of the only reference's frame to `cap` >= len bytes; the
// frame may move. Returns 0, or -ENOMEM (*pf is untouched).
int gw_frame_resize(struct gw_frame **pf, size_t cap);

// Adds a reference. Returns `f`. Any thread.
struct gw_frame *gw_frame_ref(struct gw_frame *f);

// Drops the caller's reference and sets *pf to NULL; the last one also drops
// both parameters. A NULL *pf is allowed. Any thread.
void gw_frame_unref(struct gw_frame **pf);

#endif
