// A wall as a page is one: a socket of /ws/v1 with many streams open, each
// picture proved by the mark that the simulated cameras put into it.
#ifndef GW_TESTS_HARNESS_WALL_CLIENT_H
#define GW_TESTS_HARNESS_WALL_CLIENT_H

#include "tests/harness/ws_client.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum { WALL_STREAMS_MAX = 256 };

// What arrived for one subscription.
struct wall_stream {
    int ref;
    uint32_t stream; // engine's number, 0 until "opened"
    uint32_t camera; // the farm's number that is expected
    uint8_t profile; // enum farm_profile, likewise
    char state[16];  // as last told
    char cause[32];
    uint64_t configs;
    uint64_t frames;
    uint64_t keys;
    uint64_t lost;         // gaps in the farm's frame numbers
    uint64_t wrong;        // frames of another camera, or without a mark
    uint64_t unmarked;     // of these, without one: its packet may have been lost
    uint64_t disorder;     // frames that went back
    uint64_t first_bad;    // frames ahead of config or key frame
    uint64_t told_dropped; // frames that the engine said it dropped
    uint64_t last_frame;   // the farm's number
    uint32_t seq;          // the engine's number of the last frame
    uint64_t jumps;        // of seq
    uint64_t silent_jumps; // without a gap flag
    uint64_t delta_jumps;  // to a frame that is no key frame
    bool started;
    bool gap;        // the last frame was flagged
    uint64_t age_us; // of the last frame: now - farm's send time
    uint64_t age_max_us;
};

struct wall_client {
    struct ws_client ws;
    struct wall_stream streams[WALL_STREAMS_MAX];
    int count;
    uint64_t media_messages;
    cJSON *last; // last control message; NULL: none yet
};

// Connects to /ws/v1 and awaits "hello". Returns 0 or what ws_connect() says.
int wall_connect(struct wall_client *w, uint16_t port);
void wall_close(struct wall_client *w);

// Asks for a camera; `farm_camera` is whose pictures must come. Returns the
// subscription, to be looked at after wall_step().
struct wall_stream *wall_open(struct wall_client *w, const char *camera,
                              const char *profile, uint32_t farm_camera);

// The same in form "avcc" or "mp4".
struct wall_stream *wall_open_form(struct wall_client *w, const char *camera,
                                   const char *profile, const char *form,
                                   uint32_t farm_camera);

// Takes one message. Returns 0, or what ws_receive() says.
int wall_step(struct wall_client *w, int timeout_ms);

// Steps until `done` says so; fails the test after 60 s without it.
void wall_until(struct wall_client *w, bool (*done)(struct wall_client *w, void *arg),
                void *arg);

// Every stream has at least *(uint64_t *)arg frames.
bool wall_has_frames(struct wall_client *w, void *arg);

// Every stream is in the state that `arg` names; also the cause if it is written
// behind it: "retrying refused".
bool wall_in_state(struct wall_client *w, void *arg);

// Fails the test unless every picture so far was the right one, in order and none
// missing, from a config and a key frame on.
void wall_check_whole(const struct wall_client *w);

// Type of the last control message, "" when there was none.
const char *wall_last_type(const struct wall_client *w);

#endif
