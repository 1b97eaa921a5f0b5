// Access units out of the containers that the engine makes, as far as a test needs
// them. Readers of their own: the muxers are not to judge themselves.
#ifndef GW_TESTS_HARNESS_MEDIA_H
#define GW_TESTS_HARNESS_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_unit {
    bool config;         // ftyp and moov, or an AVC sequence header: no picture
    bool key;            // FLV only
    const uint8_t *data; // AVCC form; borrowed from what was read
    size_t len;          // bytes of data; 0: something else, a script tag or moof
};

// The payload of the `mdat` box among the boxes of `data`; NULL and 0 when there is
// none.
const uint8_t *media_mdat(const uint8_t *data, size_t len, size_t *ret_len);

// Reads the next box of an MP4 stream (ISO/IEC 14496-12). Returns the bytes to
// discard, or 0: feed more.
size_t media_mp4_next(const uint8_t *data, size_t len, struct media_unit *ret_unit);

// Reads the next tag of an FLV stream behind its nine bytes of header. Returns the
// bytes to discard, or 0: feed more.
size_t media_flv_next(const uint8_t *data, size_t len, struct media_unit *ret_unit);

#endif
