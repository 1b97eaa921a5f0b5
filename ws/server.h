// The HTTP and WebSocket server of one shard.
//
// It speaks to browsers and knows nothing of cameras: what is asked for goes out
// through the hooks, packets and answers come in through the functions below.
// It runs on the shard's libuv loop, without a listening socket of its own: the
// acceptor (acceptor.h) hands it connections. All calls on the shard's thread.
//
// Routes: /ws/v1; /live/{id}[/sub].flv and .mp4 (GET and WebSocket);
// /api/... , /healthz and /metrics by the request hook; everything else are
// static files of `www_dir`, and below /basemap/ of `basemap_dir`.
#ifndef GW_WS_SERVER_H
#define GW_WS_SERVER_H

#include "base/buf.h"
#include "base/frame.h"
#include "base/hot.h"
#include "base/packet.h"
#include "base/source.h"
#include "base/text.h"
#include "ws/figures.h"
#include "ws/guest.h"
#include "ws/identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum {
    GW_CAMERA_ID_MAX = 64,             // bytes of a camera id
    GW_REQUEST_BODY_MAX = 1024 * 1024, // bytes; more is answered with 413
    GW_UPLOAD_MAX = 256 * 1024 * 1024, // bytes of a body that goes into a file; likewise
    GW_UPLOADS_MAX = 4,                // on their way at once, of one server
    GW_WALL_OPEN_MAX = 256,            // subscriptions of one wall socket
};

enum gw_profile { GW_PROFILE_MAIN, GW_PROFILE_SUB };

// Where a viewer's pictures begin.
enum gw_join {
    GW_JOIN_GOP, // with what is cached, from the last key frame on, all at once
    GW_JOIN_KEY, // with the next key frame that arrives
};

// What a viewer asks for.
struct gw_wish {
    char camera[GW_CAMERA_ID_MAX + 1];
    enum gw_profile profile;
    enum gw_form form;
    enum gw_join join;
    bool audio; // the sound too, where there is one
};

struct gw_server;
struct gw_request; // one API request, until it is replied to
struct gw_viewer;  // one subscription of a wall socket, or one live connection

// A request as it was received. Borrowed: valid until the request is replied to.
struct gw_request_info {
    const char *method; // "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"
    const char *path;   // percent-decoded, "/api/v1/cameras"
    const char *query;  // raw, without "?", "" when there is none
    const char *body;   // `body_len` bytes, NUL behind them
    size_t body_len;
    const char *upload;          // file with the body; rename it to keep it. NULL: none
    uint64_t upload_bytes;       // of it
    const char *content_type;    // "" when there is none
    const char *if_match;        // likewise
    const char *if_none_match;   // likewise
    const char *idempotency_key; // likewise
    enum gw_lang lang;           // of Accept-Language
    struct gw_guest *guest;      // who asks, borrowed for the call of on_request; or NULL
    struct gw_arrival arrival;   // what it said of itself; likewise
};

// What is answered. All borrowed, copied within the call.
struct gw_reply {
    int status;
    const char *content_type; // NULL for none, as with 204
    const void *body;
    size_t body_len;
    const char *etag;       // NULL for none
    const char *location;   // NULL for none
    const char *cookie;     // value of Set-Cookie; NULL for none
    uint32_t retry_after_s; // 0 for none
};

struct gw_server_hooks {
    // A body for `upload_path` is about to come; NULL: any may. Returns 0 to take it, or
    // -EACCES with what to answer instead.
    int (*on_upload)(void *arg, const struct gw_request_info *info,
                     struct gw_problem *ret_problem);

    // Answer with gw_request_reply(), within the call or later.
    void (*on_request)(void *arg, struct gw_request *request,
                       const struct gw_request_info *info);

    // A viewer wants a camera. Answer within the call with gw_viewer_accept()
    // or gw_viewer_refuse(). `wish` is borrowed for the call.
    void (*on_open)(void *arg, struct gw_viewer *viewer, const struct gw_wish *wish);

    // A viewer on a wall socket wants the sound from now on, or does not.
    void (*on_audio)(void *arg, struct gw_viewer *viewer, bool audio);

    // An accepted viewer went; forget the pointer.
    void (*on_close)(void *arg, struct gw_viewer *viewer);

    struct gw_guest_hooks guests;
    void *arg; // theirs too
};

