// One stream of a hub: its GOP, its times, its subscribers. For hub.c only.
//
// Callbacks may end any subscription and add new ones. That is safe because a
// subscription that ends while the stream is `busy` is only marked, and swept
// when nothing walks the list any more; and because new ones enter the list in
// front, where a walk that is under way has already been.
#ifndef GW_MUX_STREAM_H
#define GW_MUX_STREAM_H

#include "base/packet.h"
#include "mux/decode_time.h"
#include "mux/gop_shelf.h"
#include "mux/hub.h"

// The audio beside the video; it begins when a video key frame was there.
struct gw_stream_audio {
    enum gw_codec codec;   // as the latest frame or key frame says; NONE: there is none
    struct gw_buf *source; // likewise
    struct gw_params *params; // the same, parsed; NULL: it has none, or not readable ones
    bool counted;             // next_seq is valid
    uint32_t next_seq;
};

struct gw_stream {
    uint32_t number;
    struct gw_hub_stats *stats; // the hub's
    struct gw_gop_shelf *shelf; // the hub's

    struct gw_buf *source;    // parameter sets as the last frame had them
    struct gw_params *params; // the same, parsed; NULL when they cannot be read
    struct gw_decode_time time;
    struct gw_gop_cache gop;
    struct gw_stream_audio audio;
    bool fed;              // a key frame was published and not forgotten
    bool counted;          // next_seq is valid
    uint32_t next_seq;     // of the frame that follows without a gap
    uint32_t units;        // published, video and audio
    bool missed[GW_FORMS]; // the last frame could not be packaged in this form

    struct gw_subscription *subscriptions;
    uint32_t open; // subscriptions that have not ended
    unsigned busy; // calls under way that walk or call back
};

struct gw_subscription {
    struct gw_stream *stream;
    struct gw_subscription *next;
    bool ended;               // no callback any more; freed when the stream is not busy
    bool started;             // it got a key frame and every frame since
    struct gw_params *params; // of the last config packet it got
    enum gw_codec refused;    // what it was told that its form cannot carry
    bool audio;               // is wanted (packets only)

    // As of the last config packet that described the audio. Where one packet describes
    // both: the audio's track in it; NULL: it has none, and never will.
    struct gw_params *audio_params;
    enum gw_codec audio_refused; // what it was told of the audio

    // Exactly one of the two is set.
    void (*on_packet)(void *arg, struct gw_packet *packet);
    void (*on_refused)(void *arg, enum gw_codec codec); // with on_packet; may be NULL
    void (*on_frame)(void *arg, struct gw_frame *frame);
    enum gw_form form; // of the packets
    uint64_t from_us;  // key frames that arrived before are not for it
    void *arg;
    struct gw_hot hot; // what on_packet reads
};

// `shelf` and `stats` are borrowed. Returns NULL when out of memory.
struct gw_stream *gw_stream_create(uint32_t number, size_t gop_max_bytes,
                                   struct gw_gop_shelf *shelf,
                                   struct gw_hub_stats *stats);

// Frees its subscriptions too. NULL is allowed.
void gw_stream_destroy(struct gw_stream *s);

// See gw_hub_publish() and gw_hub_forget_gop(). Publishing while the stream is
// busy is a mistake of the caller.
void gw_stream_publish(struct gw_stream *s, struct gw_frame *frame);
void gw_stream_forget_gop(struct gw_stream *s);

// Puts `sub` into the list; it belongs to the stream from now on.
void gw_stream_add(struct gw_stream *s, struct gw_subscription *sub);

// Ends `sub`, which is in the list: gw_stream_sweep() frees it.
void gw_stream_end(struct gw_stream *s, struct gw_subscription *sub);

// Gives a new subscription what is cached. The stream must be busy.
void gw_stream_replay(struct gw_stream *s, struct gw_subscription *sub);

// Frees the subscriptions that ended. The stream must not be busy.
void gw_stream_sweep(struct gw_stream *s);

#endif
