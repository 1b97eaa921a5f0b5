// One shard: a thread with a libuv loop that carries its share of the cameras
// and of the viewers.
//
// A camera belongs to the shard `num % shards`, a viewer to the shard that was
// dealt its connection. What crosses between shards are the messages below.
#ifndef GW_APP_SHARD_H
#define GW_APP_SHARD_H

#include "app/engine.h"
#include "base/buf.h"
#include "base/frame.h"
#include "base/source.h"
#include "ws/identity.h"

#include <stdint.h>

struct gw_shard;

enum gw_message_type {
    GW_MESSAGE_ADOPT,       // fd: a new connection of a browser
    GW_MESSAGE_PUSH,        // push: a connection of a source that pushes
    GW_MESSAGE_SUBSCRIBE,   // stream, from, epoch: shard `from` wants it
    GW_MESSAGE_UNSUBSCRIBE, // stream, from, epoch: and no longer
    GW_MESSAGE_REFUSED,     // stream, epoch: there was no memory for its way here
    GW_MESSAGE_FRAME,       // stream, epoch, frame (a reference)
    GW_MESSAGE_STATUS,      // stream, epoch, status
    GW_MESSAGE_BROADCAST,   // text (a reference): to every wall socket
    GW_MESSAGE_STATES,      // text (a reference): numbers of cameras, see announcer.h
    GW_MESSAGE_CALL,        // call(call_arg) on the shard's thread
    GW_MESSAGE_IDENTITY,    // identity (a reference): shown to who connects from now on
    GW_MESSAGE_REGISTRY,    // there is a new snapshot
    GW_MESSAGE_END,         // no viewers, no cameras; questions are still answered
    GW_MESSAGE_STOP,        // all shards have ended
};

struct gw_message {
    enum gw_message_type type;
    uint32_t stream;
    uint32_t from;  // index of the sending shard
    uint32_t epoch; // tells frames of an ended subscription from those of a new one
    union {
        int fd;
        struct {
            int fd;
            struct gw_buf *request; // read from it before, a reference; or NULL
        } push;
        struct gw_frame *frame;
        struct gw_buf *text;
        struct gw_identity *identity;
        struct gw_source_status status;
        struct {
            void (*call)(struct gw_shard *shard, void *arg);
            void *call_arg;
        };
    };
};

enum {
    // Frames that may wait for a busy shard, before frames of a stream are
    // dropped up to its next key frame; and room for what is not a frame.
    GW_SHARD_QUEUE_FRAMES = 16 * 1024,
    GW_SHARD_QUEUE_CONTROL = 64 * 1024,
};

struct gw_shard_stats;
struct gw_router;
struct gw_server;

// Sets the shard up; its thread does not run yet. `identity` (borrowed for the call) is
// by what its viewers' connections speak TLS, or NULL. Returns 0 or negative errno.
int gw_shard_create(struct gw_engine *engine, uint32_t index,
                    const struct gw_identity *identity, struct gw_shard **ret_shard);

// Starts its thread. Returns 0 or negative errno.
int gw_shard_start(struct gw_shard *shard);

// Hands a message over; any thread. Returns 0, or negative errno when the queue
// is full: then the caller still owns what the message refers to.
int gw_shard_post(struct gw_shard *shard, const struct gw_message *message);

// Ends the viewers of `shard` whose subscription, `epoch`, came to nothing: they would
// wait for ever. Any thread.
void gw_shard_refuse(struct gw_shard *shard, uint32_t stream, uint32_t epoch);

// Work that will come back with gw_shard_reply(): a stopping shard waits for it. On the
// shard's thread.
void gw_shard_begin_work(struct gw_shard *shard);
void gw_shard_end_work(struct gw_shard *shard);

// Comes back with such work: `call` gets `arg` on the shard's thread. Any thread. When
// there is no memory for that, it is logged, and the peer's connection times out.
void gw_shard_reply(struct gw_shard *shard, void (*call)(struct gw_shard *, void *),
                    void *arg);

// Three steps, each for all shards before the next one, for they ask each other: ends
// viewers and cameras, once what is worked on elsewhere for the shard is back, while
// questions are still answered; waits until that is done; joins the thread.
void gw_shard_end(struct gw_shard *shard);
void gw_shard_await_end(struct gw_shard *shard);
void gw_shard_stop(struct gw_shard *shard);

// After gw_shard_stop(), or instead of starting. NULL is allowed.
void gw_shard_destroy(struct gw_shard *shard);

struct gw_engine *gw_shard_engine(const struct gw_shard *shard);
uint32_t gw_shard_index(const struct gw_shard *shard);

// On the shard's thread.
uv_loop_t *gw_shard_loop(struct gw_shard *shard);
struct gw_router *gw_shard_router(struct gw_shard *shard);
struct gw_server *gw_shard_server(struct gw_shard *shard);

#endif