struct gw_server_config {
    const char *www_dir;     // installed web application; NULL: none
    const char *basemap_dir; // NULL: none
    // What is POSTed to this path goes into a file of `upload_dir`. Both NULL: nothing.
    const char *upload_path;
    const char *upload_dir;
    // Connections are refused whose Host or Origin names anything but a loopback
    // address: against DNS rebinding while nobody signs in.
    bool loopback_only;
    // Origins whose pages may read live pictures, between blanks, or "*"; NULL: none.
    const char *allow_origin;
    bool audio;                // the engine pulls it: pages are told
    size_t viewer_queue_bytes; // bound of what may wait for one viewer's stream
    uint64_t viewer_stuck_us;  // a viewer that takes nothing for this long is closed

    // With it every connection speaks TLS, without it none does. Borrowed for
    // gw_server_create().
    const struct gw_identity *identity;
};

struct gw_server_config gw_server_config_default(void);

// Returns 0, -ENOMEM or -EIO when the library would not start.
int gw_server_create(uv_loop_t *loop, const struct gw_server_config *config,
                     const struct gw_server_hooks *hooks, struct gw_server **ret_server);

// Takes over a connected, non-blocking socket; closes it itself on failure.
void gw_server_adopt(struct gw_server *s, int fd);

// Shows another identity to those who connect from now on; who is connected stays so.
// Only where the server was created with one. Returns 0 or -ENOMEM, with the old one
// still shown.
int gw_server_show(struct gw_server *s, const struct gw_identity *identity);

// Answers a request; afterwards `request` is gone. The peer may have left
// meanwhile: then this only cleans up.
void gw_request_reply(struct gw_request *request, const struct gw_reply *reply);

// Answers on_open. `stream` is the number in media frames, `status` how the
// source fares. The viewer lives until on_close.
void gw_viewer_accept(struct gw_viewer *v, uint32_t stream, void *user,
                      const struct gw_source_status *status);

// Answers on_open with an error: HTTP 404 or 503, WebSocket close, or an `error`
// message on a wall socket. `code` is stable, see docs/wire.md. The viewer is
// gone afterwards; on_close does not come.
void gw_viewer_refuse(struct gw_viewer *v, const char *code, struct gw_text why);

// Tells an accepted viewer that `codec` comes, which cannot be sent in the form it asked
// for. A wall socket gets an `error` message and keeps the viewer: the camera may be set
// to another codec, and where it is the sound the pictures go on. A live connection ends:
// with HTTP 415 where no head is out yet, WebSocket close 4415. on_close comes as ever.
void gw_viewer_cannot_carry(struct gw_viewer *v, enum gw_codec codec, struct gw_text why);

// Ends a stream that its viewers would wait for in vain: `no_such_...`, its camera was
// removed, or `busy`. Each viewer of it is told why and ends: on a wall socket with an
// `error` message that names its ref, a live connection with HTTP 404 or 503 where no
// head is out yet, WebSocket close 4404 or 4503. on_close comes for each, of wall sockets
// within the call. `code` is a static string.
void gw_server_end_stream(struct gw_server *s, uint32_t stream, const char *code,
                          struct gw_text why);

void *gw_viewer_user(const struct gw_viewer *v);

// Sends a packet, or queues a reference. Config packets and key frames are never
// dropped alone: see viewer_queue.h. The second one names the memory that this reads.
void gw_viewer_send(struct gw_viewer *v, struct gw_packet *packet);
void gw_viewer_hot(const struct gw_viewer *v, struct gw_hot *hot);

// Tells wall sockets that have `status->stream` open how its source fares.
void gw_server_send_status(struct gw_server *s, const struct gw_source_status *status);

// Sends a control message (one JSON object) to every wall socket: `text_for` says which
// one to whose, a reference to a buffer, or NULL for none.
void gw_server_broadcast(struct gw_server *s,
                         struct gw_buf *(*text_for)(void *arg,
                                                    const struct gw_guest *guest),
                         void *arg);

void gw_server_stats(const struct gw_server *s, struct gw_server_stats *ret_stats);

// Tells of each accepted viewer, within the call.
void gw_server_each_viewer(const struct gw_server *s, const struct gw_viewer_visitor *to);

// Closes every connection and frees `s` when the loop has run its close
// callbacks; on_close comes for each viewer. NULL is allowed.
void gw_server_destroy(struct gw_server *s);

#endif
