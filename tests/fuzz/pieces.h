// A byte stream as a peer may send it, for targets that speak RTSP: in pieces of at most
// `chunk` bytes, each an allocation of its own, so that borrows are seen; a byte of
// 0xfe lets a second pass instead.
#ifndef GW_TESTS_FUZZ_PIECES_H
#define GW_TESTS_FUZZ_PIECES_H

#include "base/clock.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES_PAUSE = 0xfe };

struct piece_taker {
    void (*receive)(void *arg, const void *data, size_t len, uint64_t now_us);
    void (*tick)(void *arg, uint64_t now_us);
    void *arg;
};

static inline void take_piece(const struct piece_taker *taker, const uint8_t *data,
                              size_t len, uint64_t now_us)
{
    uint8_t *copy = malloc(len);
    if (!copy)
        abort();
    memcpy(copy, data, len);
    taker->receive(taker->arg, copy, len, now_us);
    free(copy);
}

// From second 0 on. Returns when it is by the end.
static inline uint64_t take_pieces(const struct piece_taker *taker, const uint8_t *data,
                                   size_t size, size_t chunk)
{
    uint64_t now_us = 0;

    while (size) {
        const uint8_t *pause = memchr(data, PIECES_PAUSE, size);
        size_t n = pause ? (size_t)(pause - data) : size;

        n = n < chunk ? n : chunk;
        if (n) {
            take_piece(taker, data, n, now_us);
        } else {
            n = 1;
            now_us += GW_SECOND;
            taker->tick(taker->arg, now_us);
        }
        data += n;
        size -= n;
    }
    return now_us;
}

#endif
