// One connection to a camera on a libuv loop: the way to it (dial.h), TLS, the UDP ports
// of its media, and an RTSP client (rtsp_client.h) that says what goes over it.
//
// Sessions of one group share the loop and the buffer they receive into, and are
// looked at together when time has passed. All on the loop's thread.
#ifndef GW_INGEST_SESSION_H
#define GW_INGEST_SESSION_H

#include "base/list.h"
#include "base/source.h"
#include "base/stream_url.h"
#include "ingest/lookup.h"
#include "ingest/media.h"
#include "ingest/rtsp_client.h"
#include "ingest/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum {
    // One for all sessions of a group: units are parsed where they were received.
    GW_SESSION_RECEIVE_BYTES = 256 * 1024,

    // Likewise of datagrams: 16 of them in one call. Pages are touched as far as
    // datagrams are long.
    GW_SESSION_DATAGRAMS_BYTES = 1024 * 1024,
};

struct gw_session;

struct gw_session_stats {
    struct gw_rtsp_client_stats rtsp;
    uint64_t strangers; // datagrams that the camera did not send, or cut: dropped
};

// Read `count`, `bytes`, `now_us` and `unix_us`.
struct gw_session_group {
    uv_loop_t *loop;
    uint8_t *receive;   // GW_SESSION_RECEIVE_BYTES
    uint8_t *datagrams; // GW_SESSION_DATAGRAMS_BYTES; NULL until some come
    struct gw_list all; // that hold a socket
    uint32_t count;     // of them
    uint64_t bytes;     // received so far
    struct gw_lookups lookups;
    struct gw_session_stats gone; // of those that hold none any more

    // For media by UDP: see udp_ports.h. The owner's choice.
    uint16_t first_udp_port;
    uint16_t last_udp_port;

    // For rtsps; borrowed, and the owner's choice. NULL: there is none.
    const struct gw_tls_trust *trust;

    // The moment of the bytes that are being handled: gw_clock_now_us() and
    // gw_clock_unix_us(), read once for all packets of one receive.
    uint64_t now_us;
    uint64_t unix_us;

    void (*on_empty)(void *arg); // the last session is gone
    void *arg;
};

// Returns 0 or -ENOMEM. The caller sets on_empty and arg.
int gw_session_group_init(struct gw_session_group *g, uv_loop_t *loop);

// Of all sessions so far.
void gw_session_group_stats(const struct gw_session_group *g,
                            struct gw_session_stats *ret_stats);

// No session may be left.
void gw_session_group_finish(struct gw_session_group *g);

// Keep-alives and timeouts of all sessions. May end any of them.
void gw_session_group_tick(struct gw_session_group *g, uint64_t now_us);

// Why and how a session ended. Borrowed for the call.
struct gw_session_end {
    enum gw_cause cause;
    uint16_t rtsp_status;
    enum gw_rtsp_lower lower;        // how media came, or were to come
    const struct gw_stream_url *url; // of the session
    const char *location;            // with CAUSE_REDIRECT, else NULL
};

struct gw_session_config {
    // For the name, for TCP over all its addresses together, for TLS, and for each
    // RTSP answer.
    uint64_t timeout_us;
    uint64_t stall_us; // see rtsp_liveness.h
    uint64_t seed;     // of client nonces

    // As in rtsp_client.h.
    bool any_certificate; // rtsps: whatever certificate the camera shows does
    bool audio;
    enum gw_rtsp_lower lower;
    bool may_switch;
    enum gw_cause (*on_setup)(void *arg, const struct gw_media_format *media,
                              size_t count);
    void (*on_playing)(void *arg);
    bool (*on_packet)(void *arg, enum gw_media_kind kind, const void *data, size_t len);
    void (*on_report)(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report);

    // Not NULL: only a probe. Instead of setting the video up, the session says that
    // the camera offers it, and frees itself: no other callback follows.
    void (*on_described)(void *arg);

    // It is over, and not by gw_session_close(). The session frees itself: forget
    // it. No other callback follows.
    void (*on_failed)(void *arg, const struct gw_session_end *end);
    void *arg;
};

// Starts to connect. Takes `url` over, also when it fails. Callbacks come from the
// loop, not from within. Returns 0, -ENOMEM or a libuv error (gw_dial_cause()).
int gw_session_open(struct gw_session_group *g, struct gw_stream_url *url,
                    const struct gw_session_config *config,
                    struct gw_session **ret_session);

// Ends it in an orderly way: TEARDOWN where a session stands, and up to
// GW_RTSP_TEARDOWN_MS for the answer. No callback comes any more; it frees itself.
void gw_session_close(struct gw_session *s);

// What the camera showed of itself so far; also from within on_failed.
struct gw_rtsp_peer gw_session_peer(const struct gw_session *s);

// How its media come.
enum gw_rtsp_lower gw_session_lower(const struct gw_session *s);

#endif
