// One wall socket: the session that docs/wire.md describes.
//
// It sees a connection (peer.h) and the hooks of the server, no library and no
// clock. One thread.
#ifndef GW_WS_WALL_H
#define GW_WS_WALL_H

#include "ws/peer.h"
#include "ws/viewer.h"
#include "ws/ws.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_WALL_BAD_MESSAGES_MAX = 16 }; // then the socket is closed with 1008

// Starts the session: `hello` goes out. Returns NULL when out of memory.
struct gw_wall *gw_wall_create(struct gw_ws *ws, struct gw_peer *peer, uint64_t unix_us);

// Ends all subscriptions (on_close comes for each). NULL is allowed.
void gw_wall_destroy(struct gw_wall *w);

// A piece of a message from the page; `last` when it ends the message.
void gw_wall_receive(struct gw_wall *w, const void *data, size_t len, bool binary,
                     bool last, uint64_t unix_us);

// The socket takes more.
void gw_wall_writable(struct gw_wall *w);

// Tells of its viewers: gw_server_each_viewer(). NULL is allowed.
void gw_wall_tell(const struct gw_wall *w, const struct gw_viewer_visitor *to);

// Bytes that wait.
size_t gw_wall_queued(const struct gw_wall *w);

// How the source of a stream fares; ignored when the stream is not open here.
void gw_wall_send_status(struct gw_wall *w, const struct gw_source_status *status,
                         uint64_t now_us);

// A control message that is the same for all wall sockets. Takes a reference.
void gw_wall_send_control(struct gw_wall *w, struct gw_packet *message);

// What waited for others is due: gw_ws.batch calls it.
void gw_wall_due(struct gw_batch_place *place);

// The next wall of gw_ws.walls.
struct gw_wall *gw_wall_next(const struct gw_wall *w);

// For viewer.c: the answers of on_open, and media.
void gw_wall_accepted(struct gw_wall *w, struct gw_viewer *v,
                      const struct gw_source_status *status, uint64_t now_us);
void gw_wall_refused(struct gw_wall *w, struct gw_viewer *v, const char *code,
                     struct gw_text why);

// As gw_viewer_cannot_carry().
void gw_wall_cannot_carry(struct gw_wall *w, struct gw_viewer *v, enum gw_codec codec,
                          struct gw_text why);

// As gw_server_end_stream().
void gw_wall_end_stream(struct gw_wall *w, uint32_t stream, const char *code,
                        struct gw_text why);
// As gw_server_judge().
void gw_wall_judge(struct gw_wall *w, const char *code, struct gw_text why);
struct gw_guest *gw_wall_guest(const struct gw_wall *w);
const char *gw_wall_address(const struct gw_wall *w);
void gw_wall_hot(const struct gw_wall *w, struct gw_hot *hot);
void gw_wall_send(struct gw_wall *w, struct gw_viewer *v, struct gw_packet *packet,
                  uint64_t now_us);

#endif
