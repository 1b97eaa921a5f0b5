// What a viewer of a benchmark finds in a WebSocket message: pictures of the farm,
// each with the proof of its camera, number and time (tests/farm/proof.h).
#ifndef GW_TESTS_BENCH_PICTURE_H
#define GW_TESTS_BENCH_PICTURE_H

#include "tests/farm/proof.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum picture_form {
    PICTURE_RTP, // the null relay's: interleaved RTP packets
    PICTURE_FLV,
    PICTURE_MP4,
    PICTURE_WALL,
};

struct picture {
    bool key; // of RTP always false: nobody looked
    bool proved;
    struct farm_proof proof; // if `proved`
};

// Calls `on_picture` for each picture in a message; what only prepares a decoder is
// none. Returns false when the message is not of this form.
bool picture_find(enum picture_form form, const uint8_t *data, size_t len,
                  void (*on_picture)(void *arg, const struct picture *picture),
                  void *arg);

#endif
