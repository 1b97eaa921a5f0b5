// A player of /live/{id}.flv and .mp4, by HTTP GET or by WebSocket, each picture
// proved by the mark that the simulated cameras put into it.
#ifndef GW_TESTS_HARNESS_LIVE_CLIENT_H
#define GW_TESTS_HARNESS_LIVE_CLIENT_H

#include "tests/farm/proof.h"
#include "tests/harness/ws_client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_client {
    struct ws_client ws; // by GET: only its descriptor is used
    bool websocket;
    bool flv;
    uint8_t *buf; // what was read and is no whole unit yet
    size_t cap;
    size_t len;
    size_t head; // bytes of HTTP and FLV header still to be passed over

    uint32_t camera; // the farm's number that is expected
    enum farm_profile profile;
    uint64_t configs;
    uint64_t frames;
    uint64_t lost;      // gaps in the farm's frame numbers
    uint64_t wrong;     // frames of another stream, or without a mark
    uint64_t unmarked;  // of these, without one: its packet may have been lost
    uint64_t disorder;  // frames that went back
    uint64_t first_bad; // frames ahead of config, or FLV that begins without a key
    uint64_t last_frame;
};

struct live_target {
    const char *path; // "/live/ID.flv"
    bool websocket;
    uint32_t camera; // whose pictures must come
    enum farm_profile profile;
};

// Connects and reads the answer's head, which must say that media comes.
void live_open(struct live_client *l, uint16_t port, const struct live_target *target);
void live_close(struct live_client *l);

// Takes what has arrived; waits for it at most `timeout_ms`. Returns 0, -ETIMEDOUT, or
// -EPIPE when the peer is gone.
int live_step(struct live_client *l, int timeout_ms);

// Reads until there are `frames` frames; fails the test when they do not come.
void live_read(struct live_client *l, uint64_t frames);

// Fails the test unless every picture so far was the right one, in order and none
// missing, from a configuration on.
void live_check_whole(const struct live_client *l);

#endif
