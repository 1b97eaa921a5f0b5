// A clip: H.264 access units in decode order, packetised once, looped for ever by
// any number of sessions. Immutable once loaded.
//
// Positions count frames from the clip's start and go on over its end: position
// `frame_count` is the first frame again, one duration later.
#ifndef GW_TESTS_FARM_CLIP_H
#define GW_TESTS_FARM_CLIP_H

#include "tests/farm/packetise.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FARM_CLOCK_HZ = 90000,
    FARM_PARAM_MAX = 512,           // bytes of an SPS or a PPS that a clip may have
    FARM_FRAME_PAYLOADS_MAX = 8000, // RTP packets of one frame, 11 MB
    FARM_FRAME_NALS_MAX = 256,
};

struct farm_frame {
    int64_t dts_90k; // since the clip's start
    int64_t pts_90k; // the same clock; differs with B-frames
    size_t first;    // index of its first payload
    size_t count;    // payloads
    size_t proof_at; // which of them the proof goes in front of: the first slice
    bool key;        // IDR
};

struct farm_param {
    uint8_t data[FARM_PARAM_MAX];
    size_t len; // bytes, 0: none seen
};

struct farm_clip {
    struct farm_store store;
    struct farm_frame *frames; // owned
    size_t frame_count;
    size_t frame_cap;
    int64_t duration_90k;
    struct farm_param sps, pps; // the first ones
};

// Returns an empty clip, or NULL when out of memory.
struct farm_clip *farm_clip_create(void);

// NULL is allowed.
void farm_clip_destroy(struct farm_clip *clip);

// Appends an access unit of Annex B form (ITU-T H.264 annex B). Access unit
// delimiters are left out. Frames before the first IDR are left out too, without
// an error: no decoder could show them.
// Returns 0, -ENOMEM, or -EMSGSIZE (over a limit above or FARM_STORE_MAX).
int farm_clip_add(struct farm_clip *clip, const uint8_t *annexb, size_t len,
                  int64_t dts_90k, int64_t pts_90k);

// Ends loading: times count from the first frame, the last one lasts as long as
// the others on average.
// Returns 0, or -EBADMSG: no IDR, no parameter sets, or times that do not rise.
int farm_clip_seal(struct farm_clip *clip);

const struct farm_frame *farm_clip_frame(const struct farm_clip *clip, uint64_t position);

// When the frame at `position` is due, from the start of position 0.
int64_t farm_clip_time_90k(const struct farm_clip *clip, uint64_t position);

// The first position that is due at `time_90k` >= 0 or later.
uint64_t farm_clip_position_at(const struct farm_clip *clip, int64_t time_90k);

// The nearest position at or before `position` that is a key frame.
uint64_t farm_clip_key_before(const struct farm_clip *clip, uint64_t position);

#endif
