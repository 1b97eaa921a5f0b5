// One connection on which a source pushes to us, on a libuv loop: a socket, and an
// RTSP receiver (rtsp_receiver.h) that says what goes over it. On the loop's thread.
#ifndef GW_INGEST_PUSH_LINK_H
#define GW_INGEST_PUSH_LINK_H

#include "base/list.h"
#include "ingest/rtsp_receiver.h"

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum {
    // One for all links of a group: units are parsed where they were received.
    GW_PUSH_RECEIVE_BYTES = 64 * 1024,

    GW_PUSH_LINKS_MAX = 4096, // of one group; more are closed at the door
};

struct gw_push_link;

// Links that share a loop and a buffer. Read `now_us` and `unix_us`: the moment of
// the bytes that are being handled, read once for all packets of one receive.
struct gw_push_links {
    uv_loop_t *loop;
    uint8_t *receive; // GW_PUSH_RECEIVE_BYTES
    struct gw_list all;
    uint32_t count;
    uint64_t bytes;     // received so far
    uint64_t malformed; // packets of links that are gone; see gw_push_links_malformed()
    uint64_t now_us;
    uint64_t unix_us;

    void (*on_empty)(void *arg); // the last link is gone
    void *arg;
};

// Returns 0 or -ENOMEM. The caller sets on_empty and arg.
int gw_push_links_init(struct gw_push_links *g, uv_loop_t *loop);

// No link may be left.
void gw_push_links_finish(struct gw_push_links *g);

// RTP and RTCP packets of all links so far that were none: dropped.
uint64_t gw_push_links_malformed(const struct gw_push_links *g);

// What did not come in time ends. May end any link.
void gw_push_links_tick(struct gw_push_links *g, uint64_t now_us);

struct gw_push_link_config {
    struct gw_rtsp_receiver_config receiver;

    // The source said TEARDOWN or hung up (NONE), or it failed. The link frees
    // itself: forget it. No other callback follows. `receiver.arg` goes with it.
    void (*on_over)(void *arg, enum gw_cause cause);

    // The source belongs to somebody else: `fd` is the callee's, and the request
    // that named it (borrowed for the call) comes before what `fd` has to say.
    // As the end of the link, like on_over.
    void (*on_elsewhere)(void *arg, int fd, const void *request, size_t len);
};

// Takes over a connected stream socket, also when it fails. No callback comes from
// within. Returns 0, -ENOBUFS (too many), -ENOMEM or a libuv error.
int gw_push_link_open(struct gw_push_links *g, int fd,
                      const struct gw_push_link_config *config,
                      struct gw_push_link **ret_link);

// Bytes that were read from the socket before the link had it. Callbacks come from
// within: the link may be over.
void gw_push_link_feed(struct gw_push_link *link, const void *data, size_t len);

// Ends it without a callback; it frees itself.
void gw_push_link_close(struct gw_push_link *link);

#endif
