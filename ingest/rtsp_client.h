// What to say to a camera, and what its answers mean: one RTSP session (RFC 2326)
// over interleaved TCP or UDP that pulls the first video we can carry and, where wanted,
// the first audio beside it. An audio that is refused or broken is left out.
//
// It owns no socket and reads no clock: bytes and the time go in; bytes to send,
// RTP packets and the next deadline come out. The owner sends what
// gw_rtsp_client_output() shows after every call, and calls gw_rtsp_client_tick()
// at gw_rtsp_client_deadline_us(). One thread.
#ifndef GW_INGEST_RTSP_CLIENT_H
#define GW_INGEST_RTSP_CLIENT_H

#include "base/source.h"
#include "base/stream_url.h"
#include "ingest/media.h"
#include "ingest/rtcp.h"
#include "ingest/rtsp_outbox.h"
#include "ingest/rtsp_peer.h"
#include "ingest/rtsp_setup.h"
#include "ingest/rtsp_transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_RTSP_TEARDOWN_MS = 500 }; // for the answer to a TEARDOWN

enum gw_rtsp_client_state {
    GW_RTSP_OPTIONS, // the request that waits for its answer
    GW_RTSP_DESCRIBE,
    GW_RTSP_SETUP,
    GW_RTSP_PLAY,
    GW_RTSP_PLAYING,  // packets come
    GW_RTSP_TEARDOWN, // gw_rtsp_client_close() was called
    GW_RTSP_CLOSED,   // nothing more to say: close the connection
    GW_RTSP_FAILED,   // for good: see gw_rtsp_client_cause(), close the connection
};

struct gw_rtsp_client;

struct gw_rtsp_client_config {
    const struct gw_stream_url *url; // borrowed as long as the client lives
    uint64_t answer_timeout_us;      // for each answer: CAUSE_TIMEOUT
    uint64_t stall_us;               // see rtsp_liveness.h
    uint64_t seed;                   // of client nonces
    bool audio;                      // is wanted too, where there is one
    bool describe_only;              // CLOSED once DESCRIBE has shown video we carry

    // How media come. With `may_switch` a camera that refuses that (461) is asked
    // for the other; a medium that it answers otherwise is taken as answered.
    enum gw_rtsp_lower lower;
    bool may_switch;
    const struct gw_rtsp_udp *udp; // NULL: TCP alone; outlives the client. None of its
                                   // functions may call the client

    // The camera has set up `count` media, the video first: packets of them may
    // come from now on, even before it has answered PLAY. Borrowed for the call.
    // Returns GW_CAUSE_NONE, or why they cannot be taken: the client fails with it.
    enum gw_cause (*on_setup)(void *arg, const struct gw_media_format *media,
                              size_t count);

    // It has answered PLAY. May be NULL.
    void (*on_playing)(void *arg);

    // An RTP packet of a medium, in order by UDP too. Borrowed for the call. Returns
    // whether a picture of the video is whole with it.
    bool (*on_packet)(void *arg, enum gw_media_kind kind, const void *data, size_t len);

    // What a medium's sender reports of its clock. Borrowed. May be NULL.
    void (*on_report)(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report);

    void *arg; // no callback may call the client
};

// Begins a session on a connection that stands. Returns 0 or -ENOMEM. `config` is
// copied.
int gw_rtsp_client_create(const struct gw_rtsp_client_config *config, uint64_t now_us,
                          struct gw_rtsp_client **ret_client);

// NULL is allowed.
void gw_rtsp_client_destroy(struct gw_rtsp_client *c);

// Takes bytes of the camera, borrowed for the call. When CLOSED or FAILED they are
// ignored.
void gw_rtsp_client_receive(struct gw_rtsp_client *c, const void *data, size_t len,
                            uint64_t now_us);

// Takes a datagram that came to the RTP or the RTCP port of a medium, from the
// camera's address, borrowed for the call.
void gw_rtsp_client_datagram(struct gw_rtsp_client *c, enum gw_media_kind kind, bool rtcp,
                             const void *data, size_t len, uint64_t now_us);

// The connection ended, by the camera or by an error: CAUSE_CLOSED, unless the
// client was through with it anyway.
void gw_rtsp_client_disconnected(struct gw_rtsp_client *c);

// Keep-alives, and what did not come in time. Early calls do no harm.
void gw_rtsp_client_tick(struct gw_rtsp_client *c, uint64_t now_us);

// When gw_rtsp_client_tick() has something to do; UINT64_MAX: never.
uint64_t gw_rtsp_client_deadline_us(const struct gw_rtsp_client *c);

// Ends the session in an orderly way: TEARDOWN where one stands, so that the
// camera need not keep it until its timeout (quirk 26). Wait for CLOSED.
void gw_rtsp_client_close(struct gw_rtsp_client *c, uint64_t now_us);

// Bytes to send; borrowed until the next call. A client that failed may have a
// last TEARDOWN to send.
const void *gw_rtsp_client_output(const struct gw_rtsp_client *c, size_t *ret_len);

// The first `len` bytes of the output were sent.
void gw_rtsp_client_sent(struct gw_rtsp_client *c, size_t len);

enum gw_rtsp_client_state gw_rtsp_client_state(const struct gw_rtsp_client *c);

// Why it FAILED, and with CAUSE_STATUS the camera's status; else NONE and 0.
enum gw_cause gw_rtsp_client_cause(const struct gw_rtsp_client *c);
uint16_t gw_rtsp_client_status(const struct gw_rtsp_client *c);

// With CAUSE_REDIRECT: where the camera sends us, owned by the client; else NULL.
const char *gw_rtsp_client_location(const struct gw_rtsp_client *c);

// How the media come, or would, had they been set up.
enum gw_rtsp_lower gw_rtsp_client_lower(const struct gw_rtsp_client *c);

// What its words and packets showed of the camera so far.
struct gw_rtsp_peer gw_rtsp_client_peer(const struct gw_rtsp_client *c);

struct gw_rtsp_client_stats {
    uint64_t packets;           // RTP of the media that were set up
    uint64_t packets_malformed; // of these and of RTCP: dropped
    uint64_t packets_reordered; // by UDP, put back in order
    uint64_t packets_late;      // by UDP, too late or doubled: dropped
    uint64_t packets_other;     // of other channels, or before SETUP
    uint64_t rtcp;              // RTCP packets of the media
    uint64_t reports;           // receiver reports that we sent
    uint64_t garbage;           // bytes between units
    uint64_t unexpected;        // messages that answer nothing
    uint64_t switched;          // to the other transport: 461
};

void gw_rtsp_client_stats(const struct gw_rtsp_client *c,
                          struct gw_rtsp_client_stats *ret_stats);

#endif
