// The streams of one shard: takes access units in, keeps the current GOP of
// each stream, and hands packets of the asked form to whoever subscribed.
//
// It does no I/O and reads no clock. A stream exists in a hub as long as
// somebody subscribes to it or frames are published for it. A live frame is
// packaged once a form, not once a subscriber; a cached one anew for each that
// joins, so that the cache holds one copy. All calls on the shard's thread.
//
// Callbacks may subscribe and unsubscribe whomever they like and forget GOPs. They
// must not destroy the hub, nor publish frames of the stream they are called for.
//
// On the shard that owns a stream the frames come from ingest; on any other
// shard they come from the owner's hub, which sees that shard as one frame
// subscriber.
#ifndef GW_MUX_HUB_H
#define GW_MUX_HUB_H

#include "base/frame.h"
#include "base/hot.h"
#include "base/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_gop_budget;
struct gw_hub;
struct gw_subscription;

struct gw_hub_config {
    size_t gop_max_bytes; // of one stream's cache; a longer GOP is not kept

    // Of all caches of all hubs that share it: see gop_shelf.h. Borrowed as long as
    // the hub lives. NULL: no bound.
    struct gw_gop_budget *gop_budget;

    // The first subscriber of a stream came (true) or its last one went (false).
    // It may be called from within gw_hub_subscribe_*() and _unsubscribe().
    // NULL is allowed.
    void (*on_demand)(void *arg, uint32_t stream, bool wanted);
    void *arg;
};

struct gw_hub_stats {
    uint32_t streams;
    uint32_t subscriptions;
    uint64_t frames;      // published
    uint64_t packets;     // made
    uint64_t gop_bytes;   // of frames that are cached now
    uint64_t gop_memory;  // bytes that they take, spare pages included
    uint64_t gop_evicted; // GOPs given up because they outgrew their stream's bound
    uint64_t gop_shed;    // and because of the bound on all of them
    uint64_t unpackaged;  // frames a form could not carry, or out of memory
};

// Returns NULL when out of memory. `config` is copied.
struct gw_hub *gw_hub_create(const struct gw_hub_config *config);

// Ends all subscriptions without a word to the subscribers. NULL is allowed.
void gw_hub_destroy(struct gw_hub *hub);

// Takes a frame of `stream` to the cache and the subscribers. Frames ahead of
// the first key frame have nobody who could use them and are dropped.
void gw_hub_publish(struct gw_hub *hub, uint32_t stream, struct gw_frame *frame);

// Forgets the cached GOP: it is no longer the present. To be called when a
// source is given up; a reconnect that keeps the picture may leave it.
void gw_hub_forget_gop(struct gw_hub *hub, uint32_t stream);

// Who takes packets, and from where on.
struct gw_packet_taker {
    enum gw_form form;

    // The audio too, where there is one; from the first key frame on. Where the form
    // cannot carry it, on_refused says so and the video comes without.
    bool audio;

    // Media begins with the first key frame that arrived (gw_frame.arrived_us) then
    // or later. 0: with the cached GOP, as old as it is.
    uint64_t from_us;

    // Nothing can fail any more, and nothing has come yet. May be NULL.
    void (*on_subscribed)(void *arg);

    // The packet is borrowed for the call.
    void (*on_packet)(void *arg, struct gw_packet *packet);

    // The frames that come are coded in a way that the form cannot carry; said once
    // as long as they are. May be NULL.
    void (*on_refused)(void *arg, enum gw_codec codec);
    void *arg;

    // What on_packet reads: fetched while the subscriber before has its turn.
    struct gw_hot hot;
};

// Subscribes to packets: what the form needs first (config packets), then the
// cached GOP as it stands, then live, in decode order. All that is cached comes
// within the call. Whenever parameter sets change, config packets come again,
// in order. Where no GOP is cached or wanted, or a frame could not be packaged, media
// begins at the next key frame. `taker` is copied.
// *ret_subscription is set before the first callback.
// Returns 0, or -ENOMEM ahead of any callback.
int gw_hub_subscribe_packets(struct gw_hub *hub, uint32_t stream,
                             const struct gw_packet_taker *taker,
                             struct gw_subscription **ret_subscription);

// Whether the audio is wanted from now on, as gw_packet_taker.audio. It begins with the
// next frame of it, never with what is cached. Where one config packet describes both,
// the tracks stay those of the beginning: one without audio gets none.
void gw_hub_want_audio(struct gw_subscription *s, bool audio);

// Subscribes to the frames themselves, for another shard. The same promises.
int gw_hub_subscribe_frames(struct gw_hub *hub, uint32_t stream,
                            void (*on_frame)(void *arg, struct gw_frame *frame),
                            void *arg, struct gw_subscription **ret_subscription);

// Ends a subscription and sets *ps to NULL; no callback comes afterwards. It may
// be called from within the subscription's own callback. A NULL *ps is allowed.
void gw_hub_unsubscribe(struct gw_hub *hub, struct gw_subscription **ps);

// What is known of one stream; all zero when there is none of that number.
struct gw_hub_stream {
    uint32_t subscriptions;
    uint32_t gop_frames; // cached
    uint64_t gop_bytes;  // likewise
};

void gw_hub_stream(const struct gw_hub *hub, uint32_t stream,
                   struct gw_hub_stream *ret_stream);

void gw_hub_stats(const struct gw_hub *hub, struct gw_hub_stats *ret_stats);

#endif
