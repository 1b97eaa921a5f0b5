// What leaves on one connection: frames whole or not at all.
#ifndef GW_TESTS_FARM_OUTPUT_H
#define GW_TESTS_FARM_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

// Bytes that may wait for a client that does not read: one frame's remainder and
// a few replies.
enum { FARM_WAITING_MAX = 16 * 1024 * 1024 };

struct farm_output {
    int fd;        // borrowed
    uint8_t *rest; // owned: what a socket did not take
    size_t pos;
    size_t len;
};

static inline bool farm_output_waits(const struct farm_output *o)
{
    return o->len > 0;
}

// Sends, and keeps what the socket does not take.
// Returns 0, -ENOBUFS (over FARM_WAITING_MAX) or -ENOMEM (part of it may have
// been sent: close), or what sendmsg() says.
int farm_output_send(struct farm_output *o, struct iovec *iov, size_t count);

// Sends more of what waits. Errors as above.
int farm_output_flush(struct farm_output *o);

void farm_output_finish(struct farm_output *o);

#endif
