// How one stream is delivered, as people who look after cameras ask: how long each
// step of connecting took, how regularly pictures come, and how often there is one
// that a player can start with.
//
// The three delays are those that acceptance tests of linked systems ask for. No I/O,
// no clock: moments go in. One thread.
#ifndef GW_INGEST_DELIVERY_H
#define GW_INGEST_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

// All times in microseconds; 0: not known (yet).
struct gw_delivery_figures {
    uint32_t connections; // that delivered pictures

    // Of the latest connection, from when it was begun: until the camera had agreed
    // to play, until the first packet, until the first key frame.
    uint64_t signalling_us;
    uint64_t first_packet_us;
    uint64_t key_frame_us;

    uint64_t key_interval_us; // between the last two key frames of a connection
    uint64_t jitter_us;       // of frames, smoothed as in RFC 3550 section 6.4.1

    // How much longer the latest frame was on its way than the quickest of the last one
    // to two windows: by TCP a link that carries less than the camera sends loses
    // nothing, and what arrives is older and older.
    uint64_t lag_us;
};

enum { GW_DELIVERY_LAG_WINDOW_S = 60 }; // a camera's clock drifts by less in two of them

// Read `figures`; the rest is the functions'. All zero to begin with.
struct gw_delivery {
    struct gw_delivery_figures figures;
    uint64_t told_us; // the key-frame interval that was told of
    uint64_t begun_us;
    uint64_t key_at_us;   // last key frame of this connection, 0: none
    uint64_t frame_at_us; // likewise, of any kind
    int64_t frame_pts_90k;
    uint64_t window_at_us; // the window of lag_us began; 0: not yet
    int64_t quickest_us;   // in this window: arrival less presentation time
    int64_t before_us;     // likewise, in the one before
};

// An attempt to connect begins.
void gw_delivery_begin(struct gw_delivery *d, uint64_t now_us);

// The camera agreed to play.
void gw_delivery_on_playing(struct gw_delivery *d, uint64_t now_us);

// A packet of the video.
void gw_delivery_on_packet(struct gw_delivery *d, uint64_t now_us);

// A frame that is passed on. Returns whether viewers should be told of the key-frame
// interval: it is, or was when it was last told, GW_SOURCE_LONG_GOP_US or more, and
// changed by a second or more since.
bool gw_delivery_on_frame(struct gw_delivery *d, bool key, int64_t pts_90k,
                          uint64_t now_us);

#endif
