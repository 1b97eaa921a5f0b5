// A hub with one stream under test: its source, and viewers that note what they get.
#ifndef GW_TESTS_HUB_VIEWERS_H
#define GW_TESTS_HUB_VIEWERS_H

#include "mux/hub.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STREAM = 7, LOG_MAX = 256 };

#define SPS                                                                              \
    "\x67\x42\xc0\x1e\xd9\x00\xa0\x2f\xf9\x70\x11\x00\x00\x03\x00\x01\x00\x00\x03\x00"   \
    "\x32\x0f\x16\x2e\x48"
#define SETS "\0\0\0\x19" SPS "\0\0\0\x05\x68\xcb\x83\xcb\x20"
#define OTHER_SETS "\0\0\0\x19" SPS "\0\0\0\x04\x68\xcb\x83\xcb"

struct fixture {
    struct gw_hub *hub;
    struct gw_buf *params;
    struct gw_buf *asc;    // of the sound that key frames promise; NULL: none
    enum gw_codec promise; // how it is coded
    uint32_t seq;
    unsigned wanted;
    unsigned unwanted;
};

// What one subscriber saw: "C" for a config packet, else the frame's seq.
struct viewer {
    struct gw_hub *hub;
    struct gw_subscription *sub;
    enum gw_form form;
    bool audio;
    int seen[LOG_MAX];
    bool gap[LOG_MAX];
    size_t count;

    // What to do at the packet with this number of `seen`; 0: nothing.
    size_t act_at;
    void (*act)(struct viewer *v);
    struct viewer *other;

    unsigned refusals; // that its form cannot carry what comes
    enum gw_codec refused;
};

enum { CONFIG = -1 };

// A hub with caches of at most `gop_max_bytes` a stream; end() it.
void begin(struct fixture *f, size_t gop_max_bytes);
void end(struct fixture *f);

// The source's next frame, or frames that begin with a key frame.
void publish_codec(struct fixture *f, bool key, enum gw_codec codec);
void publish(struct fixture *f, bool key);
void publish_gop(struct fixture *f, int frames);

// For subscriptions of other makes; `arg` is the viewer.
void on_packet(void *arg, struct gw_packet *packet);
void on_frame(void *arg, struct gw_frame *frame);

// What the viewer says of itself counts; `from_us` as in struct gw_packet_taker.
void subscribe(struct viewer *v, uint64_t from_us);
void watch(struct fixture *f, struct viewer *v, enum gw_form form);

void assert_saw(const struct viewer *v, const int *want, size_t count);

#define ASSERT_SAW(v, ...)                                                               \
    assert_saw(v, (const int[]) { __VA_ARGS__ },                                         \
               sizeof((const int[]) { __VA_ARGS__ }) / sizeof(int))

#endif
