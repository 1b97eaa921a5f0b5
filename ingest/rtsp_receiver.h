// One RTSP connection on which a source pushes a stream to us: ANNOUNCE, SETUP and
// RECORD (RFC 2326 sections 10.3, 10.4 and 10.11) over interleaved TCP. Body
// cameras, drones and conference gateways work this way: nobody can call them.
//
// It owns no socket and reads no clock: bytes and the time go in; bytes to send,
// RTP packets and the next deadline come out. The owner sends what
// gw_rtsp_receiver_output() shows after every call, also when it is over, and calls
// gw_rtsp_receiver_tick() at gw_rtsp_receiver_deadline_us(). One thread.
#ifndef GW_INGEST_RTSP_RECEIVER_H
#define GW_INGEST_RTSP_RECEIVER_H

#include "base/source.h"
#include "ingest/inlet.h"
#include "ingest/media.h"
#include "ingest/rtsp_message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTSP_RECEIVER_OUTPUT_MAX = 16 * 1024, // bytes of answers that wait
    GW_RTSP_RECEIVER_REFUSED_MAX = 3,        // requests without the key, then it is over
};

enum gw_rtsp_receiver_state {
    GW_RTSP_RECEIVER_WAITING,   // for ANNOUNCE
    GW_RTSP_RECEIVER_ANNOUNCED, // for SETUP and RECORD
    GW_RTSP_RECEIVER_RECORDING, // packets come
    GW_RTSP_RECEIVER_CLOSED,    // the source said TEARDOWN, or hung up
    GW_RTSP_RECEIVER_FAILED,    // for good: see gw_rtsp_receiver_cause()
    GW_RTSP_RECEIVER_ELSEWHERE, // somebody else takes this source: see _handover()
};

enum gw_rtsp_source {
    GW_RTSP_SOURCE_HERE,
    GW_RTSP_SOURCE_ELSEWHERE,
    GW_RTSP_SOURCE_UNKNOWN,
};

struct gw_rtsp_receiver;

struct gw_rtsp_receiver_config {
    uint64_t random[3];  // for the challenge and the session id: not to be foreseen
    uint64_t timeout_us; // between the steps up to RECORD: CAUSE_TIMEOUT
    uint64_t stall_us;   // see rtsp_liveness.h
    bool audio;          // is wanted too, where there is one

    // Whose path is that (with its leading slash, without query)? Sets *ret_key for
    // a source that is HERE: the key that it must show, borrowed until the next
    // call of the receiver, or NULL when none is needed.
    enum gw_rtsp_source (*on_source)(void *arg, struct gw_rtsp_text path,
                                     const char **ret_key);

    // The source wants to RECORD: packets of `count` media come next, the video first.
    // Borrowed for the call. Anything but 0 refuses it: CAUSE_OUR_LIMIT.
    int (*on_setup)(void *arg, const struct gw_media_format *media, size_t count);

    // An RTP packet of a medium. Borrowed for the call. Returns whether a picture of
    // the video is whole with it.
    bool (*on_packet)(void *arg, enum gw_media_kind kind, const void *data, size_t len);

    // What a medium's sender reports of its clock. Borrowed. May be NULL.
    void (*on_report)(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report);

    void *arg; // no callback may call the receiver
};

// Returns 0 or -ENOMEM. `config` is copied.
int gw_rtsp_receiver_create(const struct gw_rtsp_receiver_config *config, uint64_t now_us,
                            struct gw_rtsp_receiver **ret_receiver);

// NULL is allowed.
void gw_rtsp_receiver_destroy(struct gw_rtsp_receiver *r);

// Takes bytes of the source, borrowed for the call. When it is over they are
// ignored.
void gw_rtsp_receiver_receive(struct gw_rtsp_receiver *r, const void *data, size_t len,
                              uint64_t now_us);

// The connection ended.
void gw_rtsp_receiver_disconnected(struct gw_rtsp_receiver *r);

// What did not come in time. Early calls do no harm.
void gw_rtsp_receiver_tick(struct gw_rtsp_receiver *r, uint64_t now_us);

// When gw_rtsp_receiver_tick() has something to do; UINT64_MAX: never.
uint64_t gw_rtsp_receiver_deadline_us(const struct gw_rtsp_receiver *r);

// Bytes to send; borrowed until the next call.
const void *gw_rtsp_receiver_output(const struct gw_rtsp_receiver *r, size_t *ret_len);

// The first `len` bytes of the output were sent.
void gw_rtsp_receiver_sent(struct gw_rtsp_receiver *r, size_t len);

// ELSEWHERE: the request that named the source, to be fed to the receiver over
// there. Borrowed until the receiver is destroyed; empty in any other state.
const void *gw_rtsp_receiver_handover(const struct gw_rtsp_receiver *r, size_t *ret_len);

enum gw_rtsp_receiver_state gw_rtsp_receiver_state(const struct gw_rtsp_receiver *r);

// Of its media together.
void gw_rtsp_receiver_stats(const struct gw_rtsp_receiver *r,
                            struct gw_inlet_stats *ret_stats);

// Why it FAILED, else NONE.
enum gw_cause gw_rtsp_receiver_cause(const struct gw_rtsp_receiver *r);

#endif
